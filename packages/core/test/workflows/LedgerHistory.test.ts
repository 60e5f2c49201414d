import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { BalanceHistory } from "../../src/ports/BalanceHistory.ts"
import { ProgramStoreError } from "../../src/ports/ProgramStore.ts"
import { makeWorld, month } from "./World.ts"

const ask = Effect.gen(function* () {
  const history = yield* BalanceHistory
  return yield* history.monthEvidence({
    month,
    thresholdMinor: 1n,
    combine: "primaryAccount",
    customers: [{ customerId: "ann", accountIds: ["A-ann"] }]
  })
})

describe("the store's ledger as history", () => {
  it("answers for every customer asked about, known or not", async () => {
    const [evidence] = await makeWorld().run(ask)
    assert.deepInclude(evidence, { customerId: "ann", observed: 0, met: 0, before: null })
  })

  for (const [reason, expected, retryable] of [
    ["Timeout", "Unavailable", true],
    ["Conflict", "Unavailable", true],
    ["Corrupt", "Malformed", false],
    ["SchemaMismatch", "Malformed", false]
  ] as const) {
    it(`is ${expected} when the store says ${reason}`, async () => {
      const world = makeWorld({
        store: () => ({
          monthEvidence: () => Effect.fail(new ProgramStoreError({ reason, detail: "by hand" }))
        })
      })
      const error = await world.run(Effect.flip(ask))
      assert.strictEqual(error.reason, expected)
      assert.strictEqual(error.isRetryable, retryable)
    })
  }
})
