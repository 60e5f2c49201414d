/**
 * The bank's functions as ports: balances, customers and, where the bank keeps them, the evidence.
 *
 * **Source** — architecture, Ports and Embedding.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import { BalanceHistory, BalanceHistoryError, type MonthEvidence } from "../ports/BalanceHistory.ts"
import {
  type BalancePage,
  ClosingBalances,
  ClosingBalancesError
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
  HostBalancePage,
  HostBalances,
  HostContact,
  HostCustomerPage,
  HostCustomers,
  HostEvidence,
  HostHistory,
  HostPermission
} from "./HostPorts.ts"

const { list, malformed, record, text, textOrNull } = HostCall

const bankReasons = ["Unavailable", "Timeout", "Throttled", "Unauthorized", "Malformed"] as const
const feedReasons = [...bankReasons, "NotReady"] as const
const historyReasons = ["Unavailable", "Timeout", "Malformed"] as const
const otherwise = { timeout: "Timeout", never: "Malformed", unavailable: "Unavailable" } as const

/** Balances by page; what a row leaves out is the date asked for and the policy's currency. */
export const balancesLayer = (
  balances: HostBalances,
  timeoutMs: number
): Layer.Layer<ClosingBalances, never, Program> =>
  Layer.effect(
    ClosingBalances,
    Effect.gen(function* () {
      const { policyFor } = yield* Program
      return ClosingBalances.of({
        page: (date, cursor) => {
          const { currency } = policyFor(CalendarMonth.of(date)).policy.balance
          return HostCall.ask({
            name: "balances.page",
            timeoutMs,
            run: (signal) => balances.page(date, cursor, signal),
            read: (answer) => balancePage(answer, date, currency),
            fail: (thrown) =>
              new ClosingBalancesError({
                reason: HostCall.reasonOf(thrown, feedReasons, otherwise),
                detail: thrown.detail,
                cause: thrown.cause
              })
          })
        }
      })
    })
  )

const balancePage = (
  answer: HostBalancePage,
  date: BusinessDate.BusinessDate,
  currency: Currency.Currency
): BalancePage => {
  const rows = list(record(answer, "the page").balances, "balances")
  const balances: Array<BalancePage["balances"][number]> = []
  const formats = new Map<string, { readonly currency: Currency.Currency }>()
  for (let i = 0; i < rows.length; i++) {
    const row = record(rows[i] ?? malformed(`balances[${i}]`, "a balance"), `balances[${i}]`)
    const stated = row.currency ?? currency
    let format = formats.get(stated)
    if (format === undefined) {
      format = { currency: Currency.parse(stated) ?? currency }
      formats.set(stated, format)
    }
    balances.push({
      accountId: text(row.accountId, `balances[${i}].accountId`),
      businessDate: row.businessDate ?? date,
      minorUnits: amountOf(row, format, i),
      currency: stated,
      kind: "closingBooked"
    })
  }
  const totals = answer.controlTotals ?? null
  return {
    balances,
    problems: (answer.problems ?? []).map(({ accountId, message }, i) => ({
      code: "MALFORMED",
      accountId: accountId ?? null,
      where: `problem ${i + 1}`,
      message
    })),
    nextCursor: textOrNull(answer.nextCursor, "nextCursor"),
    controlTotals: totals === null ? null : { count: totals.count, sumMinor: totals.sumMinor }
  }
}

const amountOf = (
  { amount, minorUnits }: { readonly amount?: unknown; readonly minorUnits?: unknown },
  format: Money.AmountFormat,
  i: number
): bigint | Money.MalformedAmount => {
  if (typeof minorUnits === "bigint") return minorUnits
  // A JavaScript number has lost digits before anybody could look.
  if (typeof amount !== "string") return malformed(`balances[${i}]`, "minorUnits or amount as text")
  return Money.parseMinorUnits(amount, format)
}

/** Customers, their contact data, and whether they may be contacted. */
export const customersLayer = (
  customers: HostCustomers,
  timeoutMs: number
): Layer.Layer<Customers> => {
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
  return Layer.succeed(Customers, {
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
  })
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

/** Evidence from the bank's own table instead of the store's ledger. */
export const historyLayer = (
  history: HostHistory,
  timeoutMs: number
): Layer.Layer<BalanceHistory> =>
  Layer.succeed(BalanceHistory, {
    monthEvidence: (request) =>
      HostCall.ask({
        name: "history.monthEvidence",
        timeoutMs,
        run: (signal) => history.monthEvidence(request, signal),
        read: (answer) => {
          const rows = list(answer, "evidence")
          return request.customers.map(({ customerId }, i) => evidenceOf(rows[i], customerId, i))
        },
        fail: (thrown) =>
          new BalanceHistoryError({
            reason: HostCall.reasonOf(thrown, historyReasons, otherwise),
            detail: thrown.detail,
            cause: thrown.cause
          })
      })
  })

/** An answer out of order would decide one customer on another's balances. */
const evidenceOf = (
  row: HostEvidence | undefined,
  customerId: string,
  i: number
): MonthEvidence => {
  const place = `evidence[${i}]`
  if (row === undefined || row.customerId !== customerId) {
    return malformed(place, "the customer asked for, in the order asked")
  }
  const { ledgerHash, observed, met } = row
  if (!Number.isInteger(observed) || !Number.isInteger(met) || (met & ~observed) !== 0) {
    return malformed(place, "days met among the days observed, as bit sets")
  }
  if (!(ledgerHash instanceof Uint8Array) || ledgerHash.length !== 32) {
    return malformed(`${place}.ledgerHash`, "32 bytes")
  }
  const { before, worst } = row
  return { customerId, observed, met, conflict: row.conflict ?? 0, before, worst, ledgerHash }
}
