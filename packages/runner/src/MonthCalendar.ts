/**
 * A calendar month drawn in text, one cell per day, Sunday first: what the bank captured, what was
 * derived, and which days did not meet.
 */
import { BankCalendar, BusinessDate, CalendarMonth } from "@tidemark/core/rules"

/** The days of one customer's month, or of the program's captures; bit 0 is day 1. */
export interface DrawnDays {
  readonly observed: number
  readonly met: number
  readonly derived: number
  readonly waived: number
}

const has = (bits: number, day: number): boolean => ((bits >>> (day - 1)) & 1) === 1

/** `●` met, `○` met by a derived balance, `✗` below, `–` waived, `?` missing. */
const markOf = (days: DrawnDays, day: number): string => {
  if (has(days.waived, day)) return "–"
  if (has(days.derived, day)) return has(days.met, day) ? "○" : "✗"
  if (has(days.observed, day)) return has(days.met, day) ? "●" : "✗"
  return "?"
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

/** The grid with a legend below it; `mark` decides the sign of each day. */
const grid = (
  month: CalendarMonth.CalendarMonth,
  mark: (day: number) => string
): ReadonlyArray<string> => {
  const lines = [`  ${weekdays.map((name) => name.padEnd(6)).join("")}`.trimEnd()]
  const first = BusinessDate.weekday(CalendarMonth.first(month))
  let line = "      ".repeat(first)
  for (let day = 1; day <= CalendarMonth.days(month); day++) {
    line += `${String(day).padStart(2)} ${mark(day)}`.padEnd(6)
    const endsWeek = (first + day) % 7 === 0
    if (endsWeek || day === CalendarMonth.days(month)) {
      lines.push(`  ${line}`.trimEnd())
      line = ""
    }
  }
  return lines
}

/** One customer's month, as `explain` shows it. */
export const ofCustomer = (
  month: CalendarMonth.CalendarMonth,
  days: DrawnDays
): ReadonlyArray<string> => [
  ...grid(month, (day) => markOf(days, day)),
  "  ● at or above   ○ derived, at or above   ✗ below   – waived   ? no balance"
]

/** The bank's month: days whose books were captured, and closed days with their names. */
export const ofCaptures = (
  month: CalendarMonth.CalendarMonth,
  calendar: BankCalendar.BankCalendar,
  captured: number
): ReadonlyArray<string> => {
  const closed = new Map<string, Array<number>>()
  for (let day = 1; day <= CalendarMonth.days(month); day++) {
    const kind = BankCalendar.dayAt(calendar, CalendarMonth.dateAt(month, day))
    if (kind.kind !== "closed") continue
    closed.set(kind.name, [...(closed.get(kind.name) ?? []), day])
  }
  const isClosed = (day: number): boolean =>
    !BankCalendar.isBusinessDay(calendar, CalendarMonth.dateAt(month, day))
  return [
    ...grid(month, (day) => (has(captured, day) ? "●" : isClosed(day) ? "○" : "?")),
    "  ● captured   ○ bank closed: derived from the last closing balance   ? missing",
    `  closed: ${[...closed].map(([name, days]) => `${name} (${days.join(", ")})`).join(" · ")}`
  ]
}
