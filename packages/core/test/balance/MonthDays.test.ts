import { assert, describe, it } from "vitest"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import { month } from "../calendar/scenarios.ts"

const february = month("2026-02")
const bits = (...days: ReadonlyArray<number>) =>
  days.reduce((set, day) => set | MonthDays.bitOf(day), 0)
const daysOf = (set: number) =>
  Array.from({ length: 31 }, (_, index) => index + 1).filter((day) => MonthDays.has(set, day))
const observed = (days: number, met: number) => ({ ...MonthDays.none, observed: days, met })

describe("MonthDays as sets", () => {
  it("holds 28 to 31 days, day 1 lowest, never a sign", () => {
    assert.strictEqual(MonthDays.allDays(31), 0x7fff_ffff)
    assert.strictEqual(MonthDays.allDays(28), 0x0fff_ffff)
    assert.strictEqual(MonthDays.bitOf(1), 1)
    assert.strictEqual(MonthDays.bitOf(31), 0x4000_0000)
    assert.strictEqual(MonthDays.count(MonthDays.allDays(31)), 31)
    assert.strictEqual(MonthDays.count(0), 0)
  })
})

describe("MonthDays.carryForward (product rules, Days)", () => {
  // 7 and 8 are closed; 7 has no balance, 9 is a business day without one.
  const closed = bits(7, 8)
  const captured = observed(bits(5, 6, 10), bits(5, 10))

  it("fills nothing under `none`", () => {
    assert.strictEqual(MonthDays.carryForward("none", captured, february, closed, true), captured)
  })

  it("fills closed days under `bank-days`, from the last known day before", () => {
    const days = MonthDays.carryForward("bank-days", captured, february, closed, true)
    assert.deepStrictEqual(daysOf(days.derived), [7, 8])
    assert.deepStrictEqual(daysOf(days.met), [5, 10])
    const met = observed(bits(6), bits(6))
    const passing = MonthDays.carryForward("bank-days", met, february, closed, null)
    assert.deepStrictEqual(daysOf(passing.met), [6, 7, 8])
  })

  it("fills every gap under `always`, the days before the first balance from the month before", () => {
    const days = MonthDays.carryForward("always", captured, february, closed, true)
    assert.strictEqual(MonthDays.known(days), MonthDays.allDays(28))
    assert.deepStrictEqual(daysOf(MonthDays.allDays(28) & ~days.met), [6, 7, 8, 9])
  })

  it("leaves days before the first balance missing when nothing is known before the month", () => {
    const days = MonthDays.carryForward("always", captured, february, closed, null)
    assert.deepStrictEqual(daysOf(MonthDays.allDays(28) & ~MonthDays.known(days)), [1, 2, 3, 4])
  })

  it("takes the verdict before the month on a closed first day, met or not", () => {
    for (const before of [true, false]) {
      const days = MonthDays.carryForward("bank-days", MonthDays.none, february, bits(1), before)
      assert.deepStrictEqual(daysOf(days.derived), [1])
      assert.deepStrictEqual(daysOf(days.met), before ? [1] : [])
    }
  })

  // Caught: the balance of the month before carried over a missing first business day.
  it("carries nothing of the month before over its first business day", () => {
    const closed = bits(1, 2, 4, 11)
    const days = MonthDays.carryForward("bank-days", MonthDays.none, february, closed, false)
    assert.deepStrictEqual(daysOf(days.derived), [1, 2])
    const later = { ...MonthDays.none, observed: bits(10), met: bits(10) }
    const filled = MonthDays.carryForward("bank-days", later, february, closed, false)
    assert.deepStrictEqual(daysOf(filled.derived), [1, 2, 11])
  })

  it("leaves everything missing when nothing is known at all", () => {
    const days = MonthDays.carryForward("always", MonthDays.none, february, closed, null)
    assert.strictEqual(days, MonthDays.none)
  })

  it("prefers a balance of its own on a closed day", () => {
    const days = observed(bits(6, 7), bits(7))
    const filled = MonthDays.carryForward("bank-days", days, february, closed, null)
    assert.deepStrictEqual(daysOf(filled.derived), [8])
    assert.deepStrictEqual(daysOf(filled.met), [7, 8])
  })

  it("never fills a day in conflict, and steps over it", () => {
    const days = { ...observed(bits(6), bits(6)), conflict: bits(7) }
    const filled = MonthDays.carryForward("always", days, february, closed, null)
    assert.isFalse(MonthDays.has(MonthDays.known(filled), 7))
    assert.isTrue(MonthDays.has(filled.derived & filled.met, 8))
  })

  it("carries from day 1 to day 31", () => {
    const days = observed(bits(1), bits(1))
    const filled = MonthDays.carryForward("always", days, month("2026-03"), 0, false)
    assert.strictEqual(filled.met, 0x7fff_ffff)
  })

  it("forgets days derived before when the mode no longer derives them", () => {
    const days = { ...observed(bits(6), bits(6)), derived: bits(7) }
    const filled = MonthDays.carryForward("none", days, february, closed, null)
    assert.strictEqual(filled.derived, 0)
  })

  it("keeps waived days", () => {
    const days = { ...captured, waived: bits(9) }
    const filled = MonthDays.carryForward("bank-days", days, february, closed, null)
    assert.strictEqual(filled.waived, bits(9))
  })
})

describe("MonthDays.ranges", () => {
  it("joins neighbouring days and keeps single ones", () => {
    const ranges = MonthDays.ranges(bits(1, 5, 9, 10, 11, 27, 28), february)
    assert.strictEqual(
      MonthDays.formatRanges(ranges),
      "2026-02-01, 2026-02-05, 2026-02-09 to 2026-02-11, 2026-02-27 to 2026-02-28"
    )
  })

  it("names no day past the month's end", () => {
    assert.deepStrictEqual(MonthDays.ranges(bits(29, 30, 31), february), [])
    assert.strictEqual(MonthDays.formatRanges([]), "")
  })
})
