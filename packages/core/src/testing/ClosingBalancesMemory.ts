/**
 * The `ClosingBalances` port straight over the pure bank, without a wire: for tests of workflows,
 * and the yardstick of every adapter.
 *
 * **Source** — product rules, "Days"; fault list, bank feed.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as BusinessDate from "../calendar/BusinessDate.ts"
import * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import {
  type BalancePage,
  ClosingBalances,
  ClosingBalancesError,
  type FeedProblem
} from "../ports/ClosingBalances.ts"
import * as SandboxBank from "./SandboxBank.ts"
import * as SandboxBankFeed from "./SandboxBankFeed.ts"
import * as SandboxReply from "./SandboxReply.ts"

/** The options of a bank in memory. */
export type BankSetup = Partial<SandboxBank.BankOptions> & Pick<SandboxBank.BankOptions, "months">

/** A bank in memory, with the hand that moves its clock. */
export interface BalancesInMemory {
  readonly balances: (typeof ClosingBalances)["Service"]
  readonly tell: (nowMs: number) => Effect.Effect<void>
}

const malformed = (detail: string) => new ClosingBalancesError({ reason: "Malformed", detail })

/** The balances of a bank that exists, asked at whatever instant it is. */
export const of = (
  bank: SandboxBank.Bank,
  nowMs: () => number
): (typeof ClosingBalances)["Service"] => ({
  page: (date, cursor) =>
    Effect.suspend(() => {
      const read = SandboxReply.read(SandboxBankFeed.balances(bank, date, cursor, nowMs()))
      if ("refusal" in read) {
        const { refusal, detail } = read
        return Effect.fail(new ClosingBalancesError({ reason: refusal, detail }))
      }
      const { nextCursor } = read.body
      if (nextCursor !== null && nextCursor === (cursor ?? "0")) {
        return Effect.fail(malformed("the cursor leads to itself"))
      }
      return Effect.succeed(toPage(read.body, date))
    })
})

/** A bank's balances without a wire. */
export const make = (options: BankSetup, startMs: number): BalancesInMemory => {
  const bank = SandboxBank.make({ ...SandboxBank.defaults, ...options })
  let nowMs = startMs
  return {
    balances: of(bank, () => nowMs),
    tell: (toMs) =>
      Effect.sync(() => {
        nowMs = Math.max(nowMs, toMs)
      })
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

/** The port alone, at a fixed business time. */
export const layerMemory = (options: BankSetup, nowMs: number): Layer.Layer<ClosingBalances> =>
  Layer.effect(
    ClosingBalances,
    Effect.sync(() => make(options, nowMs).balances)
  )
