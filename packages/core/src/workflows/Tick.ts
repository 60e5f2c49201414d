/**
 * Does what is due and says when to call again. Any scheduler may call it, as often as it likes:
 * work is found by looking at what is missing, so a lost wake-up loses nothing, and two runners may
 * tick at once.
 *
 * **Source** — architecture, Level-triggered.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as SendWindow from "../delivery/SendWindow.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { LedgerView } from "../ports/store/Reports.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import * as Plan from "../schedule/Plan.ts"
import { captureDay } from "./CaptureDay.ts"
import { type BusinessTime, policyAt } from "./DeliveryTime.ts"
import { issueReport } from "./IssueReport.ts"
import { Program } from "./Program.ts"
import { qualifyMonth } from "./QualifyMonth.ts"
import { reconcile } from "./Reconcile.ts"
import { redecide } from "./Redecide.ts"
import { notifyOperations, relayOutbox } from "./RelayOutbox.ts"
import { releaseMonth } from "./ReleaseMonth.ts"
import { submitDue } from "./SubmitDue.ts"
import { trackDue, type TrackResult } from "./TrackDue.ts"

/** The stages a process may be asked to run; `report` includes the relay. */
export type Role = "capture" | "qualify" | "notify" | "track" | "report"

export const allRoles: ReadonlyArray<Role> = ["capture", "qualify", "notify", "track", "report"]

/** A piece of work done, in the words of the stages, with a count where one makes sense. */
export interface Done {
  readonly work: string
  readonly subject: string
  readonly count: number
}

export interface TickResult {
  readonly done: ReadonlyArray<Done>
  /** Work that should have happened long ago: what an operator looks at first. */
  readonly late: ReadonlyArray<{ readonly work: string; readonly subject: string }>
  /** Business time; call again then, or earlier. Always after the tick's own time. */
  readonly nextWakeAtMs: number
  /**
   * Something waits for process time (a settle delay, a throttle, another worker's lease): call
   * again within a few seconds, whatever business time does.
   */
  readonly recheck: boolean
  /** The budget ended before the work did: call again at once. */
  readonly more: boolean
}

export interface TickInput {
  /** Business time; the process clock when absent. */
  readonly nowMs?: number
  /** Process time after which no new piece of work is begun. */
  readonly budgetMs?: number
  readonly roles?: ReadonlyArray<Role>
}

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

/**
 * Does what is due, each piece once, and what one stage makes due for the next as well.
 *
 * **Guarantee** — a bank or a carrier that does not answer stops its own stage only; a store that
 * fails stops the tick, and the next one finds the same work due.
 *
 * **Source** — architecture, Level-triggered and Two times.
 */
export const tick = Effect.fn("Tick.tick")(function* (input: TickInput) {
  const startedMs = yield* Clock.currentTimeMillis
  const nowMs = input.nowMs ?? startedMs
  const time: BusinessTime =
    input.nowMs === undefined ? Clock.currentTimeMillis : Effect.succeed(input.nowMs)
  const roles = new Set(input.roles ?? allRoles)
  const done: Array<Done> = []
  const add: AddDone = (work, subject, count) => {
    if (count > 0) done.push({ work, subject, count })
  }
  const budgetMs = input.budgetMs ?? Number.POSITIVE_INFINITY
  const over = Effect.map(Clock.currentTimeMillis, (now) => now - startedMs >= budgetMs)
  let more = yield* performDue(nowMs, roles, over, add)
  for (const stage of stagesOf(time, nowMs, add)) {
    if (more) break
    if (!roles.has(stage.role)) continue
    if (yield* over) more = true
    else add(stage.work, "", yield* stage.run)
  }
  const ledger = yield* ledgerNow(nowMs)
  const after = yield* planWith(ledger, nowMs)
  const left = after.due.some((work) => roles.has(roleOf(work)))
  const untold = roles.has("report") && ledger.unpublished + ledger.unnotifiedEscalations > 0
  const wake = yield* wakeOf(after.nextWakeMs, ledger, nowMs)
  const result: TickResult = {
    done,
    late: after.late.map((work) => ({ work: work._tag, subject: subjectOf(work) })),
    nextWakeAtMs: wake.nextWakeAtMs,
    recheck: wake.recheck || left || untold,
    more
  }
  return result
})

type AddDone = (work: string, subject: string, count: number) => void

/** What the plan does not list, in the order in which the stages need each other. */
const stagesOf = (time: BusinessTime, nowMs: number, add: AddDone) =>
  [
    { role: "qualify", work: "redecide", run: redecideIfNeeded(nowMs) },
    { role: "notify", work: "reconcile", run: reconcile(time) },
    { role: "notify", work: "submit", run: submitIfOpen(time) },
    { role: "track", work: "track", run: Effect.map(trackDue(time), tracked) },
    { role: "report", work: "close", run: closeMonths(nowMs, add) },
    { role: "report", work: "relay", run: relayOutbox(nowMs) },
    { role: "report", work: "notify operations", run: notifyOperations(nowMs) }
  ] as const

const tracked = ({ folded, stored, timers }: TrackResult): number => stored + folded + timers

/**
 * Everything that is due by the plan, and what becomes due by doing it, each once: what cannot be
 * done now stays due for the next tick. Gives whether the budget ended first.
 */
const performDue = Effect.fnUntraced(function* (
  nowMs: number,
  roles: ReadonlySet<Role>,
  over: Effect.Effect<boolean>,
  add: AddDone
) {
  const tried = new Set<string>()
  /** Months somebody else is capturing at this moment: their evidence is on its way. */
  const arriving = new Set<string>()
  for (;;) {
    const plan = yield* planNow(nowMs)
    const due = plan.due.filter((work) => roles.has(roleOf(work)) && !tried.has(nameOf(work)))
    if (due.length === 0) return false
    for (const work of due) {
      if (yield* over) return true
      tried.add(nameOf(work))
      if (work._tag === "Qualify" && arriving.has(work.month)) continue
      const result = yield* perform(work, nowMs)
      if (work._tag === "Capture" && result.elsewhere) {
        arriving.add(CalendarMonth.of(work.businessDate))
      }
      add(result.work, result.subject, result.count)
    }
  }
})

const roleOf = (work: Plan.DueWork): Role => {
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

const nameOf = (work: Plan.DueWork): string =>
  `${work._tag} ${subjectOf(work)} ${work._tag === "Capture" && work.again}`

const subjectOf = (work: Plan.DueWork): string =>
  work._tag === "Capture" ? work.businessDate : work.month

const perform = Effect.fnUntraced(function* (work: Plan.DueWork, nowMs: number) {
  const elsewhere = false
  switch (work._tag) {
    case "Capture":
      return yield* performCapture(work, nowMs)
    case "Qualify":
      return yield* performQualify(work, nowMs)
    case "Release": {
      const count = yield* releaseMonth(work.month, nowMs)
      return { work: "release", subject: work.month, count, elsewhere }
    }
    case "Provisional":
      yield* issueReport(work.month, "provisional", nowMs)
      return { work: "report", subject: `${work.month} provisional`, count: 1, elsewhere }
  }
})

const performCapture = Effect.fnUntraced(function* (
  { again, businessDate }: Plan.DueWork & { readonly _tag: "Capture" },
  nowMs: number
) {
  const outcome = yield* captureDay({ businessDate, again, nowMs }).pipe(
    Effect.catchTag("ClosingBalancesError", ({ detail, reason }) =>
      Effect.as(
        Effect.logWarning("capture failed; it will be tried again", {
          businessDate,
          reason,
          detail
        }),
        { _tag: "Failed" } as const
      )
    )
  )
  return {
    work: "capture",
    subject: businessDate,
    count: outcome._tag === "Captured" ? outcome.stored + outcome.superseded : 0,
    elsewhere: outcome._tag === "Busy" || outcome._tag === "TakenOver"
  }
})

const performQualify = Effect.fnUntraced(function* (
  { cutOff, month }: Plan.DueWork & { readonly _tag: "Qualify" },
  nowMs: number
) {
  const outcome = yield* qualifyMonth({ month, nowMs, cutOff }).pipe(
    Effect.catchTags({
      CustomersError: (error) => waitFor("qualify", month, error.message),
      BalanceHistoryError: (error) => waitFor("qualify", month, error.message),
      SecretsError: (error) => waitFor("qualify", month, error.message)
    })
  )
  if (outcome._tag === "Incomplete") {
    const survey = { month, surveyedMs: nowMs, missing: outcome.missing }
    yield* Ref.update(yield* Surveys, (known) => [
      ...known.filter((other) => other.month !== month),
      survey
    ])
  }
  const count = outcome._tag === "Decided" ? outcome.population : 0
  return { work: "qualify", subject: month, count, elsewhere: false }
})

/** The bank does not answer: the work stays due, and the next tick tries it again. */
const waitFor = (work: string, month: CalendarMonth.CalendarMonth, reason: string) =>
  Effect.as(waiting(`${work} ${month}`, reason), { _tag: "Busy" } as const)

const waiting = (work: string, reason: string) => Effect.logWarning(`${work} waits`, { reason })

const ledgerNow = Effect.fnUntraced(function* (nowMs: number) {
  const store = yield* ProgramStore
  return yield* store.ledger({ nowMs })
})

/** What is due and late at an instant, without doing any of it. */
export const planNow = Effect.fnUntraced(function* (nowMs: number) {
  return yield* planWith(yield* ledgerNow(nowMs), nowMs)
})

const planWith = Effect.fnUntraced(function* (ledger: LedgerView, nowMs: number) {
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

/** Customers whose decided month a correction has touched; the bank is asked about them again. */
const redecideIfNeeded = Effect.fnUntraced(function* (nowMs: number) {
  const { redecisions } = yield* ledgerNow(nowMs)
  if (redecisions === 0) return 0
  return yield* redecide(nowMs).pipe(
    Effect.catchTags({
      CustomersError: (error) => Effect.as(waiting("redecide", error.message), 0),
      BalanceHistoryError: (error) => Effect.as(waiting("redecide", error.message), 0),
      SecretsError: (error) => Effect.as(waiting("redecide", error.message), 0)
    })
  )
})

const submitIfOpen = Effect.fnUntraced(function* (time: BusinessTime) {
  const nowMs = yield* time
  const { delivery, paused } = yield* ledgerNow(nowMs)
  if (paused !== "none" || delivery.submitDueMs === null || delivery.submitDueMs > nowMs) return 0
  return (yield* submitDue(time)).submitted
})

/** Released months whose every message has reached its end, and that have no final report yet. */
const finishedMonths = ({ months, pendingMonths }: LedgerView) =>
  months
    .filter((row) => row.status === "released" && !pendingMonths.includes(row.month))
    .map((row) => row.month)

/** Issues the final report of every finished month. One that does not add up is said aloud. */
const closeMonths = Effect.fnUntraced(function* (nowMs: number, add: AddDone) {
  for (const month of finishedMonths(yield* ledgerNow(nowMs))) {
    const report = yield* issueReport(month, "final", nowMs)
    if (!("_tag" in report)) add("report", `${month} final`, 1)
    else if (report.reason === "MISCOUNT") {
      const wrong = report.checks.filter((check) => !check.holds)
      yield* Effect.logError("the month's totals do not add up: no final report", { month, wrong })
    }
  }
  return 0
})

/**
 * When something falls due next, and whether something is due already that only real time frees.
 */
interface Wake {
  readonly nextWakeAtMs: number
  readonly recheck: boolean
}

const wakeOf = Effect.fnUntraced(function* (
  plannedMs: number,
  { delivery, paused }: LedgerView,
  nowMs: number
) {
  const { zone } = yield* Program
  const { calendar, policy } = yield* policyAt(nowMs)
  let nextWakeAtMs = plannedMs
  let recheck = delivery.unresolved > 0
  const at = (instantMs: number | null): void => {
    if (instantMs === null) return
    if (instantMs <= nowMs) recheck = true
    else nextWakeAtMs = Math.min(nextWakeAtMs, instantMs)
  }
  if (paused === "none" && delivery.submitDueMs !== null) {
    const due = Math.max(delivery.submitDueMs, nowMs)
    const window = SendWindow.stateAt(policy.sendWindow, calendar, zone, due)
    at(window.open ? due : window.opensMs)
  }
  at(delivery.timerDueMs)
  at(delivery.pollDueMs)
  const wake: Wake = { nextWakeAtMs, recheck }
  return wake
})
