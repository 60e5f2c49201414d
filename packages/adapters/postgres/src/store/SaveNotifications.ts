/** Writes back what a transaction changed, and what follows from it. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import * as P from "../Parameters.ts"
import * as Escalations from "./Escalations.ts"
import * as Outbox from "./Outbox.ts"
import type { Batch, Loaded } from "./LoadedNotification.ts"
import { saveAttempts } from "./SaveAttempts.ts"
import type { Store } from "./Store.ts"

/** Writes what changed: notifications, attempts, work items, events; wakes waiting receipts. */
export const save = Effect.fnUntraced(function* (store: Store, batch: Batch, nowMs: number) {
  const rows = [...batch.touched]
  if (rows.length > 0) {
    yield* saveHeads(store, rows)
    yield* saveAttempts(store, rows)
  }
  yield* Escalations.resolve(store, nowMs, batch.resolved)
  const raised = yield* Escalations.raise(store, nowMs, batch.raised)
  yield* Outbox.append(store, nowMs, [...batch.events, ...raised])
  yield* wakeOrphans(store, batch)
})

/** The rows are there and locked: the insert only finds them by their key. */
const saveHeads = (store: Store, rows: ReadonlyArray<Loaded>): Effect.Effect<unknown, SqlError> =>
  store.sql`
    INSERT INTO notification (program, notification_id, month, customer_id, state, reason,
      expiry_at, timer_at, ended_at)
    SELECT ${store.program}, t.*
    FROM unnest(
      ${P.texts(rows.map((row) => row.notificationId))}::text[],
      ${P.texts(rows.map((row) => row.month))}::text[],
      ${P.texts(rows.map((row) => row.customerId))}::text[],
      ${P.texts(rows.map((row) => row.notification.state))}::text[],
      ${P.texts(rows.map((row) => row.notification.reason))}::text[],
      ${P.instants(rows.map((row) => row.notification.expiryMs))}::timestamptz[],
      ${P.instants(rows.map((row) => row.timerMs))}::timestamptz[],
      ${P.instants(rows.map((row) => row.endedMs))}::timestamptz[]
    ) AS t
    ON CONFLICT (program, notification_id) DO UPDATE SET
      state = excluded.state, reason = excluded.reason, expiry_at = excluded.expiry_at,
      timer_at = excluded.timer_at, ended_at = excluded.ended_at`

/** Receipts that waited for these names are looked at again. */
const wakeOrphans = Effect.fnUntraced(function* (store: Store, batch: Batch) {
  if (batch.carrierIds.length > 0) yield* wake(store, "carrier_message_id", batch.carrierIds)
  if (batch.references.length > 0) yield* wakeReferences(store, batch.references)
})

/** Receipts that came before their reference was known are looked at again. */
export const wakeReferences = (
  store: Store,
  references: ReadonlyArray<string>
): Effect.Effect<unknown, SqlError> => wake(store, "reference", references)

const wake = (
  { program, sql }: Store,
  column: "carrier_message_id" | "reference",
  names: ReadonlyArray<string>
): Effect.Effect<unknown, SqlError> =>
  sql`
    UPDATE receipt_inbox i SET status = 'new'
    FROM unnest(${P.texts(names)}::text[]) AS t(name)
    CROSS JOIN LATERAL (
      SELECT ctid FROM receipt_inbox
      WHERE program = ${program} AND status = 'orphan' AND ${sql(column)} = t.name
      OFFSET 0 FOR UPDATE
    ) AS o
    WHERE i.ctid = o.ctid`
