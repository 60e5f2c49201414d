/**
 * What the checks of a restored store share: two people who confirm it, and a message that was sent
 * after the backup.
 */
import * as Effect from "effect/Effect"
import type { ProgramStoreError } from "../../ports/ProgramStore.ts"
import { defaultQualificationPolicy } from "../../qualification/QualificationPolicy.ts"
import { at, type Desk, hour, settledMs, t0 } from "./Desk.ts"
import { acceptance, claim, mark, record, released } from "./Walk.ts"

/** Where a restore is checked: each life opens the store anew. */
export interface RestoreDesk {
  readonly live: <A>(
    body: (desk: Desk) => Effect.Effect<A, ProgramStoreError>
  ) => Effect.Effect<A, unknown>
  readonly backUp: Effect.Effect<void, unknown>
  readonly restore: Effect.Effect<void, unknown>
}

export interface RestoreCheck {
  readonly name: string
  readonly run: (desk: RestoreDesk) => Effect.Effect<void, unknown>
}

export const check = (
  name: string,
  body: (desk: RestoreDesk) => Generator<Effect.Effect<unknown, unknown>, void, never>
): RestoreCheck => ({ name, run: Effect.fnUntraced(body) })

export const witnessOf = Effect.fnUntraced(function* ({ store }: Desk) {
  return (yield* store.ledger({ nowMs: t0 })).witness
})

/** Two people take the store for the program's own. */
export const confirm = Effect.fnUntraced(function* ({ store }: Desk, second = "noa") {
  const said = { reason: "the disk was lost", by: "dana", nowMs: t0, expiresMs: t0 + hour }
  const { proposal } = yield* store.propose({ proposed: { kind: "restore" }, ...said })
  const { capabilities, policy } = yield* at(t0)
  const outcome = yield* store.confirmProposal({
    proposalId: proposal.proposalId,
    by: second,
    nowMs: t0,
    terms: {
      qualification: defaultQualificationPolicy,
      expiryMs: null,
      delivery: { capabilities, policy }
    }
  })
  return outcome._tag === "Refused" ? outcome.reason : outcome._tag
})

export const unresolved = Effect.fnUntraced(function* (desk: Desk, nowMs = t0) {
  yield* desk.wait(settledMs)
  const context = yield* at(nowMs)
  return yield* desk.store.claimUnresolved({ context, limit: 100, worker: "worker-1" })
})

/** What is due is claimed and marked; gives the fence. */
export const submitted = Effect.fnUntraced(function* (life: Desk) {
  const batch = yield* claim(life)
  yield* mark(life, batch)
  return batch.fence
})

/** Sent after the backup, and forgotten; two people have confirmed the store. */
export const forgotten = Effect.fnUntraced(function* (desk: RestoreDesk) {
  yield* desk.live((life) => released(life, "a"))
  yield* desk.backUp
  yield* desk.live(
    Effect.fnUntraced(function* (life) {
      const fence = yield* submitted(life)
      yield* record(life, fence, t0, acceptance("a"))
    })
  )
  yield* desk.restore
  yield* desk.live(confirm)
})
