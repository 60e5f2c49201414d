/**
 * The bank's functions as ports: balances and customers.
 *
 * **Source** — architecture, Ports and Embedding.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import {
  type BalancePage,
  ClosingBalances,
  ClosingBalancesError,
  type FeedProblem
} from "../ports/ClosingBalances.ts"
import {
  type ActiveCustomer,
  type Contact,
  type ContactPermission,
  type CustomerPage,
  Customers,
  CustomersError
} from "../ports/Customers.ts"
import { Program } from "../workflows/Program.ts"
import * as HostCall from "./HostCall.ts"
import type {
  HostBalance,
  HostBalancePage,
  HostBalances,
  HostContact,
  HostCustomerPage,
  HostCustomers,
  HostPermission
} from "./HostPorts.ts"

const { list, malformed, record, text, textOrNull } = HostCall

const bankReasons = ["Unavailable", "Timeout", "Throttled", "Unauthorized", "Malformed"] as const
const feedReasons = [...bankReasons, "NotReady"] as const
const otherwise = { timeout: "Timeout", never: "Malformed", unavailable: "Unavailable" } as const

/** The bank's balances; `currencyOf` gives what a row leaves out. */
export const closingBalances = (
  balances: HostBalances,
  currencyOf: (date: BusinessDate.BusinessDate) => Currency.Currency,
  timeoutMs: number
): ClosingBalances["Service"] => ({
  page: (date, cursor) =>
    HostCall.ask({
      name: "balances.page",
      timeoutMs,
      run: (signal) => balances.page(date, cursor, signal),
      read: (answer) => balancePage(answer, date, cursor, currencyOf(date)),
      fail: (thrown) =>
        new ClosingBalancesError({
          reason: HostCall.reasonOf(thrown, feedReasons, otherwise),
          detail: thrown.detail,
          cause: thrown.cause
        })
    })
})

/** Balances by page; what a row leaves out is the date asked for and the policy's currency. */
export const balancesLayer = (
  balances: HostBalances,
  timeoutMs: number
): Layer.Layer<ClosingBalances, never, Program> =>
  Layer.effect(
    ClosingBalances,
    Effect.map(Program, ({ policyFor }) =>
      closingBalances(
        balances,
        (date) => policyFor(CalendarMonth.of(date)).policy.balance.currency,
        timeoutMs
      )
    )
  )

const balancePage = (
  answer: HostBalancePage,
  date: BusinessDate.BusinessDate,
  cursor: string | null,
  currency: Currency.Currency
): BalancePage => {
  const rows = list(record(answer, "the page").balances, "balances")
  const balances: Array<BalancePage["balances"][number]> = []
  const problems = (answer.problems ?? []).map(({ accountId, message }, i): FeedProblem => ({
    code: "MALFORMED",
    accountId: accountId ?? null,
    where: `problem ${i + 1}`,
    message
  }))
  for (let i = 0; i < rows.length; i++) {
    const row = rowOf(rows[i], i, date, currency)
    if ("code" in row) problems.push(row)
    else balances.push(row)
  }
  const nextCursor = textOrNull(answer.nextCursor, "nextCursor")
  if (nextCursor !== null && nextCursor === cursor) {
    return malformed("nextCursor", "a cursor that does not lead to itself")
  }
  const totals = answer.controlTotals ?? null
  const controlTotals = totals && { count: totals.count, sumMinor: totals.sumMinor }
  return { balances, problems, nextCursor, controlTotals }
}

/** One bad row of a thousand is a problem beside 999 good ones. */
const rowOf = (
  row: HostBalance | undefined,
  i: number,
  date: BusinessDate.BusinessDate,
  currency: Currency.Currency
): BalancePage["balances"][number] | FeedProblem => {
  const where = `item ${i + 1}`
  const accountId: unknown = row?.accountId
  if (row === undefined || typeof accountId !== "string" || accountId === "") {
    return { code: "MISSING_FIELD", accountId: null, where, message: "no account" }
  }
  const stated = row.currency ?? currency
  const minorUnits = amountOf(row, Currency.parse(stated) ?? currency)
  if (minorUnits === undefined) {
    const message = "neither minorUnits as bigint nor amount as text"
    return { code: "MALFORMED", accountId, where, message }
  }
  const businessDate = row.businessDate ?? date
  return { accountId, businessDate, minorUnits, currency: stated, kind: "closingBooked" }
}

/** Minor units as given, or of decimal text; `undefined` where there is neither. */
export const amountOf = (
  { amount, minorUnits }: { readonly amount?: unknown; readonly minorUnits?: unknown },
  currency: Currency.Currency
): bigint | Money.MalformedAmount | undefined => {
  if (typeof minorUnits === "bigint") return minorUnits
  // A JavaScript number has lost digits before anybody could look.
  return typeof amount === "string" ? Money.parseMinorUnits(amount, { currency }) : undefined
}

/** In place of them where the bank's own table is read: nothing is captured. */
export const noBalancesLayer: Layer.Layer<ClosingBalances> = Layer.succeed(ClosingBalances, {
  page: () =>
    Effect.fail(
      new ClosingBalancesError({
        reason: "Malformed",
        detail: "nothing is captured: the bank's own table is read"
      })
    )
})

/** Customers, their contact data, and whether they may be contacted. */
export const customersLayer = (
  customers: HostCustomers,
  timeoutMs: number
): Layer.Layer<Customers> => Layer.succeed(Customers, activeCustomers(customers, timeoutMs))

/** The bank's customers. */
export const activeCustomers = (
  customers: HostCustomers,
  timeoutMs: number
): Customers["Service"] => {
  const call = <A, B>(
    name: string,
    run: (signal: AbortSignal) => Promise<A> | A,
    read: (answer: A) => B
  ) =>
    HostCall.ask({
      name,
      timeoutMs,
      run,
      read,
      fail: (thrown) =>
        new CustomersError({
          reason: HostCall.reasonOf(thrown, bankReasons, otherwise),
          detail: thrown.detail,
          cause: thrown.cause
        })
    })
  return {
    active: (month, cursor) =>
      call(
        "customers.active",
        (signal) => customers.active(month, cursor, signal),
        (answer) => customerPage(answer)
      ),
    contact: (ids) =>
      call(
        "customers.contact",
        (signal) => customers.contact(ids, signal),
        (answer) => list(answer, "contacts").map(contactOf)
      ),
    mayContact: (ids) =>
      call(
        "customers.mayContact",
        (signal) => customers.mayContact(ids, signal),
        (answer) => list(answer, "permissions").map(permissionOf)
      )
  }
}

const customerPage = (answer: HostCustomerPage): CustomerPage => {
  const rows = list(record(answer, "the page").customers, "customers")
  const customers: Array<ActiveCustomer> = []
  for (let i = 0; i < rows.length; i++) {
    const place = `customers[${i}]`
    const row = record(rows[i] ?? malformed(place, "a customer"), place)
    const accounts = list(row.accounts, `${place}.accounts`)
    customers.push({
      customerId: text(row.customerId, `${place}.customerId`),
      accounts: accounts.map((account) => ({
        accountId: text(account.accountId, `${place}.accountId`),
        primary: account.primary ?? accounts.length === 1,
        openedOn: dateOrNull(account.openedOn, `${place}.openedOn`),
        closedOn: dateOrNull(account.closedOn, `${place}.closedOn`)
      }))
    })
  }
  return { customers, nextCursor: textOrNull(answer.nextCursor, "nextCursor") }
}

const dateOrNull = (value: unknown, place: string): BusinessDate.BusinessDate | null => {
  const written = textOrNull(value, place)
  if (written === null) return null
  return BusinessDate.parse(written) ?? malformed(place, "a date, YYYY-MM-DD")
}

const contactOf = (row: HostContact, i: number): Contact => ({
  customerId: text(record(row, `contacts[${i}]`).customerId, `contacts[${i}].customerId`),
  phone: row.phone ?? null,
  firstName: row.firstName ?? null,
  language: row.language ?? null
})

const permissionOf = (row: HostPermission, i: number): ContactPermission => {
  const place = `permissions[${i}]`
  const customerId = text(record(row, place).customerId, `${place}.customerId`)
  const said: unknown = row.mayContact
  if (typeof said !== "boolean") return malformed(`${place}.mayContact`, "true or false")
  if (row.mayContact) {
    return { _tag: "MayContact", customerId, consentKnown: row.consentKnown === true }
  }
  const reason = text(row.reason, `${place}.reason`)
  return { _tag: "MayNotContact", customerId, kind: row.kind ?? "suppressed", reason }
}
