import { assert, describe, it } from "vitest"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Reachability from "../../src/recipient/Reachability.ts"

describe("Reachability.decide, in precedence order", () => {
  const mobile = Msisdn.check("050-412-3456", "IL")

  it("is unreachable without a number", () => {
    const expected = { _tag: "Unreachable", reason: "NO_PHONE" } as const
    assert.deepStrictEqual(Reachability.decide(null, true, true), expected)
    assert.deepStrictEqual(Reachability.decide(Msisdn.check(" ", "IL"), true, true), expected)
  })

  it("is unreachable for the line's reason, kosher or not", () => {
    for (const [text, reason] of [
      ["12", "INVALID"],
      ["03-6023456", "LANDLINE"],
      ["072-2345678", "VOIP"],
      ["1-800-123-456", "TOLL_FREE"]
    ] as const) {
      const check = Msisdn.check(text, "IL")
      const decided = Reachability.decide(check, true, true)
      assert.deepStrictEqual(decided, { _tag: "Unreachable", reason })
    }
  })

  it("treats a check without a number as invalid", () => {
    const broken = { ...mobile, e164: null }
    const decided = Reachability.decide(broken, false, false)
    assert.deepStrictEqual(decided, { _tag: "Unreachable", reason: "INVALID" })
  })

  it("excludes kosher ranges only when the policy opted in", () => {
    const msisdn = mobile.e164
    assert.isNotNull(msisdn)
    assert.deepStrictEqual(Reachability.decide(mobile, true, true), {
      _tag: "Unreachable",
      reason: "KOSHER"
    })
    assert.deepStrictEqual(Reachability.decide(mobile, true, false), {
      _tag: "Reachable",
      msisdn,
      kosher: true
    })
    assert.deepStrictEqual(Reachability.decide(mobile, false, true), {
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
