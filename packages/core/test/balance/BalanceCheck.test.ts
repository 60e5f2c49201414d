import { assert, describe, it } from "vitest"
import * as BalanceCheck from "../../src/balance/BalanceCheck.ts"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"
import type { CapturedRow } from "../../src/balance/ClosingBalance.ts"
import { effectOf } from "../../src/balance/DataQuality.ts"
import { date } from "../calendar/scenarios.ts"

const businessDate = date("2026-09-15")
const row = (accountId: string, changes: Partial<CapturedRow> = {}): CapturedRow => ({
  accountId,
  businessDate,
  minorUnits: 1_500_000n,
  currency: "ILS",
  kind: "closingBooked",
  ...changes
})
const check = (rows: ReadonlyArray<CapturedRow>, context: object = {}) =>
  BalanceCheck.checkPage(rows, defaultBalancePolicy, { businessDate, ...context })

describe("BalanceCheck of one amount (product rules, Money and threshold)", () => {
  for (const [minorUnits, met, short] of [
    [1_500_000n, true, 0n],
    [1_499_999n, false, 1n],
    [1_500_001n, true, 0n],
    [0n, false, 1_500_000n],
    [-1n, false, 1_500_001n]
  ] as const) {
    it(`${minorUnits} ${met ? "meets" : "does not meet"} 1500000`, () => {
      assert.strictEqual(BalanceCheck.meets(minorUnits, 1_500_000n), met)
      assert.strictEqual(BalanceCheck.shortfall(minorUnits, 1_500_000n), short)
    })
  }
})

describe("BalanceCheck.checkPage", () => {
  it("gives each account its verdict, in the order of the rows", () => {
    const page = check([row("a"), row("b", { minorUnits: 1_499_999n }), row("c")])
    assert.deepStrictEqual(page, {
      accountIds: ["a", "b", "c"],
      minorUnits: [1_500_000n, 1_499_999n, 1_500_000n],
      verdicts: ["met", "notMet", "met"],
      issues: [],
      met: 2,
      rows: 3,
      sumMinorUnits: 4_499_999n
    })
  })

  it("takes an empty page", () => {
    assert.deepInclude(check([]), { met: 0, rows: 0, sumMinorUnits: 0n })
  })

  const malformed = { _tag: "MalformedAmount", reason: "TooManyDecimals" } as const
  const refusals: ReadonlyArray<readonly [string, Partial<CapturedRow>, string | undefined]> = [
    ["MALFORMED_DATE", { businessDate: "2026-02-30" }, undefined],
    ["STALE_DATE", { businessDate: "2026-09-14" }, undefined],
    ["FUTURE_DATE", { businessDate: "2026-09-16" }, undefined],
    ["WRONG_KIND", { kind: "closingAvailable" }, "closingAvailable"],
    ["WRONG_CURRENCY", { currency: "USD" }, "USD"],
    ["WRONG_CURRENCY", { currency: "" }, "none"],
    ["WRONG_CURRENCY", { currency: "<script>" }, "none"],
    ["WRONG_CURRENCY", { currency: "USDX" }, "none"],
    ["WRONG_CURRENCY", { currency: "xUSD" }, "none"],
    ["MALFORMED_AMOUNT", { minorUnits: malformed }, "TooManyDecimals"]
  ]
  for (const [code, changes, detail] of refusals) {
    it(`refuses the row alone: ${code} ${detail ?? ""}`, () => {
      const page = check([row("a"), row("bad", changes), row("c")])
      const issue = { code, businessDate, accountId: "bad", row: 1 }
      const expected = detail === undefined ? issue : { ...issue, detail }
      assert.deepStrictEqual<unknown>(page.issues, [expected])
      assert.deepStrictEqual(page.accountIds, ["a", "c"])
      assert.strictEqual(page.rows, 3)
    })
  }

  it("names the first of several problems, in precedence order", () => {
    const steps: ReadonlyArray<readonly [string, Partial<CapturedRow>]> = [
      ["UNKNOWN_ACCOUNT", { accountId: "x" }],
      ["STALE_DATE", { businessDate: "2026-09-14" }],
      ["WRONG_KIND", { kind: "expected" }],
      ["WRONG_CURRENCY", { currency: "USD" }],
      ["MALFORMED_AMOUNT", { minorUnits: malformed }]
    ]
    for (const [index, [code]] of steps.entries()) {
      const changes = Object.assign({}, ...steps.slice(index).map(([, change]) => change))
      const page = check([row("a", changes)], { accounts: new Set(["a"]) })
      assert.deepStrictEqual(
        page.issues.map((issue) => issue.code),
        [code]
      )
    }
  })

  it("refuses accounts outside the population only where there is one", () => {
    assert.strictEqual(check([row("x")], { accounts: new Set(["a"]) }).accountIds.length, 0)
    assert.strictEqual(check([row("x")]).accountIds.length, 1)
  })

  it("sums readable amounts of refused rows, for the bank's control totals", () => {
    const page = check([row("a"), row("b", { currency: "USD", minorUnits: 7n })])
    assert.strictEqual(page.sumMinorUnits, 1_500_007n)
  })

  it("leaves an amount nobody could read out of the sum", () => {
    const page = check([row("a"), row("b", { minorUnits: malformed }), row("c")])
    assert.strictEqual(page.sumMinorUnits, 3_000_000n)
  })

  it("takes of an equal repeat its row and amount alone, in the page and from an earlier page", () => {
    const earlier = new Map([["b", 1_500_000n]])
    const page = check([row("a"), row("a"), row("b")], { earlier })
    assert.deepInclude(page, { met: 1, rows: 3, sumMinorUnits: 4_500_000n })
    assert.deepStrictEqual(page.accountIds, ["a"])
    assert.deepStrictEqual(page.issues, [])
  })

  it("raises one conflict per account and takes its verdict away", () => {
    const other = { minorUnits: 1n }
    const rows = [
      row("a"),
      row("b", other),
      row("a", other),
      row("a", { minorUnits: 2n }),
      row("b")
    ]
    const page = check([...rows, row("a")])
    assert.deepStrictEqual(page.verdicts, ["conflict", "conflict"])
    assert.deepStrictEqual(page.minorUnits, [1_500_000n, 1n])
    assert.deepStrictEqual<unknown>(page.issues, [
      { code: "CONFLICT", businessDate, accountId: "a", row: 2 },
      { code: "CONFLICT", businessDate, accountId: "b", row: 4 }
    ])
    assert.strictEqual(page.met, 0)
  })

  it("finds a conflict with an earlier page, resolved or not", () => {
    const earlier = new Map<string, bigint | null>([
      ["a", 1n],
      ["b", null]
    ])
    const page = check([row("a"), row("b"), row("c")], { earlier })
    assert.deepStrictEqual(page.verdicts, ["conflict", "conflict", "met"])
    assert.deepStrictEqual(
      page.issues.map(({ code }) => code),
      ["CONFLICT", "CONFLICT"]
    )
  })

  it("stores and flags an implausible amount, never one at the limit", () => {
    const limit = defaultBalancePolicy.limits.implausibleMinorUnits
    const amounts = [limit, limit + 1n, -limit, -limit - 1n]
    const page = check(amounts.map((minorUnits, index) => row(`a${index}`, { minorUnits })))
    assert.strictEqual(page.accountIds.length, 4)
    assert.deepStrictEqual(
      page.issues.map((issue) => [issue.code, issue.row]),
      [
        ["IMPLAUSIBLE_AMOUNT", 1],
        ["IMPLAUSIBLE_AMOUNT", 3]
      ]
    )
    assert.strictEqual(effectOf.IMPLAUSIBLE_AMOUNT, "flagged")
  })

  it("skips a hole in the page", () => {
    const sparse: Array<CapturedRow> = [row("a")]
    sparse.length = 2
    assert.deepStrictEqual(check(sparse).accountIds, ["a"])
  })
})
