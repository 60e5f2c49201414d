import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import { date } from "./scenarios.ts"

describe("BusinessDate", () => {
  const existing = ["1900-01-01", "1970-01-01", "2000-02-29", "2028-02-29", "9999-12-31"]
  for (const text of existing) {
    it(`reads ${text}`, () => assert.strictEqual(BusinessDate.parse(text), text))
  }

  // ISO 8601-1 extended format only; a feed's 30 February, 24:00 and other forms are refused.
  const refused = ["", "2026-2-3", "2026-02-30", "2026-02-29", "2100-02-29", "1900-02-29"]
  const others = [
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-01-32",
    "0099-01-01"
  ]
  const forms = ["2026-01-01T24:00", " 2026-01-01", "2026-01-01\n", "20260101", "1899-12-31"]
  const scripts = ["\u200f2026-01-01", "٢٠٢٦-٠١-٠١", "+002026-01-01", "2026/01/01", "01-01-2026"]
  // The month and the day stand where they would if the text began at its fourth character.
  const prefixed = ["abc2012-01-01"]
  for (const text of [...refused, ...others, ...forms, ...scripts, ...prefixed]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.isUndefined(BusinessDate.parse(text)))
  }

  it("knows the days of every month, and the century rule", () => {
    const days = Array.from({ length: 12 }, (_, index) => BusinessDate.daysInMonth(2026, index + 1))
    assert.deepStrictEqual(days, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    const februaries = [1900, 2000, 2024, 2027, 2028, 2100].map((year) =>
      BusinessDate.daysInMonth(year, 2)
    )
    assert.deepStrictEqual(februaries, [28, 29, 29, 28, 29, 28])
  })

  it("counts days from 1970-01-01 and steps over year ends and leap days", () => {
    assert.strictEqual(BusinessDate.toEpochDay(date("1970-01-01")), 0)
    assert.strictEqual(BusinessDate.toEpochDay(date("1969-12-31")), -1)
    assert.strictEqual(BusinessDate.addDays(date("2026-12-31"), 1), "2027-01-01")
    assert.strictEqual(BusinessDate.addDays(date("2028-03-01"), -1), "2028-02-29")
    assert.strictEqual(BusinessDate.addDays(date("2100-03-01"), -1), "2100-02-28")
    assert.strictEqual(BusinessDate.daysBetween(date("2026-02-28"), date("2026-03-01")), 1)
    assert.strictEqual(BusinessDate.dayOfMonth(date("2026-02-09")), 9)
  })

  it("names Sunday 0 and Saturday 6, before 1970 too", () => {
    assert.strictEqual(BusinessDate.weekday(date("2026-11-22")), 0)
    assert.strictEqual(BusinessDate.weekday(date("2026-11-21")), 6)
    assert.strictEqual(BusinessDate.weekday(date("1900-01-01")), 1)
  })

  it("compares as the calendar does", () => {
    const [earlier, later] = [date("2026-09-30"), date("2026-10-01")]
    assert.isBelow(BusinessDate.compare(earlier, later), 0)
    assert.isAbove(BusinessDate.compare(later, earlier), 0)
    assert.strictEqual(BusinessDate.compare(later, later), 0)
  })
})
