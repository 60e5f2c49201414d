/**
 * When a run takes place: its months, the bank's calendar, and what the rules of time make of them.
 *
 * Sixty-four seeds in a row share an era: asking `Intl` for the clock of a new year costs more than
 * living it. Seeds still differ in everything else, and a night of seeds goes through every month
 * of the eighty years.
 *
 * **Source** — simulation, generation (start dates from 2026 to 2104; thirteen months).
 */
import * as BankCalendar from "../../calendar/BankCalendar.ts"
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as ZonedTime from "../../calendar/ZonedTime.ts"
import * as SendWindow from "../../delivery/SendWindow.ts"
import * as Seeded from "../Seeded.ts"

/** A month of the era; the first one only leads in and is never decided. */
export interface EraMonth {
  readonly month: CalendarMonth.CalendarMonth
  /** Epoch day of its first date. */
  readonly firstDay: number
  readonly days: number
  /** The instant at which it is over in the bank's zone. */
  readonly endMs: number
  readonly cutOffMs: number
  readonly closedBits: number
  readonly dates: ReadonlyArray<BusinessDate.BusinessDate>
}

/** From `opensMs` up to and without `closesMs`. */
export interface Window {
  readonly opensMs: number
  readonly closesMs: number
}

export interface Era {
  readonly months: ReadonlyArray<EraMonth>
  readonly calendar: BankCalendar.BankCalendar
  /** 0 is Sunday. */
  readonly weekend: ReadonlyArray<number>
  /** Epoch days without books, beside the weekend. */
  readonly holidays: ReadonlyArray<number>
  /** Epoch days with books on which nothing may be sent. */
  readonly mourning: ReadonlyArray<number>
  /** The next window of a UTC day, as the production rule found it. */
  readonly windows: Map<number, Window>
  readonly expiries: Map<string, number>
}

export const zone = "Asia/Jerusalem"
const seedsPerEra = 64
const dayMs = 86_400_000
const endsAtMinute = 17 * 60
const weekends = [[6], [5, 6], [6, 0], []] as const

const monthOf = (calendar: BankCalendar.BankCalendar, month: CalendarMonth.CalendarMonth) => ({
  month,
  firstDay: BusinessDate.toEpochDay(CalendarMonth.first(month)),
  days: CalendarMonth.days(month),
  endMs: ZonedTime.instantMsAt(CalendarMonth.first(CalendarMonth.next(month)), 0, zone),
  cutOffMs: BankCalendar.cutOffMs(calendar, month, zone),
  closedBits: BankCalendar.closedBits(calendar, month),
  dates: CalendarMonth.dates(month)
})

/** Some days of the era, without those of the weekend. */
const someDays = (site: number, most: number, from: number, span: number, not: Set<number>) => {
  const days: Array<number> = []
  const count = Seeded.below(most + 1, site, 0)
  for (let n = 1; n <= count; n++) {
    const day = from + Seeded.below(span, site, n)
    if (!not.has((day + 4) % 7) && !days.includes(day)) days.push(day)
  }
  return days
}

const make = (era: number, count: number): Era => {
  const draw = (limit: number, name: string) => Seeded.below(limit, Seeded.site(era, name), 0)
  const year = 2026 + draw(78, "year")
  const text = `${year}-${String(1 + draw(12, "month")).padStart(2, "0")}`
  let month = CalendarMonth.parse(text)
  if (month === undefined) throw new Error(text)
  month = CalendarMonth.previous(month)
  const weekend = weekends[draw(weekends.length, "weekend")] ?? []
  const free = new Set<number>(weekend)
  const from = BusinessDate.toEpochDay(CalendarMonth.first(month))
  const span = (count + 2) * 31
  const holidays = someDays(Seeded.site(era, "holidays"), 14, from, span, free)
  const shut = new Set(holidays)
  const sad = someDays(Seeded.site(era, "mourning"), 3, from, span, free)
  const mourning = sad.filter((day) => !shut.has(day))
  const calendar = BankCalendar.weekdays({
    weekend,
    holidays: holidays.map((day) => ({ date: BusinessDate.fromEpochDay(day), name: "Holiday" })),
    endsAtMinute,
    // Friday is short, as the departures' auditor counts it.
    shortDays: [5],
    overrides: mourning.map((day) => ({
      date: BusinessDate.fromEpochDay(day),
      kind: "open",
      reason: "Mourning",
      mourning: true
    }))
  })
  const months: Array<EraMonth> = []
  for (let n = 0; n <= count; n++) {
    months.push(monthOf(calendar, month))
    month = CalendarMonth.next(month)
  }
  const windows = new Map<number, Window>()
  return { months, calendar, weekend, holidays, mourning, windows, expiries: new Map() }
}

let latest: { readonly key: string; readonly era: Era } | undefined

/** The era of a seed with so many decided months after the one that leads in. */
export const ofSeed = (seed: number, months: number): Era => {
  const number = Math.floor(seed / seedsPerEra)
  const key = `${number} ${months}`
  if (latest?.key !== key) latest = { key, era: make(number, months) }
  return latest.era
}

/** What no window closes before: longer than any run. */
const never: Window = { opensMs: Number.MAX_SAFE_INTEGER, closesMs: Number.MAX_SAFE_INTEGER }

/**
 * The window open at an instant, or the next one. No window of this zone's hours spans a midnight
 * of UTC, so one answer of the rule serves a day.
 */
export const windowAt = (
  era: Era,
  windows: Map<number, Window>,
  rule: typeof SendWindow.stateAt,
  nowMs: number
): Window => {
  for (let day = Math.floor(nowMs / dayMs); ;) {
    let window = windows.get(day)
    if (window === undefined) {
      window = askRule(era, rule, day * dayMs)
      windows.set(day, window)
    }
    if (nowMs < window.closesMs) return window
    day = Math.max(day + 1, Math.floor(window.closesMs / dayMs))
  }
}

const askRule = (era: Era, rule: typeof SendWindow.stateAt, fromMs: number): Window => {
  const state = rule(SendWindow.defaults, era.calendar, zone, fromMs)
  if (state.open) return { opensMs: fromMs, closesMs: state.closesMs }
  if (state.opensMs === null) return never
  const then = rule(SendWindow.defaults, era.calendar, zone, state.opensMs)
  return then.open ? { opensMs: state.opensMs, closesMs: then.closesMs } : never
}

/** E of a release. */
export const expiryMs = (era: Era, releaseMs: number, days: number): number => {
  const date = ZonedTime.businessDateAt(releaseMs, zone)
  const known = era.expiries.get(date)
  if (known !== undefined) return known
  const found = SendWindow.expiryMs(SendWindow.defaults, era.calendar, zone, releaseMs, days)
  era.expiries.set(date, found)
  return found
}
