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
import { BalanceHistory } from "../ports/BalanceHistory.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { LedgerView } from "../ports/store/Reports.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import * as Plan from "../schedule/Plan.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import { Program } from "./Program.ts"

/** The stages a process may be asked to run; `report` includes the relay. */
export type Role = "capture" | "qualify" | "notify" | "track" | "report"

export const allRoles: ReadonlyArray<Role> = ["capture", "qualify", "notify", "track", "report"]

interface Survey {
  readonly month: CalendarMonth.CalendarMonth
  readonly surveyedMs: number
  readonly missing: ReadonlyArray<BusinessDate>
  /** How many customers miss some day, and the first of them by id. */
  readonly customers: number
  readonly customerIds: ReadonlyArray<string>
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
}, withDeclaredClosures)

/** What is due and late by a ledger read just now. */
export const planWith = Effect.fnUntraced(function* (ledger: LedgerView, nowMs: number) {
  const { policyFor, zone } = yield* Program
  const { origin } = yield* BalanceHistory
  const surveys = yield* Ref.get(yield* Surveys)
  return Plan.plan({
    nowMs,
    zone,
    rulesOf: (month) => {
      const { calendar, policy } = policyFor(month)
      const { balance, schedule } = policy
      return { calendar, schedule, capturesClosedDays: balance.carryForward === "none" }
    },
    evidence: origin,
    captures: ledger.captures,
    months: ledger.months.map(({ approvedBy, decidedMs, month, status }) => ({
      month,
      status,
      decidedMs,
      // Approved was what had been decided: what a correction has touched is decided first.
      approved: ledger.redecisions === 0 && approvedBy.length >= approvalsFor(policyFor(month)),
      held: ledger.heldMonths.includes(month),
      // Only of a month that is decided and not released the plan asks what was issued.
      reports:
        status === "decided"
          ? ledger.reports.flatMap((report) => (report.month === month ? report.version : []))
          : []
    })),
    surveys: surveys.filter((survey) => isOfNow(survey, ledger))
  })
})

/** What people changed by hand since may have filled what was missing: it is surveyed again. */
export const isOfNow = (
  { month, surveyedMs }: Pick<Survey, "month" | "surveyedMs">,
  { months }: LedgerView
): boolean => {
  const amendedMs = months.find((row) => row.month === month)?.amendedMs ?? null
  return amendedMs === null || amendedMs < surveyedMs
}

/**
 * The store as one tick sees it: read once, and again after something was changed. What others
 * change meanwhile is found by the next tick.
 */
export const makeSight = (nowMs: number) => {
  let ledger: LedgerView | undefined
  let plan: Plan.Plan | undefined
  const readLedger = Effect.map(ledgerNow(nowMs), (read) => (ledger = read))
  const seenLedger = Effect.suspend(() =>
    ledger === undefined ? readLedger : Effect.succeed(ledger)
  )
  const makePlan = Effect.map(
    Effect.flatMap(seenLedger, (seen) => planWith(seen, nowMs)),
    (made) => (plan = made)
  )
  const seenPlan = Effect.suspend(() => (plan === undefined ? makePlan : Effect.succeed(plan)))
  return {
    nowMs,
    ledger: seenLedger,
    plan: seenPlan,
    forget: (): void => {
      ledger = undefined
      plan = undefined
    },
    /** So many events or work items were told of, which changes nothing that a plan looks at. */
    told: (what: "unpublished" | "unnotifiedEscalations", count: number): void => {
      if (ledger !== undefined) ledger = { ...ledger, [what]: Math.max(0, ledger[what] - count) }
    }
  }
}
export type Sight = ReturnType<typeof makeSight>

/** A policy that asks nobody approves by itself, in the release: 0. */
export const approvalsFor = ({ policy }: PinnedPolicy): number =>
  policy.qualification.approval === "automatic" ? 0 : 2
