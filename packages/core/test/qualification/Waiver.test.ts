import { assert, describe, it } from "vitest"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import { defaultQualificationPolicy } from "../../src/qualification/QualificationPolicy.ts"
import * as Waiver from "../../src/qualification/Waiver.ts"
import { date, month } from "../calendar/scenarios.ts"

const waiver: Waiver.Waiver = {
  month: month("2026-04"),
  dates: [date("2026-04-03"), date("2026-04-09")],
  reason: "the branch was flooded",
  by: "dana",
  confirmedBy: "noa"
}
const add = (waived: number, changes: Partial<Waiver.Waiver> = {}) =>
  Waiver.add(waived, { ...waiver, ...changes }, defaultQualificationPolicy)
const tagOf = (result: number | Waiver.WaiverRefusal) =>
  typeof result === "number" ? result : result._tag

describe("Waiver.add, in precedence order (product rules, Days: waive)", () => {
  const outside = [date("2026-05-01")]
  const blank = { reason: " \t", dates: [], confirmedBy: "dana" }

  it("refuses without a reason, without dates, by one person, outside the month", () => {
    assert.strictEqual(tagOf(add(0, blank)), "NoReason")
    assert.strictEqual(tagOf(add(0, { ...blank, reason: "x" })), "NoDates")
    assert.strictEqual(tagOf(add(0, { confirmedBy: "dana", dates: outside })), "SamePerson")
    assert.deepStrictEqual<unknown>(add(0, { dates: outside }), {
      _tag: "DateOutsideMonth",
      date: "2026-05-01"
    })
  })

  it("refuses more days than the policy allows, those waived before included", () => {
    const four = 0b1111 << 20
    assert.deepStrictEqual<unknown>(add(four), { _tag: "TooManyDays", days: 6, maximum: 5 })
    assert.strictEqual(tagOf(add(four, { dates: [date("2026-04-03")] })), four | 0b100)
  })

  it("adds the dates to those waived before; the same date twice counts once", () => {
    const expected = MonthDays.bitOf(1) | MonthDays.bitOf(3) | MonthDays.bitOf(9)
    assert.strictEqual(tagOf(add(MonthDays.bitOf(1))), expected)
    assert.strictEqual(tagOf(add(expected)), expected)
  })
})
