/** T2 and T3: claim what is due, mark what may be submitted. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import {
  type ClaimDue,
  type ClaimedBatch,
  Consequences,
  type FrozenMessage,
  type MarkBatch,
  type MarkedBatch,
  type MarkRequest,
  Notification,
  type ProgramStoreError
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Sealing from "../Sealing.ts"
import * as Frozen from "./Frozen.ts"
import { guard } from "./MarkGuard.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import type { Store } from "./Store.ts"

/**
 * Claims due attempts under a new fence. Claims of one program come one after the other: together
 * they must keep the carrier's rate, which only the database can count over all workers.
 */
export const claimDue =
  (store: Store) =>
  (input: ClaimDue): Effect.Effect<ClaimedBatch, ProgramStoreError> =>
    Effect.gen(function* () {
      const claimed = yield* store.transaction(claim(store, input))
      const frozen = yield* Frozen.open(store, claimed.rows)
      const messages = claimed.rows.flatMap((row) => {
        const loaded = claimed.batch.rows.get(row.notification_id)
        if (loaded === undefined) return []
        const key = Frozen.keyOf(row.notification_id, row.n)
        return [{ ...Notifications.view(loaded), n: row.n, frozen: frozen.get(key) ?? null }]
      })
      return { batchId: claimed.batchId, fence: claimed.fence, messages }
    })

const claim = Effect.fnUntraced(function* (store: Store, input: ClaimDue) {
  const { nowMs, policy } = input.context
  const slots = yield* freeSlots(store, input)
  const { fence } = slots
  const batchId = `${store.program}-batch-${fence}`
  const limit = Math.min(input.limit, slots.free)
  const rows =
    limit <= 0
      ? []
      : yield* store.sql<Frozen.SealedRow>`
          WITH due AS (
            SELECT ctid FROM attempt
            WHERE program = ${store.program} AND state = 'pending'
              AND due_at <= ${P.instant(nowMs)}
            ORDER BY due_at, notification_id LIMIT ${limit}
            FOR UPDATE SKIP LOCKED
          )
          UPDATE attempt a
          SET state = 'claimed', fence = ${P.bigint(fence)}, batch_id = ${batchId},
            worker = ${input.worker}, lease_until = clock_timestamp()
              + ${P.millis(policy.leaseMs)} * interval '1 millisecond'
          FROM due
          WHERE a.ctid = due.ctid
          RETURNING a.notification_id, a.n, a.reference, a.reference_key_id, a.sender_id,
            a.data_key_id, a.sealed_to, a.sealed_text`
  if (rows.length > 0) {
    yield* store.sql`
      INSERT INTO submission_batch (program, batch_id, fence, worker, claimed, claimed_at)
      VALUES (${store.program}, ${batchId}, ${P.bigint(fence)}, ${input.worker},
        ${P.integer(rows.length)}, clock_timestamp())`
    yield* Outbox.audit(store, {
      atMs: nowMs,
      actor: input.worker,
      action: "submit.claim",
      subject: batchId,
      detail: { messages: rows.length }
    })
  }
  const batch = yield* Notifications.load(
    store,
    rows.map((row) => row.notification_id),
    false
  )
  return { batchId, fence, rows, batch }
})

/** How many may be claimed now: none while paused or told to wait, else what the rate leaves. */
const freeSlots = Effect.fnUntraced(function* (store: Store, input: ClaimDue) {
  const states = yield* store.sql<{ readonly fence: bigint; readonly open: boolean }>`
    SELECT nextval('fence') AS fence, pause = 'none' AND breaker <> 'open'
      AND incarnation_confirmed
      AND coalesce(carrier_not_before <= clock_timestamp(), true) AS open
    FROM program_state WHERE program = ${store.program}
    FOR NO KEY UPDATE`
  const state = states[0]
  if (state === undefined || !state.open) return { fence: state?.fence ?? 0n, free: 0 }
  const taken = yield* store.sql<{ readonly taken: bigint }>`
    SELECT coalesce(sum(claimed), 0) AS taken FROM submission_batch
    WHERE program = ${store.program} AND claimed_at > clock_timestamp() - interval '1 second'`
  const rate = Math.floor(input.context.capabilities.ratePerSecond)
  return { fence: state.fence, free: rate - Number(taken[0]?.taken ?? 0n) }
})

type MarkOne = Extract<MarkRequest, { readonly _tag: "Mark" }>
type Marked = MarkedBatch["marked"][number]

/**
 * Marks what may be submitted, in one statement; gives back or ends the rest by the rules. What a
 * worker no longer holds stays untouched.
 */
export const mark =
  (store: Store) =>
  (input: MarkBatch): Effect.Effect<MarkedBatch, ProgramStoreError> =>
    Effect.gen(function* () {
      const clockMs = yield* Clock.currentTimeMillis
      const context = { ...input.context, clockMs }
      const wanted = input.requests.filter((request) => request._tag === "Mark")
      const sealed = yield* seal(store, wanted)
      const rows = yield* store.transaction(
        Effect.gen(function* () {
          const marked = yield* markAll(store, { ...input, context }, wanted, sealed)
          yield* activate(store, marked)
          yield* giveBack(store, input, marked)
          yield* freeze(store, input, marked)
          return marked
        })
      )
      return { marked: yield* members(store, wanted, rows) }
    })

interface Sealed {
  readonly keyId: string
  readonly to: ReadonlyArray<Uint8Array>
  readonly text: ReadonlyArray<Uint8Array>
}

const nothingSealed: Sealed = { keyId: "", to: [], text: [] }

const seal = Effect.fnUntraced(function* (store: Store, wanted: ReadonlyArray<MarkOne>) {
  if (wanted.length === 0) return nothingSealed
  const key = yield* Sealing.keyOf(store.secrets)
  const to: Array<Uint8Array> = []
  const text: Array<Uint8Array> = []
  for (const { message, n, notificationId } of wanted) {
    const id = Frozen.rowId(store, notificationId, n)
    to.push(Sealing.seal(key, "to", id, message.to))
    text.push(Sealing.seal(key, "text", id, message.text))
  }
  return { keyId: key.id, to, text }
})

interface MarkedRow extends Frozen.SealedRow {
  readonly key_generation: number
  readonly valid_until: Date | null
  readonly replayed: boolean
  readonly waiting: boolean
}

/** The one statement: fence, lease and G, and the bytes of a first mark. A replay keeps its own. */
const markAll = Effect.fnUntraced(function* (
  store: Store,
  input: MarkBatch,
  wanted: ReadonlyArray<MarkOne>,
  sealed: Sealed
) {
  if (wanted.length === 0) return []
  const { context } = input
  const { marginMs, requestDeadlineMs } = context.policy
  const column = <A>(value: (request: MarkOne) => A): ReadonlyArray<A> => wanted.map(value)
  return yield* store.sql<MarkedRow>`
    WITH r AS (
      SELECT * FROM unnest(
        ${P.texts(column((request) => request.notificationId))}::text[],
        ${P.integers(column((request) => request.n))}::integer[],
        ${P.integers(column((request) => request.parts))}::integer[],
        ${P.instants(column((request) => request.validUntilMs))}::timestamptz[],
        ${P.instants(
          column((request) => Consequences.contactAskedMs(request.contactAskedMs, context))
        )}::timestamptz[],
        ${P.instants(column((request) => request.earlierAskedMs))}::timestamptz[],
        ${P.texts(column(({ message }) => message.reference))}::text[],
        ${P.texts(column(({ message }) => message.keyId))}::text[],
        ${P.texts(column(({ message }) => message.senderId))}::text[],
        ${P.bytes(sealed.to)}::bytea[],
        ${P.bytes(sealed.text)}::bytea[]
      ) AS r(notification_id, n, parts, valid_until, contact_asked, earlier_asked, reference,
        reference_key_id, sender_id, sealed_to, sealed_text)
    ), s AS (
      SELECT pause, breaker, incarnation, incarnation_confirmed FROM program_state
      WHERE program = ${store.program}
    ), held AS (
      SELECT a.ctid AS row, n.state AS notification_state, s.incarnation, r.*
      FROM (SELECT * FROM r ORDER BY notification_id, n) AS r
      CROSS JOIN s
      CROSS JOIN LATERAL (
        SELECT notification_id, month, customer_id, state, expiry_at FROM notification
        WHERE program = ${store.program} AND notification_id = r.notification_id
        OFFSET 0 FOR UPDATE
      ) AS n
      CROSS JOIN LATERAL (
        SELECT attempt.ctid, attempt.* FROM attempt
        WHERE program = ${store.program} AND notification_id = r.notification_id AND n = r.n
        OFFSET 0 FOR UPDATE
      ) AS a
      WHERE a.state = 'claimed' AND a.fence = ${P.bigint(input.fence)}
        AND a.batch_id = ${input.batchId}
        AND a.lease_until > clock_timestamp()
          + ${P.millis(requestDeadlineMs + marginMs)} * interval '1 millisecond'
        AND ${guard(store, input)}
    )
    UPDATE attempt a SET
      state = 'submitting',
      replays = a.replays + CASE WHEN a.ambiguous THEN 1 ELSE 0 END,
      first_mark_at = CASE WHEN a.ambiguous THEN a.first_mark_at
        ELSE ${P.instant(context.nowMs)} END,
      valid_until = CASE WHEN a.ambiguous THEN a.valid_until ELSE r.valid_until END,
      parts = CASE WHEN a.ambiguous THEN a.parts ELSE r.parts END,
      incarnation = r.incarnation,
      reference = CASE WHEN a.sealed_text IS NULL THEN r.reference ELSE a.reference END,
      reference_key_id = CASE WHEN a.sealed_text IS NULL THEN r.reference_key_id
        ELSE a.reference_key_id END,
      sender_id = CASE WHEN a.sealed_text IS NULL THEN r.sender_id ELSE a.sender_id END,
      data_key_id = CASE WHEN a.sealed_text IS NULL THEN ${sealed.keyId} ELSE a.data_key_id END,
      sealed_to = coalesce(CASE WHEN a.sealed_text IS NULL THEN r.sealed_to END, a.sealed_to),
      sealed_text = coalesce(a.sealed_text, r.sealed_text)
    FROM held r
    WHERE a.ctid = r.row
    RETURNING a.notification_id, a.n, a.key_generation, a.valid_until, a.reference,
      a.reference_key_id, a.sender_id, a.data_key_id, a.sealed_to, a.sealed_text,
      a.sealed_text <> r.sealed_text AS replayed, r.notification_state = 'waiting' AS waiting`
})

/** waiting + T3: active. */
const activate = Effect.fnUntraced(function* (store: Store, marked: ReadonlyArray<MarkedRow>) {
  const waiting = marked.filter((row) => row.waiting)
  if (waiting.length === 0) return
  yield* store.sql`
    UPDATE notification n SET state = 'active', reason = NULL
    FROM unnest(${P.texts(waiting.map((row) => row.notification_id))}::text[]) AS t(id)
    CROSS JOIN LATERAL (
      SELECT ctid FROM notification WHERE program = ${store.program} AND notification_id = t.id
      OFFSET 0
    ) AS found
    WHERE n.ctid = found.ctid`
})

/** What was not marked but is still held goes back, or ends by the rules' own order. */
const giveBack = Effect.fnUntraced(function* (
  store: Store,
  input: MarkBatch,
  marked: ReadonlyArray<MarkedRow>
) {
  if (marked.length === input.requests.length) return
  const done = new Set(marked.map((row) => Frozen.keyOf(row.notification_id, row.n)))
  const rest = input.requests.filter(
    (request) => !done.has(Frozen.keyOf(request.notificationId, request.n))
  )
  const batch = yield* Notifications.load(
    store,
    rest.map((request) => request.notificationId)
  )
  const { context } = input
  const notBeforeMs = Consequences.markAgainMs(context)
  for (const request of rest) {
    const { n } = request
    const row = batch.rows.get(request.notificationId)
    if (row === undefined || !holds(row, n, input, batch.clockMs)) continue
    if (request._tag === "End") Notifications.apply(batch, row, request.event, context)
    Notifications.apply(batch, row, { _tag: "MarkRefused", n, notBeforeMs }, context)
  }
  yield* Notifications.save(store, batch, context.nowMs)
})

const holds = (
  row: Notifications.Loaded,
  n: number,
  input: MarkBatch,
  clockMs: number
): boolean => {
  const side = row.sides[n - 1]
  const { marginMs, requestDeadlineMs } = input.context.policy
  return (
    side !== undefined &&
    Notification.attemptAt(row.notification, n)?.state === "claimed" &&
    side.fence === input.fence &&
    side.batchId === input.batchId &&
    (side.leaseUntilMs ?? 0) > clockMs + requestDeadlineMs + marginMs
  )
}

/** The batch's members from here on are these, and a receipt may have been waiting for one. */
const freeze = Effect.fnUntraced(function* (
  store: Store,
  input: MarkBatch,
  marked: ReadonlyArray<MarkedRow>
) {
  const references = marked.map((row) => row.reference ?? "")
  yield* store.sql`
    UPDATE submission_batch
    SET members = ${P.texts(references)}::text[], marked_at = clock_timestamp()
    WHERE program = ${store.program} AND batch_id = ${input.batchId} AND members IS NULL`
  if (marked.length > 0) {
    yield* Notifications.wakeReferences(store, references)
  }
  yield* Outbox.audit(store, {
    atMs: input.context.nowMs,
    actor: "submit",
    action: "submit.mark",
    subject: input.batchId,
    detail: { requested: input.requests.length, marked: marked.length }
  })
})

/** The members in the order of the requests; a replay's bytes come from the row. */
const members = Effect.fnUntraced(function* (
  store: Store,
  wanted: ReadonlyArray<MarkOne>,
  rows: ReadonlyArray<MarkedRow>
) {
  const replays = yield* Frozen.open(
    store,
    rows.filter((row) => row.replayed)
  )
  const byKey = new Map(rows.map((row) => [Frozen.keyOf(row.notification_id, row.n), row]))
  const marked: Array<Marked> = []
  for (const request of wanted) {
    const key = Frozen.keyOf(request.notificationId, request.n)
    const row = byKey.get(key)
    if (row === undefined) continue
    const message: FrozenMessage = replays.get(key) ?? request.message
    marked.push({
      notificationId: row.notification_id,
      n: row.n,
      keyGeneration: row.key_generation,
      validUntilMs: P.msOrNull(row.valid_until),
      message
    })
  }
  return marked
})
