/**
 * A calendar month drawn in text, weeks as rows, Sunday first: what the bank captured, what was
 * derived, and which days did not meet. Every mark has a shape of its own; colour only adds to it.
 */
import { BankCalendar, BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import * as TerminalStyle from "./TerminalStyle.ts"

/** The days of one customer's month, or of the program's captures; bit 0 is day 1. */
export interface DrawnDays {
  readonly observed: number
  readonly met: number
  readonly derived: number
  readonly waived: number
  /** Days with two different amounts; none where it is left out. */
  readonly conflict?: number
}

/** What a day of a customer's month is, in the order in which it is asked. */
export type DayState = "waived" | "conflict" | "missing" | "met" | "notMet"

const has = (bits: number, day: number): boolean => ((bits >>> (day - 1)) & 1) === 1

/** The state of a day, and whether its balance is the last one before it. */
export const dayOf = (
  days: DrawnDays,
  day: number
): { readonly state: DayState; readonly derived: boolean } => {
  const derived = has(days.derived, day)
  if (has(days.waived, day)) return { state: "waived", derived }
  if (has(days.conflict ?? 0, day)) return { state: "conflict", derived }
  if (!derived && !has(days.observed, day)) return { state: "missing", derived }
  return { state: has(days.met, day) ? "met" : "notMet", derived }
}

/** A sign, its colour, and what it means. */
type Mark = readonly [sign: string, colour: TerminalStyle.Colour, meaning: string]

const marks: Readonly<Record<string, Mark>> = {
  met: ["●", "green", "at or above"],
  "met derived": ["○", "cyan", "derived, at or above"],
  notMet: ["✗", "red", "below"],
  "notMet derived": ["×", "red", "derived, below"],
  waived: ["–", "yellow", "waived"],
  missing: ["?", "magenta", "no balance"],
  conflict: ["‼", "magenta", "two amounts"]
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

/** The grid; `mark` decides the sign of each day. A cell is six columns wide without its colour. */
const grid = (
  month: CalendarMonth.CalendarMonth,
  mark: (day: number) => string
): ReadonlyArray<string> => {
  const lines = [`  ${weekdays.map((name) => name.padEnd(6)).join("")}`.trimEnd()]
  const first = BusinessDate.weekday(CalendarMonth.first(month))
  let cells: Array<string> = Array.from({ length: first }, () => "    ")
  for (let day = 1; day <= CalendarMonth.days(month); day++) {
    cells.push(`${String(day).padStart(2)} ${mark(day)}`)
    if ((first + day) % 7 === 0 || day === CalendarMonth.days(month)) {
      lines.push(`  ${cells.join("  ")}`)
      cells = []
    }
  }
  return lines
}

/** One customer's month with a legend of the marks that occur, as `explain` shows it. */
export const ofCustomer = (
  month: CalendarMonth.CalendarMonth,
  days: DrawnDays,
  paint: TerminalStyle.Paint = TerminalStyle.plain
): ReadonlyArray<string> => {
  const seen = new Set<Mark>()
  const lines = grid(month, (day) => {
    const { derived, state } = dayOf(days, day)
    const mark = (derived ? marks[`${state} derived`] : undefined) ?? marks[state]
    if (mark === undefined) return " "
    seen.add(mark)
    return paint(mark[1], mark[0])
  })
  const legend = Object.values(marks)
    .filter((mark) => seen.has(mark))
    .map(([sign, colour, meaning]) => `${paint(colour, sign)} ${meaning}`)
  return [...lines, `  ${legend.join("   ")}`]
}

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
