import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"

/** **Source** — ISO 8601-1; product rules, "Days": month = calendar month, 28 to 31 days. */
describe("CalendarMonth and BusinessDate", () => {
  describe("for every month from 1900 to 2200", () => {
    // Caught: 1900, 2100 and 2200 taken as leap years; 2000 not; November of 31 days.
    it("always have the days of the table, and no day more", () => {
      for (const { length, text } of table) {
        const month = monthOf(text)
        assert.strictEqual(CalendarMonth.days(month), length, text)
        assert.lengthOf(CalendarMonth.dates(month), length)
        assert.strictEqual<string>(CalendarMonth.first(month), `${text}-01`)
        assert.strictEqual<string>(CalendarMonth.last(month), `${text}-${length}`)
        for (let day = 0; day <= 32; day++) {
          const date = `${text}-${two(day)}`
          const exists = day >= 1 && day <= length
          assert.strictEqual(BusinessDate.parse(date) !== undefined, exists, date)
        }
      }
      assert.strictEqual(table.length, 3_612)
    })

    // Caught: a month after December of the same year; `previous` of January in its own year.
    it("always follow each other as the table's rows do", () => {
      for (const [index, { text }] of table.entries()) {
        const [before, after] = [table[index - 1]?.text, table[index + 1]?.text]
        const month = monthOf(text)
        if (after !== undefined) assert.strictEqual<string>(CalendarMonth.next(month), after)
        if (before !== undefined) assert.strictEqual<string>(CalendarMonth.previous(month), before)
      }
    })

    // Caught: an epoch day one off after February 2100; weekdays counted from Monday.
    it("always have the epoch days and the weekdays of a count from 1 January 1900", () => {
      // 1900-01-01 was a Monday, 25,567 days before 1970-01-01: 70 years and 17 leap days.
      let epochDay = -(70 * 365 + 17)
      let weekday = 1
      for (const { length, text } of table) {
        for (let day = 1; day <= length; day++) {
          const date = dateOf(`${text}-${two(day)}`)
          if (BusinessDate.toEpochDay(date) !== epochDay) assert.fail(`${date}: ${epochDay}`)
          if (BusinessDate.weekday(date) !== weekday) assert.fail(`${date}: ${weekday}`)
          if (BusinessDate.fromEpochDay(epochDay) !== date) assert.fail(`${epochDay}: ${date}`)
          epochDay++
          weekday = weekday === 6 ? 0 : weekday + 1
        }
        assert.strictEqual(zeller(text), BusinessDate.weekday(CalendarMonth.first(monthOf(text))))
      }
      // 301 years with 73 leap years: 1900, 2100 and 2200 are none.
      assert.strictEqual(epochDay + 70 * 365 + 17, 301 * 365 + 73)
    })
  })
})

/** The months of 1900 to 2200, lengths written out; the leap rule as the Bull of 1582 gives it. */
const table = Array.from({ length: 301 }, (_, index) => 1900 + index).flatMap((year) => {
  const century = year % 100 === 0
  const leap = century ? year === 2000 : year % 4 === 0
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return lengths.map((length, index) => ({ text: `${year}-${two(index + 1)}`, length }))
})

/** Zeller's congruence for the first of a month, with Sunday as 0. */
function zeller(text: string) {
  const number = Number(text.slice(5))
  const year = Number(text.slice(0, 4)) - (number < 3 ? 1 : 0)
  const shifted = number < 3 ? number + 12 : number
  const [century, rest] = [Math.floor(year / 100), year % 100]
  const thirteens = Math.floor((13 * (shifted + 1)) / 5)
  const day = 1 + thirteens + rest + Math.floor(rest / 4) + Math.floor(century / 4) + 5 * century
  return (day + 6) % 7
}

function two(value: number) {
  return String(value).padStart(2, "0")
}

function monthOf(text: string) {
  return CalendarMonth.parse(text) ?? assert.fail(text)
}

function dateOf(text: string) {
  return BusinessDate.parse(text) ?? assert.fail(text)
}
