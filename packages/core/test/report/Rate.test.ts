import { assert, describe, it } from "vitest"
import * as Rate from "../../src/report/Rate.ts"

describe("a rate", () => {
  it("keeps its words and both of its numbers", () => {
    const made = Rate.make("delivered / qualified", 3, 4)
    const expected = { formula: "delivered / qualified", numerator: 3, denominator: 4, ratio: 0.75 }
    assert.deepStrictEqual(made, expected)
  })

  it("has no ratio over nothing", () => {
    assert.isNull(Rate.make("a / b", 0, 0).ratio)
    assert.isNull(Rate.make("a / b", 1, 0).ratio)
  })
})
