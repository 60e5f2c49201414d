/** Walks a customer's message to the state a check is about, through the store's verbs alone. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import type { Failure } from "../../delivery/Failure.ts"
import type { Notification } from "../../delivery/Notification.ts"
import type { DecisionRecord } from "../../ports/store/Decisions.ts"
import type {
  ClaimedBatch,
  ClaimedMessage,
  Evidence,
  FrozenMessage,
  MarkRequest
} from "../../ports/store/Deliveries.ts"
import type { Msisdn } from "../../recipient/Msisdn.ts"
import {
  type Desk,
  at,
  contentHash,
  decision,
  expiryMs,
  hour,
  longLeaseMs,
  month,
  notificationIdOf,
  referenceOf,
  t0,
  windowClosesMs
} from "./Desk.ts"

/** Decides the month for these records and finishes its qualification. */
export const decide = Effect.fnUntraced(function* (
  { store }: Desk,
  decisions: ReadonlyArray<DecisionRecord>
) {
  const claim = yield* store.claimRun({
    kind: "qualify",
    key: month,
    again: false,
    leaseMs: longLeaseMs,
    nowMs: t0,
    correlationId: "qualify"
  })
  if (claim._tag !== "Claimed") return assert.fail(`run not claimed: ${claim._tag}`)
  const { run } = claim
  const common = { run, nowMs: t0, month }
  yield* store.completeMonth({ month, nowMs: t0 })
  yield* store.recordDecisions({
    ...common,
    leaseMs: longLeaseMs,
    policyHash: "policy-hash",
    page: claim.page,
    decisions,
    nextCursor: null
  })
  return yield* store.finishQualification({ ...common, contentHash, announcements: [] })
})

/** Approves the decided month and releases all of it. */
export const release = Effect.fnUntraced(function* ({ store }: Desk) {
  yield* store.approve({ month, hash: contentHash, by: "dana", nowMs: t0, required: 1 })
  for (;;) {
    const { released } = yield* store.releasePage({ month, nowMs: t0, expiryMs, limit: 100 })
    if (released === 0) return
  }
})

/** Qualified, reachable and released: ready to be claimed. */
export const released = Effect.fnUntraced(function* (
  desk: Desk,
  ...customerIds: ReadonlyArray<string>
) {
  yield* decide(
    desk,
    customerIds.map((customerId) => decision(customerId))
  )
  yield* release(desk)
})

export const claim = Effect.fnUntraced(function* (
  { store }: Desk,
  nowMs = t0,
  over: { readonly leaseMs?: number; readonly limit?: number } = {}
) {
  const context = yield* at(nowMs, over)
  return yield* store.claimDue({ context, limit: over.limit ?? 100, worker: "worker-1" })
})

export const frozen = (customerId: string, n = 1): FrozenMessage => ({
  reference: referenceOf(customerId, n),
  keyId: "key-1",
  to: "+972541234567" as Msisdn,
  text: `text for ${customerId}`,
  senderId: "BANK"
})

export type Mark = Extract<MarkRequest, { readonly _tag: "Mark" }>

export const markRequest = Effect.fnUntraced(function* (
  { customerId, n, notificationId }: ClaimedMessage,
  over: Partial<Mark> = {}
) {
  const request: Mark = {
    _tag: "Mark",
    notificationId,
    n,
    message: frozen(customerId, n),
    parts: 1,
    validUntilMs: t0 + 5 * hour,
    contactAskedMs: yield* Clock.currentTimeMillis,
    earlierAskedMs: null,
    ...over
  }
  return request
})

/** Marks every message of a claim. */
export const mark = Effect.fnUntraced(function* (
  { store }: Desk,
  batch: ClaimedBatch,
  nowMs = t0,
  over: Partial<Mark> = {}
) {
  const requests: Array<MarkRequest> = []
  for (const message of batch.messages) requests.push(yield* markRequest(message, over))
  const { batchId, fence } = batch
  const context = yield* at(nowMs)
  const input = { batchId, fence, context, windowClosesMs, requests }
  return yield* store.mark(input)
})

/** Claimed and marked: on its way to the carrier. */
export const submitting = Effect.fnUntraced(function* (
  desk: Desk,
  ...customerIds: ReadonlyArray<string>
) {
  yield* released(desk, ...customerIds)
  const batch = yield* claim(desk)
  const { marked } = yield* mark(desk, batch)
  assert.strictEqual(marked.length, customerIds.length, "not everything was marked")
  return batch
})

export const evidence = (customerId: string, event: DeliveryEvent, n = 1): Evidence => ({
  notificationId: notificationIdOf(customerId),
  n,
  event
})

export const record = Effect.fnUntraced(function* (
  { store }: Desk,
  fence: bigint | null,
  nowMs: number,
  ...evidence: ReadonlyArray<Evidence>
) {
  const context = yield* at(nowMs)
  return yield* store.recordEvidence({ context, fence, evidence, carrierNotBeforeMs: null })
})

export const acceptance = (customerId: string, n = 1): Evidence =>
  evidence(
    customerId,
    { _tag: "AcceptanceSeen", n, carrierMessageId: `carrier-${customerId}-${n}`, via: "answer" },
    n
  )

export const retryable: Failure = {
  category: "ProviderError",
  disposition: "retry",
  code: "E1"
}
export const permanent: Failure = {
  category: "InvalidNumber",
  disposition: "permanent",
  code: "E2"
}

export const refusal = (customerId: string, failure: Failure, n = 1): Evidence =>
  evidence(customerId, { _tag: "RefusalSeen", n, failure, stored: false }, n)

export const unknown = (customerId: string, n = 1): Evidence =>
  evidence(customerId, { _tag: "OutcomeUnknown", n }, n)

/** Accepted by the carrier. */
export const accepted = Effect.fnUntraced(function* (
  desk: Desk,
  ...customerIds: ReadonlyArray<string>
) {
  const batch = yield* submitting(desk, ...customerIds)
  yield* record(desk, batch.fence, t0, ...customerIds.map((id) => acceptance(id)))
  return batch
})

/** The notification as the store shows it. */
export const notificationOf = Effect.fnUntraced(function* ({ store }: Desk, customerId: string) {
  const { notification } = yield* store.customerMonth({ customerId, month })
  if (notification === null) return assert.fail(`${customerId} has no notification`)
  const found: Notification = notification.notification
  return found
})

/** `notification state / attempt states`, such as `active / refused pending`. */
export const statesOf = Effect.fnUntraced(function* (desk: Desk, customerId: string) {
  const { attempts, state } = yield* notificationOf(desk, customerId)
  return `${state} / ${attempts.map((attempt) => attempt.state).join(" ")}`.trimEnd()
})

/** Types of the events that wait in the outbox, in order. */
export const outboxTypes = Effect.fnUntraced(function* ({ store }: Desk) {
  const { events } = yield* store.outbox({ limit: 1000 })
  return events.map((event) => event.type)
})

/** Causes of the open escalations, in order. */
export const openCauses = Effect.fnUntraced(function* ({ store }: Desk) {
  const rows = yield* store.escalations({ openOnly: true, after: null, limit: 1000 })
  return rows.map((row) => row.cause)
})

/** A further qualification run of the month, claimed. */
export const qualifyAgain = Effect.fnUntraced(function* ({ store }: Desk) {
  const again = yield* store.claimRun({
    kind: "qualify",
    key: month,
    again: true,
    leaseMs: 60_000,
    nowMs: t0,
    correlationId: "again"
  })
  return again._tag === "Claimed" ? again : assert.fail("not claimed")
})

/** Claims what is due and ends it at the mark: the number is a landline. */
export const endAsLandline = Effect.fnUntraced(function* (desk: Desk) {
  const { batchId, fence, messages } = yield* claim(desk)
  const event = { _tag: "Withdrawn", reason: "unreachable:LANDLINE" } as const
  const requests = messages.map(({ n, notificationId }) => ({
    _tag: "End" as const,
    notificationId,
    n,
    event
  }))
  const context = yield* at(t0)
  yield* desk.store.mark({ batchId, fence, context, windowClosesMs, requests })
})
