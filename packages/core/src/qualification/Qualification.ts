/**
 * Decides whether a customer kept the threshold on every day of a calendar month.
 *
 * Guarantees the same result for the same evidence and policy. Leaves filling closed days to
 * `MonthDays.carryForward`, several accounts to `Accounts`, and when to decide to `MonthState`.
 */
import * as MonthDays from "../balance/MonthDays.ts"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { DecidingCode, Reason, WorstDay } from "./Reason.ts"

/**
 * Outcomes as small integers for loops over a million customers. The numbers rise with what they
 * mean for the customer, so the best outcome of several accounts is their maximum.
 */
export const Outcome = {
  notFullMonth: 0,
  belowThreshold: 1,
  dataIncomplete: 2,
  qualified: 3
} as const

/** One of the numbers of `Outcome`. */
export type Outcome = (typeof Outcome)[keyof typeof Outcome]

/**
 * Whether the customer was there for the whole month: opened on the first day or before, and not
 * closed by the last day. Opened on the first day counts: every day has a closing balance.
 *
 * **Shapes and units** — `opened` absent: before anything known; `closed` absent: still open.
 *
 * **Source** — product rules, "Days": `NOT_FULL_MONTH`.
 */
export const isFullMonth = (
  month: CalendarMonth.CalendarMonth,
  opened: BusinessDate | undefined,
  closed: BusinessDate | undefined
): boolean =>
  (opened === undefined || opened <= CalendarMonth.first(month)) &&
  (closed === undefined || closed > CalendarMonth.last(month))

/**
 * The outcome alone, without allocating.
 *
 * **Shapes and units** — sets of days, bit 0 is day 1: `month` all days of the month, `known` days
 * with a verdict, `met` days that pass, `waived` days excluded from the rule.
 *
 * **Outcomes, first match wins**
 * 1. `notFullMonth`
 * 2. `belowThreshold` — a known day that is not waived did not meet
 * 3. `dataIncomplete` — a day that is not waived has no verdict
 * 4. `qualified`
 *
 * **Source** — product rules, "Days": outcome precedence.
 */
export const decideOutcome = (
  fullMonth: boolean,
  month: number,
  known: number,
  met: number,
  waived: number
): Outcome => {
  if (!fullMonth) return Outcome.notFullMonth
  const required = month & ~waived
  if ((required & known & ~met) !== 0) return Outcome.belowThreshold
  return (required & ~known) === 0 ? Outcome.qualified : Outcome.dataIncomplete
}

/** Evidence of one customer's month, after carry-forward. */
export interface QualificationInput {
  readonly month: CalendarMonth.CalendarMonth
  readonly opened?: BusinessDate
  readonly closed?: BusinessDate
  readonly days: MonthDays.MonthDays
  /** Where the amounts are at hand; only named when a day is below the threshold. */
  readonly worst?: WorstDay
}

interface Decided {
  readonly month: CalendarMonth.CalendarMonth
  /** Required days that met, of the required days: `"29/30 days"`. */
  readonly daysMet: number
  readonly daysRequired: number
  /** The deciding reason first, then explanations; never empty. */
  readonly reasons: readonly [Reason, ...ReadonlyArray<Reason>]
}

/** The customer kept the threshold on every required day. */
export interface Qualified extends Decided {
  readonly _tag: "Qualified"
  readonly code: "MET_EVERY_DAY"
}

/** The customer did not. */
export interface NotQualified extends Decided {
  readonly _tag: "NotQualified"
  readonly code: "NOT_FULL_MONTH" | "BELOW_THRESHOLD"
}

/** Nobody can say: a required day has no balance. */
export interface Undetermined extends Decided {
  readonly _tag: "Undetermined"
  readonly code: "DATA_INCOMPLETE"
  /** The days without a balance, as runs. */
  readonly dates: ReadonlyArray<MonthDays.DateRange>
}

/** The decision of one customer's month. */
export type Decision = Qualified | NotQualified | Undetermined

/** The code a decided outcome is counted under. */
export const codeOf = (outcome: Outcome): DecidingCode => codes[outcome]

const codes = ["NOT_FULL_MONTH", "BELOW_THRESHOLD", "DATA_INCOMPLETE", "MET_EVERY_DAY"] as const

/**
 * Decides one customer's month with dated reasons.
 *
 * A day without a balance is never read as zero, and never hides a known failing day.
 *
 * **Outcomes, first match wins**
 * 1. `NotQualified(NOT_FULL_MONTH)` — opened after the first day, or closed in the month
 * 2. `NotQualified(BELOW_THRESHOLD)` — a known day, not waived, below the threshold
 * 3. `Undetermined(DATA_INCOMPLETE)` — a day, not waived, without a balance
 * 4. `Qualified`
 *
 * **Source** — product rules, "Days".
 */
export const decide = (input: QualificationInput): Decision => {
  const { month, days } = input
  const monthBits = MonthDays.allDays(CalendarMonth.days(month))
  const known = MonthDays.known(days) & monthBits
  const required = monthBits & ~days.waived
  const missing = required & ~known
  const failed = required & known & ~days.met
  const counts = {
    month,
    daysMet: MonthDays.count(required & known & days.met),
    daysRequired: MonthDays.count(required)
  }
  const explanations = explain(month, monthBits, days)
  const fullMonth = isFullMonth(month, input.opened, input.closed)
  const outcome = decideOutcome(fullMonth, monthBits, known, days.met, days.waived)
  if (outcome === Outcome.notFullMonth) {
    const reasons = [notFullMonth(input), ...explanations] as const
    return { _tag: "NotQualified", code: "NOT_FULL_MONTH", ...counts, reasons }
  }
  if (outcome === Outcome.belowThreshold) {
    const code = "BELOW_THRESHOLD"
    const worst = input.worst === undefined ? {} : { worst: input.worst }
    const below = { code, dates: MonthDays.ranges(failed, month), ...worst } as const
    const reasons = [below, ...also(missing, month), ...explanations] as const
    return { _tag: "NotQualified", code, ...counts, reasons }
  }
  if (outcome === Outcome.dataIncomplete) {
    const code = "DATA_INCOMPLETE"
    const dates = MonthDays.ranges(missing, month)
    const reasons = [{ code, dates }, ...explanations] as const
    return { _tag: "Undetermined", code, ...counts, dates, reasons }
  }
  const code = "MET_EVERY_DAY"
  const reasons = [{ code, dates: MonthDays.ranges(required, month) }, ...explanations] as const
  return { _tag: "Qualified", code, ...counts, reasons }
}

/** What cut the customer's month short. */
const notFullMonth = ({ month, opened, closed }: QualificationInput): Reason => {
  const late = opened !== undefined && opened > CalendarMonth.first(month)
  const early = closed !== undefined && closed <= CalendarMonth.last(month)
  return {
    code: "NOT_FULL_MONTH",
    dates: [],
    ...(late ? { opened } : {}),
    ...(early ? { closed } : {})
  }
}

const also = (missing: number, month: CalendarMonth.CalendarMonth): ReadonlyArray<Reason> =>
  missing === 0 ? [] : [{ code: "DAYS_MISSING", dates: MonthDays.ranges(missing, month) }]

const explain = (
  month: CalendarMonth.CalendarMonth,
  monthBits: number,
  days: MonthDays.MonthDays
): ReadonlyArray<Reason> => {
  const reasons: Array<Reason> = []
  const add = (code: Reason["code"], bits: number) => {
    if (bits !== 0) reasons.push({ code, dates: MonthDays.ranges(bits, month) })
  }
  add("DAYS_IN_CONFLICT", days.conflict & monthBits & ~days.waived)
  add("DAYS_DERIVED", days.derived & monthBits & ~days.waived)
  add("DAYS_WAIVED", days.waived & monthBits)
  return reasons
}

/** `"29/30 days"`: required days that met, of the required days. */
export const daysText = (decision: Decision): string =>
  `${decision.daysMet}/${decision.daysRequired} days`
