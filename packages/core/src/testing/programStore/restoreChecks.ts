/**
 * A store put back to an earlier day is noticed, and sends nothing before two people confirm it.
 */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { ProgramStoreError } from "../../ports/ProgramStore.ts"
import { at, decision, month, t0, windowClosesMs } from "./Desk.ts"
import { check, confirm, type RestoreCheck, submitted, witnessOf } from "./RestoreDesk.ts"
import { claim, mark, markRequest, released, statesOf } from "./Walk.ts"

const refusalOf = <A>(verb: Effect.Effect<A, ProgramStoreError>) =>
  Effect.match(verb, { onFailure: ({ reason }) => reason, onSuccess: () => "none" as const })

export const restoreChecks: ReadonlyArray<RestoreCheck> = [
  check("a program's first life is witnessed, and known again after a stop", function* (desk) {
    for (let life = 0; life < 2; life++) {
      assert.strictEqual(yield* desk.live(witnessOf), "agrees")
      assert.strictEqual(yield* desk.live(confirm), "NOT_RESTORED")
    }
  }),
  // Caught: a claim or a mark that does not compare.
  check("a store that was put back claims and marks nothing, and says why", function* (desk) {
    const batch = yield* desk.live(
      Effect.fnUntraced(function* (life) {
        yield* released(life, "a", "b")
        return yield* claim(life, t0, { limit: 1 })
      })
    )
    yield* desk.backUp
    yield* desk.restore
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        assert.strictEqual(yield* witnessOf(life), "OTHER_SYSTEM")
        assert.strictEqual(yield* refusalOf(claim(life)), "Restored")
        assert.strictEqual(yield* refusalOf(mark(life, batch)), "Restored")
      })
    )
  }),
  // Caught: an opt-out that ends a message that was sent; one that is lost.
  check("an opt-out before the confirmation is kept, and ends nothing", function* (desk) {
    yield* desk.live((life) => released(life, "a"))
    yield* desk.backUp
    yield* desk.live(submitted)
    yield* desk.restore
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        const said = { reason: "OPTED_OUT", by: "dana", nowMs: t0 }
        assert.deepStrictEqual(yield* life.store.suppress({ customerIds: ["a"], ...said }), {
          added: 1
        })
        assert.strictEqual(yield* statesOf(life, "a"), "active / pending")
        yield* confirm(life)
        assert.strictEqual(yield* statesOf(life, "a"), "active / unknown")
        const kept = yield* life.store.suppressions({ after: null, limit: 10 })
        assert.deepStrictEqual(
          kept.map(({ customerId }) => customerId),
          ["a"]
        )
      })
    )
  }),
  // Caught: a correction that withdraws a message that was sent.
  check("nobody is decided about anew before the confirmation", function* (desk) {
    yield* desk.live((life) => released(life, "a"))
    yield* desk.backUp
    yield* desk.restore
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        const anew = {
          month,
          nowMs: t0,
          policyHash: "p",
          cause: "correction",
          decision: decision("a", "NotQualified", 2)
        } as const
        assert.strictEqual(yield* refusalOf(life.store.recordRedecision(anew)), "Restored")
        assert.strictEqual(yield* statesOf(life, "a"), "active / pending")
      })
    )
  }),
  // Caught: a proposal that is carried out when it is made.
  check("one person cannot take it for the program's own, two can", function* (desk) {
    yield* desk.live(witnessOf)
    yield* desk.backUp
    yield* desk.restore
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        assert.strictEqual(yield* confirm(life, "Dana "), "SamePerson")
        assert.strictEqual(yield* witnessOf(life), "OTHER_SYSTEM")
        assert.strictEqual(yield* confirm(life), "Confirmed")
        assert.strictEqual(yield* witnessOf(life), "agrees")
        assert.deepStrictEqual((yield* claim(life)).messages, [])
      })
    )
  }),
  check("a second restore is noticed and confirmed like the first", function* (desk) {
    yield* desk.live(witnessOf)
    yield* desk.backUp
    for (let restores = 0; restores < 2; restores++) {
      yield* desk.restore
      assert.strictEqual(yield* desk.live(witnessOf), "OTHER_SYSTEM")
      assert.strictEqual(yield* desk.live(confirm), "Confirmed")
      assert.strictEqual(yield* desk.live(witnessOf), "agrees")
    }
  }),
  // Caught: a fence sequence that goes back with its database.
  check("no fence of the life before counts after it", function* (desk) {
    yield* desk.live((life) => released(life, "a"))
    yield* desk.backUp
    const early = yield* desk.live((life) => claim(life))
    yield* desk.restore
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        yield* confirm(life)
        assert.isAbove(Number((yield* claim(life)).fence - early.fence), 2 ** 31)
        assert.deepStrictEqual((yield* mark(life, early)).marked, [])
      })
    )
  }),
  check("a batch of the life before marks nothing after it", function* (desk) {
    yield* desk.live((life) => released(life, "a"))
    const early = yield* desk.live((life) => claim(life))
    yield* desk.backUp
    yield* desk.restore
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        yield* confirm(life)
        const { batchId, fence, messages } = early
        const requests = yield* Effect.forEach(messages, (message) => markRequest(message))
        const context = yield* at(t0)
        const input = { batchId, fence, context, windowClosesMs, requests }
        assert.deepStrictEqual((yield* life.store.mark(input)).marked, [])
        assert.strictEqual(yield* statesOf(life, "a"), "active / unknown")
      })
    )
  })
]
