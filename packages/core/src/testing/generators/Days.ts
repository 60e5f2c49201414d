/**
 * Months, dates and days of the bank. Leap years, both ends of a month, and the days around a feast
 * come up often; every month and date of a century may.
 */
import fc from "fast-check"
import * as BankCalendar from "../../calendar/BankCalendar.ts"
import type { CalendarOverride } from "../../calendar/BankDay.ts"
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"

/** The month with the given place, counted from January of the year 2000. */
const monthAt = (index: number): CalendarMonth.CalendarMonth => {
  const month = String((index % 12) + 1).padStart(2, "0")
  return CalendarMonth.of(BusinessDate.unchecked(`${2000 + Math.floor(index / 12)}-${month}-01`))
}

/** Months of 2000 to 2099; four in ten are a February, a December or one of this year's. */
export const months: fc.Arbitrary<CalendarMonth.CalendarMonth> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1_199).map(monthAt) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom("2024-02", "2026-02", "2000-02", "2025-12", "2026-01", "2026-09", "2026-10")
      .map((text) => CalendarMonth.of(BusinessDate.unchecked(`${text}-01`)))
  }
)

/** Dates of a month: its first and its last as often as all the others together. */
export const datesIn = (
  month: CalendarMonth.CalendarMonth
): fc.Arbitrary<BusinessDate.BusinessDate> => {
  const last = CalendarMonth.days(month)
  return fc
    .oneof(fc.integer({ min: 1, max: last }), fc.constantFrom(1, 2, last - 1, last))
    .map((day) => CalendarMonth.dateAt(month, day))
}

/** Dates of 2000 to 2099. */
export const dates: fc.Arbitrary<BusinessDate.BusinessDate> = months.chain(datesIn)

/** A Sunday closed by an emergency order, a Saturday declared open: data, not rules. */
const overrides: fc.Arbitrary<ReadonlyArray<CalendarOverride>> = fc.array(
  fc
    .tuple(dates, fc.constantFrom("closed" as const, "open" as const))
    .map(([date, kind]): CalendarOverride => ({ date, kind, reason: "declared" })),
  { maxLength: 4 }
)

/** Israel's calendar, or one of weekends alone, with a few days declared otherwise. */
export const calendars: fc.Arbitrary<BankCalendar.BankCalendar> = fc.oneof(
  overrides.map((declared) => BankCalendar.israel(declared)),
  fc
    .tuple(fc.constantFrom([5, 6], [6, 0], [0]), overrides)
    .map(([weekend, declared]) =>
      BankCalendar.weekdays({ weekend, holidays: [], overrides: declared })
    )
)
