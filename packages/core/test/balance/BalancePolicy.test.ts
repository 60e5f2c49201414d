import { assert, describe, it } from "vitest"
import * as BalanceCheck from "../../src/balance/BalanceCheck.ts"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"
import * as Money from "../../src/money/Money.ts"

const { currency, limits, thresholdMinorUnits } = defaultBalancePolicy

describe("the default balance policy (product rules)", () => {
  it("asks for 15,000.00 ILS, met at exactly that (Money and threshold)", () => {
    const written = Money.parseMinorUnits("15000.00", { currency })
    assert.strictEqual(thresholdMinorUnits, written)
    assert.strictEqual(currency, "ILS")
    assert.isTrue(BalanceCheck.meets(thresholdMinorUnits, thresholdMinorUnits))
    assert.isFalse(BalanceCheck.meets(thresholdMinorUnits - 1n, thresholdMinorUnits))
  })

  it("reads closing booked balances (Money and threshold: CLBD)", () => {
    assert.strictEqual(defaultBalancePolicy.kind, "closingBooked")
  })

  it("carries balances over closed days only (Days: bank-days is the default)", () => {
    assert.strictEqual(defaultBalancePolicy.carryForward, "bank-days")
  })

  it("has rates that are parts of a whole, and a threshold that is plausible itself", () => {
    const rates = [
      limits.minimumCoverageBasisPoints,
      limits.maximumUnchangedBasisPoints,
      limits.maximumPassRateJumpBasisPoints
    ]
    for (const rate of rates) {
      assert.isTrue(Number.isInteger(rate))
      assert.isAbove(rate, 0)
      assert.isBelow(rate, 10_000)
    }
    assert.isTrue(limits.implausibleMinorUnits > thresholdMinorUnits)
    assert.isTrue(limits.implausibleMinorUnits < Money.maxMinorUnits)
  })

  it("has limits that nobody changes unseen (Data quality: named, in the policy)", () => {
    assert.deepStrictEqual(limits, {
      minimumCoverageBasisPoints: 9_900,
      maximumUnchangedBasisPoints: 9_950,
      maximumPassRateJumpBasisPoints: 1_000,
      minimumAccountsForRates: 100,
      implausibleMinorUnits: 100_000_000_000n,
      anomalyMinimumHistory: 20,
      anomalyDeviations: 20
    })
  })
})
