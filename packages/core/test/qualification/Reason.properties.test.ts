import { assert, describe, it } from "vitest"
import fc from "fast-check"
import type * as MonthDays from "../../src/balance/MonthDays.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Currency from "../../src/money/Currency.ts"
import * as Money from "../../src/money/Money.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"
import * as Reason from "../../src/qualification/Reason.ts"
import { month } from "../calendar/scenarios.ts"

const april = month("2026-04")

/** **Source** — product rules, "Days": reasons are structured and dated; surfaces, "JSON lines". */
describe("Reason", () => {
  describe("for every decision and every shortfall", () => {
    // Caught: the worst day's amount written as a number; a reason without its dates.
    it("always keeps every date and the exact shortfall in JSON", () => {
      fc.assert(
        fc.property(decision, (decision) => {
          for (const reason of decision.reasons) {
            const json = Reason.toJson(reason)
            const read: Reason.ReasonJson = JSON.parse(JSON.stringify(json))
            assert.deepStrictEqual<unknown>(read.dates, reason.dates)
            assert.strictEqual(read.code, reason.code)
            const { worst } = reason
            assert.strictEqual(read.worst?.date, worst?.date)
            const shortfall = worst && BigInt(read.worst?.shortfallMinor ?? "0")
            assert.strictEqual(shortfall, worst?.shortfallMinorUnits)
          }
        })
      )
    })

    // Caught: the shortfall in minor units; ranges beyond the first left out; the words of two
    // codes exchanged.
    it("always says in words each run of dates it rests on, and the shortfall as an amount", () => {
      fc.assert(
        fc.property(decision, (decision) => {
          for (const reason of decision.reasons) {
            const text = Reason.toText(reason, Currency.ils)
            if (reason.code === "MET_EVERY_DAY" || reason.code === "NOT_FULL_MONTH") continue
            for (const { from, to } of reason.dates) {
              assert.include(text, from === to ? from : `${from} to ${to}`)
            }
            if (reason.worst === undefined) continue
            const { date, shortfallMinorUnits } = reason.worst
            const amount = Money.formatGrouped(shortfallMinorUnits, Currency.ils)
            assert.isTrue(text.endsWith(`worst on ${date}, short by ${amount} ILS`), text)
          }
        })
      )
    })
  })
})

const set = fc.oneof(fc.nat(0x3fff_ffff), fc.constant(0), fc.constant(0x3fff_ffff))

const decision = fc
  .record({ known: set, met: set, waived: set, conflict: set, short: fc.bigInt({ min: 1n }) })
  .map(({ conflict, known, met, short, waived }) => {
    const days: MonthDays.MonthDays = {
      observed: known & ~conflict & ~(known >>> 3),
      met,
      derived: known & ~conflict & (known >>> 3),
      waived: waived & (waived >>> 2),
      conflict
    }
    const worst = { date: CalendarMonth.dateAt(april, 9), shortfallMinorUnits: short }
    return Qualification.decide({ month: april, days, worst })
  })
