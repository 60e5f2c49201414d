/**
 * What is due: the plan over what the store knows and what this process has surveyed.
 *
 * **Source** — architecture, Level-triggered.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import type * as CalendarMonth from "../calendar/CalendarMonth.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { LedgerView } from "../ports/store/Reports.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import * as Plan from "../schedule/Plan.ts"
import { Program } from "./Program.ts"

/** The stages a process may be asked to run; `report` includes the relay. */
export type Role = "capture" | "qualify" | "notify" | "track" | "report"

export const allRoles: ReadonlyArray<Role> = ["capture", "qualify", "notify", "track", "report"]

interface Survey {
  readonly month: CalendarMonth.CalendarMonth
  readonly surveyedMs: number
  readonly missing: ReadonlyArray<BusinessDate>
}

/**
 * What this process has surveyed: lost at a restart, which costs one more survey and nothing else.
 */
export class Surveys extends Context.Service<Surveys, Ref.Ref<ReadonlyArray<Survey>>>()(
  "@tidemark/core/workflows/Surveys"
) {
  static readonly layer: Layer.Layer<Surveys> = Layer.effect(
    Surveys,
    Ref.make<ReadonlyArray<Survey>>([])
  )
}

/** Whose work it is. */
export const roleOf = (work: Plan.DueWork): Role => {
  switch (work._tag) {
    case "Capture":
      return "capture"
    case "Qualify":
      return "qualify"
    case "Release":
      return "notify"
    case "Provisional":
      return "report"
  }
}

/** The date or month a piece of work is about. */
export const subjectOf = (work: Plan.DueWork): string =>
  work._tag === "Capture" ? work.businessDate : work.month

/** What the store knows at an instant. */
export const ledgerNow = Effect.fnUntraced(function* (nowMs: number) {
  const store = yield* ProgramStore
  return yield* store.ledger({ nowMs })
})

/** What is due and late at an instant, without doing any of it. */
export const planNow = Effect.fnUntraced(function* (nowMs: number) {
  return yield* planWith(yield* ledgerNow(nowMs), nowMs)
})

/** What is due and late by a ledger read just now. */
export const planWith = Effect.fnUntraced(function* (ledger: LedgerView, nowMs: number) {
  const { policyFor, zone } = yield* Program
  const surveys = yield* Ref.get(yield* Surveys)
  return Plan.plan({
    nowMs,
    zone,
    rulesOf: (month) => {
      const { calendar, policy } = policyFor(month)
      const { balance, schedule } = policy
      return { calendar, schedule, capturesClosedDays: balance.carryForward === "none" }
    },
    captures: ledger.captures,
    months: ledger.months.map(({ approvedBy, decidedMs, month, status }) => ({
      month,
      status,
      decidedMs,
      approved: approvedBy.length >= approvalsFor(policyFor(month)),
      held: ledger.heldMonths.includes(month),
      reports: ledger.reports
        .filter((report) => report.month === month)
        .map((report) => report.version)
    })),
    surveys
  })
})

/** A policy that asks nobody approves by itself, in the release. */
const approvalsFor = ({ policy }: PinnedPolicy): number =>
  policy.qualification.approval === "automatic" ? 0 : 2
