import { assert, describe, it } from "vitest"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import { date, month } from "../calendar/scenarios.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"

const april = month("2026-04")
const all = MonthDays.allDays(30)
const full = { ...MonthDays.none, observed: all, met: all }
const without = (bits: number, ...days: ReadonlyArray<number>) =>
  days.reduce((set, day) => set & ~MonthDays.bitOf(day), bits)
const day = (n: number) => MonthDays.bitOf(n)

describe("Qualification.isFullMonth (product rules, Days: NOT_FULL_MONTH)", () => {
  for (const [opened, closed, expected] of [
    [undefined, undefined, true],
    ["2020-01-01", undefined, true],
    ["2026-04-01", undefined, true],
    ["2026-04-02", undefined, false],
    ["2026-05-01", undefined, false],
    [undefined, "2026-05-01", true],
    [undefined, "9999-12-31", true],
    [undefined, "2026-04-30", false],
    [undefined, "2026-04-01", false],
    [undefined, "2026-03-31", false],
    ["2026-04-02", "2026-04-29", false]
  ] as const) {
    it(`opened ${opened ?? "-"}, closed ${closed ?? "-"}: ${expected}`, () => {
      const from = opened === undefined ? undefined : date(opened)
      const until = closed === undefined ? undefined : date(closed)
      assert.strictEqual(Qualification.isFullMonth(april, from, until), expected)
    })
  }
})

describe("Qualification.decide, in precedence order (product rules, Days)", () => {
  it("says NOT_FULL_MONTH before everything, with what cut the month short", () => {
    const days = { ...full, observed: without(all, 3), met: without(all, 3, 4) }
    const [opened, closed] = [date("2026-04-02"), date("2026-04-20")]
    const decision = Qualification.decide({ month: april, opened, closed, days })
    assert.deepInclude(decision, { _tag: "NotQualified", code: "NOT_FULL_MONTH" })
    assert.deepStrictEqual<unknown>(decision.reasons, [
      { code: "NOT_FULL_MONTH", dates: [], opened, closed }
    ])
    const kept = { month: april, opened: date("2026-03-01"), closed, days }
    assert.deepStrictEqual<unknown>(Qualification.decide(kept).reasons[0], {
      code: "NOT_FULL_MONTH",
      dates: [],
      closed
    })
  })

  it("names only the date that cuts the month short", () => {
    const reason = (opened: string, closed: string) => {
      const dates = { opened: date(opened), closed: date(closed) }
      return Qualification.decide({ month: april, ...dates, days: full }).reasons[0]
    }
    const code = { code: "NOT_FULL_MONTH", dates: [] }
    const last = { ...code, closed: "2026-04-30" }
    assert.deepStrictEqual<unknown>(reason("2026-04-01", "2026-04-30"), last)
    const late = { ...code, opened: "2026-04-02" }
    assert.deepStrictEqual<unknown>(reason("2026-04-02", "2026-05-01"), late)
  })

  it("says BELOW_THRESHOLD for one known failing day, though another is missing", () => {
    const days = { ...full, observed: without(all, 3), met: without(all, 3, 4) }
    const worst = { date: date("2026-04-04"), shortfallMinorUnits: 12_000n }
    const decision = Qualification.decide({ month: april, days, worst })
    assert.deepStrictEqual<unknown>(decision, {
      _tag: "NotQualified",
      code: "BELOW_THRESHOLD",
      month: april,
      daysMet: 28,
      daysRequired: 30,
      reasons: [
        { code: "BELOW_THRESHOLD", dates: [{ from: "2026-04-04", to: "2026-04-04" }], worst },
        { code: "DAYS_MISSING", dates: [{ from: "2026-04-03", to: "2026-04-03" }] }
      ]
    })
  })

  it("names no worst day where the amounts are not at hand", () => {
    const days = { ...full, met: without(all, 30) }
    const [reason, ...others] = Qualification.decide({ month: april, days }).reasons
    const dates = [{ from: "2026-04-30", to: "2026-04-30" }]
    assert.deepStrictEqual<unknown>(reason, { code: "BELOW_THRESHOLD", dates })
    assert.deepStrictEqual(others, [])
  })

  it("says DATA_INCOMPLETE with the dates when a day is missing and none fails", () => {
    const days = { ...full, observed: without(all, 3, 4, 30), conflict: day(30) }
    const dates = [
      { from: "2026-04-03", to: "2026-04-04" },
      { from: "2026-04-30", to: "2026-04-30" }
    ]
    assert.deepStrictEqual<unknown>(Qualification.decide({ month: april, days }), {
      _tag: "Undetermined",
      code: "DATA_INCOMPLETE",
      month: april,
      daysMet: 27,
      daysRequired: 30,
      dates,
      reasons: [
        { code: "DATA_INCOMPLETE", dates },
        { code: "DAYS_IN_CONFLICT", dates: [{ from: "2026-04-30", to: "2026-04-30" }] }
      ]
    })
  })

  it("says Qualified, and which days were derived and waived", () => {
    const days = {
      ...full,
      observed: without(all, 4, 11, 20),
      met: without(all, 20),
      derived: day(4) | day(11),
      waived: day(20)
    }
    const decision = Qualification.decide({ month: april, days })
    assert.deepStrictEqual<unknown>(decision, {
      _tag: "Qualified",
      code: "MET_EVERY_DAY",
      month: april,
      daysMet: 29,
      daysRequired: 29,
      reasons: [
        {
          code: "MET_EVERY_DAY",
          dates: [
            { from: "2026-04-01", to: "2026-04-19" },
            { from: "2026-04-21", to: "2026-04-30" }
          ]
        },
        {
          code: "DAYS_DERIVED",
          dates: [
            { from: "2026-04-04", to: "2026-04-04" },
            { from: "2026-04-11", to: "2026-04-11" }
          ]
        },
        { code: "DAYS_WAIVED", dates: [{ from: "2026-04-20", to: "2026-04-20" }] }
      ]
    })
    assert.strictEqual(Qualification.daysText(decision), "29/29 days")
  })

  it("waives a failing day and a missing day alike", () => {
    const days = { ...full, observed: without(all, 5), met: without(all, 5, 6) }
    const outcome = (waived: number) =>
      Qualification.decide({ month: april, days: { ...days, waived } }).code
    assert.strictEqual(outcome(0), "BELOW_THRESHOLD")
    assert.strictEqual(outcome(day(6)), "DATA_INCOMPLETE")
    assert.strictEqual(outcome(day(5)), "BELOW_THRESHOLD")
    assert.strictEqual(outcome(day(5) | day(6)), "MET_EVERY_DAY")
  })

  it("counts days, never rows: 29/30 days", () => {
    const days = { ...full, met: without(all, 17) }
    const decision = Qualification.decide({ month: april, days })
    assert.strictEqual(Qualification.daysText(decision), "29/30 days")
  })

  for (const [text, length] of [
    ["2026-02", 28],
    ["2028-02", 29],
    ["2026-04", 30],
    ["2026-03", 31],
    ["2100-02", 28]
  ] as const) {
    it(`needs every one of the ${length} days of ${text}`, () => {
      const bits = MonthDays.allDays(length)
      const days = { ...MonthDays.none, observed: bits, met: bits }
      assert.strictEqual(Qualification.decide({ month: month(text), days })._tag, "Qualified")
      const short = { ...days, observed: without(bits, length) }
      const decision = Qualification.decide({ month: month(text), days: short })
      assert.strictEqual(decision._tag, "Undetermined")
    })
  }
})

describe("Qualification.codeOf", () => {
  it("names each outcome, worst first", () => {
    const { notFullMonth, belowThreshold, dataIncomplete, qualified } = Qualification.Outcome
    assert.deepStrictEqual(
      [notFullMonth, belowThreshold, dataIncomplete, qualified].map(Qualification.codeOf),
      ["NOT_FULL_MONTH", "BELOW_THRESHOLD", "DATA_INCOMPLETE", "MET_EVERY_DAY"]
    )
    assert.deepStrictEqual([notFullMonth, belowThreshold, dataIncomplete, qualified], [0, 1, 2, 3])
  })
})
