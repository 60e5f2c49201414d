import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as Anomaly from "../../src/balance/Anomaly.ts"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"

const limits = { ...defaultBalancePolicy.limits, anomalyMinimumHistory: 5, anomalyDeviations: 10 }
const isAnomaly = (amount: bigint, history: ReadonlyArray<bigint>) =>
  Anomaly.isAnomaly(amount, history, limits)

/** **Source** — product rules, "Data quality"; original architecture §3.1 ("mark customer"). */
describe("Anomaly", () => {
  describe("for every history and every amount", () => {
    // Caught: the history sorted in place.
    it("never depends on the history's order, and never changes it", () => {
      fc.assert(
        fc.property(fc.array(amount, { minLength: 5 }), amount, (history, amount) => {
          const kept = [...history]
          const flagged = isAnomaly(amount, history)
          assert.deepStrictEqual(history, kept)
          assert.strictEqual(isAnomaly(amount, history.toReversed()), flagged)
        })
      )
    })

    // Caught: distance to the median taken without its sign.
    it("always judges an overdraft as its mirror image", () => {
      fc.assert(
        fc.property(oddHistory, amount, (history, amount) => {
          const mirrored = history.map((value) => -value)
          assert.strictEqual(isAnomaly(-amount, mirrored), isAnomaly(amount, history))
        })
      )
    })

    // Caught: the median of the distances left out, so that only one per cent counts; the
    // smaller of deviation and floor taken; `>=` for `>` at the limit.
    it("always flags exactly what lies past the limit counted by sorting distances", () => {
      fc.assert(
        fc.property(oddHistory, fc.constantFrom(-1n, 0n, 1n), side, (history, off, side) => {
          const middle = (values: ReadonlyArray<bigint>) =>
            values.toSorted((left, right) => (left < right ? -1 : 1))[(values.length - 1) / 2] ?? 0n
          const size = (value: bigint) => (value < 0n ? -value : value)
          const median = middle(history)
          const spread = middle(history.map((value) => size(value - median)))
          const percent = size(median) / 100n
          const typical = [spread, percent, 1n].reduce((a, b) => (a > b ? a : b))
          const at = median + side * (10n * typical + off)
          assert.strictEqual(isAnomaly(at, history), off > 0n)
        }),
        { numRuns: 1_000 }
      )
    })
  })
})

const amount = fc.bigInt({ min: -100_000n, max: 100_000n })
const side = fc.constantFrom(-1n, 1n)
/** Of an odd length, so that the middle is one value; some accounts hardly move. */
const oddHistory = fc
  .tuple(fc.array(amount, { minLength: 5, maxLength: 31 }), amount, fc.boolean())
  .filter(([history]) => history.length % 2 === 1)
  .map(([history, base, steady]) =>
    steady ? history.map((value) => base + value / 5_000n) : history
  )
