/**
 * Does each piece of work a tick finds: what the plan lists, then what the stages make due for each
 * other. A bank or a carrier that does not answer stops its own stage only.
 *
 * **Source** — architecture, Level-triggered and Two times.
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { LedgerView } from "../ports/store/Reports.ts"
import type * as Plan from "../schedule/Plan.ts"
import { captureDay } from "./CaptureDay.ts"
import type { BusinessTime } from "./DeliveryTime.ts"
import { issueReport, restateReport } from "./IssueReport.ts"
import { qualifyMonth } from "./QualifyMonth.ts"
import { reconcile } from "./Reconcile.ts"
import { redecide } from "./Redecide.ts"
import { notifyOperations, relayOutbox } from "./RelayOutbox.ts"
import { releaseMonth } from "./ReleaseMonth.ts"
import { submitDue } from "./SubmitDue.ts"
import { type Role, roleOf, type Sight, subjectOf, Surveys } from "./TickPlan.ts"
import { trackDue, type TrackResult } from "./TrackDue.ts"

/** Where a piece of work that was done is noted. */
export type AddDone = (work: string, subject: string, count: number) => void

/** What the plan does not list, in the order in which the stages need each other. */
export const stagesOf = (time: BusinessTime, sight: Sight, add: AddDone) => {
  const heard: Heard = { receipts: false }
  return [
    { role: "qualify", work: "redecide", run: Effect.map(redecideIfNeeded(sight), counted) },
    { role: "notify", work: "reconcile", run: reconcileIfInDoubt(time, sight) },
    { role: "notify", work: "submit", run: submitIfOpen(time, sight) },
    { role: "track", work: "track", run: trackIfDue(time, sight, heard) },
    { role: "report", work: "close", run: Effect.map(closeMonths(sight, add), counted) },
    {
      role: "report",
      work: "restate",
      run: Effect.map(restateMonths(sight, heard, add), counted)
    },
    {
      role: "report",
      work: "relay",
      run: ifAny(sight, ({ unpublished }) => unpublished, relayOutbox(sight.nowMs))
    },
    {
      role: "report",
      work: "notify operations",
      run: ifAny(sight, (seen) => seen.unnotifiedEscalations, notifyOperations(sight.nowMs))
    }
  ] as const
}

/** What a stage did: how much to tell of, and whether the store is another than before. */
interface Stage {
  readonly count: number
  readonly changed: boolean
}

const counted = (count: number): Stage => ({ count, changed: count > 0 })

const nothing = counted(0)

/** A stage the ledger knows to have nothing to do asks the store nothing further. */
const ifAny = <E, R>(
  { ledger }: Sight,
  waiting: (seen: LedgerView) => number,
  stage: Effect.Effect<number, E, R>
) =>
  Effect.flatMap(ledger, (seen) =>
    waiting(seen) > 0 ? Effect.map(stage, counted) : Effect.succeed(nothing)
  )

/** Claims that may be over, and attempts whose outcome nobody knows. */
const reconcileIfInDoubt = (time: BusinessTime, sight: Sight) =>
  ifAny(sight, ({ delivery }) => delivery.unresolved, reconcile(time))

const trackIfDue = Effect.fnUntraced(function* (time: BusinessTime, sight: Sight, heard: Heard) {
  const nowMs = yield* time
  const { pollDueMs, timerDueMs, unfoldedReceipts } = (yield* sight.ledger).delivery
  const isDue = (instantMs: number | null) => instantMs !== null && instantMs <= nowMs
  if (unfoldedReceipts === 0 && !isDue(pollDueMs) && !isDue(timerDueMs)) return nothing
  return tracked(heard)(yield* trackDue(time))
})

/** What this tick has heard of. */
interface Heard {
  receipts: boolean
}

/** A poll that brought nothing has still moved the time of the next one. */
const tracked =
  (heard: Heard) =>
  ({ folded, polled, stored, timers }: TrackResult): Stage => {
    if (folded > 0) heard.receipts = true
    const count = stored + folded + timers
    return { count, changed: count + polled > 0 }
  }

/**
 * Everything that is due by the plan, and what becomes due by doing it, each once: what cannot be
 * done now stays due for the next tick. Gives whether the budget ended first.
 */
export const performDue = Effect.fnUntraced(function* (
  sight: Sight,
  roles: ReadonlySet<Role>,
  over: Effect.Effect<boolean>,
  add: AddDone
) {
  const { nowMs } = sight
  const tried = new Set<string>()
  /** Months somebody else is capturing at this moment: their evidence is on its way. */
  const arriving = new Set<string>()
  for (;;) {
    const plan = yield* sight.plan
    const due = plan.due.filter((work) => roles.has(roleOf(work)) && !tried.has(nameOf(work)))
    if (due.length === 0) return false
    for (const work of due) {
      if (yield* over) return true
      tried.add(nameOf(work))
      if (work._tag === "Qualify" && arriving.has(work.month)) continue
      const result = yield* perform(work, nowMs)
      sight.forget()
      if (work._tag === "Capture" && result.elsewhere) {
        arriving.add(CalendarMonth.of(work.businessDate))
      }
      add(result.work, result.subject, result.count)
    }
  }
})

const nameOf = (work: Plan.DueWork): string =>
  `${work._tag} ${subjectOf(work)} ${work._tag === "Capture" && work.again}`

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
    const { _tag, ...missing } = outcome
    const survey = { month, surveyedMs: nowMs, ...missing }
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

/** Customers whose decided month a correction has touched; the bank is asked about them again. */
const redecideIfNeeded = Effect.fnUntraced(function* ({ ledger, nowMs }: Sight) {
  const { redecisions } = yield* ledger
  if (redecisions === 0) return 0
  return yield* redecide(nowMs).pipe(
    Effect.catchTags({
      CustomersError: (error) => Effect.as(waiting("redecide", error.message), 0),
      BalanceHistoryError: (error) => Effect.as(waiting("redecide", error.message), 0),
      SecretsError: (error) => Effect.as(waiting("redecide", error.message), 0)
    })
  )
})

const submitIfOpen = Effect.fnUntraced(function* (time: BusinessTime, sight: Sight) {
  const nowMs = yield* time
  const { delivery, paused } = yield* sight.ledger
  const due = delivery.submitDueMs !== null && delivery.submitDueMs <= nowMs
  if (paused !== "none" || !due) return nothing
  const { batches, submitted } = yield* submitDue(time)
  const stage: Stage = { count: submitted, changed: batches > 0 }
  return stage
})

/** Released months whose every message has reached its end, and that have no final report yet. */
const finishedMonths = ({ months, pendingMonths }: LedgerView) =>
  months
    .filter((row) => row.status === "released" && !pendingMonths.includes(row.month))
    .map((row) => row.month)

/** Issues the final report of every finished month. One that does not add up is said aloud. */
const closeMonths = Effect.fnUntraced(function* (sight: Sight, add: AddDone) {
  const { nowMs } = sight
  for (const month of finishedMonths(yield* sight.ledger)) {
    sight.forget()
    const report = yield* issueReport(month, "final", nowMs)
    if (!("_tag" in report)) add("report", `${month} final`, 1)
    else if (report.reason === "MISCOUNT") {
      const wrong = report.checks.filter((check) => !check.holds)
      yield* Effect.logError("the month's totals do not add up: no final report", { month, wrong })
    }
  }
  return 0
})

/** A receipt that comes later than this after a month was closed is told of by `--restate` only. */
const lateReceiptsMs = 90 * 24 * 3_600_000

/**
 * Months whose report may no longer say what is so: those the ledger says a correction has changed,
 * and, where receipts came although no message is under way, those closed not long ago.
 */
const changedMonths = (
  { months, outdatedReports, pendingMonths }: LedgerView,
  { receipts }: Heard,
  nowMs: number
): ReadonlyArray<CalendarMonth.CalendarMonth> => {
  if (!receipts || pendingMonths.length > 0) return outdatedReports
  const recent = months
    .filter(({ closedMs }) => closedMs !== null && nowMs - closedMs < lateReceiptsMs)
    .map(({ month }) => month)
  return Array.from(new Set([...outdatedReports, ...recent]))
}

/** Restates what has changed; what is refused stays changed, and is tried again. */
const restateMonths = Effect.fnUntraced(function* (sight: Sight, heard: Heard, add: AddDone) {
  const { nowMs } = sight
  for (const month of changedMonths(yield* sight.ledger, heard, nowMs)) {
    const report = yield* restateReport(month, nowMs)
    if (!("_tag" in report)) {
      sight.forget()
      add("report", `${month} ${report.version}`, 1)
    } else if (report._tag === "NotFinal" && report.reason === "MISCOUNT") {
      const wrong = report.checks.filter((check) => !check.holds)
      yield* Effect.logError("the month's totals do not add up: not restated", { month, wrong })
    }
  }
  return 0
})
