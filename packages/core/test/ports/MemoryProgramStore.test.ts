import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as Memory from "../../src/ports/memory/MemoryProgramStore.ts"
import { t0 } from "../../src/testing/programStore/Desk.ts"
import * as Walk from "../../src/testing/programStore/Walk.ts"

describe("the memory store's audit", () => {
  it("has one numbered row per page of work, and names who commanded it", async () => {
    const { audit, verbs } = Memory.make({ program: "audited" })
    const desk = { store: verbs, other: verbs, wait: Effect.sleep, leaseMs: 1 }
    await Effect.runPromise(Walk.released(desk, "a", "b", "c"))
    await Effect.runPromise(
      verbs.suppress({ customerIds: ["a"], reason: "OPTED_OUT", by: "uri", nowMs: t0 })
    )
    assert.deepStrictEqual(
      audit().map(({ by, sequence, verb }) => [sequence, verb, by]),
      [
        [1, "claimRun", null],
        [2, "completeMonth", null],
        [3, "recordDecisions", null],
        [4, "finishQualification", null],
        [5, "approve", "dana"],
        [6, "releasePage", null],
        [7, "releaseMonth", null],
        [8, "suppress", "uri"]
      ]
    )
  })

  it("has no row for a command that changed nothing", async () => {
    const { audit, verbs } = Memory.make({ program: "audited" })
    await Effect.runPromise(verbs.raiseIssues({ nowMs: t0, issues: [] }))
    await Effect.runPromise(verbs.pendingRedecisions({ limit: 1 }))
    assert.deepStrictEqual(audit(), [])
  })
})
