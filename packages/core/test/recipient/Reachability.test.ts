import { assert, describe, it } from "vitest"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Reachability from "../../src/recipient/Reachability.ts"

describe("Reachability.decide, in precedence order", () => {
  const mobile = () => Msisdn.check("050-412-3456", "IL")

  it("is unreachable without a number", () => {
    const expected = { _tag: "Unreachable", reason: "NO_PHONE" } as const
    assert.deepStrictEqual(Reachability.decide(null, true, true), expected)
    assert.deepStrictEqual(Reachability.decide(Msisdn.check(" ", "IL"), true, true), expected)
  })

  // Caught: VOIP, a pager's and other lines' reasons left out of the list that reports print.
  it("is unreachable for the line's reason, kosher or not", () => {
    for (const [text, region, reason] of [
      ["12", "IL", "INVALID"],
      ["03-6023456", "IL", "LANDLINE"],
      ["072-2345678", "IL", "VOIP"],
      ["1-800-123-456", "IL", "TOLL_FREE"],
      ["1-919-123-456", "IL", "PREMIUM_RATE"],
      ["1-700-123-456", "IL", "SHARED_COST"],
      ["070 1234 5678", "GB", "PERSONAL_NUMBER"],
      ["076 4012 3456", "GB", "PAGER"],
      ["0370 123 4567", "GB", "UAN"],
      ["151-23456789", "IL", "VOICEMAIL"]
    ] as const) {
      const check = Msisdn.check(text, region)
      assert.include(Reachability.UNREACHABLE_REASONS, reason)
      const decided = Reachability.decide(check, true, true)
      assert.deepStrictEqual(decided, { _tag: "Unreachable", reason })
    }
  })

  it("treats a check without a number as invalid", () => {
    const broken = { ...mobile(), e164: null }
    const decided = Reachability.decide(broken, false, false)
    assert.deepStrictEqual(decided, { _tag: "Unreachable", reason: "INVALID" })
  })

  it("excludes kosher ranges only when the policy opted in", () => {
    const msisdn = mobile().e164
    assert.isNotNull(msisdn)
    assert.deepStrictEqual(Reachability.decide(mobile(), true, true), {
      _tag: "Unreachable",
      reason: "KOSHER"
    })
    assert.deepStrictEqual(Reachability.decide(mobile(), true, false), {
      _tag: "Reachable",
      msisdn,
      kosher: true
    })
    assert.deepStrictEqual(Reachability.decide(mobile(), false, true), {
      _tag: "Reachable",
      msisdn,
      kosher: false
    })
  })

  it("lists every reason once", () => {
    const reasons = Reachability.UNREACHABLE_REASONS
    assert.strictEqual(new Set(reasons).size, reasons.length)
    assert.strictEqual(reasons.length, 12)
  })
})
