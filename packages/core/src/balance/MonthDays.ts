/**
 * The days of one customer's month as bit sets: bit 0 is day 1, bit 30 is day 31.
 *
 * Guarantees that everything about a month's days is a handful of small integers, so that a
 * million customers are decided without allocating. Leaves the outcome to `qualification`.
 */
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { CarryForward } from "./BalancePolicy.ts"

/** Every field is a set of days of the month, 31 bits. */
export interface MonthDays {
  /** Days with a closing balance of their own. Disjoint from `derived` and `conflict`. */
  readonly observed: number
  /** Days whose balance, observed or derived, meets the threshold. */
  readonly met: number
  /** Days that took the verdict of the last known day before. */
  readonly derived: number
  /** Days an operator excluded from the rule. */
  readonly waived: number
  /** Days with two different amounts in one capture run: missing until resolved. */
  readonly conflict: number
}

/** A month of which nothing is known. */
export const none: MonthDays = { observed: 0, met: 0, derived: 0, waived: 0, conflict: 0 }

/** All days of a month of `days` days. */
export const allDays = (days: number): number => 0x7fff_ffff >>> (31 - days)

/** The set of one day; `day` from 1. */
export const bitOf = (day: number): number => 1 << (day - 1)

/** Whether a set holds a day; `day` from 1. */
export const has = (bits: number, day: number): boolean => (bits & bitOf(day)) !== 0

/** How many days a set holds. */
export const count = (bits: number): number => {
  let left = bits
  let days = 0
  for (; left !== 0; days++) left &= left - 1
  return days
}

/** Days whose verdict is known, observed or derived. */
export const known = (days: MonthDays): number => days.observed | days.derived

/**
 * For every day, whether the last observed day *before or on* it met the threshold, as a set.
 * Days before the first observed day take `before`. Without a branch: `met` is smeared upwards
 * over days that are not observed, doubling its reach each step.
 */
const lastVerdicts = (observed: number, met: number, before: boolean): number => {
  // One bit lower than day 1 stands for the day before the month; 32 bits hold both.
  let pass = ~((observed << 1) | 1)
  let met32 = ((met & observed) << 1) | (before ? 1 : 0)
  met32 |= pass & (met32 << 1)
  pass &= pass << 1
  met32 |= pass & (met32 << 2)
  pass &= pass << 2
  met32 |= pass & (met32 << 4)
  pass &= pass << 4
  met32 |= pass & (met32 << 8)
  pass &= pass << 8
  met32 |= pass & (met32 << 16)
  return met32 >>> 1
}

/**
 * The days that carry-forward fills: days that may be derived and have a known day before them.
 * What is known before the month reaches to its first business day only: a closed day after that
 * takes its balance or, where it is missing, none. A day in conflict is never filled: it has
 * balances, only not one.
 *
 * **Source** — product rules, "Days"; decision 0015.
 */
export const derivable = (
  mode: CarryForward,
  observed: number,
  conflict: number,
  monthBits: number,
  closedBits: number,
  before: boolean | null
): number => {
  if (mode === "none") return 0
  const gaps = monthBits & ~observed & ~conflict & (mode === "always" ? monthBits : closedBits)
  // Above its lowest bit a negated set is its complement, below it and of no days it is empty.
  if (before === null) return gaps & -observed
  if (mode === "always") return gaps
  // A set less one has every day before its first one; its own other days are no gaps here.
  const untilOpen = (monthBits & ~closedBits) - 1
  return gaps & (untilOpen | -observed)
}

/** The verdicts of derived days, as the set of those that meet. */
export const derivedMet = (
  observed: number,
  met: number,
  derived: number,
  before: boolean | null
): number => derived & lastVerdicts(observed, met, before === true)

/**
 * Fills days without a balance from the last known day before, as the mode allows.
 *
 * **Shapes and units** — `closedBits`: days on which the bank closes no books; `before`: verdict
 * of the last balance before the month, `null` when there is none.
 *
 * **Outcomes** — `none` fills nothing; `bank-days` fills closed days; `always` fills every gap.
 * A filled day takes the verdict of the nearest observed day before it, else `before`; with
 * neither it stays missing, and so does a closed day between a missing first business day and the
 * first observed one. Days in conflict are never filled.
 *
 * **Source** — product rules, "Days" (`carryForward`).
 */
export const carryForward = (
  mode: CarryForward,
  days: MonthDays,
  month: CalendarMonth.CalendarMonth,
  closedBits: number,
  before: boolean | null
): MonthDays => {
  const monthBits = allDays(CalendarMonth.days(month))
  const { observed, conflict } = days
  const derived = derivable(mode, observed, conflict, monthBits, closedBits, before)
  if (derived === 0 && days.derived === 0) return days
  const met = (days.met & observed) | derivedMet(observed, days.met, derived, before)
  return { observed, met, derived, waived: days.waived, conflict }
}

/** A run of dates, both ends included. */
export interface DateRange {
  readonly from: BusinessDate
  readonly to: BusinessDate
}

/** How many days lie before the first day of a set that is not empty. */
const daysBefore = (bits: number): number => 31 - Math.clz32(bits & -bits)

/** The days of a set as runs of dates, in order. A loop over runs: a month end asks millions. */
export const ranges = (
  bits: number,
  month: CalendarMonth.CalendarMonth
): ReadonlyArray<DateRange> => {
  const found: Array<DateRange> = []
  let left = bits & allDays(CalendarMonth.days(month))
  while (left !== 0) {
    const before = daysBefore(left)
    // Moved down to the run's first day, the first day not in the set ends it.
    const last = before + daysBefore(~(left >>> before))
    found.push({
      from: CalendarMonth.dateAt(month, before + 1),
      to: CalendarMonth.dateAt(month, last)
    })
    left &= -bitOf(last + 1)
  }
  return found
}

/** Runs of dates for people: `"2026-03-05, 2026-03-09 to 2026-03-11"`. */
export const formatRanges = (dateRanges: ReadonlyArray<DateRange>): string =>
  dateRanges.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(", ")
