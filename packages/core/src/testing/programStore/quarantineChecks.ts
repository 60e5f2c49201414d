/** After a restore whatever may have been sent since the backup is asked about before anything is. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import { at, decision, type Desk, hour, policy, referenceOf, t0 } from "./Desk.ts"
import {
  check,
  confirm,
  forgotten,
  type RestoreCheck,
  unresolved,
  witnessOf
} from "./RestoreDesk.ts"
import {
  acceptance,
  accepted,
  claim,
  decide,
  evidence,
  notificationOf,
  record,
  release,
  released,
  statesOf,
  submitting
} from "./Walk.ts"

/** Past V of everything that was sent before the restore, by the carrier's clock and index. */
const deadMs = t0 + policy.validityMs + 2 * policy.skewMs

/** A look-up that did not find these numbers. */
const notFound = (...numbers: ReadonlyArray<number>) => ({
  ...evidence("a", { _tag: "NotFound", n: 1 }),
  reference: { reference: referenceOf("a"), keyId: "key-1" },
  notFound: numbers
})

/** The delivery of the message, told by its reference alone, stored and folded. */
const pushed = Effect.fnUntraced(function* ({ store }: Desk) {
  yield* store.storeReceipts({
    nowMs: t0 + hour,
    via: "webhook",
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
  yield* store.foldReceipts({ context: yield* at(t0 + hour), limit: 10 })
})

export const quarantineChecks: ReadonlyArray<RestoreCheck> = [
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
  // Caught: an answer without the reference that was asked about.
  check("what a look-up finds is accepted, and its receipts find it again", function* (desk) {
    yield* forgotten(desk)
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        const { fence } = yield* unresolved(life)
        const reference = { reference: referenceOf("a"), keyId: "key-1" }
        yield* record(life, fence, t0 + hour, { ...acceptance("a"), reference, notFound: [2] })
        assert.strictEqual(yield* statesOf(life, "a"), "active / accepted")
        yield* pushed(life)
        assert.strictEqual(yield* statesOf(life, "a"), "delivered / accepted")
      })
    )
  }),
  // Caught: receipts without the carrier's id that nobody looks at again.
  check("a receipt that came before the look-up told its reference is not lost", function* (desk) {
    yield* forgotten(desk)
    yield* desk.live(
      Effect.fnUntraced(function* (life) {
        yield* pushed(life)
        assert.strictEqual(yield* statesOf(life, "a"), "active / unknown")
        const { fence } = yield* unresolved(life)
        const reference = { reference: referenceOf("a"), keyId: "key-1" }
        yield* record(life, fence, t0 + hour, { ...acceptance("a"), reference, notFound: [2] })
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
  })
]
