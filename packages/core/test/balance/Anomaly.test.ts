import { assert, describe, it } from "vitest"
import * as Anomaly from "../../src/balance/Anomaly.ts"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"

const limits = { ...defaultBalancePolicy.limits, anomalyMinimumHistory: 5, anomalyDeviations: 10 }
const isAnomaly = (amount: bigint, history: ReadonlyArray<bigint>) =>
  Anomaly.isAnomaly(amount, history, limits)

describe("Anomaly of a balance against its own history (product rules, Data quality)", () => {
  // Median 10000, median deviation 200: the limit lies 2000 away.
  const history = [9_800n, 10_300n, 10_000n, 9_700n, 10_200n]

  it("flags past the limit on either side, never at it", () => {
    assert.isFalse(isAnomaly(12_000n, history))
    assert.isTrue(isAnomaly(12_001n, history))
    assert.isFalse(isAnomaly(8_000n, history))
    assert.isTrue(isAnomaly(7_999n, history))
  })

  it("never flags while the history is short", () => {
    assert.isFalse(isAnomaly(1_000_000n, history.slice(1)))
    const none = { ...limits, anomalyMinimumHistory: 0 }
    assert.isFalse(Anomaly.isAnomaly(1_000_000n, [], none))
  })

  it("allows a steady account one per cent of its median per deviation", () => {
    const steady = [10_000n, 10_000n, 10_000n, 10_000n, 10_000n]
    assert.isFalse(isAnomaly(11_000n, steady))
    assert.isTrue(isAnomaly(11_001n, steady))
    const overdrawn = steady.map((amount) => -amount)
    assert.isFalse(isAnomaly(-11_000n, overdrawn))
    assert.isTrue(isAnomaly(-11_001n, overdrawn))
  })

  it("allows an empty account one minor unit per deviation", () => {
    const empty = [0n, 0n, 0n, 0n, 0n]
    assert.isFalse(isAnomaly(10n, empty))
    assert.isTrue(isAnomaly(11n, empty))
  })

  it("takes the lower of two middle values", () => {
    const even = [0n, 0n, 0n, 100n, 100n, 100n]
    assert.isFalse(isAnomaly(10n, even))
    assert.isTrue(isAnomaly(11n, even))
  })

  it("is not misled by one earlier outlier", () => {
    assert.isTrue(isAnomaly(12_001n, [...history.slice(0, 4), 9_000_000n, 10_200n, 9_900n]))
  })
})
