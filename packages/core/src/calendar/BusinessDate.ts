/**
 * The bank's accounting date: a plain calendar date without time or zone.
 *
 * Guarantees that a `BusinessDate` exists in the Gregorian calendar and that its text sorts as
 * the date does. All arithmetic is in whole days of UTC, so no process zone can reach it.
 */
import { toDate } from "date-fns/toDate"

declare const BusinessDateBrand: unique symbol

/** `"YYYY-MM-DD"` of a day that exists, years 1900 to 9999. Compares as text. */
export type BusinessDate = string & { readonly [BusinessDateBrand]: "BusinessDate" }

const dayMs = 86_400_000

/** Days of a Gregorian month; `month` from 1. */
export const daysInMonth = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/**
 * Reads a date written exactly `YYYY-MM-DD`, years 1900 to 9999.
 *
 * **Outcomes** — the date, or `undefined`: another form, or a day that does not exist
 * (30 February).
 *
 * **Source** — ISO 8601-1 calendar date, extended format; product rules, "Days".
 */
export const parse = (text: string): BusinessDate | undefined =>
  isBusinessDate(text) ? text : undefined

const isBusinessDate = (text: string): text is BusinessDate => {
  if (!/^(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$/.test(text)) return false
  const month = monthOf(text)
  const day = dayOf(text)
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(yearOf(text), month)
}

/** Brands a text known to be a date, for code that has just composed it. */
export const unchecked = (text: string): BusinessDate =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand's own constructor
  text as BusinessDate

/** The two digits at a place: dates are taken apart too often for substrings. */
const twoAt = (text: string, at: number): number =>
  text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 11 * 48

const yearOf = (text: string): number => twoAt(text, 0) * 100 + twoAt(text, 2)
const monthOf = (text: string): number => twoAt(text, 5)
const dayOf = (text: string): number => twoAt(text, 8)

/** Days since 1970-01-01 (negative before). */
export const toEpochDay = (date: BusinessDate): number =>
  Date.UTC(yearOf(date), monthOf(date) - 1, dayOf(date)) / dayMs

/** Dates are counted to and fro all the time; some ten years of them are kept. */
const known = new Map<number, BusinessDate>()
const mostKnown = 4000

/**
 * The date that lies `epochDay` days after 1970-01-01. Takes whole numbers that fall in the
 * years 1900 to 9999; others are a broken invariant of the caller.
 */
export const fromEpochDay = (epochDay: number): BusinessDate => {
  const kept = known.get(epochDay)
  if (kept !== undefined) return kept
  // UTC only: `toISOString` never looks at the process zone.
  const made = unchecked(
    toDate(epochDay * dayMs)
      .toISOString()
      .slice(0, 10)
  )
  if (known.size >= mostKnown) known.clear()
  known.set(epochDay, made)
  return made
}

/** The date `days` days later (earlier when negative); within the years 1900 to 9999. */
export const addDays = (date: BusinessDate, days: number): BusinessDate =>
  fromEpochDay(toEpochDay(date) + days)

/** How many days later `to` is than `from`; negative when it is earlier. */
export const daysBetween = (from: BusinessDate, to: BusinessDate): number =>
  toEpochDay(to) - toEpochDay(from)

/** Day of the month, from 1. */
export const dayOfMonth = (date: BusinessDate): number => dayOf(date)

/** Day of the week: 0 is Sunday, 6 is Saturday. */
export const weekday = (date: BusinessDate): number =>
  // 1970-01-01 was a Thursday; the second modulo keeps days before it positive.
  (((toEpochDay(date) + 4) % 7) + 7) % 7

/** Negative, zero or positive as `left` is before, equal to or after `right`. */
export const compare = (left: BusinessDate, right: BusinessDate): number =>
  left < right ? -1 : left > right ? 1 : 0
