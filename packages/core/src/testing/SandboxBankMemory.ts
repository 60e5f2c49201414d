/**
 * The `ClosingBalances` and `Customers` ports straight over the pure bank, without a wire: for tests
 * of workflows, and the yardstick of every adapter.
 *
 * **Source** — product rules, "Days", "Recipient".
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import {
  type BalancePage,
  ClosingBalances,
  ClosingBalancesError,
  type FeedProblem
} from "../ports/ClosingBalances.ts"
import { type ContactPermission, Customers, CustomersError } from "../ports/Customers.ts"
import * as SandboxBank from "./SandboxBank.ts"
import * as SandboxBankFeed from "./SandboxBankFeed.ts"
import type * as SandboxPeople from "./SandboxPeople.ts"
import type { Reply } from "./SandboxReply.ts"

/** A bank in memory, with the hand that moves its clock. */
export interface BankInMemory {
  readonly balances: (typeof ClosingBalances)["Service"]
  readonly customers: (typeof Customers)["Service"]
  readonly tell: (nowMs: number) => Effect.Effect<void>
}

/** A bank without a wire. */
export const make = (
  options: Partial<SandboxBank.BankOptions> & Pick<SandboxBank.BankOptions, "months">,
  startMs: number
): BankInMemory => {
  const bank = SandboxBank.make({ ...SandboxBank.defaults, ...options })
  let nowMs = startMs
  return {
    balances: {
      page: (date, cursor) =>
        Effect.suspend(() => {
          const reply = SandboxBankFeed.balances(bank, date, cursor, nowMs)
          return Effect.flatMap(read(reply, balancesError), (answer) => {
            if (answer.nextCursor !== null && answer.nextCursor === (cursor ?? "0")) {
              return Effect.fail(balancesError("Malformed", "the cursor leads to itself"))
            }
            return Effect.succeed(toPage(answer, date))
          })
        })
    },
    customers: {
      active: (month, cursor) =>
        Effect.suspend(() =>
          Effect.map(
            read(SandboxBankFeed.customers(bank, month, cursor), customersError),
            toCustomers
          )
        ),
      contact: (ids) =>
        Effect.suspend(() =>
          Effect.map(
            read(SandboxBankFeed.contact(bank, ids), customersError),
            ({ contacts }) => contacts
          )
        ),
      mayContact: (ids) =>
        Effect.suspend(() =>
          Effect.map(
            read(SandboxBankFeed.permissions(bank, ids), customersError),
            ({ permissions }) => permissions.map(toPermission)
          )
        )
    },
    tell: (toMs) =>
      Effect.sync(() => {
        nowMs = Math.max(nowMs, toMs)
      })
  }
}

type BankReason = CustomersError["reason"] | ClosingBalancesError["reason"]

const balancesError = (reason: BankReason, detail: string) =>
  new ClosingBalancesError({ reason, detail })

const customersError = (reason: BankReason, detail: string) =>
  new CustomersError({ reason: reason === "NotReady" ? "Unavailable" : reason, detail })

const read = <A, E>(
  reply: Reply<A>,
  error: (reason: BankReason, detail: string) => E
): Effect.Effect<A, E> => {
  switch (reply._tag) {
    case "Silence":
      return Effect.fail(error("Timeout", "no answer"))
    case "Reset":
      return Effect.fail(error("Unavailable", "reset"))
    case "Answer":
      if (reply.cut === "no") return Effect.succeed(reply.body)
      return Effect.fail(error(reply.cut === "truncated" ? "Unavailable" : "Malformed", reply.cut))
    case "Status": {
      const { status, code } = reply
      if (code === "NOT_READY") return Effect.fail(error("NotReady", code))
      if (status === 401) return Effect.fail(error("Unauthorized", code))
      if (status === 429) return Effect.fail(error("Throttled", code))
      return Effect.fail(error(status >= 500 ? "Unavailable" : "Malformed", code))
    }
  }
}

const toPage = (
  answer: SandboxBankFeed.BalancesAnswer,
  businessDate: BusinessDate.BusinessDate
): BalancePage => {
  const balances: Array<BalancePage["balances"][number]> = []
  const problems: Array<FeedProblem> = []
  answer.items.forEach(({ accountId, amount, currency, kind }, index) => {
    const format = Currency.parse(currency)
    if (typeof amount === "string" && format !== undefined) {
      const minorUnits = Money.parseMinorUnits(amount, { currency: format })
      balances.push({ accountId, businessDate, minorUnits, currency, kind })
      return
    }
    const where = `item ${index + 1}`
    problems.push({ code: "MALFORMED", accountId, where, message: "the amount is not text" })
  })
  const currency = Currency.parse(balances[0]?.currency ?? "ILS")
  const totals = answer.controlTotals
  const sum =
    totals === null || currency === undefined
      ? undefined
      : Money.parseMinorUnits(totals.sum, { currency })
  return {
    balances,
    problems,
    nextCursor: answer.nextCursor,
    controlTotals:
      totals === null || sum === undefined || Money.isMalformed(sum)
        ? null
        : { count: totals.count, sumMinor: sum }
  }
}

const toCustomers = (answer: SandboxBankFeed.CustomersAnswer) => ({
  customers: answer.customers.map(({ customerId, accounts }) => ({
    customerId,
    accounts: accounts.map((account) => ({
      accountId: account.accountId,
      primary: account.primary,
      openedOn: account.openedOn === null ? null : BusinessDate.unchecked(account.openedOn),
      closedOn: account.closedOn === null ? null : BusinessDate.unchecked(account.closedOn)
    }))
  })),
  nextCursor: answer.nextCursor
})

const toPermission = (permission: SandboxPeople.Permission): ContactPermission => {
  const { customerId } = permission
  return permission.mayContact
    ? { _tag: "MayContact", customerId, consentKnown: permission.consentKnown }
    : { _tag: "MayNotContact", customerId, kind: permission.kind, reason: permission.reason }
}

/** Both ports over one bank, at a fixed business time. */
export const layer = (
  options: Partial<SandboxBank.BankOptions> & Pick<SandboxBank.BankOptions, "months">,
  nowMs: number
): Layer.Layer<ClosingBalances | Customers> => {
  const bank = make(options, nowMs)
  return Layer.merge(
    Layer.succeed(ClosingBalances, bank.balances),
    Layer.succeed(Customers, bank.customers)
  )
}
