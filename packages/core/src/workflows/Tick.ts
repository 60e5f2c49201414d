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
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as SendWindow from "../delivery/SendWindow.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { LedgerView } from "../ports/store/Reports.ts"
import * as Plan from "../schedule/Plan.ts"
import { captureDay } from "./CaptureDay.ts"
import { type BusinessTime, policyAt } from "./DeliveryTime.ts"
import { issueReport } from "./IssueReport.ts"
import { Program } from "./Program.ts"
import { qualifyMonth } from "./QualifyMonth.ts"
import { reconcile } from "./Reconcile.ts"
import { notifyOperations, relayOutbox } from "./RelayOutbox.ts"
import { releaseMonth } from "./ReleaseMonth.ts"
import { submitDue } from "./SubmitDue.ts"
import { trackDue } from "./TrackDue.ts"

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
  readonly month: CalendarMonth
  readonly surveyedMs: number
  readonly missing: ReadonlyArray<BusinessDate>
}

/** What this process has surveyed: lost at a restart, which costs one more survey and nothing else. */
export class Surveys extends Context.Service<Surveys, Ref.Ref<ReadonlyArray<Survey>>>()(
  "@tidemark/core/workflows/Surveys"
) {
  static readonly layer: Layer.Layer<Surveys> = Layer.effect(
    Surveys,
    Ref.make<ReadonlyArray<Survey>>([])
  )
}

export const tick = Effect.fn("Tick.tick")(function* (input: TickInput) {
  const startedMs = yield* Clock.currentTimeMillis
  const nowMs = input.nowMs ?? startedMs
  const time: BusinessTime =
    input.nowMs === undefined ? Clock.currentTimeMillis : Effect.succeed(input.nowMs)
  const roles = new Set(input.roles ?? allRoles)
  const done: Array<Done> = []
  const add = (work: string, subject: string, count: number): void => {
    if (count > 0) done.push({ work, subject, count })
  }
  const budgetMs = input.budgetMs ?? Number.POSITIVE_INFINITY
  const over = Effect.map(Clock.currentTimeMillis, (now) => now - startedMs >= budgetMs)
  const plan = yield* planNow(nowMs)
  let more = false
  for (const work of plan.due) {
    if (!roles.has(roleOf(work))) continue
    if (yield* over) {
      more = true
      break
    }
    const result = yield* perform(work, nowMs)
    add(result.work, result.subject, result.count)
  }
  if (!more) {
    if (roles.has("notify") && !(yield* over)) {
      add("reconcile", "", yield* reconcileIfNeeded(time))
      const submitted = yield* submitIfOpen(time)
      add("submit", "", submitted)
    }
    if (roles.has("track") && !(yield* over)) {
      const tracked = yield* trackDue(time)
      add("track", "", tracked.stored + tracked.folded + tracked.timers)
    }
    if (roles.has("report")) {
      for (const month of finishedMonths(yield* ledgerNow(nowMs))) {
        const report = yield* issueReport(month, "final", nowMs)
        if (!("_tag" in report)) add("report", `${month} final`, 1)
      }
      add("relay", "", yield* relayOutbox(nowMs))
      add("notify operations", "", yield* notifyOperations(nowMs))
    }
  }
  const ledger = yield* ledgerNow(nowMs)
  const after = yield* planWith(ledger, nowMs)
  const result: TickResult = {
    done,
    late: after.late.map((work) => ({ work: work._tag, subject: subjectOf(work) })),
    ...(yield* wakeOf(after.nextWakeMs, ledger, nowMs)),
    more
  }
  return result
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

const subjectOf = (work: Plan.DueWork): string =>
  work._tag === "Capture" ? work.businessDate : work.month

const perform = Effect.fnUntraced(function* (work: Plan.DueWork, nowMs: number) {
  switch (work._tag) {
    case "Capture": {
      const outcome = yield* captureDay({
        businessDate: work.businessDate,
        again: work.again,
        nowMs
      }).pipe(
        Effect.catchTag("ClosingBalancesError", (error) =>
          Effect.as(
            Effect.logWarning("capture failed; it will be tried again", {
              businessDate: work.businessDate,
              reason: error.reason,
              detail: error.detail
            }),
            { _tag: "Busy" } as const
          )
        )
      )
      const count = outcome._tag === "Captured" ? outcome.stored + outcome.superseded : 0
      return { work: "capture", subject: work.businessDate, count }
    }
    case "Qualify": {
      const { cutOff, month } = work
      const outcome = yield* qualifyMonth({ month, nowMs, cutOff }).pipe(
        Effect.catchTags({
          CustomersError: (error) => waitFor("qualify", month, error.message),
          BalanceHistoryError: (error) => waitFor("qualify", month, error.message)
        })
      )
      if (outcome._tag === "Incomplete") {
        const surveys = yield* Surveys
        const survey = { month, surveyedMs: nowMs, missing: outcome.missing }
        yield* Ref.update(surveys, (known) => [
          ...known.filter((other) => other.month !== month),
          survey
        ])
      }
      const count = outcome._tag === "Decided" ? outcome.population : 0
      return { work: "qualify", subject: month, count }
    }
    case "Release":
      return {
        work: "release",
        subject: work.month,
        count: yield* releaseMonth(work.month, nowMs)
      }
    case "Provisional":
      yield* issueReport(work.month, "provisional", nowMs)
      return { work: "report", subject: `${work.month} provisional`, count: 1 }
  }
})

/** The bank does not answer: the work stays due, and the next tick tries it again. */
const waitFor = (work: string, month: CalendarMonth, reason: string) =>
  Effect.as(Effect.logWarning(`${work} waits`, { month, reason }), { _tag: "Busy" } as const)

const ledgerNow = Effect.fnUntraced(function* (nowMs: number) {
  const store = yield* ProgramStore
  return yield* store.ledger({ nowMs })
})

/** What is due and late at an instant, without doing any of it. */
export const planNow = Effect.fnUntraced(function* (nowMs: number) {
  return yield* planWith(yield* ledgerNow(nowMs), nowMs)
})

const planWith = Effect.fnUntraced(function* (ledger: LedgerView, nowMs: number) {
  const { zone } = yield* Program
  const { calendar, policy } = yield* policyAt(nowMs)
  const surveys = yield* Ref.get(yield* Surveys)
  const required = policy.qualification.approval === "automatic" ? 0 : 2
  return Plan.plan({
    nowMs,
    zone,
    calendar,
    schedule: policy.schedule,
    capturesClosedDays: policy.balance.carryForward === "none",
    captures: ledger.captures,
    months: ledger.months.map((row) => ({
      month: row.month,
      status: row.status,
      approved: row.approvedBy.length >= required,
      reports: ledger.reports
        .filter((report) => report.month === row.month)
        .map((report) => report.version)
    })),
    surveys
  })
})

const reconcileIfNeeded = Effect.fnUntraced(function* (time: BusinessTime) {
  const ledger = yield* ledgerNow(yield* time)
  return ledger.delivery.unresolved > 0 ? yield* reconcile(time) : 0
})

const submitIfOpen = Effect.fnUntraced(function* (time: BusinessTime) {
  const nowMs = yield* time
  const { delivery, paused } = yield* ledgerNow(nowMs)
  if (paused !== "none" || delivery.submitDueMs === null || delivery.submitDueMs > nowMs) return 0
  return (yield* submitDue(time)).submitted
})

/** Released months whose every message has reached its end, and that have no final report yet. */
const finishedMonths = ({ months, pendingMonths }: LedgerView): ReadonlyArray<CalendarMonth> =>
  months
    .filter((row) => row.status === "released" && !pendingMonths.includes(row.month))
    .map((row) => row.month)

/** When something falls due next, and whether something is due already that only real time frees. */
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
