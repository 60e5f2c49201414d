/** The circuit breaker of a carrier account: it opens, one message at a time is tried, it closes. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { CarrierHeard, ClaimedBatch } from "../../ports/store/Deliveries.ts"
import { at, type Check, check, type Desk, t0, windowClosesMs } from "./Desk.ts"
import { acceptance, markRequest, released, statesOf, unknown } from "./Walk.ts"

/** Business time moves on with each round: what was given back is due again. */
const minute = 60_000

const contextOf = Effect.fnUntraced(function* ({ leaseMs }: Desk, nowMs: number) {
  return { ...(yield* at(nowMs)), breaker: { failures: 5, openMs: leaseMs } }
})

const claim = Effect.fnUntraced(function* (desk: Desk, nowMs = t0, limit = 100) {
  const context = yield* contextOf(desk, nowMs)
  return yield* desk.store.claimDue({ context, limit, worker: "worker-1" })
})

const mark = Effect.fnUntraced(function* (desk: Desk, batch: ClaimedBatch, nowMs = t0) {
  const requests = yield* Effect.forEach(batch.messages, (message) => markRequest(message))
  const context = yield* contextOf(desk, nowMs)
  const { batchId, fence } = batch
  return yield* desk.store.mark({ batchId, fence, context, windowClosesMs, requests })
})

/** What one request told, about the carrier and about these customers' messages. */
const record = Effect.fnUntraced(function* (
  desk: Desk,
  { fence }: ClaimedBatch,
  heard: CarrierHeard,
  ...customerIds: ReadonlyArray<string>
) {
  const context = yield* contextOf(desk, t0)
  const evidence = customerIds.map((id) => (heard === "answer" ? acceptance(id) : unknown(id)))
  yield* desk.store.recordEvidence({ context, fence, evidence, carrierNotBeforeMs: null, heard })
})

const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i + 10}`)

/** Submits one message and hears nothing. Gives whether it was submitted at all. */
const fails = Effect.fnUntraced(function* (desk: Desk) {
  const batch = yield* claim(desk, t0, 1)
  const [message] = batch.messages
  const { marked } = yield* mark(desk, batch)
  if (message === undefined || marked.length === 0) return false
  yield* record(desk, batch, "failure", message.customerId)
  return true
})

/** Released messages, and five requests that failed. */
const opened = Effect.fnUntraced(function* (desk: Desk, customers: number) {
  yield* released(desk, ...names(customers))
  for (let i = 0; i < 5; i++) assert.isTrue(yield* fails(desk))
})

const stateOf = Effect.fnUntraced(function* ({ store }: Desk) {
  const { breaker } = yield* store.ledger({ nowMs: t0 })
  return breaker.state
})

export const circuitChecks: ReadonlyArray<Check> = [
  // Caught: failures that no store is told of.
  check("five failures in a row open the circuit breaker: nothing is submitted", function* (desk) {
    yield* released(desk, ...names(8))
    for (let i = 0; i < 4; i++) assert.isTrue(yield* fails(desk))
    assert.strictEqual(yield* stateOf(desk), "closed")
    assert.isTrue(yield* fails(desk))
    const { breaker } = yield* desk.store.ledger({ nowMs: t0 })
    assert.deepInclude(breaker, { state: "open", failures: 5 })
    assert.isFalse(yield* fails(desk))
    assert.lengthOf((yield* claim(desk)).messages, 0)
  }),
  check("an answer ends the row of failures", function* (desk) {
    yield* released(desk, ...names(10))
    for (let i = 0; i < 4; i++) yield* fails(desk)
    const batch = yield* claim(desk, t0, 1)
    yield* mark(desk, batch)
    yield* record(desk, batch, "answer", batch.messages[0]?.customerId ?? "")
    for (let i = 0; i < 4; i++) assert.isTrue(yield* fails(desk))
    assert.strictEqual(yield* stateOf(desk), "closed")
  }),
  // Caught: a mark that does not look at the breaker.
  check("what was claimed before the breaker opened is given back at the mark", function* (desk) {
    yield* released(desk, ...names(8))
    const early = yield* claim(desk, t0, 3)
    for (let i = 0; i < 5; i++) yield* fails(desk)
    assert.deepStrictEqual((yield* mark(desk, early)).marked, [])
    for (const { customerId } of early.messages) {
      assert.strictEqual(yield* statesOf(desk, customerId), "active / pending")
    }
  }),
  // Caught: a probe that is not written down.
  check(
    "after the wait one message of a batch is marked, and the others go back",
    function* (desk) {
      yield* released(desk, ...names(8))
      const early = yield* claim(desk, t0, 3)
      for (let i = 0; i < 5; i++) yield* fails(desk)
      yield* desk.wait(desk.leaseMs + 10)
      assert.lengthOf((yield* mark(desk, early)).marked, 1)
      assert.strictEqual(yield* stateOf(desk), "half-open")
    }
  ),
  // Caught: a probe that is not written down; a mark that does not look at the breaker.
  check("of two workers that would both probe one does, and none until its time", function* (desk) {
    yield* opened(desk, 9)
    yield* desk.wait(desk.leaseMs + 10)
    const batches = [yield* claim(desk), yield* claim(desk)]
    assert.deepStrictEqual(
      batches.map(({ messages }) => messages.length),
      [1, 1]
    )
    const results = yield* Effect.all(
      batches.map((batch) => mark(desk, batch)),
      { concurrency: 2 }
    )
    assert.strictEqual(results.flatMap(({ marked }) => marked).length, 1)
    assert.strictEqual(yield* stateOf(desk), "half-open")
    assert.lengthOf((yield* claim(desk, t0 + minute)).messages, 0)
  }),
  check("a probe whose mark is refused is no probe: another may be made", function* (desk) {
    yield* opened(desk, 7)
    yield* desk.wait(desk.leaseMs + 10)
    const { batchId, fence, messages } = yield* claim(desk)
    const requests = yield* Effect.forEach(messages, (message) =>
      markRequest(message, { contactAskedMs: 0 })
    )
    const context = yield* contextOf(desk, t0)
    yield* desk.store.mark({ batchId, fence, context, windowClosesMs, requests })
    assert.strictEqual(yield* stateOf(desk), "open")
    const next = yield* claim(desk)
    assert.lengthOf((yield* mark(desk, next)).marked, 1)
  }),
  check("a probe that fails opens the breaker for as long again", function* (desk) {
    yield* opened(desk, 7)
    yield* desk.wait(desk.leaseMs + 10)
    assert.isTrue(yield* fails(desk))
    assert.strictEqual(yield* stateOf(desk), "open")
    assert.isFalse(yield* fails(desk))
    yield* desk.wait(desk.leaseMs + 10)
    assert.isTrue(yield* fails(desk))
  }),
  check("a probe nobody heard of again is given up: another is made", function* (desk) {
    yield* opened(desk, 7)
    yield* desk.wait(desk.leaseMs + 10)
    assert.lengthOf((yield* mark(desk, yield* claim(desk))).marked, 1)
    assert.lengthOf((yield* claim(desk)).messages, 0)
    yield* desk.wait(desk.leaseMs + 10)
    assert.lengthOf((yield* mark(desk, yield* claim(desk))).marked, 1)
  }),
  // Caught: an answer that does not close it.
  check(
    "an answered probe closes it, and the backlog goes at the carrier's rate",
    function* (desk) {
      yield* opened(desk, 12)
      yield* desk.wait(desk.leaseMs + 10)
      const probe = yield* claim(desk)
      yield* mark(desk, probe)
      yield* record(desk, probe, "answer", probe.messages[0]?.customerId ?? "")
      const { breaker } = yield* desk.store.ledger({ nowMs: t0 })
      assert.deepInclude(breaker, { state: "closed", failures: 0, untilMs: null })
      yield* desk.wait(1100)
      const context = yield* contextOf(desk, t0)
      const capabilities = { ...context.capabilities, ratePerSecond: 4 }
      const slow = { context: { ...context, capabilities }, limit: 100, worker: "w" }
      assert.lengthOf((yield* desk.store.claimDue(slow)).messages, 4)
      yield* desk.wait(1100)
      const { clockMs } = yield* at(t0)
      const later = { ...slow, context: { ...slow.context, clockMs } }
      assert.lengthOf((yield* desk.store.claimDue(later)).messages, 2)
    }
  )
]
