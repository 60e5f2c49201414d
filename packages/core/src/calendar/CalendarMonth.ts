/**
 * A calendar month of the bank: 28 to 31 business dates.
 *
 * Guarantees that every business date lies in exactly one month. "Thirty days" of loose wording
 * means this.
 */
import * as BusinessDate from "./BusinessDate.ts"

declare const CalendarMonthBrand: unique symbol

/** `"YYYY-MM"`, years 1900 to 9999. Compares as text. */
export type CalendarMonth = string & { readonly [CalendarMonthBrand]: "CalendarMonth" }

/**
 * Reads a month written exactly `YYYY-MM`.
 *
 * **Outcomes** — the month, or `undefined` when the text has another form or month number.
 *
 * **Source** — product rules, "Days".
 */
export const parse = (text: string): CalendarMonth | undefined =>
  /^(?:19|[2-9][0-9])[0-9]{2}-(?:0[1-9]|1[0-2])$/.test(text) ? unchecked(text) : undefined

const unchecked = (text: string): CalendarMonth =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand's own constructor
  text as CalendarMonth

/** The month a date lies in. */
export const of = (date: BusinessDate.BusinessDate): CalendarMonth => unchecked(date.slice(0, 7))

const yearOf = (month: CalendarMonth): number => Number(month.slice(0, 4))
const numberOf = (month: CalendarMonth): number => Number(month.slice(5, 7))

/** Months are asked for their dates again and again; a few years' worth of them is kept. */
const known = new Map<CalendarMonth, ReadonlyArray<BusinessDate.BusinessDate>>()
const mostKnown = 60

/** How many days the month has: 28 to 31. */
export const days = (month: CalendarMonth): number =>
  known.get(month)?.length ?? BusinessDate.daysInMonth(yearOf(month), numberOf(month))

/** The date of a day of the month; `day` from 1 to `days(month)`. */
export const dateAt = (month: CalendarMonth, day: number): BusinessDate.BusinessDate =>
  BusinessDate.unchecked(`${month}-${day < 10 ? "0" : ""}${day}`)

/** The first date. */
export const first = (month: CalendarMonth): BusinessDate.BusinessDate => dateAt(month, 1)

/** The last date. */
export const last = (month: CalendarMonth): BusinessDate.BusinessDate => dateAt(month, days(month))

/** Every date of the month in order. */
export const dates = (month: CalendarMonth): ReadonlyArray<BusinessDate.BusinessDate> => {
  const kept = known.get(month)
  if (kept !== undefined) return kept
  const made = Array.from({ length: days(month) }, (_, index) => dateAt(month, index + 1))
  if (known.size >= mostKnown) known.clear()
  known.set(month, made)
  return made
}

const offset = (month: CalendarMonth, months: number): CalendarMonth => {
  const index = yearOf(month) * 12 + (numberOf(month) - 1) + months
  const number = (index % 12) + 1
  return unchecked(`${Math.floor(index / 12)}-${number < 10 ? "0" : ""}${number}`)
}

/** The month after; within the years 1900 to 9999. */
export const next = (month: CalendarMonth): CalendarMonth => offset(month, 1)

/** The month before; within the years 1900 to 9999. */
export const previous = (month: CalendarMonth): CalendarMonth => offset(month, -1)

/** Whether the date lies in the month. */
export const contains = (month: CalendarMonth, date: BusinessDate.BusinessDate): boolean =>
  date.startsWith(month)
