import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"

const runs = { numRuns: 2_000 }

/** **Source** — product rules, "Days": outcome precedence; original architecture §3.2, §6.1. */
describe("Qualification", () => {
  describe("for every month, every set of days and every opening and closing date", () => {
    // Caught: missing days judged before failing days; `waived` left out of the failing days;
    // a derived day taken as missing; `closed >= last` for `closed > last`.
    it("always decides as the rule written over sets of dates does", () => {
      fc.assert(
        fc.property(customerMonth, (customer) => {
          const decision = Qualification.decide(customer)
          assert.strictEqual(decision.code, naive(customer))
        }),
        runs
      )
    })

    // Caught: `dataIncomplete` and `belowThreshold` exchanged in `decideOutcome` alone.
    it("always says the same in words as in numbers", () => {
      fc.assert(
        fc.property(customerMonth, (customer) => {
          const decision = Qualification.decide(customer)
          assert.strictEqual(decision.code, Qualification.codeOf(outcomeOf(customer)))
          assert.strictEqual(decision.reasons[0].code, decision.code)
        }),
        runs
      )
    })

    // Caught: `required & ~known` without `~waived`.
    it("never counts a waived day", () => {
      fc.assert(
        fc.property(customerMonth, fc.nat(0x7fff_ffff), (customer, noise) => {
          const { days } = customer
          const observed = days.observed ^ (noise & days.waived)
          const changed = { ...days, observed, met: days.met ^ (noise & days.waived) }
          assert.strictEqual(outcomeOf({ ...customer, days: changed }), outcomeOf(customer))
        }),
        runs
      )
    })

    // Caught: `dataIncomplete` ranked below `belowThreshold`.
    it("never takes Qualified away when more days meet the threshold", () => {
      fc.assert(
        fc.property(customerMonth, fc.nat(0x7fff_ffff), (customer, more) => {
          const { days } = customer
          const raised = { ...customer, days: { ...days, met: days.met | more } }
          const before = outcomeOf(customer)
          if (before === Qualification.Outcome.qualified) {
            assert.strictEqual(outcomeOf(raised), before)
          }
          assert.isAtLeast(outcomeOf(raised), before)
        }),
        runs
      )
    })

    // Caught: a missing day that is read as met.
    it("never gives Qualified by removing a day", () => {
      fc.assert(
        fc.property(customerMonth, fc.integer({ min: 1, max: 28 }), (customer, day) => {
          const { days } = customer
          const kept = ~MonthDays.bitOf(day)
          const fewer = { ...days, observed: days.observed & kept, derived: days.derived & kept }
          if (outcomeOf({ ...customer, days: fewer }) === Qualification.Outcome.qualified) {
            assert.strictEqual(outcomeOf(customer), Qualification.Outcome.qualified)
          }
        }),
        runs
      )
    })

    // Caught: `daysRequired` of the whole month.
    it("always counts as many met days as required ones exactly when it is Qualified", () => {
      fc.assert(
        fc.property(customerMonth, (customer) => {
          const decision = Qualification.decide(customer)
          const all = decision.daysMet === decision.daysRequired
          const fullMonth = decision.code !== "NOT_FULL_MONTH"
          assert.strictEqual(decision._tag === "Qualified", all && fullMonth)
        }),
        runs
      )
    })

    // Caught: a missing day counted as failing; NOT_FULL_MONTH decided after the days.
    it("never decides otherwise than the first that holds: not full, failing, missing, met", () => {
      fc.assert(
        fc.property(customerMonth, fc.integer({ min: 1, max: 28 }), (customer, day) => {
          const bit = MonthDays.bitOf(day)
          const { conflict, derived, met, observed } = customer.days
          const apart = { derived: derived & ~bit, conflict: conflict & ~bit, waived: 0 }
          const { closed: _, opened: __, ...whole } = customer
          const failing = { ...apart, observed: observed | bit, met: met & ~bit }
          const missing = { ...apart, observed: observed & ~bit, met: MonthDays.allDays(31) }
          const code = (days: MonthDays.MonthDays) => Qualification.decide({ ...whole, days }).code
          assert.strictEqual(code(failing), "BELOW_THRESHOLD")
          assert.strictEqual(code(missing), "DATA_INCOMPLETE")
          assert.strictEqual(code({ ...missing, waived: MonthDays.allDays(31) }), "MET_EVERY_DAY")
          const opened = CalendarMonth.dateAt(customer.month, 2)
          const late = Qualification.decide({ ...whole, opened, days: failing })
          assert.strictEqual(late.code, "NOT_FULL_MONTH")
        }),
        runs
      )
    })

    // Caught: ranges that run past a gap.
    it("always names exactly the failing days, and exactly the missing ones", () => {
      fc.assert(
        fc.property(customerMonth, (customer) => {
          for (const reason of Qualification.decide(customer).reasons) {
            const expected = datesUnder(reason.code, customer)
            if (expected === undefined) continue
            assert.deepStrictEqual(expand(reason.dates), expected)
          }
        }),
        runs
      )
    })
  })
})

/** The rule as a person would check it, date by date; shares no bit arithmetic with core. */
function naive({ month, opened, closed, days }: Customer) {
  const dates = CalendarMonth.dates(month)
  const [first, last] = [dates[0] ?? "", dates.at(-1) ?? ""]
  if ((opened !== undefined && opened > first) || (closed !== undefined && closed <= last)) {
    return "NOT_FULL_MONTH"
  }
  const verdicts = new Set<string>()
  for (const [index] of dates.entries()) {
    if (includes(days.waived, index)) continue
    const known = includes(days.observed, index) || includes(days.derived, index)
    verdicts.add(known ? (includes(days.met, index) ? "met" : "failed") : "missing")
  }
  if (verdicts.has("failed")) return "BELOW_THRESHOLD"
  return verdicts.has("missing") ? "DATA_INCOMPLETE" : "MET_EVERY_DAY"
}

function includes(bits: number, index: number) {
  return Math.floor(bits / 2 ** index) % 2 === 1
}

function datesUnder(code: string, { month, days }: Customer) {
  const dates = CalendarMonth.dates(month)
  const known = (index: number) => includes(days.observed, index) || includes(days.derived, index)
  const of = (holds: (index: number) => boolean) =>
    dates.filter((_, index) => !includes(days.waived, index) && holds(index))
  if (code === "BELOW_THRESHOLD") {
    return of((index) => known(index) && !includes(days.met, index))
  }
  if (code === "DATA_INCOMPLETE" || code === "DAYS_MISSING") return of((index) => !known(index))
  if (code === "MET_EVERY_DAY") return of(() => true)
  if (code === "DAYS_DERIVED") return of((index) => includes(days.derived, index))
  if (code === "DAYS_IN_CONFLICT") return of((index) => includes(days.conflict, index))
  if (code === "DAYS_WAIVED") return dates.filter((_, index) => includes(days.waived, index))
  return undefined
}

function expand(ranges: ReadonlyArray<MonthDays.DateRange>) {
  return ranges.flatMap(({ from, to }) =>
    Array.from({ length: BusinessDate.daysBetween(from, to) + 1 }, (_, index) =>
      BusinessDate.addDays(from, index)
    )
  )
}

function outcomeOf({ month, opened, closed, days }: Customer) {
  return Qualification.decideOutcome(
    Qualification.isFullMonth(month, opened, closed),
    MonthDays.allDays(CalendarMonth.days(month)),
    MonthDays.known(days),
    days.met,
    days.waived
  )
}

type Customer = Qualification.QualificationInput

/** Mostly full sets with one or two days out, or the rule's limits are never reached. */
function nearlyAll(bits: number) {
  const holes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 2 })
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(bits) },
    { weight: 5, arbitrary: holes.map((h) => h.reduce((b, d) => b & ~(1 << d), bits)) },
    { weight: 1, arbitrary: fc.nat(0x7fff_ffff).map((noise) => noise & bits) }
  )
}

function fewDays(bits: number) {
  const days = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 })
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: days.map((d) => d.reduce((b, day) => b | (1 << day), 0) & bits) }
  )
}

const month = fc
  .tuple(fc.integer({ min: 2024, max: 2104 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, number]) => CalendarMonth.parse(`${year}-${String(number).padStart(2, "0")}`))
  .filter((parsed) => parsed !== undefined)

const customerMonth: fc.Arbitrary<Customer> = month.chain((month) => {
  const bits = MonthDays.allDays(CalendarMonth.days(month))
  const around = (weightOfNone: number) =>
    fc.oneof(
      { weight: weightOfNone, arbitrary: fc.constant(undefined) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(-40, -1, 0, 1, 14, 27, 28, 29, 30, 31, 60)
          .map((days) => BusinessDate.addDays(CalendarMonth.first(month), days))
      }
    )
  return fc
    .record({
      known: nearlyAll(bits),
      met: nearlyAll(bits),
      derived: fewDays(bits),
      waived: fewDays(bits),
      conflict: fewDays(bits),
      opened: around(6),
      closed: around(6)
    })
    .map(({ known, met, derived, waived, conflict, opened, closed }) => ({
      month,
      ...(opened === undefined ? {} : { opened }),
      ...(closed === undefined ? {} : { closed }),
      days: {
        observed: known & ~derived & ~conflict,
        met,
        derived: known & derived & ~conflict,
        waived,
        conflict
      }
    }))
})
