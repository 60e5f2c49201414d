import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as BalanceCheck from "../../src/balance/BalanceCheck.ts"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"
import type { CapturedRow } from "../../src/balance/ClosingBalance.ts"
import { date } from "../calendar/scenarios.ts"

const businessDate = date("2026-09-15")
const threshold = defaultBalancePolicy.thresholdMinorUnits
const context = { businessDate }
const check = (rows: ReadonlyArray<CapturedRow>) =>
  BalanceCheck.checkPage(rows, defaultBalancePolicy, context)

describe("BalanceCheck", () => {
  describe("for every page of rows, good and bad, few accounts and few amounts", () => {
    // Caught: an account in conflict still counted as met; the second of three amounts taken as
    // a new account; a refused row that also gives a verdict; `>` for `>=` at the threshold.
    it("always gives the verdicts of a plain grouping of the rows", () => {
      fc.assert(
        fc.property(rows, (rows) => {
          const page = check(rows)
          const found = page.accountIds.map((id, index) => [id, page.verdicts[index]] as const)
          assert.deepStrictEqual(new Map(found), grouped(rows))
          assert.strictEqual(found.length, grouped(rows).size)
          assert.strictEqual(page.met, found.filter(([, verdict]) => verdict === "met").length)
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: a refusal that ends the loop.
    it("never loses a row: each is stored, refused, a repeat or part of a conflict", () => {
      fc.assert(
        fc.property(rows, (rows) => {
          const page = check(rows)
          const refused = page.issues.filter(
            ({ code }) => code !== "CONFLICT" && code !== "IMPLAUSIBLE_AMOUNT"
          )
          const good = rows.filter(isGood).length
          assert.strictEqual(refused.length, rows.length - good)
          assert.strictEqual(page.rows + page.repeats, rows.length)
          assert.isAtMost(page.accountIds.length, good)
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: the last amount of an account taken for the verdict.
    it("never depends on the order of the rows", () => {
      fc.assert(
        fc.property(rows, fc.infiniteStream(fc.nat()), (rows, keys) => {
          const keyed = rows.map((row) => ({ row, key: keys.next().value ?? 0 }))
          const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ row }) => row)
          assert.deepStrictEqual(verdictsOf(check(shuffled)), verdictsOf(check(rows)))
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: `earlier` left out of the comparison; `null` taken for an amount.
    it("always finds over two pages what it finds over one", () => {
      fc.assert(
        fc.property(rows, fc.nat(12), (rows, at) => {
          const [first, second] = [check(rows.slice(0, at)), rows.slice(at)]
          const earlier = new Map(
            first.accountIds.map((id, index) => [
              id,
              first.verdicts[index] === "conflict" ? null : (first.minorUnits[index] ?? null)
            ])
          )
          const then = BalanceCheck.checkPage(second, defaultBalancePolicy, { ...context, earlier })
          const together = new Map([...verdictsOf(first), ...verdictsOf(then)])
          assert.deepStrictEqual(together, verdictsOf(check(rows)))
        }),
        { numRuns: 1_000 }
      )
    })
  })
})

function verdictsOf(page: BalanceCheck.CheckedPage) {
  return new Map(page.accountIds.map((id, index) => [id, page.verdicts[index]]))
}

function isGood(row: CapturedRow) {
  const { minorUnits } = row
  return (
    row.currency === "ILS" && row.businessDate === businessDate && typeof minorUnits === "bigint"
  )
}

function grouped(rows: ReadonlyArray<CapturedRow>) {
  const amounts = new Map<string, Set<unknown>>()
  for (const row of rows.filter(isGood)) {
    amounts.set(row.accountId, (amounts.get(row.accountId) ?? new Set()).add(row.minorUnits))
  }
  return new Map(
    [...amounts].map(([id, seen]) => {
      if (seen.size > 1) return [id, "conflict"] as const
      const [only] = seen
      return [id, typeof only === "bigint" && only >= threshold ? "met" : "notMet"] as const
    })
  )
}

const row: fc.Arbitrary<CapturedRow> = fc.record({
  accountId: fc.constantFrom("a", "b", "c", "d"),
  businessDate: fc.oneof(
    { weight: 12, arbitrary: fc.constant<string>(businessDate) },
    { weight: 1, arbitrary: fc.constantFrom("2026-09-14", "2026-09-16", "yesterday") }
  ),
  minorUnits: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(threshold, threshold, threshold - 1n, 0n) },
    {
      weight: 1,
      arbitrary: fc.constant({ _tag: "MalformedAmount" as const, reason: "Empty" as const })
    }
  ),
  currency: fc.oneof(
    { weight: 12, arbitrary: fc.constant("ILS") },
    { weight: 1, arbitrary: fc.constantFrom("USD", "") }
  ),
  kind: fc.constant("closingBooked" as const)
})

const rows = fc.array(row, { maxLength: 12, size: "max" })
