import { assert, describe, it } from "vitest"
import * as CarrierCapabilities from "../../src/delivery/CarrierCapabilities.ts"
import { carrier, classes, hour } from "./carriers.ts"

const bounded = "exactly once while pauses stay below the settle delay"

describe("delivery protocol 2.2 and 2.6", () => {
  it("names the class after key, look-up and absolute validity", () => {
    for (const name of classes) {
      assert.strictEqual(CarrierCapabilities.carrierClass(carrier(name)), name)
    }
  })

  it("gives no V for a relative validity", () => {
    const relative = { ...carrier("L"), validity: { kind: "relative", maxMs: hour } } as const
    assert.strictEqual(CarrierCapabilities.carrierClass(relative), "L")
    assert.strictEqual(CarrierCapabilities.guarantee(relative), bounded)
  })

  it("prints the word of the guarantee table", () => {
    const words = Object.fromEntries(
      classes.map((name) => [name, CarrierCapabilities.guarantee(carrier(name))])
    )
    assert.deepStrictEqual(words, {
      K: "exactly once",
      L: bounded,
      KL: bounded,
      LV: "exactly once",
      KLV: "exactly once",
      KV: "at most once, escalated",
      V: "at most once, escalated",
      N: "at most once, escalated"
    })
  })

  it("promises less for a key forgotten within the 72 h (K-late) or shared by a batch", () => {
    const late = carrier("K", 24 * hour)
    assert.strictEqual(CarrierCapabilities.guarantee(late), "at most once, escalated")
    assert.strictEqual(CarrierCapabilities.guarantee(late, 24 * hour), "exactly once")
    const { idempotency } = carrier("K")
    if (idempotency === "none") assert.fail("class K has a key")
    const batch = { ...carrier("K"), idempotency: { ...idempotency, scope: "batch" } } as const
    assert.strictEqual(CarrierCapabilities.guarantee(batch), "at most once, escalated")
  })
})
