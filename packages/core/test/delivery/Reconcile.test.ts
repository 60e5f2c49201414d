/** Delivery protocol 1.1, the rows of `unknown`, and 2.4 rules 5 and 6. */
import { assert, describe, it } from "vitest"
import * as Reconcile from "../../src/delivery/Reconcile.ts"
import {
  carrier,
  clock0,
  context,
  hour,
  lag,
  marked,
  notification,
  policy,
  settle,
  t0,
  unknown
} from "./carriers.ts"

const V = t0 + policy.validityMs
const settled = { clockMs: clock0 + settle }
const plain = unknown({ validUntilMs: null })
const active = notification("active", [plain])

describe("what to do about an unknown attempt", () => {
  const at = context(settled)

  it("nothing, when it is not unknown", () => {
    for (const decide of [Reconcile.reconcile, Reconcile.afterNotFound, Reconcile.withoutLookup]) {
      const action = decide(active, marked(), at)
      assert.deepInclude(action, { _tag: "Wait", because: "NOT_UNKNOWN" })
    }
  })

  // Caught: an attempt without V that waits for the carrier's clock and its index.
  it("an attempt without V is over at any instant", () => {
    assert.strictEqual(Reconcile.validityOverMs(plain, at), 0)
    assert.strictEqual(Reconcile.validityOverMs(unknown(), at), V + policy.skewMs + lag)
  })

  it("waits in process time for the settle delay D + 120 s + readAfterWrite", () => {
    const early = context({ clockMs: clock0 + settle - 1, nowMs: t0 + 500 * hour })
    const action = Reconcile.reconcile(active, plain, early)
    const untilClockMs = clock0 + settle
    assert.deepStrictEqual(action, {
      _tag: "Wait",
      because: "NOT_SETTLED",
      untilMs: null,
      untilClockMs
    })
    assert.strictEqual(Reconcile.reconcile(active, plain, at)._tag, "Ask")
  })

  it("never settles what nobody knows the beginning of", () => {
    const timeless = { ...plain, unknownSinceMs: null }
    assert.isFalse(Reconcile.isSettled(timeless, context({ clockMs: Number.MAX_SAFE_INTEGER })))
  })

  it("asks a carrier with look-up; else replays or escalates", () => {
    const tag = (carrierClass: string) =>
      Reconcile.reconcile(active, plain, { ...at, capabilities: carrier(carrierClass) })._tag
    assert.deepStrictEqual(["L", "LV", "KL", "KLV", "K", "N"].map(tag), [
      "Ask",
      "Ask",
      "Ask",
      "Ask",
      "Replay",
      "Escalate"
    ])
  })

  it("waits for V and the skew of the carrier's clock before a not-found voids", () => {
    const row = unknown()
    const lv = { ...at, capabilities: carrier("LV"), carrierSkewMs: -5_000 }
    const untilMs = V + 65_000 + lag
    const wait = { _tag: "Wait", because: "VALIDITY_OPEN", untilMs, untilClockMs: null } as const
    assert.deepStrictEqual(
      Reconcile.afterNotFound(active, row, { ...lv, nowMs: untilMs - 1 }),
      wait
    )
    const after = Reconcile.afterNotFound(active, row, { ...lv, nowMs: untilMs })
    assert.strictEqual(after._tag, "Void")
  })

  it("waits for 72 h once people know", () => {
    const row = { ...plain, escalated: true }
    const action = Reconcile.withoutLookup(active, row, { ...at, capabilities: carrier("N") })
    const untilMs = t0 + 72 * hour
    assert.deepStrictEqual(action, {
      _tag: "Wait",
      because: "CLOSING",
      untilMs,
      untilClockMs: null
    })
  })

  it("waits where the carrier's class has no such step", () => {
    const n = { ...at, capabilities: carrier("N") }
    assert.deepInclude(Reconcile.afterNotFound(active, plain, n), { because: "OTHER_CLASS" })
    assert.deepInclude(Reconcile.withoutLookup(active, plain, at), { because: "OTHER_CLASS" })
  })

  it("takes a row without S as if it had been marked now", () => {
    const row = { ...plain, firstMarkMs: null, escalated: true }
    const action = Reconcile.withoutLookup(active, row, { ...at, capabilities: carrier("N") })
    assert.deepInclude(action, { because: "CLOSING", untilMs: t0 + 72 * hour })
  })
})
