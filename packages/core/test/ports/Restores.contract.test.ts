import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assert, describe, it } from "vitest"
import * as Restore from "../../src/delivery/Restore.ts"
import * as MemoryProgramStore from "../../src/ports/memory/MemoryProgramStore.ts"
import * as Protocol from "../../src/ports/memory/Protocol.ts"
import * as Witness from "../../src/ports/memory/Witness.ts"
import { ProgramStore } from "../../src/ports/ProgramStore.ts"
import {
  failedRestoreChecks,
  type MakeRestorable,
  restoreContract
} from "../../src/testing/programStore/RestoreContract.ts"

/** A memory store by these rules, beside a witness or without one. */
const memory =
  (protocol: Protocol.Protocol, makeWitness: () => Witness.Witness | undefined): MakeRestorable =>
  (program) =>
    Effect.sync(() => {
      const witness = makeWitness()
      const made = MemoryProgramStore.make({ program, protocol, ...(witness && { witness }) })
      let backup = made.backUp()
      return {
        store: Layer.succeed(ProgramStore, made.verbs),
        backUp: Effect.sync(() => {
          backup = made.backUp()
        }),
        restore: Effect.sync(() => made.restore(backup))
      }
    })

restoreContract("memory", memory(Protocol.real, Witness.make), { clock: "test" })

describe("the contract of restores", () => {
  const failedBy = (protocol: Protocol.Protocol, witness: () => Witness.Witness | undefined) =>
    Effect.runPromise(failedRestoreChecks(memory(protocol, witness), { clock: "test" }))

  const broken: ReadonlyArray<readonly [string, Partial<Protocol.Protocol>, string]> = [
    [
      "rows left as the backup has them",
      { quarantine: (notification) => ({ notification, facts: [] }) },
      "what may have been sent since the backup is unknown and claimed by nobody"
    ],
    [
      "a quarantine that ends with the first number",
      { isReconciled: (_, n, notFound) => notFound.includes(n) },
      "found under no number but a later one, the next row is asked about too"
    ],
    [
      "a quarantine that never ends",
      { isReconciled: () => false },
      "found under no number after V, it is void and the next row is clean"
    ],
    [
      "a quarantine that ends before V",
      {
        isReconciled: (notification, n, notFound, context) =>
          Restore.isReconciled(notification, n, notFound, { ...context, nowMs: Infinity })
      },
      "found under no number before V, it is waited for, and asked about again"
    ]
  ]
  for (const [name, rules, caught] of broken) {
    it(`notices ${name}`, async () => {
      assert.include(await failedBy({ ...Protocol.real, ...rules }, Witness.make), caught)
    })
  }

  it("notices a store that nobody witnesses", async () => {
    const failed = await failedBy(Protocol.real, () => undefined)
    assert.include(failed, "a store that was put back claims and marks nothing, and says why")
  })

  it("notices a witness that is put back with its store", async () => {
    const forgetful = (): Witness.Witness => ({ read: () => undefined, write: () => {} })
    const failed = await failedBy(Protocol.real, forgetful)
    assert.include(failed, "a program's first life is witnessed, and known again after a stop")
  })
})
