/**
 * A store put back to an earlier day: it sends nothing before two people confirm it, and afterwards
 * asks about whatever may have been sent since.
 */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { ProgramStoreError } from "../../ports/ProgramStore.ts"
import { defaultQualificationPolicy } from "../../qualification/QualificationPolicy.ts"
import {
  at,
  decision,
  type Desk,
  hour,
  policy,
  referenceOf,
  settledMs,
  t0,
  windowClosesMs
} from "./Desk.ts"
import {
  acceptance,
  accepted,
  claim,
  decide,
  evidence,
  mark,
  markRequest,
  notificationOf,
  record,
  release,
  released,
  statesOf,
  submitting
} from "./Walk.ts"

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

const check = (
  name: string,
  body: (desk: RestoreDesk) => Generator<Effect.Effect<unknown, unknown>, void, never>
): RestoreCheck => ({ name, run: Effect.fnUntraced(body) })

const witnessOf = Effect.fnUntraced(function* ({ store }: Desk) {
  return (yield* store.ledger({ nowMs: t0 })).witness
})

const refusalOf = <A>(verb: Effect.Effect<A, ProgramStoreError>) =>
  Effect.match(verb, { onFailure: ({ reason }) => reason, onSuccess: () => "none" as const })

/** Two people take the store for the program's own. */
const confirm = Effect.fnUntraced(function* ({ store }: Desk, second = "noa") {
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

const unresolved = Effect.fnUntraced(function* (desk: Desk, nowMs = t0) {
  yield* desk.wait(settledMs)
  const context = yield* at(nowMs)
  return yield* desk.store.claimUnresolved({ context, limit: 100, worker: "worker-1" })
})

/** Sent after the backup, and forgotten; two people have confirmed the store. */
const forgotten = Effect.fnUntraced(function* (desk: RestoreDesk) {
  yield* desk.live((life) => released(life, "a"))
  yield* desk.backUp
  yield* desk.live(
    Effect.fnUntraced(function* (life) {
      const batch = yield* claim(life)
      yield* mark(life, batch)
      yield* record(life, batch.fence, t0, acceptance("a"))
    })
  )
  yield* desk.restore
  yield* desk.live(confirm)
})

/** Past V of everything that was sent before the restore, by the carrier's clock and index. */
const deadMs = t0 + policy.validityMs + 2 * policy.skewMs

/** A look-up that did not find these numbers. */
const notFound = (...numbers: ReadonlyArray<number>) => ({
  ...evidence("a", { _tag: "NotFound", n: 1 }),
  reference: { reference: referenceOf("a"), keyId: "key-1" },
  notFound: numbers
})

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
  // Caught: a restore that leaves the rows as the backup has them.
  check("what may have been sent since the backup is unknown and claimed by nobody", function* (d) {
    yield* forgotten(d)
    yield* d.live(
      Effect.fnUntraced(function* (life) {
        assert.strictEqual(yield* statesOf(life, "a"), "active / unknown")
        assert.deepInclude((yield* notificationOf(life, "a")).attempts[0], {
          ambiguous: true,
          keyClosed: true,
          firstMarkMs: t0,
          validUntilMs: t0 + policy.validityMs
        })
        assert.deepStrictEqual((yield* claim(life, t0 + hour)).messages, [])
      })
    )
  }),
  // Caught: a question about the number that is known alone.
  check("it is asked about, with every later number, once it has settled", function* (desk) {
    yield* forgotten(desk)
    const { attempts } = yield* desk.live(unresolved)
    assert.lengthOf(attempts, 1)
    assert.deepInclude(attempts[0], { customerId: "a", n: 1, reference: "", quarantined: true })
  }),
  check("what the carrier has taken for good stays as it was", function* (desk) {
    yield* desk.live((life) => accepted(life, "a"))
    yield* desk.backUp
    yield* desk.restore
    yield* desk.live(confirm)
    assert.strictEqual(yield* desk.live((life) => statesOf(life, "a")), "active / accepted")
  }),
  check("a request on its way at the backup is unknown as well", function* (desk) {
    yield* desk.live((life) => submitting(life, "a"))
    yield* desk.backUp
    yield* desk.restore
    yield* desk.live(confirm)
    const { attempts } = yield* desk.live(unresolved)
    assert.deepInclude(attempts[0], { n: 1, reference: referenceOf("a"), quarantined: true })
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
  // Caught: an answer without the reference that was asked about.
  check("what a look-up finds is accepted, and its receipts find it again", function* (desk) {
    yield* forgotten(desk)
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        const { fence } = yield* unresolved(life)
        const reference = { reference: referenceOf("a"), keyId: "key-1" }
        yield* record(life, fence, t0 + hour, { ...acceptance("a"), reference, notFound: [2] })
        assert.strictEqual(yield* statesOf(life, "a"), "active / accepted")
        yield* life.store.storeReceipts({
          nowMs: t0 + hour,
          via: "poll",
          carrierAccount: "account",
          reports: [
            {
              reference: referenceOf("a"),
              carrierMessageId: null,
              receipt: { state: "delivered", part: 1, parts: 1, failure: null },
              digest: "digest-1"
            }
          ]
        })
        yield* life.store.foldReceipts({ context: yield* at(t0 + hour), limit: 10 })
        assert.strictEqual(yield* statesOf(life, "a"), "delivered / accepted")
      })
    )
  }),
  // Caught: a quarantine that ends with the first number; one that never ends.
  check("found under no number after V, it is void and the next row is clean", function* (desk) {
    yield* forgotten(desk)
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        const { fence } = yield* unresolved(life, deadMs)
        yield* record(life, fence, deadMs, notFound(1, 2, 3, 4, 5))
        assert.strictEqual(yield* statesOf(life, "a"), "active / void pending")
      })
    )
  }),
  check("found under no number but a later one, the next row is asked about too", function* (desk) {
    yield* forgotten(desk)
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        const { fence } = yield* unresolved(life, deadMs)
        yield* record(life, fence, deadMs, notFound(1, 3, 4, 5))
        assert.strictEqual(yield* statesOf(life, "a"), "active / void unknown")
      })
    )
  }),
  // Caught: a quarantine that ends while a request may still be accepted.
  check("found under no number before V, it is waited for, and asked about again", function* (d) {
    yield* forgotten(d)
    yield* d.live(
      Effect.fnUntraced(function* (life) {
        const { fence } = yield* unresolved(life, t0 + hour)
        yield* record(life, fence, t0 + hour, notFound(1, 2, 3, 4, 5))
        assert.strictEqual(yield* statesOf(life, "a"), "active / unknown")
        yield* record(life, fence, deadMs, notFound(1, 3, 4, 5))
        assert.strictEqual(yield* statesOf(life, "a"), "active / void unknown")
      })
    )
  }),
  // Caught: a quarantine of what was released before the backup alone.
  check("what was held at the backup is asked about when it is released", function* (desk) {
    yield* desk.live((life) => decide(life, [decision("a")]))
    yield* desk.backUp
    yield* desk.live(release)
    yield* desk.restore
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        yield* confirm(life)
        yield* release(life)
        assert.strictEqual(yield* statesOf(life, "a"), "active / unknown")
      })
    )
  }),
  // Caught: a message made anew that knows nothing of the one that was sent.
  check("what is decided again after it is asked about when it is released", function* (desk) {
    yield* desk.live(witnessOf)
    yield* desk.backUp
    yield* desk.live((life) => accepted(life, "a"))
    yield* desk.restore
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        yield* confirm(life)
        yield* released(life, "a")
        assert.strictEqual(yield* statesOf(life, "a"), "active / unknown")
      })
    )
  }),
  // Caught: a suppression that hides what was sent.
  check("nobody ends what is asked about by withdrawing or suppressing it", function* (desk) {
    yield* forgotten(desk)
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        const said = { reason: "OPTED_OUT", by: "dana", nowMs: t0 }
        yield* life.store.suppress({ customerIds: ["a"], ...said })
        assert.strictEqual(yield* statesOf(life, "a"), "active / unknown")
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
