/**
 * The auditor's own calendar: day numbers, weekdays and Israel's clock, written from their
 * definitions. Shares no code with the calendar it checks.
 *
 * **Source** — simulation, "the auditor shares no code with core"; Israel's Time Determination Law
 * (summer time from 02:00 on the Friday before the last Sunday of March to 02:00 on the last Sunday
 * of October).
 */

const dayMs = 86_400_000
const hourMs = 3_600_000

/** Days since 1970-01-01 of a civil date, by counting years from March. */
export const dayNumber = (year: number, month: number, day: number): number => {
  const fromMarch = month > 2 ? year : year - 1
  const era = Math.floor(fromMarch / 400)
  const yearOfEra = fromMarch - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The day number of `YYYY-MM-DD`. */
export const dayOf = (text: string): number => {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number)
  return dayNumber(year, month, day)
}

/** 0 is Sunday; 1970-01-01 was a Thursday. */
export const weekday = (day: number): number => (((day + 4) % 7) + 7) % 7

const lastSunday = (year: number, month: number): number => {
  const last = dayNumber(year, month + 1, 1) - 1
  return last - weekday(last)
}

/** Milliseconds between UTC and Israel's clock, from 2013 on. */
const offsetMs = (atMs: number): number => {
  const year = 1970 + Math.floor((atMs / dayMs + 0.5) / 365.2425)
  for (const each of [year, year - 1]) {
    const beginsMs = (lastSunday(each, 3) - 2) * dayMs
    const endsMs = lastSunday(each, 10) * dayMs - hourMs
    if (atMs >= beginsMs && atMs < endsMs) return 3 * hourMs
  }
  return 2 * hourMs
}

/** The day and the minute of it on Israel's clock. */
export const localTime = (atMs: number): { readonly day: number; readonly minute: number } => {
  const localMs = atMs + offsetMs(atMs)
  const day = Math.floor(localMs / dayMs)
  return { day, minute: Math.floor((localMs - day * dayMs) / 60_000) }
}

/** The days of `YYYY-MM`. */
export const daysOfMonth = (text: string): ReadonlyArray<number> => {
  const [year = 0, month = 0] = text.split("-").map(Number)
  const first = dayNumber(year, month, 1)
  const next = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1)
  return Array.from({ length: next - first }, (_, index) => first + index)
}

/** The instant at which Israel's clock shows a minute of a day, no minute of a clock change. */
export const instantOf = (day: number, minute: number): number => {
  const wallMs = day * dayMs + minute * 60_000
  return wallMs - offsetMs(wallMs - offsetMs(wallMs))
}
