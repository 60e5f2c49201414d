/**
 * What one person may change of a month's evidence: a balance, a bank holiday nobody had foreseen.
 * Where it could send something by itself, it becomes a proposal that waits for a second person.
 *
 * **Source** — product rules, Days (corrections; closures declared afterwards); surfaces, command
 * line (two people where it can send).
 */
import * as Effect from "effect/Effect"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import * as Money from "../money/Money.ts"
import { BalanceHistory } from "../ports/BalanceHistory.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { ProposalRow } from "../ports/store/Proposals.ts"
import { Program } from "./Program.ts"
import { proposalLifeMs } from "./Proposing.ts"

export interface CorrectInput {
  readonly accountId: string
  readonly businessDate: BusinessDate
  /** Decimal text in the program's currency, such as `15000.00`. */
  readonly amount: string
  readonly reason: string
  readonly by: string
  readonly nowMs: number
}

/**
 * First match wins; nothing is changed but for `Corrected`.
 * - `NothingCaptured`: the balances are in the bank's own table, to be corrected there
 * - `DayNotOver`: the date has no closing balance yet
 * - `MalformedAmount`: `problem` is the code of `Money`
 * - `UnknownAccount`: no balance of it was ever captured
 * - `Unchanged`: the same amount is in force
 * - `NeedsSecondPerson`: the month is released, so that it could send: the proposal waits
 * - `Corrected`: `queued` customers of decided months are decided again by the next tick
 */
export type CorrectResult =
  | { readonly _tag: "NothingCaptured" }
  | { readonly _tag: "DayNotOver" }
  | { readonly _tag: "MalformedAmount"; readonly problem: string }
  | { readonly _tag: "UnknownAccount" }
  | { readonly _tag: "Unchanged" }
  | { readonly _tag: "NeedsSecondPerson"; readonly proposal: ProposalRow }
  | { readonly _tag: "Corrected"; readonly first: boolean; readonly queued: number }

/** Records another amount for an account and date: the next revision, the earlier one is kept. */
export const correct = Effect.fn("Amend.correct")(function* (
  input: CorrectInput
): Effect.fn.Return<
  CorrectResult,
  Effect.Error<ReturnType<(typeof ProgramStore)["Service"]["propose"]>>,
  BalanceHistory | Program | ProgramStore
> {
  const { policyFor, zone } = yield* Program
  const store = yield* ProgramStore
  const { accountId, businessDate, by, nowMs, reason } = input
  if ((yield* BalanceHistory).origin === "bank") return { _tag: "NothingCaptured" }
  if (businessDate >= ZonedTime.businessDateAt(nowMs, zone)) return { _tag: "DayNotOver" }
  const { balance } = policyFor(CalendarMonth.of(businessDate)).policy
  const minorUnits = Money.parseMinorUnits(input.amount, { currency: balance.currency })
  if (Money.isMalformed(minorUnits)) {
    return { _tag: "MalformedAmount", problem: minorUnits.reason }
  }
  const met = minorUnits >= balance.thresholdMinorUnits
  const common = { reason, by, nowMs }
  const corrected = { accountId, businessDate, met }
  const outcome = yield* store.correctBalance({ ...corrected, minorUnits, ...common })
  switch (outcome._tag) {
    case "UnknownAccount":
    case "Unchanged":
      return outcome
    case "Stored":
    case "Superseded":
      return { _tag: "Corrected", first: outcome._tag === "Stored", queued: outcome.queued }
    case "NeedsSecondPerson": {
      const { proposal } = yield* store.propose({
        proposed: { kind: "correct", ...corrected, minorUnits: minorUnits.toString() },
        ...common,
        expiresMs: nowMs + proposalLifeMs
      })
      return { _tag: "NeedsSecondPerson", proposal }
    }
  }
})

export interface DeclareInput {
  readonly businessDate: BusinessDate
  readonly reason: string
  readonly by: string
  readonly nowMs: number
}

/**
 * First match wins; nothing is changed but for `Declared`.
 * - `AlreadyDeclared`: the first declaration stands
 * - `NeedsSecondPerson`: the month is released, so that it could send: the proposal waits
 * - `Declared`: `queued` customers of a decided month are decided again by the next tick
 */
export type DeclareResult =
  | { readonly _tag: "AlreadyDeclared" }
  | { readonly _tag: "NeedsSecondPerson"; readonly proposal: ProposalRow }
  | { readonly _tag: "Declared"; readonly queued: number }

/** Declares that the bank closed no books on a date, also afterwards. */
export const declareClosure = Effect.fn("Amend.declareClosure")(function* (
  input: DeclareInput
): Effect.fn.Return<
  DeclareResult,
  Effect.Error<ReturnType<(typeof ProgramStore)["Service"]["propose"]>>,
  ProgramStore
> {
  const store = yield* ProgramStore
  const { businessDate, by, nowMs, reason } = input
  const outcome = yield* store.declareClosure(input)
  if (outcome._tag !== "NeedsSecondPerson") return outcome
  const { proposal } = yield* store.propose({
    proposed: { kind: "closure", businessDate },
    reason,
    by,
    nowMs,
    expiresMs: nowMs + proposalLifeMs
  })
  return { _tag: "NeedsSecondPerson", proposal }
})
