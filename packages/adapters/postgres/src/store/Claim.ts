/** T2: claim what is due, at the carrier's rate. */
import * as Effect from "effect/Effect"
import type {
  CalendarMonth,
  ClaimDue,
  ClaimedBatch,
  Notification,
  NotificationRow,
  ProgramStoreError
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Circuit from "./Circuit.ts"
import * as Frozen from "./Frozen.ts"
import * as Incarnations from "./Incarnations.ts"
import { attemptColumns, attemptOf, type AttemptRow } from "./LoadNotifications.ts"
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
        const loaded = claimed.further.get(row.notification_id)
        // Of a first attempt the claim has read the whole notification.
        const view = row.n === 1 ? viewOf(row) : loaded && Notifications.view(loaded)
        if (view === undefined) return []
        const key = Frozen.keyOf(row.notification_id, row.n)
        return [{ ...view, n: row.n, frozen: frozen.get(key) ?? null }]
      })
      return { batchId: claimed.batchId, fence: claimed.fence, messages }
    })

const claim = Effect.fnUntraced(function* (store: Store, input: ClaimDue) {
  const { nowMs, policy } = input.context
  yield* Incarnations.confirm(store)
  const slots = yield* freeSlots(store, input)
  const { fence } = slots
  const batchId = `${store.program}-batch-${fence}`
  const limit = Math.min(input.limit, slots.free)
  const rows =
    limit <= 0
      ? []
      : yield* store.sql<ClaimedRow>`
          WITH due AS (
            SELECT ctid, notification_id FROM attempt
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
          CROSS JOIN LATERAL (
            SELECT customer_id, month, state, reason, expiry_at FROM notification
            WHERE program = ${store.program} AND notification_id = due.notification_id
            OFFSET 0
          ) AS n
          WHERE a.ctid = due.ctid
          RETURNING ${store.sql.literal(returned)}, n.customer_id, n.month, n.reason, n.expiry_at,
            n.state AS notification_state, a.reference_key_id, a.sender_id, a.data_key_id,
            a.sealed_to, a.sealed_text`
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
  const further = rows.filter((row) => row.n > 1).map((row) => row.notification_id)
  const batch = yield* Notifications.load(store, further, { lock: false, standing: false })
  return { batchId, fence, rows, further: batch.rows }
})

/** A claimed attempt, and its notification's own columns. */
interface ClaimedRow extends AttemptRow, Frozen.SealedRow {
  readonly reference: string | null
  readonly customer_id: string
  readonly month: CalendarMonth.CalendarMonth
  readonly notification_state: Notification.NotificationState
  readonly reason: string | null
  readonly expiry_at: Date | null
}

const returned = attemptColumns.replace(/\w+/g, "a.$&")

const viewOf = (row: ClaimedRow): NotificationRow => ({
  notificationId: row.notification_id,
  customerId: row.customer_id,
  month: row.month,
  notification: {
    state: row.notification_state,
    reason: row.reason,
    expiryMs: P.msOrNull(row.expiry_at),
    attempts: [attemptOf(row)]
  }
})

interface SlotsRow extends Circuit.CircuitRow {
  readonly fence: bigint
  readonly open: boolean
}

/**
 * How many may be claimed now: none while paused or told to wait or while the breaker is open, one
 * where it may be the probe, else what the rate leaves.
 */
const freeSlots = Effect.fnUntraced(function* (store: Store, input: ClaimDue) {
  const states = yield* store.sql<SlotsRow>`
    SELECT nextval('fence') AS fence, pause = 'none' AND incarnation_confirmed
      AND coalesce(carrier_not_before <= clock_timestamp(), true) AS open,
      ${store.sql.literal(Circuit.columns)}
    FROM program_state WHERE program = ${store.program}
    FOR NO KEY UPDATE`
  const state = states[0]
  if (state === undefined || !state.open) return { fence: state?.fence ?? 0n, free: 0 }
  const passage = Circuit.passageOf(state, input.context)
  if (passage._tag === "Refused") return { fence: state.fence, free: 0 }
  const taken = yield* store.sql<{ readonly taken: bigint }>`
    SELECT coalesce(sum(claimed), 0) AS taken FROM submission_batch
    WHERE program = ${store.program} AND claimed_at > clock_timestamp() - interval '1 second'`
  const rate = Math.floor(input.context.capabilities.ratePerSecond)
  const free = rate - Number(taken[0]?.taken ?? 0n)
  return { fence: state.fence, free: passage._tag === "Probe" ? Math.min(free, 1) : free }
})
