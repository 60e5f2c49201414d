/**
 * What should exist by now and does not: the level-triggered plan. It looks at policy, calendar and
 * ledger only, so missed wake-ups lose nothing and two runners may plan at once.
 *
 * **Source** — architecture, Level-triggered; product rules, The stages; invariant 37.
 */
import * as BankCalendar from "../calendar/BankCalendar.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import type { SchedulePolicy } from "./SchedulePolicy.ts"

/** A month as the ledger knows it. */
export interface PlannedMonth {
  readonly month: CalendarMonth.CalendarMonth
  readonly status: "open" | "complete" | "decided" | "released" | "closed"
  /** `null` until the month is decided. */
  readonly decidedMs: number | null
  readonly approved: boolean
  /** Some notification is held: in a released month, one that a correction has made. */
  readonly held: boolean
  /** Versions of the reports issued. */
  readonly reports: ReadonlyArray<string>
}

/** A finished capture, the newest of its date. */
export interface PlannedCapture {
  readonly businessDate: BusinessDate.BusinessDate
  readonly finishedMs: number
  readonly count: number
}

/** What the policy pinned for a month says about its captures and its cut-off. */
export interface MonthRules {
  readonly calendar: BankCalendar.BankCalendar
  readonly schedule: SchedulePolicy
  /**
   * Does the feed supply the days on which the bank closes no books (nothing is carried forward)?
   */
  readonly capturesClosedDays: boolean
}

export interface PlanInput {
  readonly nowMs: number
  readonly zone: string
  /** By the policy pinned for the month, never by the one in force today. */
  readonly rulesOf: (month: CalendarMonth.CalendarMonth) => MonthRules
  /** `bank`: evidence is read from a table of the bank's own, and nothing is captured. */
  readonly evidence: "captured" | "bank"
  readonly captures: ReadonlyArray<PlannedCapture>
  readonly months: ReadonlyArray<PlannedMonth>
  /** Months surveyed and found incomplete, with the dates that miss balances. */
  readonly surveys: ReadonlyArray<{
    readonly month: CalendarMonth.CalendarMonth
    readonly surveyedMs: number
    readonly missing: ReadonlyArray<BusinessDate.BusinessDate>
  }>
}

/** A piece of work that is due, with the instant it fell due. */
export type DueWork =
  | {
      readonly _tag: "Capture"
      readonly businessDate: BusinessDate.BusinessDate
      readonly again: boolean
      readonly dueMs: number
    }
  | {
      readonly _tag: "Qualify"
      readonly month: CalendarMonth.CalendarMonth
      readonly dueMs: number
      /** The cut-off is over: what is missing stays missing. */
      readonly cutOff: boolean
    }
  | {
      readonly _tag: "Provisional"
      readonly month: CalendarMonth.CalendarMonth
      readonly dueMs: number
    }
  | {
      readonly _tag: "Release"
      readonly month: CalendarMonth.CalendarMonth
      readonly dueMs: number
    }

export interface Plan {
  /** In the order the stages need: captures by date, then months in order. */
  readonly due: ReadonlyArray<DueWork>
  readonly late: ReadonlyArray<DueWork>
  /**
   * The earliest instant after now at which something new falls due; `null` is never the answer.
   */
  readonly nextWakeMs: number
}

/** When a business date's balances are asked for. */
export const captureDueMs = (
  date: BusinessDate.BusinessDate,
  schedule: SchedulePolicy,
  zone: string
): number =>
  ZonedTime.instantMsAt(BusinessDate.addDays(date, 1), 0, zone) +
  schedule.captureAfterMinutes * 60_000

/** Business dates of a month whose balances the bank is asked for. */
export const capturedDates = (
  month: CalendarMonth.CalendarMonth,
  { calendar, capturesClosedDays, schedule }: MonthRules
): ReadonlyArray<BusinessDate.BusinessDate> =>
  CalendarMonth.dates(month).filter(
    (date) =>
      date >= schedule.startsOn &&
      (capturesClosedDays || BankCalendar.isBusinessDay(calendar, date))
  )

/**
 * Months from the program's first to the one `nowMs` is in. Looked for backwards, because a later
 * policy that names a later start must not hide a month that an earlier policy has begun.
 */
const monthsUntil = (input: PlanInput): ReadonlyArray<CalendarMonth.CalendarMonth> => {
  let month = CalendarMonth.of(ZonedTime.businessDateAt(input.nowMs, input.zone))
  const months: Array<CalendarMonth.CalendarMonth> = []
  while (CalendarMonth.last(month) >= input.rulesOf(month).schedule.startsOn) {
    months.push(month)
    month = CalendarMonth.previous(month)
  }
  return months.toReversed()
}

const monthOf = (work: DueWork): CalendarMonth.CalendarMonth =>
  work._tag === "Capture" ? CalendarMonth.of(work.businessDate) : work.month

/**
 * Computes what is due at `nowMs`, what is late, and when to look again.
 *
 * A month is qualified when its last date was captured and nothing is known to be missing, or at
 * its cut-off; until then dates with missing balances are asked for again. Where the evidence is
 * the bank's own, a month is looked at once its last date's balances should be there, and again
 * every `backfillEveryMs` while some are missing.
 *
 * **Source** — architecture, Level-triggered; product rules, Days; invariant 37.
 */
export const plan = (input: PlanInput): Plan => {
  const { nowMs } = input
  const due: Array<DueWork> = []
  let nextWakeMs = nextMonthMs(input)
  const take = (work: DueWork): void => {
    if (work.dueMs <= nowMs) due.push(work)
    else nextWakeMs = Math.min(nextWakeMs, work.dueMs)
  }
  const captured = new Map(input.captures.map((capture) => [capture.businessDate, capture]))
  const known = new Map(input.months.map((month) => [month.month, month]))
  for (const month of monthsUntil(input)) {
    const row = known.get(month)
    if (row === undefined || row.status === "open" || row.status === "complete") {
      if (input.evidence === "bank") planReadMonth(month, input, take)
      else planOpenMonth(month, input, captured, take)
    } else {
      planDecidedMonth(row, nowMs, take)
    }
  }
  const late = due.filter(
    (work) => nowMs - work.dueMs > input.rulesOf(monthOf(work)).schedule.lateAfterMs
  )
  return { due, late, nextWakeMs }
}

/** Dates to come of a month that has begun are in its plan; a new month begins at its midnight. */
const nextMonthMs = (input: PlanInput): number => {
  const month = CalendarMonth.of(ZonedTime.businessDateAt(input.nowMs, input.zone))
  return ZonedTime.instantMsAt(CalendarMonth.first(CalendarMonth.next(month)), 0, input.zone)
}

const planOpenMonth = (
  month: CalendarMonth.CalendarMonth,
  input: PlanInput,
  captured: ReadonlyMap<BusinessDate.BusinessDate, PlannedCapture>,
  take: (work: DueWork) => void
): void => {
  const { nowMs, zone } = input
  const rules = input.rulesOf(month)
  const { calendar, schedule } = rules
  const survey = input.surveys.find((known) => known.month === month)
  const missing = new Set(survey?.missing)
  const cutOffMs = BankCalendar.cutOffMs(calendar, month, zone)
  const cutOff = nowMs >= cutOffMs
  // The program's first month is decided only if it was captured from its first day.
  const decidable = CalendarMonth.first(month) >= schedule.startsOn
  let lastCapturedMs = 0
  let uncaptured = false
  for (const businessDate of capturedDates(month, rules)) {
    const capture = captured.get(businessDate)
    if (capture === undefined) {
      uncaptured = true
      const dueMs = captureDueMs(businessDate, schedule, zone)
      take({ _tag: "Capture", businessDate, again: false, dueMs })
      // What is still to come comes in order: the first of it is all that time waits for.
      if (dueMs > nowMs) break
      continue
    }
    lastCapturedMs = Math.max(lastCapturedMs, capture.finishedMs)
    if (capture.count === 0) uncaptured = true
    else if (!missing.has(businessDate)) continue
    // A month that is never decided is not chased for ever.
    if (!decidable && cutOff) continue
    const dueMs = capture.finishedMs + schedule.backfillEveryMs
    take({ _tag: "Capture", businessDate, again: true, dueMs })
  }
  if (!decidable) return
  lastCapturedMs = Math.max(lastCapturedMs, captureDueMs(CalendarMonth.last(month), schedule, zone))
  // A survey that found dates missing is repeated only after a later capture, or at the cut-off.
  const surveyed = survey !== undefined && survey.surveyedMs >= lastCapturedMs
  const dueMs = uncaptured || surveyed ? cutOffMs : Math.min(lastCapturedMs, cutOffMs)
  take({ _tag: "Qualify", month, dueMs, cutOff })
}

/** Nothing is captured: only what a survey has found missing can make the decision wait. */
const planReadMonth = (
  month: CalendarMonth.CalendarMonth,
  { nowMs, rulesOf, surveys, zone }: PlanInput,
  take: (work: DueWork) => void
): void => {
  const { calendar, schedule } = rulesOf(month)
  if (CalendarMonth.first(month) < schedule.startsOn) return
  const survey = surveys.find((known) => known.month === month)
  const cutOffMs = BankCalendar.cutOffMs(calendar, month, zone)
  const lookMs =
    survey === undefined
      ? captureDueMs(CalendarMonth.last(month), schedule, zone)
      : survey.surveyedMs + schedule.backfillEveryMs
  const dueMs = Math.min(lookMs, cutOffMs)
  take({ _tag: "Qualify", month, dueMs, cutOff: nowMs >= cutOffMs })
}

const planDecidedMonth = (
  row: PlannedMonth,
  nowMs: number,
  take: (work: DueWork) => void
): void => {
  const isDecided = row.status === "decided"
  if (isDecided && !row.reports.includes("provisional")) {
    take({ _tag: "Provisional", month: row.month, dueMs: row.decidedMs ?? nowMs })
  }
  // Nobody keeps the instant of the last approval: a release is due at once.
  if (row.approved && (isDecided || (row.status === "released" && row.held))) {
    take({ _tag: "Release", month: row.month, dueMs: nowMs })
  }
}
