/** T4: evidence about a submission, from its worker and from stale ones. */
import { assert } from "vitest"
import { at, type Check, check, hour, month, notificationIdOf, settledMs, t0 } from "./Desk.ts"
import {
  acceptance,
  accepted,
  claim,
  evidence,
  frozen,
  mark,
  notificationOf,
  openCauses,
  outboxTypes,
  permanent,
  record,
  refusal,
  released,
  retryable,
  statesOf,
  submitting,
  unknown
} from "./Walk.ts"

export const outcomeChecks: ReadonlyArray<Check> = [
  check("an acceptance is announced with its state, once", function* (desk) {
    yield* accepted(desk, "a")
    yield* record(desk, null, t0, acceptance("a"))
    assert.strictEqual(yield* statesOf(desk, "a"), "active / accepted")
    const { events } = yield* desk.store.outbox({ limit: 10 })
    const sent = events.filter(({ type }) => type === "NotificationSent")
    const { reference } = frozen("a")
    assert.deepStrictEqual(
      sent.map(({ payload }) => payload),
      [
        {
          customerId: "a",
          month,
          smsId: reference,
          attempt: 1,
          carrierReference: "carrier-a-1"
        }
      ]
    )
  }),
  check("records an acceptance from a stale worker", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, unknown("a"))
    const { changed } = yield* record(desk, batch.fence, t0, acceptance("a"))
    assert.strictEqual(changed, 1)
    assert.strictEqual(yield* statesOf(desk, "a"), "active / accepted")
  }),
  check("ignores a refusal from a stale worker", function* (desk) {
    const batch = yield* submitting(desk, "a")
    const stale = yield* record(desk, batch.fence - 1n, t0, refusal("a", permanent))
    assert.deepStrictEqual(stale, { changed: 0, ignored: 1 })
    const unfenced = yield* record(desk, null, t0, refusal("a", permanent))
    assert.deepStrictEqual(unfenced, { changed: 0, ignored: 1 })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / submitting")
  }),
  check("ignores what a worker says after its row has moved on", function* (desk) {
    const batch = yield* accepted(desk, "a")
    const late = yield* record(desk, batch.fence, t0, refusal("a", permanent), unknown("a"))
    assert.deepStrictEqual(late, { changed: 0, ignored: 2 })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / accepted")
  }),
  check("evidence about an unknown message or attempt is counted and ignored", function* (desk) {
    yield* submitting(desk, "a")
    const found = yield* record(desk, null, t0, acceptance("nobody"), acceptance("a", 4))
    assert.deepStrictEqual(found, { changed: 0, ignored: 2 })
  }),
  check("a retryable refusal waits six hours for the next attempt", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, refusal("a", retryable))
    assert.strictEqual(yield* statesOf(desk, "a"), "waiting / refused pending")
    assert.lengthOf((yield* claim(desk, t0 + 6 * hour - 1)).messages, 0)
    const [next] = (yield* claim(desk, t0 + 6 * hour)).messages
    assert.deepInclude(next, { customerId: "a", n: 2, frozen: null })
  }),
  check("a permanent refusal fails, is announced and escalated", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, refusal("a", permanent))
    assert.strictEqual(yield* statesOf(desk, "a"), "failed / refused")
    assert.deepStrictEqual(yield* openCauses(desk), ["PERMANENT_FAILURE"])
    const { events } = yield* desk.store.outbox({ limit: 10 })
    const types = events.map(({ type }) => type)
    assert.sameMembers(types, ["DeliveryConfirmed", "EscalationRaised"])
    const confirmed = events.find(({ type }) => type === "DeliveryConfirmed")?.payload
    assert.deepInclude(confirmed, { status: "failed", category: "InvalidNumber", late: false })
  }),
  check(
    "what was proven not sent is due again under the next key, consuming nothing",
    function* (desk) {
      const batch = yield* submitting(desk, "a")
      const throttled = {
        _tag: "ProvenNotSent",
        n: 1,
        code: "429",
        notBeforeMs: t0 + 1000,
        stored: false
      } as const
      yield* record(desk, batch.fence, t0, evidence("a", throttled))
      assert.lengthOf((yield* claim(desk)).messages, 0)
      const again = yield* claim(desk, t0 + 1000)
      assert.deepInclude(again.messages[0], { n: 1, frozen: null })
      const { marked } = yield* mark(desk, again, t0 + 1000)
      assert.strictEqual(marked[0]?.keyGeneration, 2)
    }
  ),
  check("another attempt is not marked before the earlier one was asked about", function* (desk) {
    const first = yield* submitting(desk, "a")
    yield* record(desk, first.fence, t0, refusal("a", retryable))
    const now = t0 + 7 * hour
    const unasked = yield* mark(desk, yield* claim(desk, now), now)
    assert.deepStrictEqual(unasked.marked, [])
    const later = now + hour
    const validUntilMs = later + hour
    const batch = yield* claim(desk, later)
    const asked = yield* mark(desk, batch, later, { earlierAskedMs: later, validUntilMs })
    assert.deepStrictEqual(
      asked.marked.map(({ n, notificationId }) => [notificationId, n]),
      [[notificationIdOf("a"), 2]]
    )
  }),
  check("another attempt is not marked while a receipt of the earlier one waits", function* (desk) {
    const first = yield* submitting(desk, "a")
    yield* record(desk, first.fence, t0, refusal("a", retryable))
    const now = t0 + 7 * hour
    const batch = yield* claim(desk, now)
    const { reference } = frozen("a")
    const receipt = { state: "delivered", part: 1, parts: null, failure: null } as const
    const report = { reference, carrierMessageId: null, receipt, digest: "digest" }
    const reports = [report, { ...report, reference: "of another message", digest: "another" }]
    yield* desk.store.storeReceipts({ nowMs: now, via: "webhook", carrierAccount: "x", reports })
    const { marked } = yield* mark(desk, batch, now, { earlierAskedMs: now })
    assert.deepStrictEqual(marked, [])
    yield* desk.store.foldReceipts({ context: yield* at(now), limit: 10 })
    assert.strictEqual((yield* notificationOf(desk, "a")).state, "delivered")
  }),
  check("a claim whose lease is over is due again", function* (desk) {
    yield* released(desk, "a")
    yield* claim(desk, t0, { leaseMs: desk.leaseMs })
    const context = yield* at(t0)
    assert.deepStrictEqual(yield* desk.store.sweepLeases({ context, limit: 10 }), { swept: 0 })
    // Whoever sleeps until something is due must wake for the lease of a worker that died.
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).delivery.unresolved, 1)
    yield* desk.wait(desk.leaseMs + 10)
    assert.deepStrictEqual(yield* desk.store.sweepLeases({ context, limit: 10 }), { swept: 1 })
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).delivery.unresolved, 0)
    assert.strictEqual(yield* statesOf(desk, "a"), "active / pending")
    assert.lengthOf((yield* claim(desk)).messages, 1)
  }),
  check("a submission whose lease is over is unknown, never pending", function* (desk) {
    yield* released(desk, "a")
    const batch = yield* claim(desk, t0, { leaseMs: desk.leaseMs })
    assert.lengthOf((yield* mark(desk, batch)).marked, 1)
    yield* desk.wait(desk.leaseMs + 10)
    yield* desk.store.sweepLeases({ context: yield* at(t0), limit: 10 })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / unknown")
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).delivery.unresolved, 1)
    const late = yield* record(desk, batch.fence, t0, refusal("a", permanent))
    assert.deepStrictEqual(late, { changed: 0, ignored: 1 })
  }),
  check("an unknown attempt is asked about once it has settled, by one worker", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, unknown("a"))
    yield* desk.wait(settledMs)
    const ask = { context: yield* at(t0), limit: 10, worker: "w" }
    const first = yield* desk.store.claimUnresolved(ask)
    const second = yield* desk.store.claimUnresolved(ask)
    assert.deepStrictEqual(
      first.attempts.map(({ n, reference }) => [n, reference]),
      [[1, frozen("a").reference]]
    )
    assert.lengthOf(second.attempts, 0)
  }),
  check("nothing is asked before it has settled", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, unknown("a"))
    const context = yield* at(t0)
    const slow = { ...context, policy: { ...context.policy, networkLifetimeMs: 60_000 } }
    const found = yield* desk.store.claimUnresolved({ context: slow, limit: 10, worker: "w" })
    assert.lengthOf(found.attempts, 0)
  }),
  check("a replay sends the frozen bytes under the same key", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, unknown("a"))
    yield* desk.wait(settledMs)
    const context = yield* at(t0 + 1000)
    const asked = yield* desk.store.claimUnresolved({ context, limit: 10, worker: "w" })
    const notFound = evidence("a", { _tag: "NotFound", n: 1 })
    yield* record(desk, asked.fence, t0 + 1000, notFound)
    const again = yield* claim(desk, t0 + 1000)
    assert.deepStrictEqual(again.messages[0]?.frozen, frozen("a"))
    const message = { ...frozen("a"), text: "another text" }
    const { marked } = yield* mark(desk, again, t0 + 1000, { message, validUntilMs: t0 + 9 * hour })
    assert.deepInclude(marked[0], { keyGeneration: 1, validUntilMs: t0 + 5 * hour })
    assert.deepStrictEqual(marked[0]?.message, frozen("a"))
  }),
  check('"not found" from a stale worker is worthless', function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, unknown("a"))
    yield* desk.wait(settledMs)
    const found = yield* record(desk, batch.fence, t0, evidence("a", { _tag: "NotFound", n: 1 }))
    assert.deepStrictEqual(found, { changed: 0, ignored: 1 })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / unknown")
  }),
  check("an attempt proven void is replaced by the next one", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, unknown("a"))
    yield* desk.wait(settledMs)
    const now = t0 + 6 * hour
    const context = yield* at(now)
    const asked = yield* desk.store.claimUnresolved({ context, limit: 10, worker: "w" })
    yield* record(desk, asked.fence, now, evidence("a", { _tag: "NotFound", n: 1 }))
    assert.strictEqual(yield* statesOf(desk, "a"), "active / void pending")
    assert.notInclude(yield* outboxTypes(desk), "NotificationSent")
    const { attempts } = yield* desk.store.monthFigures({ month })
    assert.deepInclude(attempts, { total: 2, consumed: 0 })
  }),
  check("two people close what nobody can resolve, and the escalation with it", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, unknown("a"))
    const now = t0 + 100 * hour
    yield* desk.store.applyTimers({ context: yield* at(now), limit: 10 })
    assert.strictEqual(yield* statesOf(desk, "a"), "escalated / unknown")
    assert.deepStrictEqual(yield* openCauses(desk), ["LOOKUP_SILENT"])
    const close = { _tag: "Resolved", action: "close", by: ["dana", "uri"] } as const
    yield* record(desk, null, now, evidence("a", close))
    assert.strictEqual((yield* notificationOf(desk, "a")).state, "failed")
    assert.deepStrictEqual(yield* openCauses(desk), [])
  })
]
