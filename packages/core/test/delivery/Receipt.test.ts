import { assert, describe, it } from "vitest"
import * as Receipt from "../../src/delivery/Receipt.ts"

const receipt = (state: Receipt.ReceiptState, part = 1, parts: number | null = null) =>
  ({ state, part, parts, failure: null }) satisfies Receipt.Receipt

const seen = (...receipts: ReadonlyArray<Receipt.Receipt>) =>
  receipts.reduce<ReadonlyArray<number>>(Receipt.fold, [])

describe("delivery protocol 1.3", () => {
  it("view = maximum of accepted < enroute < unknown < expired < rejected < failed < delivered", () => {
    let bits = 0
    assert.strictEqual(Receipt.view(bits), undefined)
    Receipt.order.forEach((state, i) => {
      bits |= 1 << i
      assert.strictEqual(Receipt.view(bits), state)
    })
  })

  // Caught: a part that has to be dead now; one word of many that has to be all of them.
  it("remembers that any part was ever called dead", () => {
    assert.isFalse(Receipt.hasNegative([]))
    assert.isFalse(Receipt.hasNegative(seen(receipt("delivered", 1, 2), receipt("enroute", 2, 2))))
    for (const state of ["expired", "rejected", "failed"] as const) {
      const told = seen(receipt(state, 1, 2), receipt("delivered", 1, 2), receipt("enroute", 2, 2))
      assert.isTrue(Receipt.hasNegative(told))
    }
  })

  // Caught: states in the register of a store that no carrier says.
  it("the sets are bits in this order, and a bit that has no state is none", () => {
    const states = ["accepted", "enroute", "unknown", "expired", "rejected", "failed", "delivered"]
    assert.deepStrictEqual<ReadonlyArray<string>>(Receipt.order, states)
    assert.strictEqual(Receipt.view(0b1100_0000), "delivered")
  })

  const cases: ReadonlyArray<
    readonly [string, ReadonlyArray<Receipt.Receipt>, number, Receipt.Outcome]
  > = [
    ["nothing seen ⇒ open", [], 2, "open"],
    ["a whole message delivered covers all parts", [receipt("delivered")], 3, "delivered"],
    ["a whole message failed covers all parts", [receipt("failed")], 3, "failed"],
    [
      "all parts delivered",
      [receipt("delivered", 1, 2), receipt("delivered", 2, 2)],
      2,
      "delivered"
    ],
    ["one of two delivered ⇒ open", [receipt("delivered", 1, 2)], 2, "open"],
    ["one of two failed ⇒ open", [receipt("failed", 1, 2)], 2, "open"],
    ["all negative", [receipt("expired", 1, 2), receipt("rejected", 2, 2)], 2, "failed"],
    ["delivered and negative", [receipt("delivered", 1, 2), receipt("failed", 2, 2)], 2, "partial"],
    [
      "delivered and negative, a third open ⇒ partial: it can never be whole",
      [receipt("delivered", 1, 3), receipt("failed", 2, 3)],
      3,
      "partial"
    ],
    ["UNKNOWN is no end", [receipt("unknown")], 1, "open"],
    ["delivered after failed", [receipt("failed"), receipt("delivered")], 1, "delivered"],
    ["never marked, one part", [receipt("delivered")], 0, "delivered"],
    ["the carrier counts more parts than we did", [receipt("delivered", 1, 2)], 1, "open"],
    ["part 2 without a count is about part 2", [receipt("delivered", 2)], 2, "open"]
  ]
  for (const [name, receipts, submitted, outcome] of cases) {
    it(name, () => {
      assert.strictEqual(Receipt.outcome(seen(...receipts), submitted), outcome)
      const negative = outcome === "failed" || outcome === "partial"
      assert.strictEqual(Receipt.isNegative(seen(...receipts), submitted), negative)
    })
  }

  it("counts the parts called both delivered and dead", () => {
    assert.strictEqual(Receipt.contradictions(seen(receipt("failed"), receipt("delivered")), 3), 3)
    assert.strictEqual(Receipt.contradictions(seen(receipt("delivered", 1, 2)), 2), 0)
    const one = seen(receipt("delivered", 1, 2), receipt("expired", 1, 2), receipt("failed", 2, 2))
    assert.strictEqual(Receipt.contradictions(one, 2), 1)
  })

  it("changes nothing by a part or a count no message has (3GPP TS 23.040 9.2.3.24.1)", () => {
    for (const [part, parts] of [
      [0, null],
      [256, null],
      [1.5, null],
      [1, 0],
      [1, 256],
      [3, 2]
    ] as const) {
      assert.isFalse(Receipt.isWellFormed(receipt("delivered", part, parts)))
      const before = seen(receipt("enroute"))
      assert.strictEqual(Receipt.fold(before, receipt("delivered", part, parts)), before)
    }
    assert.isTrue(Receipt.isWellFormed(receipt("delivered", 255, 255)))
  })

  it("gives the same array for a receipt that says nothing new", () => {
    const before = seen(receipt("enroute", 1, 2))
    assert.strictEqual(Receipt.fold(before, receipt("enroute", 1, 2)), before)
    assert.notStrictEqual(Receipt.fold(before, receipt("enroute", 2, 2)), before)
  })

  it("calls expired, rejected and failed negative, and no other state", () => {
    const negative = Receipt.order.filter((state) => Receipt.isNegativeState(state))
    assert.deepStrictEqual(negative, ["expired", "rejected", "failed"])
  })
})
