/**
 * What ought to have been decided in a level 1 run, from the bank's books and what its feed told
 * when: days, texts and comparisons, written from the requirement. Shares no code with the rules.
 *
 * **Source** — original architecture §1 (a balance of 15,000 or more on every day of the month);
 * product rules, Days; invariants 5 to 8.
 */
import * as AuditorCalendar from "../simulator/AuditorCalendar.ts"
import * as Amounts from "./Amounts.ts"
import * as Books from "./Books.ts"
import type { Outcome } from "./Sim.ts"

/** At or above 15,000.00, by the digits as they are written. */
const isEnough = (text: string): boolean => {
  if (text.startsWith("-")) return false
  const [whole = "", part = ""] = text.replace("+", "").split(".")
  const digits = (whole.replace(/^0+/, "") + part.padEnd(2, "0")).padStart(20, "0")
  return digits >= "1500000".padStart(20, "0")
}

const enough: ReadonlyArray<boolean> = Amounts.texts.map(isEnough)

/** The auditor's view of a bank. */
export interface Truth {
  readonly books: Books.Books
  readonly shut: Uint8Array
  /** By day of the era: its month. */
  readonly monthOf: Uint8Array
  /** By month: epoch day of its first date, and how many it has. */
  readonly firsts: ReadonlyArray<number>
  readonly lengths: ReadonlyArray<number>
}

export const read = (books: Books.Books): Truth => {
  const { days, era, firstDay } = books
  const shut = new Uint8Array(days)
  const monthOf = new Uint8Array(days)
  const holidays = new Set(era.holidays)
  const firsts: Array<number> = []
  const lengths: Array<number> = []
  let day = 0
  era.months.forEach(({ month }, index) => {
    const dates = AuditorCalendar.daysOfMonth(month)
    firsts.push(dates[0] ?? 0)
    lengths.push(dates.length)
    for (const date of dates) {
      const closed = holidays.has(date) || era.weekend.includes(AuditorCalendar.weekday(date))
      shut[date - firstDay] = closed ? 1 : 0
      monthOf[day++] = index
    }
  })
  return { books, shut, monthOf, firsts, lengths }
}

/** Whether a day's balance is enough as known at an instant; `undefined` when it is not known. */
const known = (truth: Truth, customer: number, day: number, atMs: number): boolean | undefined => {
  const { books, firsts, monthOf } = truth
  if ((books.toldMs[day] ?? Infinity) > atMs) return undefined
  const month = monthOf[day] ?? 0
  const first = firsts[month] ?? 0
  const isOdd = books.isOdd[month * books.people.length + customer] === 1
  const odd = isOdd ? books.odd.get(Books.oddKey(customer, day)) : undefined
  const index = Books.amountAt(books, customer, month, 1 << (day + books.firstDay - first))
  if (odd === undefined) return enough[index]
  let found = odd.hidden ? undefined : index
  for (const later of odd.later) if (later.atMs <= atMs) found = later.index
  return found === undefined ? undefined : enough[found]
}

/** The balance of the last business day before a month: none that is older may stand for it. */
const lastBefore = (truth: Truth, customer: number, from: number, atMs: number) => {
  let day = from - 1
  while (day >= 0 && truth.shut[day] === 1) day--
  return day < 0 ? undefined : known(truth, customer, day, atMs)
}

/** The verdict about a customer's month as known at an instant; `undefined`: not there in it. */
export const outcomeAt = (
  truth: Truth,
  customer: number,
  month: number,
  atMs: number
): Outcome | undefined => {
  const { books, shut } = truth
  const first = truth.firsts[month] ?? 0
  const days = truth.lengths[month] ?? 0
  const person = books.people[customer]
  if (person === undefined) return undefined
  if (person.openedDay >= first + days || person.closedDay < first) return undefined
  if (person.openedDay > first || person.closedDay < first + days) return "NotQualified"
  const from = first - books.firstDay
  let carried: boolean | undefined
  let isCarried = false
  let misses = false
  for (let day = from; day < from + days; day++) {
    let met: boolean | undefined
    if (shut[day] === 1) {
      if (!isCarried) carried = lastBefore(truth, customer, from, atMs)
      isCarried = true
      met = carried
    } else {
      met = known(truth, customer, day, atMs)
      carried = met ?? carried
      isCarried = true
    }
    if (met === false) return "NotQualified"
    if (met === undefined) misses = true
  }
  return misses ? "Undetermined" : "Qualified"
}

/** The end of the third business day of the next month. */
export const cutOffMs = (truth: Truth, month: number): number => {
  const { era } = truth.books
  let day = (truth.firsts[month] ?? 0) + (truth.lengths[month] ?? 0)
  for (let left = 3; ; day++) {
    const closed = era.holidays.includes(day) || era.weekend.includes(AuditorCalendar.weekday(day))
    if (!closed && --left === 0) return AuditorCalendar.instantOf(day, 17 * 60)
  }
}
