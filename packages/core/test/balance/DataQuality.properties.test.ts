import { assert, describe, it } from "vitest"
import fc from "fast-check"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"
import * as Coverage from "../../src/balance/Coverage.ts"
import * as DataQuality from "../../src/balance/DataQuality.ts"
import { date, month } from "../calendar/scenarios.ts"

const { limits } = defaultBalancePolicy
const businessDate = date("2026-09-15")
const evaluate = (totals: DataQuality.CaptureTotals) => DataQuality.evaluateCapture(totals, limits)
const codes = (issues: ReadonlyArray<DataQuality.DataQualityIssue>) =>
  issues.map(({ code }) => code)

/** **Source** — product rules, "Data quality": named checks with limits, per capture and month. */
describe("DataQuality", () => {
  describe("for every capture around the limits", () => {
    // Caught: `<=` for `<` at the coverage limit; unchanged balances judged on a closed day; the
    // control sum compared only where the counts agree by chance; a jump downwards left out;
    // rates of fewer than a hundred accounts judged.
    it("always raises the checks that exact fractions raise, in their order", () => {
      fc.assert(
        fc.property(capture, (totals) => {
          assert.deepStrictEqual(codes(evaluate(totals)), expected(totals))
        }),
        { numRuns: 5_000 }
      )
    })

    // Caught: the share rounded to basis points before it is compared.
    it("never judges a capture otherwise when everything is seven times as large", () => {
      fc.assert(
        fc.property(capture, (totals) => {
          const { captured, comparable, previous } = totals
          const judged = [captured, comparable, previous?.captured ?? 100]
          fc.pre(judged.every((count) => count >= limits.minimumAccountsForRates))
          assert.deepStrictEqual(codes(evaluate(timesSeven(totals))), codes(evaluate(totals)))
        }),
        { numRuns: 2_000 }
      )
    })

    // Caught: `observed` and `limit` exchanged; the jump's share of the day before alone.
    it("always shows a figure on the wrong side of its limit, and never an amount", () => {
      fc.assert(
        fc.property(capture, (totals) => {
          for (const { code, limit = 0, observed = 0, ...rest } of evaluate(totals)) {
            if (code === "COVERAGE_BELOW_LIMIT") assert.isBelow(observed, limit)
            if (code === "TOO_MANY_UNCHANGED") assert.isAtLeast(observed, limit)
            if (code === "PASS_RATE_JUMP") assert.isAtLeast(observed, limit)
            if (code === "ZERO_CUSTOMERS") assert.isBelow(observed, limit)
            assert.sameMembers(
              Object.keys(rest),
              "detail" in rest ? ["businessDate", "detail"] : ["businessDate"]
            )
          }
        }),
        { numRuns: 2_000 }
      )
    })

    // Caught: `jump` compared without its sign taken off.
    it("always finds a jump up where it finds one down", () => {
      fc.assert(
        fc.property(capture, ({ captured, met, previous }) => {
          if (previous === undefined) return
          const now = { captured, met }
          const forwards = DataQuality.passRateJump(businessDate, now, previous, limits)
          const backwards = DataQuality.passRateJump(businessDate, previous, now, limits)
          assert.deepStrictEqual(backwards, forwards)
        }),
        { numRuns: 2_000 }
      )
    })
  })
})

/** **Source** — product rules, "Data quality": per month; original architecture, MissingBalance. */
describe("Coverage", () => {
  describe("for every month around the limits", () => {
    // Caught: undetermined customers counted as decided; the month before's qualified taken of
    // this month's customers; issues dated the first of the month.
    it("always raises the checks that exact fractions raise, dated the last of the month", () => {
      fc.assert(
        fc.property(capture, ({ captured: fullMonth, met: qualified, previous, unchanged }) => {
          const undetermined = Math.min(unchanged % 30, fullMonth - qualified)
          const before = previous && { fullMonth: previous.captured, qualified: previous.met }
          const totals = { month: month("2028-02"), fullMonth, qualified, undetermined }
          const issues = Coverage.evaluateMonth(
            before === undefined ? totals : { ...totals, previous: before },
            limits
          )
          const low = fullMonth > 0 && less(fullMonth - undetermined, fullMonth, 9_900)
          const jumped = jumps({ captured: fullMonth, met: qualified }, previous)
          assert.deepStrictEqual(codes(issues), [
            ...(fullMonth === 0 ? ["ZERO_CUSTOMERS" as const] : []),
            ...(low ? ["COVERAGE_BELOW_LIMIT" as const] : []),
            ...(jumped ? ["PASS_RATE_JUMP" as const] : [])
          ])
          for (const issue of issues) assert.strictEqual<string>(issue.businessDate, "2028-02-29")
        }),
        { numRuns: 3_000 }
      )
    })
  })

  describe("for every list of customers, their accounts and their missing days", () => {
    // Caught: a customer named of whom nothing is missing; the first account of several named.
    it("always names those who miss a day, once each and in order, on the first of the days", () => {
      const ids = fc.uniqueArray(fc.constantFrom<string>("a", "b", "c", "d", "e", "f"))
      const days = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 29 - 1 }))
      const customer = fc.record({ customerId: fc.string(), accountIds: ids, missing: days })
      fc.assert(
        fc.property(fc.array(customer), (expected) => {
          const issues = Coverage.missingIssues(month("2028-02"), expected)
          const named = expected
            .filter(({ missing }) => missing > 0)
            .map(({ accountIds, customerId, missing }) => {
              const first = missing.toString(2).split("").toReversed().indexOf("1") + 1
              const businessDate = `2028-02-${String(first).padStart(2, "0")}`
              const accountId = accountIds.length === 1 ? accountIds[0] : undefined
              return { customerId, accountId, businessDate }
            })
          assert.deepStrictEqual<unknown>(
            issues.map(({ accountId, businessDate, customerId }) => ({
              customerId,
              accountId,
              businessDate
            })),
            named
          )
          assert.isTrue(issues.every(({ code }) => DataQuality.effectOf[code] === "dayMissing"))
        })
      )
    })
  })
})

/** Whether a share is less than so many ten-thousandths, without dividing. */
function less(part: number, of: number, basisPoints: number) {
  return BigInt(part) * 10_000n < BigInt(basisPoints) * BigInt(of)
}

function more(part: number, of: number, basisPoints: number) {
  return BigInt(part) * 10_000n > BigInt(basisPoints) * BigInt(of)
}

function jumps(now: DataQuality.PassRate, before: DataQuality.PassRate | undefined) {
  if (before === undefined || now.captured < 100 || before.captured < 100) return false
  const [left, right] = [now.met * before.captured, before.met * now.captured]
  return more(Math.abs(left - right), now.captured * before.captured, 1_000)
}

function expected(totals: DataQuality.CaptureTotals): ReadonlyArray<DataQuality.IssueCode> {
  const { businessDay, captured, comparable, control, rows, sumMinorUnits, unchanged } = totals
  if (captured === 0 && totals.expected > 0) return ["ZERO_CUSTOMERS"]
  const differ =
    control !== undefined && (control.count !== rows || control.sumMinorUnits !== sumMinorUnits)
  const stale = businessDay && comparable >= 100 && more(unchanged, comparable, 9_950)
  return [
    ...(differ ? ["CONTROL_TOTALS_DIFFER" as const] : []),
    ...(less(captured, totals.expected, 9_900) ? ["COVERAGE_BELOW_LIMIT" as const] : []),
    ...(stale ? ["TOO_MANY_UNCHANGED" as const] : []),
    ...(jumps(totals, totals.previous) ? ["PASS_RATE_JUMP" as const] : [])
  ]
}

function timesSeven({ previous, ...totals }: DataQuality.CaptureTotals) {
  const { captured, comparable, met, unchanged } = totals
  return {
    ...totals,
    expected: totals.expected * 7,
    captured: captured * 7,
    met: met * 7,
    comparable: comparable * 7,
    unchanged: unchanged * 7,
    ...(previous && { previous: { captured: previous.captured * 7, met: previous.met * 7 } })
  }
}

/** Counts near a round number, so that a share of it falls on its limit or one off it. */
const near = fc.constantFrom(0, 99, 100, 101, 1_000, 10_000, 1_000_000)
const off = fc.constantFrom(-2, -1, 0, 0, 1, 2)
const within = (most: number, count: number) => Math.min(most, Math.max(0, Math.round(count)))

const capture: fc.Arbitrary<DataQuality.CaptureTotals> = fc
  .record({
    businessDay: fc.boolean(),
    expected: near,
    missing: fc.constantFrom(0, 0.01, 0.01, 1),
    passed: fc.constantFrom(0.3, 0.3, 0.4, 0.2, 0.9),
    same: fc.constantFrom(0.5, 0.995, 0.995, 1),
    before: fc.option(fc.tuple(near, off), { nil: undefined }),
    offs: fc.tuple(off, off, off),
    control: fc.constantFrom(undefined, "same" as const, "count" as const, "sum" as const)
  })
  .map((made) => {
    const [one, two, three] = made.offs
    const captured = within(made.expected, made.expected * (1 - made.missing) + one)
    const sum = 123_456_789n
    const control = {
      count: made.control === "count" ? captured + 1 : captured,
      sumMinorUnits: made.control === "sum" ? sum - 1n : sum
    }
    return {
      businessDate,
      businessDay: made.businessDay,
      expected: made.expected,
      captured,
      met: within(captured, captured * made.passed + two),
      rows: captured,
      sumMinorUnits: sum,
      comparable: captured,
      unchanged: within(captured, captured * made.same + three),
      ...(made.before && {
        previous: {
          captured: made.before[0],
          met: within(made.before[0], made.before[0] * 0.3 + made.before[1])
        }
      }),
      ...(made.control !== undefined && { control })
    }
  })
