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
  readonly approved: boolean
  /** Versions of the reports issued. */
  readonly reports: ReadonlyArray<string>
}

/** A finished capture, the newest of its date. */
export interface PlannedCapture {
  readonly businessDate: BusinessDate.BusinessDate
  readonly finishedMs: number
  readonly count: number
}

export interface PlanInput {
  readonly nowMs: number
  readonly zone: string
  readonly calendar: BankCalendar.BankCalendar
  readonly schedule: SchedulePolicy
  /** Are closed days carried forward (then nothing is captured for them)? */
  readonly capturesClosedDays: boolean
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
  /** The earliest instant after now at which something new falls due; `null` is never the answer. */
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
  input: Pick<PlanInput, "calendar" | "capturesClosedDays" | "schedule">
): ReadonlyArray<BusinessDate.BusinessDate> =>
  CalendarMonth.dates(month).filter(
    (date) =>
      date >= input.schedule.startsOn &&
      (input.capturesClosedDays || BankCalendar.isBusinessDay(input.calendar, date))
  )

/** Months from the program's first to the one `nowMs` is in. */
const monthsUntil = (input: PlanInput): ReadonlyArray<CalendarMonth.CalendarMonth> => {
  const last = CalendarMonth.of(ZonedTime.businessDateAt(input.nowMs, input.zone))
  const months: Array<CalendarMonth.CalendarMonth> = []
  let month = CalendarMonth.of(input.schedule.startsOn)
  while (month <= last) {
    months.push(month)
    month = CalendarMonth.next(month)
  }
  return months
}

/**
 * Computes what is due at `nowMs`, what is late, and when to look again.
 *
 * A month is qualified when its last date was captured and nothing is known to be missing, or at
 * its cut-off; until then dates with missing balances are asked for again.
 */
export const plan = (input: PlanInput): Plan => {
  const { nowMs, schedule } = input
  const due: Array<DueWork> = []
  let nextWakeMs = Number.POSITIVE_INFINITY
  const take = (work: DueWork): boolean => {
    if (work.dueMs <= nowMs) {
      due.push(work)
      return true
    }
    nextWakeMs = Math.min(nextWakeMs, work.dueMs)
    return false
  }
  const captured = new Map(input.captures.map((capture) => [capture.businessDate, capture]))
  const known = new Map(input.months.map((month) => [month.month, month]))
  const months = monthsUntil(input)
  for (const month of months) {
    const row = known.get(month)
    if (row === undefined || row.status === "open" || row.status === "complete") {
      planOpenMonth(month, input, captured, take)
    } else {
      planDecidedMonth(row, nowMs, take)
    }
  }
  const late = due.filter((work) => nowMs - work.dueMs > schedule.lateAfterMs)
  return { due, late, nextWakeMs: Math.min(nextWakeMs, nextMidnightMs(input)) }
}

/** The plan of an unreleased month needs no clock; a new date appears at midnight at the latest. */
const nextMidnightMs = (input: PlanInput): number => {
  const today = ZonedTime.businessDateAt(input.nowMs, input.zone)
  return ZonedTime.instantMsAt(BusinessDate.addDays(today, 1), 0, input.zone)
}

const planOpenMonth = (
  month: CalendarMonth.CalendarMonth,
  input: PlanInput,
  captured: ReadonlyMap<BusinessDate.BusinessDate, PlannedCapture>,
  take: (work: DueWork) => boolean
): void => {
  const { schedule, zone } = input
  const dates = capturedDates(month, input)
  const survey = input.surveys.find((known) => known.month === month)
  const missing = new Set(survey?.missing)
  let lastCapturedMs = captureDueMs(CalendarMonth.last(month), schedule, zone)
  let uncaptured = false
  for (const date of dates) {
    const capture = captured.get(date)
    if (capture === undefined) {
      uncaptured = true
      const dueMs = captureDueMs(date, schedule, zone)
      take({ _tag: "Capture", businessDate: date, again: false, dueMs })
      continue
    }
    lastCapturedMs = Math.max(lastCapturedMs, capture.finishedMs)
    if (capture.count === 0 || missing.has(date)) {
      if (capture.count === 0) uncaptured = true
      const dueMs = capture.finishedMs + schedule.backfillEveryMs
      take({ _tag: "Capture", businessDate: date, again: true, dueMs })
    }
  }
  // The program's first month is decided only if it was captured from its first day.
  if (CalendarMonth.first(month) < schedule.startsOn) return
  const cutOffMs = BankCalendar.cutOffMs(input.calendar, month, zone)
  const cutOff = input.nowMs >= cutOffMs
  // A survey that found dates missing is repeated only after a later capture, or at the cut-off.
  const surveyed = survey !== undefined && survey.surveyedMs >= lastCapturedMs
  if (cutOff) take({ _tag: "Qualify", month, dueMs: cutOffMs, cutOff })
  else if (uncaptured || surveyed) take({ _tag: "Qualify", month, dueMs: cutOffMs, cutOff: true })
  else take({ _tag: "Qualify", month, dueMs: lastCapturedMs, cutOff })
}

const planDecidedMonth = (
  row: PlannedMonth,
  nowMs: number,
  take: (work: DueWork) => boolean
): void => {
  if (row.status === "decided" && !row.reports.includes("provisional")) {
    take({ _tag: "Provisional", month: row.month, dueMs: nowMs })
  }
  if (row.status === "decided" && row.approved) {
    take({ _tag: "Release", month: row.month, dueMs: nowMs })
  }
}
