import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"
import { defaultQualificationPolicy } from "../../src/qualification/QualificationPolicy.ts"
import * as Waiver from "../../src/qualification/Waiver.ts"
import { date, month } from "../calendar/scenarios.ts"

const april = month("2026-04")

/** **Source** — product rules, "Days": an operator may waive named dates, two people, a reason. */
describe("Waiver", () => {
  describe("for every list of dates, of days waived before and of names", () => {
    // Caught: the waived days of before dropped; dates counted instead of days; the limit looked
    // at for the new dates alone; a date of the next month taken by its day.
    it("always adds exactly the dates named, or refuses and says why, first reason first", () => {
      fc.assert(
        fc.property(before, dates, names, (before, dates, { by, confirmedBy, reason }) => {
          const result = Waiver.add(
            before,
            { month: april, dates, reason, by, confirmedBy },
            defaultQualificationPolicy
          )
          const tag = typeof result === "number" ? "Added" : result._tag
          const inside = dates.filter((date) => date.startsWith("2026-04-"))
          const all = new Set([...daysOf(before), ...inside.map((date) => Number(date.slice(8)))])
          const expected =
            reason.trim() === ""
              ? "NoReason"
              : dates.length === 0
                ? "NoDates"
                : by.toLowerCase() === confirmedBy.toLowerCase()
                  ? "SamePerson"
                  : inside.length < dates.length
                    ? "DateOutsideMonth"
                    : all.size > 5
                      ? "TooManyDays"
                      : "Added"
          assert.strictEqual(tag, expected)
          if (typeof result === "number") assert.sameMembers(daysOf(result), [...all])
        }),
        { numRuns: 2_000 }
      )
    })

    // Caught: a waived day that still fails; a waived day counted among the required ones.
    it("never takes Qualified away, and always shows the dates it excluded", () => {
      fc.assert(
        fc.property(before, failing, (waived, failing) => {
          const met = MonthDays.allDays(30) & ~failing
          const observed = MonthDays.allDays(30)
          const days = { ...MonthDays.none, observed, met }
          const plain = Qualification.decide({ month: april, days })
          const excluded = Qualification.decide({ month: april, days: { ...days, waived } })
          if (plain._tag === "Qualified") assert.strictEqual(excluded._tag, "Qualified")
          const fails = daysOf(failing).some((day) => !daysOf(waived).includes(day))
          assert.strictEqual(excluded.code, fails ? "BELOW_THRESHOLD" : "MET_EVERY_DAY")
          assert.strictEqual(excluded.daysRequired, 30 - daysOf(waived).length)
          const shown = excluded.reasons.some(({ code }) => code === "DAYS_WAIVED")
          assert.strictEqual(shown, waived !== 0)
        })
      )
    })
  })
})

function daysOf(bits: number) {
  return CalendarMonth.dates(april)
    .map((_, index) => index + 1)
    .filter((day) => Math.floor(bits / 2 ** (day - 1)) % 2 === 1)
}

/** Few days, of which most are near those that are waived. */
const failing = fc
  .uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 2 })
  .map((days) => days.reduce((bits, day) => bits + 2 ** (day - 1), 0))

const before = fc
  .uniqueArray(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30 })), {
    maxLength: 3
  })
  .map((days) => days.reduce((bits, day) => bits + 2 ** (day - 1), 0))

const dates = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.integer({ min: 1, max: 30 }).map((day) => CalendarMonth.dateAt(april, day))
    },
    { weight: 1, arbitrary: fc.constantFrom("2026-03-31", "2026-05-01").map((text) => date(text)) }
  ),
  { maxLength: 4 }
)

const names = fc.record({
  by: fc.constantFrom("dana", "noa"),
  confirmedBy: fc.constantFrom("dana", "noa", "noa", "Noa", "DANA"),
  reason: fc.constantFrom("", " ", "feed outage", "feed outage", "feed outage")
})
