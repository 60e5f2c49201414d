import { assert, describe, it } from "vitest"
import type { DecisionRecord, Outcome } from "../../src/ports/store/Decisions.ts"
import * as ContentHash from "../../src/workflows/ContentHash.ts"

const decision = (customerId: string, outcome: Outcome, evidence = 1): DecisionRecord => ({
  customerId,
  outcome,
  reasons: [],
  reach: null,
  observed: 0,
  met: 0,
  derived: 0,
  waived: 0,
  accountIds: [],
  evidenceHash: new Uint8Array(32).fill(evidence),
  notificationId: null
})

const start = ContentHash.decode(null)
const ann = decision("ann", "Qualified")
const ben = decision("ben", "NotQualified")
const eve = decision("eve", "Undetermined")

describe("the content hash of a month", () => {
  it("is the same however the decisions are cut into pages (invariant 10)", () => {
    const whole = ContentHash.after(start, [ann, ben, eve], null)
    const first = ContentHash.after(start, [ann], "1")
    const paged = ContentHash.after(first, [ben, eve], null)
    assert.deepStrictEqual(paged, whole)
    assert.deepStrictEqual(whole.counts, {
      population: 3,
      qualified: 1,
      notQualified: 1,
      undetermined: 1
    })
  })

  it("is another for another customer, outcome, evidence or order", () => {
    const others = [
      [decision("anna", "Qualified")],
      [decision("ann", "NotQualified")],
      [decision("ann", "Qualified", 2)],
      [ann, ben],
      [ben, ann],
      []
    ]
    const hashes = others.map((decisions) => ContentHash.after(start, decisions, null).hash)
    assert.strictEqual(new Set([...hashes, ContentHash.after(start, [ann], null).hash]).size, 7)
  })

  it("does not run names and outcomes into each other", () => {
    const left = ContentHash.after(start, [decision("annQualified", "NotQualified")], null)
    const right = ContentHash.after(start, [decision("ann", "Qualified")], null)
    assert.notStrictEqual(left.hash, right.hash)
  })
})

describe("progress", () => {
  it("is complete with the last page only", () => {
    assert.isFalse(start.complete)
    assert.isFalse(ContentHash.after(start, [ann], "1").complete)
    assert.isTrue(ContentHash.after(start, [], null).complete)
  })

  for (const text of [
    null,
    "",
    "1:2:3",
    `${"0".repeat(64)}:1:1:0:0`,
    `${"0".repeat(64)}:1:1:0:0:x`
  ]) {
    it(`that nobody wrote starts the month anew: ${JSON.stringify(text)}`, () => {
      assert.deepStrictEqual(ContentHash.decode(text), start)
    })
  }
})
