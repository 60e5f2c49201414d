/** T2 and T3: what may be claimed, and what may be marked. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import {
  at,
  carrier,
  type Check,
  check,
  expiryMs,
  hour,
  month,
  notificationIdOf,
  t0,
  windowClosesMs
} from "./Desk.ts"
import {
  claim,
  endAsLandline,
  evidence,
  record,
  frozen,
  mark,
  markRequest,
  released,
  statesOf,
  submitting
} from "./Walk.ts"

const ids = (batch: { readonly messages: ReadonlyArray<{ readonly customerId: string }> }) =>
  batch.messages.map(({ customerId }) => customerId).toSorted()

export const submitChecks: ReadonlyArray<Check> = [
  check("a claim gives what is due, with a fence of its own", function* (desk) {
    yield* released(desk, "a", "b")
    const first = yield* claim(desk, t0, { limit: 1 })
    const second = yield* claim(desk)
    assert.lengthOf(first.messages, 1)
    assert.lengthOf(second.messages, 1)
    assert.isTrue(second.fence > first.fence)
    assert.deepInclude(first.messages[0], { n: 1, frozen: null })
    assert.deepStrictEqual(ids({ messages: [...first.messages, ...second.messages] }), ["a", "b"])
  }),
  check("gives a row to one of two claimers", function* (desk) {
    const customers = Array.from({ length: 20 }, (_, i) => `c${i}`)
    yield* released(desk, ...customers)
    const batches = yield* Effect.all(
      Array.from({ length: 4 }, () => claim(desk, t0, { limit: 10 })),
      { concurrency: 4 }
    )
    const given = batches.flatMap((batch) => ids(batch))
    assert.lengthOf(new Set(given), given.length)
    const rest = ids(yield* claim(desk))
    assert.deepStrictEqual([...given, ...rest].toSorted(), customers.toSorted())
  }),
  check("nothing is claimed before it is due", function* (desk) {
    yield* released(desk, "a")
    assert.lengthOf((yield* claim(desk, t0 - 1)).messages, 0)
    const { delivery } = yield* desk.store.ledger({ nowMs: t0 })
    assert.strictEqual(delivery.submitDueMs, t0)
  }),
  check(
    "a paused or killed program claims nothing, and goes on when it is resumed",
    function* (desk) {
      yield* released(desk, "a")
      for (const state of ["paused", "killed"] as const) {
        yield* desk.store.setPause({ state, by: "dana", nowMs: t0 })
        assert.lengthOf((yield* claim(desk)).messages, 0)
        assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).paused, state)
      }
      yield* desk.store.setPause({ state: "none", by: "dana", nowMs: t0 })
      assert.lengthOf((yield* claim(desk)).messages, 1)
    }
  ),
  check("no more is claimed in a second than the carrier takes", function* (desk) {
    yield* released(desk, "a", "b", "c")
    const context = yield* at(t0, { capabilities: { ...carrier, ratePerSecond: 2 } })
    const batch = yield* desk.store.claimDue({ context, limit: 100, worker: "w" })
    assert.lengthOf(batch.messages, 2)
    const again = yield* desk.store.claimDue({ context, limit: 100, worker: "w" })
    const { clockMs } = yield* at(t0)
    assert.isTrue(again.messages.length === 0 || clockMs - context.clockMs >= 1000)
  }),
  check("while the carrier asks to wait nobody claims", function* (desk) {
    yield* released(desk, "a")
    const context = yield* at(t0)
    const carrierNotBeforeMs = context.clockMs + desk.leaseMs
    yield* desk.store.recordEvidence({ context, fence: null, evidence: [], carrierNotBeforeMs })
    assert.lengthOf((yield* claim(desk)).messages, 0)
    yield* desk.wait(desk.leaseMs + 10)
    assert.lengthOf((yield* claim(desk)).messages, 1)
  }),
  check("marking freezes the message and gives what may be submitted", function* (desk) {
    yield* released(desk, "a")
    const { marked } = yield* mark(desk, yield* claim(desk))
    assert.deepStrictEqual(marked, [
      {
        notificationId: notificationIdOf("a"),
        n: 1,
        keyGeneration: 1,
        validUntilMs: t0 + 5 * hour,
        message: frozen("a")
      }
    ])
    assert.strictEqual(yield* statesOf(desk, "a"), "active / submitting")
    const { references } = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.deepStrictEqual([...references], [frozen("a").reference])
  }),
  check("a message is marked once", function* (desk) {
    const batch = yield* submitting(desk, "a")
    assert.deepStrictEqual(yield* mark(desk, batch), { marked: [] })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / submitting")
  }),
  check("refuses to mark after the lease is over", function* (desk) {
    yield* released(desk, "a")
    const batch = yield* claim(desk, t0, { leaseMs: desk.leaseMs })
    yield* desk.wait(desk.leaseMs + 10)
    assert.deepStrictEqual(yield* mark(desk, batch), { marked: [] })
  }),
  check("refuses to mark under a fence or a batch that is not the row's", function* (desk) {
    yield* released(desk, "a")
    const batch = yield* claim(desk)
    const stale = yield* mark(desk, { ...batch, fence: batch.fence + 1_000_000n })
    const strange = yield* mark(desk, { ...batch, batchId: `${batch.batchId}-strange` })
    assert.deepStrictEqual([stale.marked, strange.marked], [[], []])
    assert.lengthOf((yield* mark(desk, batch)).marked, 1)
  }),
  check("never marks a suppressed customer", function* (desk) {
    yield* released(desk, "a", "b")
    const batch = yield* claim(desk)
    const order = { customerIds: ["a"], reason: "OPTED_OUT", by: "sms", nowMs: t0 }
    yield* desk.store.suppress(order)
    const { marked } = yield* mark(desk, batch)
    assert.deepStrictEqual(
      marked.map(({ notificationId }) => notificationId),
      [notificationIdOf("b")]
    )
    assert.strictEqual(yield* statesOf(desk, "a"), "suppressed / cancelled")
  }),
  check("a suppression during the submission counts once it was proven not sent", function* (desk) {
    const { fence } = yield* submitting(desk, "a")
    yield* desk.store.suppress({ customerIds: ["a"], reason: "OPTED_OUT", by: "sms", nowMs: t0 })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / submitting")
    const event = {
      _tag: "ProvenNotSent",
      n: 1,
      code: "429",
      notBeforeMs: null,
      stored: false
    } as const
    yield* record(desk, fence, t0, evidence("a", event))
    assert.strictEqual(yield* statesOf(desk, "a"), "suppressed / cancelled")
  }),
  check("never marks while the program is paused, and gives the row back", function* (desk) {
    yield* released(desk, "a")
    const batch = yield* claim(desk)
    yield* desk.store.setPause({ state: "killed", by: "dana", nowMs: t0 })
    assert.deepStrictEqual(yield* mark(desk, batch), { marked: [] })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / pending")
  }),
  check("never marks outside the send window", function* (desk) {
    yield* released(desk, "a")
    const batch = yield* claim(desk)
    const requests = [yield* markRequest(batch.messages[0] ?? assert.fail("nothing claimed"))]
    const { batchId, fence } = batch
    const context = yield* at(t0)
    const input = { batchId, fence, context, windowClosesMs: null, requests }
    assert.deepStrictEqual(yield* desk.store.mark(input), { marked: [] })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / pending")
  }),
  check("never marks past the expiry: the message is expired", function* (desk) {
    yield* released(desk, "a")
    const batch = yield* claim(desk, expiryMs + 1)
    assert.deepStrictEqual(yield* mark(desk, batch, expiryMs + 1), { marked: [] })
    assert.strictEqual(yield* statesOf(desk, "a"), "expired / cancelled")
  }),
  check("never marks on a permission that is too old", function* (desk) {
    yield* released(desk, "a")
    const batch = yield* claim(desk)
    const { clockMs } = yield* at(t0)
    const { marked } = yield* mark(desk, batch, t0, { contactAskedMs: clockMs - 61_000 })
    assert.deepStrictEqual(marked, [])
  }),
  check("a row that is given back is not due again in the same scan", function* (desk) {
    yield* released(desk, "a")
    const { batchId, fence, messages } = yield* claim(desk)
    const requests = messages.map(({ n, notificationId }) => ({
      _tag: "GiveBack" as const,
      notificationId,
      n
    }))
    const context = yield* at(t0)
    yield* desk.store.mark({ batchId, fence, context, windowClosesMs, requests })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / pending")
    assert.lengthOf((yield* claim(desk)).messages, 0)
    assert.lengthOf((yield* claim(desk, t0 + hour)).messages, 1)
  }),
  check("a message that may not be sent ends by its reason", function* (desk) {
    yield* released(desk, "a")
    yield* endAsLandline(desk)
    assert.strictEqual(yield* statesOf(desk, "a"), "withdrawn / cancelled")
  }),
  check("programs do not claim each other's messages", function* (desk) {
    yield* released(desk, "a")
    const context = yield* at(t0)
    const batch = yield* desk.other.claimDue({ context, limit: 10, worker: "w" })
    assert.lengthOf(batch.messages, 0)
  })
]
