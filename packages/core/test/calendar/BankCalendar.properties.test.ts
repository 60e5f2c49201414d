import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import { messageDay } from "../../src/calendar/BankDay.ts"
import type { CalendarOverride } from "../../src/calendar/BankDay.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as ZonedTime from "../../src/calendar/ZonedTime.ts"
import { bankZone } from "./scenarios.ts"

const israel = BankCalendar.israel()

/** **Source** — product rules, "Days": rules plus overrides as data; Directive 402. */
describe("BankCalendar", () => {
  describe("for every list of overrides, of few dates", () => {
    // Caught: the first override of a date that wins; an override that reaches the next day; an
    // answer kept from before; a closure that is not called declared.
    it("always answers the last override of a date, and the rule on every other date", () => {
      fc.assert(
        fc.property(overrides, overrides, date, (before, after, date) => {
          const all = [...before, ...after]
          const calendar = BankCalendar.israel(before)
          BankCalendar.dayAt(calendar, date)
          const day = BankCalendar.dayAt(BankCalendar.withOverrides(calendar, after), date)
          const last = all.findLast((override) => override.date === date)
          if (last === undefined) {
            assert.deepStrictEqual(day, BankCalendar.dayAt(israel, date))
          } else {
            assert.strictEqual(day.kind, last.kind === "closed" ? "closed" : "business")
            assert.strictEqual(day.name, last.reason)
            if (day.kind === "closed") assert.strictEqual(day.reason, "declared")
          }
        })
      )
    })

    // Caught: overrides of the set of closed days forgotten; `closedBits` kept by month alone
    // for all calendars.
    it("always gives as closed bits the days that are no business days, whatever was asked before", () => {
      fc.assert(
        fc.property(overrides, date, (overrides, date) => {
          const calendar = BankCalendar.israel(overrides)
          const month = CalendarMonth.of(date)
          const bits = BankCalendar.closedBits(calendar, month)
          for (const [index, on] of CalendarMonth.dates(month).entries()) {
            const closed = Math.floor(bits / 2 ** index) % 2 === 1
            assert.strictEqual(closed, !BankCalendar.isBusinessDay(calendar, on), on)
          }
          assert.strictEqual(BankCalendar.closedBits(calendar, month), bits)
        })
      )
    })

    // Caught: the second business day taken; the end of the day at midnight; the cut-off in the
    // month itself.
    it("always cuts a month off at the end of the third business day of the next", () => {
      fc.assert(
        fc.property(overrides, date, (overrides, date) => {
          const calendar = BankCalendar.israel(overrides)
          const month = CalendarMonth.of(date)
          let on = CalendarMonth.last(month)
          for (let left = 3; left > 0;) {
            on = BusinessDate.addDays(on, 1)
            if (BankCalendar.dayAt(calendar, on).kind === "business") left--
          }
          const cutOffMs = BankCalendar.cutOffMs(calendar, month, bankZone)
          const day = BankCalendar.dayAt(calendar, on)
          assert.strictEqual(ZonedTime.businessDateAt(cutOffMs, bankZone), on)
          assert.strictEqual(
            ZonedTime.minuteOfDayAt(cutOffMs, bankZone),
            day.kind === "business" ? day.endsAtMinute : -1
          )
        })
      )
    })

    // Caught: a closure that moves the cut-off of the month before it begins.
    it("never cuts a month off earlier because a closure was declared", () => {
      fc.assert(
        fc.property(fc.array(date, { maxLength: 6 }), date, (closed, date) => {
          const month = CalendarMonth.of(date)
          const closures = closed.map(
            (on) => ({ date: on, kind: "closed", reason: "order" }) as const
          )
          const later = BankCalendar.cutOffMs(BankCalendar.israel(closures), month, bankZone)
          assert.isAtLeast(later, BankCalendar.cutOffMs(israel, month, bankZone))
        })
      )
    })
  })

  describe("for every weekend and every list of holidays", () => {
    // Caught: the weekend taken from Israel; a holiday on a weekend called a holiday; days of the
    // week counted from Monday.
    it("always closes on exactly the weekend and the listed days", () => {
      fc.assert(
        fc.property(
          fc.subarray([0, 1, 2, 3, 4, 5, 6]),
          fc.array(date),
          date,
          (weekend, days, on) => {
            const holidays = days.map((date) => ({ date, name: "holiday" }))
            const calendar = BankCalendar.weekdays({ weekend, holidays })
            for (const asked of [on, ...days]) {
              const day = BankCalendar.dayAt(calendar, asked)
              const isWeekend = weekend.includes(new Date(asked).getUTCDay())
              const reason = isWeekend ? "weekend" : days.includes(asked) ? "holiday" : "none"
              assert.strictEqual(day.kind === "closed" ? day.reason : "none", reason)
            }
          }
        )
      )
    })

    // Caught: a step that returns the date itself; a step over a business day; both directions
    // exchanged.
    it("always steps to the nearest business day on either side, over closed days only", () => {
      fc.assert(
        fc.property(fc.subarray([0, 1, 2, 3, 4, 5]), fc.array(date), date, (weekend, days, on) => {
          const holidays = days.map((date) => ({ date, name: "holiday" }))
          const calendar = BankCalendar.weekdays({ weekend, holidays })
          const next = BankCalendar.nextBusinessDay(calendar, on) ?? assert.fail()
          const previous = BankCalendar.previousBusinessDay(calendar, on) ?? assert.fail()
          assert.isTrue(previous < on && on < next)
          const between = BusinessDate.daysBetween(previous, next)
          for (let days = 0; days <= between; days++) {
            const date = BusinessDate.addDays(previous, days)
            const isEnd = date === previous || date === next
            if (date === on) continue
            assert.strictEqual(BankCalendar.isBusinessDay(calendar, date), isEnd, date)
          }
        })
      )
    })
  })

  describe("for every weekend, every set of short days and every date", () => {
    // Caught: every Friday short, whatever the rules name; short days forgotten when a closure is
    // declared.
    it("always has the short window on exactly the open days of the week that the rules name", () => {
      fc.assert(
        fc.property(weekdayNumbers, weekdayNumbers, anyDate, (weekend, shortDays, date) => {
          const made = BankCalendar.weekdays({ weekend, holidays: [], shortDays })
          const weekday = new Date(date).getUTCDay()
          const open = shortDays.includes(weekday) ? "short" : "ordinary"
          const expected = weekend.includes(weekday) ? "closed" : open
          for (const calendar of [made, BankCalendar.withOverrides(made, [])]) {
            assert.strictEqual(BankCalendar.messageDayAt(calendar, date), expected, date)
          }
        })
      )
    })
  })

  describe("for every date from 2024 to 2104", () => {
    // Caught: mourning looked at after closed; an eve on an ordinary day; Friday ordinary.
    it("always has one class for messages: mourning, else closed, else short, else ordinary", () => {
      fc.assert(
        fc.property(anyDate, (date) => {
          const day = BankCalendar.dayAt(israel, date)
          const found = BankCalendar.messageDayAt(israel, date)
          const weekday = new Date(date).getUTCDay()
          assert.strictEqual(found, messageDay(day, weekday === 5))
          const mourning = ["Tisha B'Av", "Memorial Day", "Holocaust Day"].includes(day.name ?? "")
          const short = weekday === 5 || (day.name ?? "").startsWith("Eve of ")
          const expected = mourning
            ? "mourning"
            : day.kind === "closed"
              ? "closed"
              : short
                ? "short"
                : "ordinary"
          assert.strictEqual(found, expected, date)
        }),
        { numRuns: 5_000 }
      )
    })

    // Caught: 18:30 on Fridays; an eve until 18:30; 14:00 on Sundays.
    it("always ends a business day at 14:00 on Fridays and eves, and at 18:30 otherwise", () => {
      fc.assert(
        fc.property(anyDate, (date) => {
          const day = BankCalendar.dayAt(israel, date)
          if (day.kind === "closed") return
          const isShort = new Date(date).getUTCDay() === 5 || day.eve
          assert.strictEqual(day.endsAtMinute, isShort ? 14 * 60 : 18 * 60 + 30, date)
        }),
        { numRuns: 5_000 }
      )
    })
  })
})

const epochDayOf = (text: string) => Date.parse(text) / 86_400_000

/** Two months and the holidays of autumn 2026, so that overrides meet. */
const date = fc
  .integer({ min: epochDayOf("2026-08-25"), max: epochDayOf("2026-10-15") })
  .map((epochDay) => BusinessDate.fromEpochDay(epochDay))

const anyDate = fc
  .integer({ min: epochDayOf("2024-01-01"), max: epochDayOf("2104-12-31") })
  .map((epochDay) => BusinessDate.fromEpochDay(epochDay))

const overrides: fc.Arbitrary<ReadonlyArray<CalendarOverride>> = fc.array(
  fc
    .tuple(date, fc.constantFrom("open" as const, "closed" as const), fc.nat(9))
    .map(([date, kind, number]) => ({ date, kind, reason: `order ${number}` })),
  { maxLength: 8 }
)

const weekdayNumbers = fc.subarray([0, 1, 2, 3, 4, 5, 6])
