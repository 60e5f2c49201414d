import { assert, describe, it } from "vitest"
import * as DeliveryContext from "../../src/delivery/DeliveryContext.ts"
import { context, E, minute, notification, policy, second } from "./carriers.ts"

const withdrawn = { withdrawnReason: "CORRECTED", suppressedReason: null }
const suppressed = { withdrawnReason: null, suppressedReason: "OPT_OUT" }
const clear = { withdrawnReason: null, suppressedReason: null }

describe("DeliveryContext, the standing of the customer", () => {
  it("is clear where nothing is said", () => {
    assert.isNull(DeliveryContext.withdrawnReason(context()))
    assert.isNull(DeliveryContext.suppressedReason(context()))
    assert.isNull(DeliveryContext.withdrawnReason(context({ standing: clear })))
  })

  it("tells each reason apart", () => {
    const both = context({ standing: { ...withdrawn, suppressedReason: "OPT_OUT" } })
    assert.strictEqual(DeliveryContext.withdrawnReason(both), "CORRECTED")
    assert.strictEqual(DeliveryContext.suppressedReason(both), "OPT_OUT")
  })
})

describe("DeliveryContext.skewMs (delivery protocol 2.3)", () => {
  it("adds the policy's allowance to what was measured, either sign, and to nothing", () => {
    const skew = (carrierSkewMs?: number) =>
      DeliveryContext.skewMs(context({ carrierSkewMs })) / second
    assert.deepStrictEqual([skew(), skew(0), skew(5 * second), skew(-5 * second)], [60, 60, 65, 65])
  })
})

describe("DeliveryContext.isBarred and isNever (delivery protocol 1.1, Never)", () => {
  const last = E - policy.requestDeadlineMs
  const table = [
    ["an active message", "active", {}, false, false],
    ["a waiting message", "waiting", {}, false, false],
    ["a withdrawn qualification", "active", { standing: withdrawn }, true, true],
    ["a suppressed customer", "waiting", { standing: suppressed }, true, true],
    ["a clear standing", "active", { standing: clear }, false, false],
    ["the last instant whose request ends by E", "active", { nowMs: last }, false, false],
    ["an instant later", "active", { nowMs: last + 1 }, true, true],
    ["a message not released", "held", {}, false, true],
    ["a message in people's hands", "escalated", {}, false, true],
    ["a delivered message", "delivered", {}, false, true]
  ] as const
  for (const [name, state, over, barred, never] of table) {
    const words = [barred ? "barred" : "not barred", never ? "never" : "still to be sent"]
    it(`${name}: ${words.join(", ")}`, () => {
      const given = context(over)
      assert.strictEqual(DeliveryContext.isBarred(notification(state), given), barred)
      assert.strictEqual(DeliveryContext.isNever(notification(state), given), never)
    })
  }

  it("has no expiry before the first release", () => {
    const before = notification("held", [], { expiryMs: null })
    assert.isFalse(DeliveryContext.isBarred(before, context({ nowMs: E + minute })))
  })
})
