import { assert, describe, it } from "vitest"
import { defaultQualificationPolicy } from "../../src/qualification/QualificationPolicy.ts"

describe("the default qualification policy (product rules)", () => {
  it("looks at the primary account (Days: several accounts per customer)", () => {
    assert.strictEqual(defaultQualificationPolicy.accounts, "primaryAccount")
  })

  it("releases a month only when two people approved it (The stages: release)", () => {
    assert.strictEqual(defaultQualificationPolicy.approval, "twoPeople")
  })

  it("lets so few days be waived that most of the shortest month is still observed", () => {
    const { maximumWaivedDays } = defaultQualificationPolicy
    assert.strictEqual(maximumWaivedDays, 5)
    assert.isBelow(maximumWaivedDays, 28 / 2)
  })
})
