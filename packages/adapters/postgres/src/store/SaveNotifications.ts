/** Writes back what a transaction changed, and what follows from it. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import * as P from "../Parameters.ts"
import * as Escalations from "./Escalations.ts"
import * as Outbox from "./Outbox.ts"
import type { Batch, Loaded } from "./LoadedNotification.ts"
import { saveAttempts } from "./SaveAttempts.ts"
import type { Store } from "./Store.ts"
import * as Waiting from "./WaitingReceipts.ts"

/** Writes what changed: notifications, attempts, work items, events; wakes waiting receipts. */
export const save = Effect.fnUntraced(function* (store: Store, batch: Batch, nowMs: number) {
  const rows = [...batch.touched]
  if (rows.length > 0) {
    yield* saveHeads(
      store,
      rows.filter((row) => isHeadChanged(row, nowMs))
    )
    yield* saveAttempts(store, rows)
  }
  yield* Escalations.resolve(store, nowMs, batch.resolved)
  const raised = yield* Escalations.raise(store, nowMs, batch.raised)
  yield* Outbox.append(store, nowMs, [...batch.events, ...raised])
  yield* wakeOrphans(store, batch)
})

/**
 * A timer that only moves back stays where it is: it comes too soon, changes nothing and is set
 * anew. Most messages end before that, so that their row is written once less.
 */
const isHeadChanged = (row: Loaded, nowMs: number): boolean => {
  const { before, notification, storedTimerMs, timerMs } = row
  return (
    notification.state !== before.state ||
    notification.reason !== before.reason ||
    notification.expiryMs !== before.expiryMs ||
    (storedTimerMs === null
      ? timerMs !== null
      : timerMs !== storedTimerMs &&
        (storedTimerMs <= nowMs || (timerMs !== null && timerMs < storedTimerMs)))
  )
}

/** The rows are there and locked. */
const saveHeads = (store: Store, rows: ReadonlyArray<Loaded>): Effect.Effect<unknown, SqlError> =>
  rows.length === 0
    ? Effect.void
    : store.sql`
        UPDATE notification n SET state = t.state, reason = t.reason, expiry_at = t.expiry_at,
          timer_at = t.timer_at, ended_at = t.ended_at
        FROM unnest(
          ${P.texts(rows.map((row) => row.notificationId))}::text[],
          ${P.texts(rows.map((row) => row.notification.state))}::text[],
          ${P.texts(rows.map((row) => row.notification.reason))}::text[],
          ${P.instants(rows.map((row) => row.notification.expiryMs))}::timestamptz[],
          ${P.instants(rows.map((row) => row.timerMs))}::timestamptz[],
          ${P.instants(rows.map((row) => row.endedMs))}::timestamptz[]
        ) AS t(notification_id, state, reason, expiry_at, timer_at, ended_at)
        CROSS JOIN LATERAL (
          SELECT ctid FROM notification
          WHERE program = ${store.program} AND notification_id = t.notification_id
          OFFSET 0
        ) AS found
        WHERE n.ctid = found.ctid`

/** Receipts that waited for these names are looked at again. */
const wakeOrphans = Effect.fnUntraced(function* (store: Store, batch: Batch) {
  const { carrierIds, references } = batch
  if (carrierIds.length > 0) yield* Waiting.wake(store, "carrier_message_id", carrierIds)
  if (references.length > 0) yield* wakeReferences(store, references)
})

/** Receipts that came before their reference was known are looked at again. */
export const wakeReferences = (
  store: Store,
  references: ReadonlyArray<string>
): Effect.Effect<unknown, SqlError> => Waiting.wake(store, "reference", references)
