import { assert, describe, it } from "vitest"
import * as Correction from "../../src/balance/Correction.ts"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as ZonedTime from "../../src/calendar/ZonedTime.ts"
import * as MonthState from "../../src/qualification/MonthState.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"
import { bankZone, month } from "../calendar/scenarios.ts"

const israel = BankCalendar.israel()
const hourMs = 3_600_000

/** The month whose last day has 25 hours; its last day is a Sunday. */
const october = month("2027-10")
const monthEndMs = ZonedTime.instantMsAt(CalendarMonth.last(october), 1440, bankZone)
const cutOffMs = BankCalendar.cutOffMs(israel, october, bankZone)
const all = MonthDays.allDays(31)
const lastTwo = MonthDays.bitOf(30) | MonthDays.bitOf(31)
const closedBits = BankCalendar.closedBits(israel, october)

const gateAt = (nowMs: number, incompleteCustomers: number) =>
  MonthState.decide(MonthState.open(october), {
    _tag: "CheckGate",
    nowMs,
    monthEndMs,
    cutOffMs,
    incompleteCustomers
  })

/** The balances that are there, filled for closed days. */
const filled = (observed: number, met = observed) =>
  MonthDays.carryForward(
    "bank-days",
    { ...MonthDays.none, observed, met },
    october,
    closedBits,
    true
  )
const decide = (days: MonthDays.MonthDays) => Qualification.decide({ month: october, days })

describe("The run at the end of October 2027, by name (fault list, calendar scenarios)", () => {
  it("ends the month after 25 hours of 31 October, and cuts off on Wednesday 18:30", () => {
    assert.strictEqual(new Date(monthEndMs).toISOString(), "2027-10-31T22:00:00.000Z")
    assert.strictEqual(new Date(cutOffMs).toISOString(), "2027-11-03T16:30:00.000Z")
  })

  it("refuses to decide in the repeated hour and one millisecond before the end", () => {
    const repeated = ZonedTime.instantMsAt(CalendarMonth.last(october), 90, bankZone) + hourMs
    for (const nowMs of [repeated, monthEndMs - 1]) {
      assert.deepStrictEqual(gateAt(nowMs, 0), { _tag: "Refused", reason: "MONTH_NOT_OVER" })
    }
  })

  it("decides at the first instant of November when every date is known", () => {
    assert.strictEqual(gateAt(monthEndMs, 0)._tag, "Moved")
    assert.strictEqual(decide(filled(all))._tag, "Qualified")
  })

  it("waits while the last two daily checks are missing: only the business day is", () => {
    const decision = decide(filled(all & ~lastTwo))
    // The 30th is a Saturday and takes Friday's balance; the 31st is a Sunday and takes none.
    assert.strictEqual(decision.code, "DATA_INCOMPLETE")
    assert.deepStrictEqual<unknown>(decision.reasons[0].dates, [
      { from: "2027-10-31", to: "2027-10-31" }
    ])
    assert.deepStrictEqual(gateAt(monthEndMs, 1), { _tag: "Refused", reason: "INCOMPLETE" })
  })

  it("decides one hour late when they are one hour late", () => {
    assert.strictEqual(gateAt(monthEndMs + hourMs, 1)._tag, "Refused")
    const step = gateAt(monthEndMs + hourMs, 0)
    assert.deepInclude(step._tag === "Moved" ? step.state : {}, { gate: "allKnown" })
  })

  it("decides at the cut-off without them when they are five days late: Undetermined", () => {
    const step = gateAt(cutOffMs, 1)
    assert.deepInclude(step._tag === "Moved" ? step.state : {}, { gate: "cutOff" })
    assert.strictEqual(decide(filled(all & ~lastTwo))._tag, "Undetermined")
    assert.isBelow(cutOffMs, monthEndMs + 5 * 24 * hourMs)
  })

  it("re-decides a balance corrected during the run until the mark, and observes it after", () => {
    const before = decide(filled(all)).code
    const corrected = decide(filled(all, all & ~MonthDays.bitOf(31))).code
    const progress = { withinRetention: true, decided: before, corrected, closed: false }
    assert.deepStrictEqual(Correction.meaningOf({ ...progress, marked: false }), {
      _tag: "Redecide",
      from: "MET_EVERY_DAY",
      to: "BELOW_THRESHOLD"
    })
    assert.deepInclude(Correction.meaningOf({ ...progress, marked: true }), {
      _tag: "CorrectionObserved",
      counterfactual: "BELOW_THRESHOLD"
    })
  })
})

describe("The run at the end of other months, by name", () => {
  for (const [text, name, derived] of [
    ["2026-07", "on a Friday, a business day", []],
    ["2026-10", "on Shabbat", [31]],
    ["2026-05", "after Shabbat, on a Sunday", []],
    ["2029-03", "on Shabbat and Pesach", [31]]
  ] as const) {
    it(`${text} ends ${name}`, () => {
      const at = month(text)
      const last = MonthDays.bitOf(CalendarMonth.days(at))
      const bits = MonthDays.allDays(CalendarMonth.days(at))
      const captured = { ...MonthDays.none, observed: bits & ~last, met: bits & ~last }
      const closed = BankCalendar.closedBits(israel, at)
      const days = MonthDays.carryForward("bank-days", captured, at, closed, null)
      const expected = derived.length === 0 ? "DATA_INCOMPLETE" : "MET_EVERY_DAY"
      assert.strictEqual(Qualification.decide({ month: at, days }).code, expected)
    })
  }

  it("begins January 2028, on Shabbat, with the last balance of December", () => {
    const january = month("2028-01")
    const captured = { ...MonthDays.none, observed: all & ~1, met: all & ~1 }
    const closed = BankCalendar.closedBits(israel, january)
    const code = (before: boolean | null) => {
      const days = MonthDays.carryForward("bank-days", captured, january, closed, before)
      return Qualification.decide({ month: january, days }).code
    }
    assert.deepStrictEqual([true, false, null].map(code), [
      "MET_EVERY_DAY",
      "BELOW_THRESHOLD",
      "DATA_INCOMPLETE"
    ])
  })
})
