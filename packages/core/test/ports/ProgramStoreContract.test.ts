import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { ProgramStore } from "../../src/ports/ProgramStore.ts"
import {
  failedChecks,
  programStoreChecks
} from "../../src/testing/programStore/ProgramStoreContract.ts"
import { brokenStores } from "./brokenStores.ts"

const names = programStoreChecks.flatMap(([, checks]) => checks.map(({ name }) => name))

describe("the store's contract", () => {
  it("names each policy once", () => {
    assert.lengthOf(new Set(names), names.length)
    assert.isAtLeast(names.length, 60)
  })

  it("finds nothing wrong with the memory store", async () => {
    const make = (program: string) => ProgramStore.layerMemory({ program })
    const failed = await Effect.runPromise(failedChecks(make, { clock: "test" }))
    assert.deepStrictEqual(failed, [])
  })

  for (const { breaks, caughtBy, make } of brokenStores) {
    it(`notices ${breaks}`, async () => {
      const failed = await Effect.runPromise(failedChecks(make, { clock: "test" }))
      assert.includeMembers(failed, [...caughtBy])
      assert.isBelow(failed.length, names.length, "everything failed: nothing was shown")
    })
  }
})
