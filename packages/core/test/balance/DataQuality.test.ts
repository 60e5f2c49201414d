import { assert, describe, it } from "vitest"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"
import * as DataQuality from "../../src/balance/DataQuality.ts"
import { date } from "../calendar/scenarios.ts"

const { limits } = defaultBalancePolicy
const businessDate = date("2026-09-15")
const healthy: DataQuality.CaptureTotals = {
  businessDate,
  businessDay: true,
  expected: 1_000,
  captured: 1_000,
  met: 400,
  rows: 1_000,
  sumMinorUnits: 5n,
  comparable: 1_000,
  unchanged: 900,
  previous: { captured: 1_000, met: 410 },
  control: { count: 1_000, sumMinorUnits: 5n }
}
const evaluate = (changes: Partial<DataQuality.CaptureTotals>) =>
  DataQuality.evaluateCapture({ ...healthy, ...changes }, limits)
const codes = (changes: Partial<DataQuality.CaptureTotals>) =>
  evaluate(changes).map(({ code }) => code)

describe("DataQuality.evaluateCapture (product rules, Data quality)", () => {
  it("finds nothing in a healthy capture, nor in the first one without control totals", () => {
    assert.deepStrictEqual(evaluate({}), [])
    const { control: _, previous: __, ...first } = healthy
    assert.deepStrictEqual(DataQuality.evaluateCapture(first, limits), [])
  })

  it("finds nothing where nobody is expected and nobody came", () => {
    const none = { expected: 0, captured: 0, met: 0, rows: 0, comparable: 0, unchanged: 0 }
    assert.deepStrictEqual(codes({ ...none, control: { count: 0, sumMinorUnits: 5n } }), [])
  })

  it("judges a feed that is empty for everyone by that alone, and asks for a closure", () => {
    const issues = evaluate({ captured: 0, rows: 0, sumMinorUnits: 0n })
    const zero = { code: "ZERO_CUSTOMERS", businessDate, observed: 0, limit: 1_000 }
    assert.deepStrictEqual<unknown>(issues, [zero])
    assert.strictEqual(DataQuality.effectOf.ZERO_CUSTOMERS, "alarmed")
  })

  it("compares the bank's count, then its sum", () => {
    const count = evaluate({ control: { count: 999, sumMinorUnits: 6n } })
    assert.deepStrictEqual<unknown>(count, [
      { code: "CONTROL_TOTALS_DIFFER", businessDate, detail: "count", observed: 1_000, limit: 999 }
    ])
    const sum = evaluate({ control: { count: 1_000, sumMinorUnits: 6n } })
    const differ = { code: "CONTROL_TOTALS_DIFFER", businessDate, detail: "sum" }
    assert.deepStrictEqual<unknown>(sum, [differ])
  })

  it("holds a capture below the coverage limit, never one at it", () => {
    assert.deepStrictEqual(codes({ captured: 990 }), [])
    assert.deepStrictEqual<unknown>(evaluate({ captured: 989 }), [
      { code: "COVERAGE_BELOW_LIMIT", businessDate, observed: 9_890, limit: 9_900 }
    ])
  })

  it("doubts too many unchanged balances on a business day only, never at the limit", () => {
    assert.deepStrictEqual(codes({ unchanged: 995 }), [])
    assert.deepStrictEqual<unknown>(evaluate({ unchanged: 996 }), [
      { code: "TOO_MANY_UNCHANGED", businessDate, observed: 9_960, limit: 9_950 }
    ])
    assert.deepStrictEqual(codes({ unchanged: 1_000, businessDay: false }), [])
    assert.deepStrictEqual(codes({ unchanged: 99, comparable: 99 }), [])
    assert.deepStrictEqual(codes({ unchanged: 100, comparable: 100 }), ["TOO_MANY_UNCHANGED"])
  })

  it("doubts a jump of the pass rate in either direction, never one at the limit", () => {
    assert.deepStrictEqual(codes({ met: 510 }), [])
    assert.deepStrictEqual(codes({ met: 310 }), [])
    for (const met of [511, 309]) {
      assert.deepStrictEqual<unknown>(evaluate({ met }), [
        { code: "PASS_RATE_JUMP", businessDate, observed: 1_010, limit: 1_000 }
      ])
    }
  })

  it("never judges a pass rate over fewer accounts than the limit, on either day", () => {
    const few = { previous: { captured: 99, met: 0 }, met: 1_000 }
    assert.deepStrictEqual(codes(few), [])
    assert.deepStrictEqual(codes({ previous: { captured: 100, met: 0 } }), ["PASS_RATE_JUMP"])
    const least = { captured: 100, expected: 100, met: 100, rows: 1_000 }
    assert.deepStrictEqual(codes({ ...least, previous: { captured: 100, met: 0 } }), [
      "PASS_RATE_JUMP"
    ])
    const now = { captured: 99, expected: 99, met: 99, rows: 1_000 }
    assert.deepStrictEqual(codes({ ...now, previous: { captured: 1_000, met: 0 } }), [])
  })

  it("names several doubts in order", () => {
    const all = {
      captured: 900,
      met: 900,
      unchanged: 1_000,
      control: { count: 1, sumMinorUnits: 5n }
    }
    assert.deepStrictEqual(codes(all), [
      "CONTROL_TOTALS_DIFFER",
      "COVERAGE_BELOW_LIMIT",
      "TOO_MANY_UNCHANGED",
      "PASS_RATE_JUMP"
    ])
  })

  it("is exact for ten million accounts", () => {
    const million = 10_000_000
    const big = { expected: million, captured: million, rows: million, comparable: 0, unchanged: 0 }
    const control = { count: million, sumMinorUnits: 5n }
    const previous = { captured: million, met: 4_000_000 }
    const totals = { ...big, control, previous }
    assert.deepStrictEqual(codes({ ...totals, met: 5_000_000 }), [])
    assert.deepStrictEqual(codes({ ...totals, met: 5_000_001 }), ["PASS_RATE_JUMP"])
  })
})

describe("DataQuality effects", () => {
  it("refuse rows, leave days missing, flag, or alarm people", () => {
    const by = Object.groupBy(Object.entries(DataQuality.effectOf), ([, effect]) => effect)
    assert.strictEqual(by.rowRefused?.length, 7)
    assert.deepStrictEqual(
      by.dayMissing?.map(([code]) => code),
      ["CONFLICT", "MISSING", "NO_PRIMARY_ACCOUNT"]
    )
    assert.deepStrictEqual(
      by.flagged?.map(([code]) => code),
      ["IMPLAUSIBLE_AMOUNT", "ANOMALY"]
    )
    assert.strictEqual(by.alarmed?.length, 5)
  })
})
