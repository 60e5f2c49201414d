import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import { date, month } from "./scenarios.ts"

describe("CalendarMonth", () => {
  it("reads YYYY-MM of the years 1900 to 9999", () => {
    for (const text of ["1900-01", "2026-09", "9999-12"]) {
      assert.strictEqual(CalendarMonth.parse(text), text)
    }
  })

  for (const text of [
    "",
    " 2026-09",
    "2026-9",
    "2026-00",
    "2026-13",
    "1899-12",
    "2026-09-01",
    "2026-09\n"
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.isUndefined(CalendarMonth.parse(text)))
  }

  it("has 28 to 31 days: 29 in February 2028, 28 in 2027 and in 2100", () => {
    const days = ["2028-02", "2027-02", "2100-02", "2026-04", "2026-12"].map((text) =>
      CalendarMonth.days(month(text))
    )
    assert.deepStrictEqual(days, [29, 28, 28, 30, 31])
    assert.strictEqual(CalendarMonth.last(month("2028-02")), "2028-02-29")
    assert.strictEqual(CalendarMonth.first(month("2028-02")), "2028-02-01")
  })

  it("goes over year ends", () => {
    assert.strictEqual(CalendarMonth.next(month("2026-12")), "2027-01")
    assert.strictEqual(CalendarMonth.previous(month("2027-01")), "2026-12")
    assert.strictEqual(CalendarMonth.next(month("2026-09")), "2026-10")
    assert.strictEqual(CalendarMonth.previous(month("2026-10")), "2026-09")
  })

  it("lists its dates, and holds those only", () => {
    const dates = CalendarMonth.dates(month("2026-02"))
    assert.strictEqual(dates.length, 28)
    assert.strictEqual(dates[8], "2026-02-09")
    assert.strictEqual(dates[9], "2026-02-10")
    assert.isTrue(dates.every((on) => CalendarMonth.contains(month("2026-02"), on)))
    assert.isFalse(CalendarMonth.contains(month("2026-02"), date("2026-03-01")))
    assert.strictEqual(CalendarMonth.of(date("2026-02-28")), "2026-02")
  })
})
