import { assert, describe, it } from "vitest"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"
import * as Coverage from "../../src/balance/Coverage.ts"
import { month } from "../calendar/scenarios.ts"

const { limits } = defaultBalancePolicy
const healthy: Coverage.MonthTotals = {
  month: month("2026-09"),
  fullMonth: 1_000,
  qualified: 300,
  undetermined: 10,
  previous: { fullMonth: 1_000, qualified: 310 }
}
const evaluate = (changes: Partial<Coverage.MonthTotals>) =>
  Coverage.evaluateMonth({ ...healthy, ...changes }, limits)

describe("Coverage.missingIssues (product rules, Data quality)", () => {
  const missing = (...expected: ReadonlyArray<Coverage.ExpectedMonth>) =>
    Coverage.missingIssues(healthy.month, expected)

  // Caught: a field without a value for the account of a customer who has none.
  it("names each customer with the missing days, and the account where there is one", () => {
    const found = missing(
      { customerId: "c", accountIds: ["A"], missing: 0b110_0001 },
      { customerId: "b", accountIds: ["B", "C"], missing: 0b10 },
      { customerId: "a", accountIds: [], missing: 0b10 }
    )
    assert.deepStrictEqual<unknown>(found, [
      {
        code: "MISSING",
        businessDate: "2026-09-01",
        accountId: "A",
        customerId: "c",
        detail: "2026-09-01, 2026-09-06 to 2026-09-07"
      },
      { code: "MISSING", businessDate: "2026-09-02", customerId: "b", detail: "2026-09-02" },
      { code: "MISSING", businessDate: "2026-09-02", customerId: "a", detail: "2026-09-02" }
    ])
  })

  it("says nothing of a customer of whom nothing is missing", () => {
    assert.deepStrictEqual(missing({ customerId: "c", accountIds: [], missing: 0 }), [])
    assert.deepStrictEqual(missing(), [])
  })
})

describe("Coverage.evaluateMonth (product rules, Data quality: per month)", () => {
  it("finds nothing in a healthy month, nor in the first", () => {
    assert.deepStrictEqual(evaluate({}), [])
    const { previous: _, ...first } = healthy
    assert.deepStrictEqual(Coverage.evaluateMonth({ ...first, qualified: 0 }, limits), [])
  })

  it("judges a month without full-month customers by that alone", () => {
    const issues = evaluate({ fullMonth: 0, qualified: 0, undetermined: 0 })
    const zero = { code: "ZERO_CUSTOMERS", businessDate: "2026-09-30", observed: 0, limit: 1 }
    assert.deepStrictEqual<unknown>(issues, [zero])
  })

  it("doubts a month in which too many are undetermined, never at the limit", () => {
    assert.deepStrictEqual<unknown>(evaluate({ undetermined: 11 }), [
      { code: "COVERAGE_BELOW_LIMIT", businessDate: "2026-09-30", observed: 9_890, limit: 9_900 }
    ])
  })

  it("doubts a jump of the share that qualified, against the month before", () => {
    assert.deepStrictEqual(evaluate({ qualified: 210 }), [])
    assert.deepStrictEqual<unknown>(evaluate({ qualified: 209, undetermined: 11 }), [
      { code: "COVERAGE_BELOW_LIMIT", businessDate: "2026-09-30", observed: 9_890, limit: 9_900 },
      { code: "PASS_RATE_JUMP", businessDate: "2026-09-30", observed: 1_010, limit: 1_000 }
    ])
    assert.deepStrictEqual(evaluate({ previous: { fullMonth: 0, qualified: 0 } }), [])
  })
})
