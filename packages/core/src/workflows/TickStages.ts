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
  const { nowMs } = sight
  return [
    {
      role: "qualify",
      work: "redecide",
      waits: ({ redecisions }: LedgerView) => redecisions > 0,
      run: () => Effect.map(redecideAll(nowMs), counted)
    },
    {
      role: "notify",
      work: "reconcile",
      // Claims that may be over, and attempts whose outcome nobody knows.
      waits: ({ delivery }: LedgerView) => delivery.unresolved > 0,
      run: () => Effect.map(reconcile(time), counted)
    },
    { role: "notify", work: "submit", waits: maySubmit, run: () => submitAll(time) },
    {
      role: "track",
      work: "track",
      waits: mayTrack,
      run: () => Effect.map(trackDue(time), tracked(heard))
    },
    {
      role: "report",
      work: "close",
      waits: (seen: LedgerView) => finishedMonths(seen).length > 0,
      run: () => Effect.map(closeMonths(sight, add), counted)
    },
    {
      role: "report",
      work: "restate",
      waits: (seen: LedgerView) => changedMonths(seen, heard, nowMs).length > 0,
      run: () => Effect.map(restateMonths(sight, heard, add), counted)
    },
    {
      role: "report",
      work: "relay",
      waits: ({ unpublished }: LedgerView) => unpublished > 0,
      run: () => Effect.map(relayOutbox(nowMs), told(sight, "unpublished"))
    },
    {
      role: "report",
      work: "notify operations",
      waits: (seen: LedgerView) => seen.unnotifiedEscalations > 0,
      run: () => Effect.map(notifyOperations(nowMs), told(sight, "unnotifiedEscalations"))
    }
  ] as const
}

/** What a stage did: how much to tell of, and whether the store is another than before. */
interface Stage {
  readonly count: number
  readonly changed: boolean
}

const counted = (count: number): Stage => ({ count, changed: count > 0 })

/** What was told of, the tick needs not read again: nothing else has become due by it. */
const told =
  (sight: Sight, what: "unpublished" | "unnotifiedEscalations") =>
  (count: number): Stage => {
    sight.told(what, count)
    return { count, changed: false }
  }

const mayTrack = ({ delivery }: LedgerView, nowMs: number): boolean => {
  const { pollDueMs, timerDueMs, unfoldedReceipts } = delivery
  const isDue = (instantMs: number | null) => instantMs !== null && instantMs <= nowMs
  return unfoldedReceipts > 0 || isDue(pollDueMs) || isDue(timerDueMs)
}

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
const redecideAll = (nowMs: number) =>
  redecide(nowMs).pipe(
    Effect.catchTags({
      CustomersError: (error) => Effect.as(waiting("redecide", error.message), 0),
      BalanceHistoryError: (error) => Effect.as(waiting("redecide", error.message), 0),
      SecretsError: (error) => Effect.as(waiting("redecide", error.message), 0)
    })
  )

const maySubmit = ({ delivery, paused }: LedgerView, nowMs: number): boolean =>
  paused === "none" && delivery.submitDueMs !== null && delivery.submitDueMs <= nowMs

const submitAll = (time: BusinessTime) =>
  Effect.map(submitDue(time), ({ batches, submitted }): Stage => ({
    count: submitted,
    changed: batches > 0
  }))

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
