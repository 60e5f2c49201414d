import { assert, describe, it } from "vitest"
import * as Incarnation from "../../src/delivery/Incarnation.ts"

const database: Incarnation.Incarnation = { systemIdentifier: "7", timeline: 3, number: 2 }

/** **Source** — delivery protocol 1.4. */
describe("Incarnation", () => {
  const table: ReadonlyArray<
    readonly [string, Incarnation.Incarnation | undefined, Incarnation.Mismatch | undefined]
  > = [
    ["the database the witness knows", database, undefined],
    ["no witness", undefined, "UNWITNESSED"],
    ["another cluster", { ...database, systemIdentifier: "8" }, "OTHER_SYSTEM"],
    ["another timeline", { ...database, timeline: 4 }, "OTHER_TIMELINE"],
    ["a later number", { ...database, number: 3 }, "OTHER_NUMBER"],
    ["an earlier number", { ...database, number: 1 }, "OTHER_NUMBER"],
    ["all of them", { systemIdentifier: "8", timeline: 4, number: 3 }, "OTHER_SYSTEM"]
  ]
  for (const [name, witness, found] of table) {
    it(`${name} → ${found ?? "confirmed"}`, () => {
      assert.strictEqual(Incarnation.mismatch(database, witness), found)
    })
  }

  it("begins the next life above both numbers, in the database's own cluster and timeline", () => {
    assert.deepStrictEqual(Incarnation.next(database, undefined), { ...database, number: 3 })
    const ahead = { systemIdentifier: "8", timeline: 9, number: 6 }
    assert.deepStrictEqual(Incarnation.next(database, ahead), { ...database, number: 7 })
    const behind = { ...ahead, number: 1 }
    assert.deepStrictEqual(Incarnation.next(database, behind), { ...database, number: 3 })
  })

  it("jumps the fence by 2^32", () => {
    assert.strictEqual(Incarnation.fenceAfter(5n), 4_294_967_301n)
  })
})
