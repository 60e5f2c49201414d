/**
 * Judges every request of a level 1 run: whom it was for, what was in it, and when it left.
 *
 * **Source** — invariants 13, 16 and 23 of the delivery protocol; product rules, Send window.
 */
import * as AuditorCalendar from "../simulator/AuditorCalendar.ts"
import * as Books from "./Books.ts"
import type { Violate } from "./RulesAuditor.ts"
import * as RulesTruth from "./RulesTruth.ts"
import type { Sim } from "./Sim.ts"

/** Between the mark and the last instant at which its request may start. */
const mayStartMs = 80_000

const friday = 5

/** The hours of a day as the requirement has them, in minutes; none on a closed day. */
const isOpen = (sim: Sim, atMs: number): boolean => {
  const { holidays, mourning, weekend } = sim.era
  const { day, minute } = AuditorCalendar.localTime(atMs)
  const weekday = AuditorCalendar.weekday(day)
  if (weekend.includes(weekday) || holidays.includes(day) || mourning.includes(day)) return false
  return minute >= 9 * 60 && minute < (weekday === friday ? 13 : 20) * 60
}

/** Whether the feed told another balance of the month, or of what it carries, after an instant. */
export const isCorrected = (
  truth: RulesTruth.Truth,
  customer: number,
  month: number,
  sinceMs: number
): boolean => {
  const { books } = truth
  const one = books.era.months[month]
  if (one === undefined) return false
  const end = one.firstDay + one.days - books.firstDay
  for (let day = Math.max(0, end - 62); day < end; day++) {
    if ((books.toldMs[day] ?? 0) > sinceMs) return true
    const odd = books.odd.get(Books.oddKey(customer, day))
    if (odd?.later.some(({ atMs }) => atMs > sinceMs)) return true
  }
  return false
}

/** The end of the fifth open day after the day of release. */
const expiryMs = (sim: Sim, month: number): number => {
  const releasedMs = sim.months[month]?.releasedMs ?? Infinity
  let { day } = AuditorCalendar.localTime(releasedMs)
  for (let left = 5; left > 0;) {
    day++
    if (isOpen(sim, AuditorCalendar.instantOf(day, 10 * 60))) left--
  }
  const hours = AuditorCalendar.weekday(day) === friday ? 13 : 20
  return AuditorCalendar.instantOf(day, hours * 60)
}

/** Every request, in the order in which they left. */
export const audit = (sim: Sim, truth: RulesTruth.Truth, violate: Violate): void => {
  const first = new Set<number>()
  const expiries = sim.era.months.map((_, month) =>
    Number.isFinite(sim.months[month]?.releasedMs) ? expiryMs(sim, month) : Infinity
  )
  for (const { atMs, references } of sim.departures) {
    const marked = atMs - mayStartMs
    if (!isOpen(sim, atMs) && !isOpen(sim, marked)) {
      violate(16, "request outside the window", null, null, String(atMs))
    }
    if (sim.pauses.some(({ fromMs, untilMs }) => marked > fromMs && atMs < untilMs)) {
      violate(16, "request under a pause", null, null, String(atMs))
    }
    for (const reference of references) {
      const customer = Math.floor(reference / 512)
      const month = Math.floor(reference / 8) % 64
      if (marked > (sim.optedOutMs[customer] ?? Infinity)) {
        violate(16, "request after an opt-out", customer, month)
      }
      if (marked > (expiries[month] ?? Infinity)) violate(16, "request too late", customer, month)
      const person = sim.people[customer]
      if (person?.phone !== "mobile" || person.bank._tag !== "MayContact") {
        violate(16, "request for one who must not be written to", customer, month)
      }
      // Once one was marked its decision stands, whatever is corrected after it.
      if (first.has(reference - (reference % 8))) continue
      first.add(reference - (reference % 8))
      const row = sim.rowOf[month * sim.people.length + customer]
      const sinceMs = Math.min(row?.markedMs ?? Infinity, atMs)
      const isMeant = RulesTruth.outcomeAt(truth, customer, month, sinceMs) === "Qualified"
      if (!isMeant) violate(13, "message without qualification", customer, month)
    }
  }
  auditBytes(sim, violate)
}

/** One reference is one text to one number with one validity, however often it is asked. */
const auditBytes = (sim: Sim, violate: Violate): void => {
  const known = new Map<number, { readonly text: string; readonly to: string }>()
  for (const { frozen } of sim.carrier.requests) {
    const before = known.get(frozen.reference)
    if (before === undefined) known.set(frozen.reference, frozen)
    else if (before.text !== frozen.text || before.to !== frozen.to) {
      const customer = Math.floor(frozen.reference / 512)
      violate(23, "one reference, two messages", customer, Math.floor(frozen.reference / 8) % 64)
    }
  }
}
