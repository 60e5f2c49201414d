/**
 * Decides a million customers' months in memory, hashing apart: days carried forward over closed
 * days, then the decision with its dated reasons. `node packages/core/bench/decisions.ts [turns]`
 * says how long the fastest turn took, and how much of that the processor worked for it, which a
 * busy machine does not stretch. A script: under vitest every call into another module is dearer.
 *
 * The goal: at most 1.5 s.
 */
import * as MonthDays from "../src/balance/MonthDays.ts"
import * as BankCalendar from "../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../src/calendar/CalendarMonth.ts"
import * as Qualification from "../src/qualification/Qualification.ts"

const customers = 1_000_000
const turns = Number(process.argv[2] ?? 5)
const month = CalendarMonth.of(BusinessDate.unchecked("2026-10-01"))
const bits = MonthDays.allDays(CalendarMonth.days(month))
const closedBits = BankCalendar.closedBits(BankCalendar.israel(), month)
const open = bits & ~closedBits

/**
 * Two of three above on every day, as in a bank's premium segment; the others fail on one day, on
 * many, or miss one; one of fifty was opened within the month.
 */
const captured = Array.from({ length: 1_024 }, (_, index): MonthDays.MonthDays => {
  const one = MonthDays.bitOf(1 + (index % 30))
  const met = index % 3 < 2 ? open : index % 9 === 2 ? open & ~one : open & ~0x0000_fff0
  const observed = index % 27 === 8 ? open & ~one : open
  return { ...MonthDays.none, observed, met: met & observed }
})
const opened = CalendarMonth.dateAt(month, 12)

/** Qualified customers and reasons, so that no decision can be left out. */
const decideAll = () => {
  let qualified = 0
  let reasons = 0
  for (let customer = 0; customer < customers; customer++) {
    const given = captured[customer & 1_023] ?? MonthDays.none
    const days = MonthDays.carryForward("bank-days", given, month, closedBits, true)
    const input = customer % 50 === 0 ? { month, opened, days } : { month, days }
    const decision = Qualification.decide(input)
    if (decision._tag === "Qualified") qualified++
    reasons += decision.reasons.length
  }
  return { qualified, reasons }
}

let [fastestMs, leastWorkMs] = [Infinity, Infinity]
for (let turn = 0; turn < turns; turn++) {
  const worked = process.cpuUsage()
  const start = performance.now()
  const { qualified, reasons } = decideAll()
  fastestMs = Math.min(fastestMs, performance.now() - start)
  const { system, user } = process.cpuUsage(worked)
  leastWorkMs = Math.min(leastWorkMs, (system + user) / 1_000)
  if (turn === 0) console.log(`${qualified} of ${customers} qualified, ${reasons} reasons`)
}
const seconds = (ms: number) => (ms / 1_000).toFixed(2)
console.log(`fastest of ${turns}: ${seconds(fastestMs)} s, processor ${seconds(leastWorkMs)} s`)
