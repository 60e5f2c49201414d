/**
 * Months for the specification, each from one number: weighted so that the rule's limits are
 * reached, because a month of random days is nearly always below the threshold.
 */
import type { StatedAccount, StatedMonth } from "./specification.ts"

/** A small generator of numbers (mulberry32), so that a batch is told by one number. */
export const numbersFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const pick = <A>(next: () => number, from: readonly [A, ...ReadonlyArray<A>]): A =>
  from[Math.floor(next() * from.length)] ?? from[0]

const two = (value: number): string => String(value).padStart(2, "0")

const calendarOf = (month: string, length: number) => {
  const dates = Array.from({ length }, (_, index) => `${month}-${two(index + 1)}`)
  return { dates, saturdays: dates.filter(isSaturday) }
}

/** Months of 28, 29, 30 and 31 days, the leap years written out. */
const calendars = [
  calendarOf("2026-02", 28),
  calendarOf("2100-02", 28),
  calendarOf("2028-02", 29),
  calendarOf("2000-02", 29),
  calendarOf("2026-04", 30),
  calendarOf("2026-09", 30),
  calendarOf("2026-01", 31),
  calendarOf("2027-10", 31)
] as const

/** Zeller's congruence: 0 is Saturday. */
function isSaturday(date: string): boolean {
  const month = Number(date.slice(5, 7))
  const year = Number(date.slice(0, 4)) - (month < 3 ? 1 : 0)
  const shifted = month < 3 ? month + 12 : month
  const day = Number(date.slice(8)) + Math.floor((13 * (shifted + 1)) / 5)
  const century = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
  return (day + year + century) % 7 === 0
}

const modes = ["bank-days", "bank-days", "bank-days", "none", "always"] as const
const rules = ["primaryAccount", "primaryAccount", "anyAccount", "sumOfAccounts"] as const
const enough = ["15000.00", "15000.00", "15000.01", "9999999999999999.99"] as const
const little = ["14999.99", "14999.99", "0.00", "-0.01", "-15000.00"] as const
/** Two of these are exactly the threshold, or one agora off it. */
const halves = ["7500.00", "7500.00", "7499.99", "7500.01"] as const

const oneDate = (next: () => number, dates: ReadonlyArray<string>): string =>
  dates[Math.floor(next() * dates.length)] ?? ""

const boundary = (next: () => number, dates: ReadonlyArray<string>): string | undefined => {
  if (next() < 0.85) return undefined
  const ends = [dates[0], dates[1], dates.at(-2), dates.at(-1)]
  const outside = ["1999-12-31", "2101-01-01"]
  return next() < 0.7 ? oneDate(next, [...outside, ...ends.map(String)]) : oneDate(next, dates)
}

const exceptions = (next: () => number): number => {
  const roll = next()
  return roll < 0.45 ? 0 : roll < 0.75 ? 1 : roll < 0.95 ? 2 : 6
}

const account = (
  next: () => number,
  month: Pick<StatedMonth, "dates" | "closedDates" | "mode" | "rule">,
  share: boolean,
  primary: boolean
): StatedAccount => {
  const usual = share ? pick(next, halves) : pick(next, enough)
  const sparse = month.mode === "always" && next() < 0.5
  const unusual = new Map<string, ReadonlyArray<string>>()
  for (let left = exceptions(next); left > 0; left--) {
    const roll = next()
    const amounts =
      roll < 0.4
        ? []
        : roll < 0.7
          ? [pick(next, little)]
          : roll < 0.85
            ? ["15000.02", pick(next, little)]
            : [usual, usual]
    unusual.set(oneDate(next, month.dates), amounts)
  }
  const rows: Array<readonly [string, string]> = []
  for (const date of month.dates) {
    const amounts = unusual.get(date)
    const closed = month.mode === "bank-days" && month.closedDates.has(date)
    if (amounts !== undefined) for (const amount of amounts) rows.push([date, amount])
    else if (!(closed && next() < 0.9) && !(sparse && next() < 0.8)) rows.push([date, usual])
  }
  return {
    primary,
    opened: boundary(next, month.dates),
    closed: boundary(next, month.dates),
    rows,
    before: next() < 0.2 ? undefined : next() < 0.8 ? usual : "14999.99"
  }
}

/** The next month of the sequence. */
export const statedMonth = (next: () => number): StatedMonth => {
  const { dates, saturdays } = pick(next, calendars)
  const holidays = next() < 0.3 ? [oneDate(next, dates), oneDate(next, dates)] : []
  const month = {
    dates,
    closedDates: new Set([...saturdays, ...holidays]),
    mode: pick(next, modes),
    rule: pick(next, rules)
  }
  const count = next() < 0.5 ? 1 : next() < 0.7 ? 2 : 3
  const share = month.rule === "sumOfAccounts" && count === 2 && next() < 0.8
  const named = next() < 0.9 ? Math.floor(next() * count) : -1
  const accounts = Array.from({ length: count }, (_, index) =>
    account(next, month, share, index === named || next() < 0.03)
  )
  const waived = new Set<string>()
  for (let left = next() < 0.75 ? 0 : exceptions(next); left > 0; left--) {
    waived.add(oneDate(next, dates))
  }
  return { ...month, threshold: "15000.00", accounts, waived }
}
