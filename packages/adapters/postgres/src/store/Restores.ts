/**
 * A database that two people take for the program's own after a restore: a new life begins, and
 * whatever may have been sent without its rows knowing is asked about before anything is sent.
 *
 * **Source** — delivery protocol 1.4; rules: core's Incarnation and Restore.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import {
  type CalendarMonth,
  type ConfirmProposal,
  Incarnation,
  type ProgramStoreError,
  type ProposalRefusal,
  Restore
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Incarnations from "./Incarnations.ts"
import * as Notifications from "./Notifications.ts"
import type { Store } from "./Store.ts"

const page = 500

/**
 * Begins the next life of the database. The witness is told after the commit: a crash between the
 * two leaves a mismatch, and the quarantine is made once more.
 */
export const restore = Effect.fnUntraced(function* (
  store: Store,
  { nowMs, terms }: ConfirmProposal
): Effect.fn.Return<ProposalRefusal | undefined, SqlError | ProgramStoreError> {
  const { program, sql, witness } = store
  if (witness === undefined || terms.delivery === undefined) return "NOT_RESTORED"
  yield* sql`SELECT FROM program_state WHERE program = ${program} FOR NO KEY UPDATE`
  const database = yield* Incarnations.ofDatabase(store)
  const witnessed = yield* witness.read
  if (Incarnation.mismatch(database, witnessed) === undefined) return "NOT_RESTORED"
  const { number } = Incarnation.next(database, witnessed)
  const [fences] = yield* sql<{ readonly fence: bigint }>`SELECT nextval('fence') AS fence`
  const fence = Incarnation.fenceAfter(fences?.fence ?? 0n)
  yield* sql`SELECT setval('fence', ${P.bigint(fence)})`
  yield* sql`
    UPDATE program_state SET incarnation = ${P.bigint(BigInt(number))},
      restored_at = ${P.instant(nowMs)}
    WHERE program = ${program}`
  // One that was withdrawn may be held again.
  yield* sql`
    UPDATE notification SET quarantine_since = ${P.instant(nowMs)}
    WHERE program = ${program}
      AND state IN ('held', 'active', 'waiting', 'escalated', 'withdrawn')`
  for (let after = ""; ;) {
    const ids = yield* sql<{ readonly notification_id: string }>`
      SELECT notification_id FROM notification
      WHERE program = ${program} AND notification_id > ${after}
        AND state IN ('active', 'waiting', 'escalated')
      ORDER BY notification_id LIMIT ${page}`
    const last = ids.at(-1)
    if (last === undefined) return undefined
    yield* quarantine(
      store,
      ids.map((row) => row.notification_id),
      { ...terms.delivery, nowMs }
    )
    after = last.notification_id
  }
})

const quarantine = Effect.fnUntraced(function* (
  store: Store,
  ids: ReadonlyArray<string>,
  shared: Pick<Notifications.Shared, "capabilities" | "nowMs" | "policy">
) {
  const batch = yield* Notifications.load(store, ids)
  const context = { ...shared, clockMs: batch.clockMs }
  for (const row of batch.rows.values()) {
    Notifications.change(batch, row, "Restored", context, Restore.quarantine)
  }
  yield* Notifications.save(store, batch, shared.nowMs)
})

/** Tells the witness which life it is now, once that is committed. */
export const tell = Effect.fnUntraced(function* (store: Store) {
  const { witness } = store
  if (witness === undefined) return
  yield* witness.write(yield* store.query(Incarnations.ofDatabase(store)))
})

/** These notifications are reconciled: later rows of theirs start clean. */
export const lift = (store: Store, ids: ReadonlyArray<string>): Effect.Effect<unknown, SqlError> =>
  ids.length === 0
    ? Effect.void
    : store.sql`
        UPDATE notification n SET quarantine_since = NULL
        FROM unnest(${P.texts(ids)}::text[]) AS t(id)
        CROSS JOIN LATERAL (
          SELECT ctid FROM notification
          WHERE program = ${store.program} AND notification_id = t.id
          OFFSET 0
        ) AS found
        WHERE n.ctid = found.ctid`

/**
 * Since when a new message of a month is in quarantine, as a scalar query: a restore may have lost
 * one of the same name that was sent. None of a month after the restore can have been.
 */
export const since = ({ program, sql }: Store, month: CalendarMonth.CalendarMonth): Fragment =>
  sql`
    SELECT restored_at FROM program_state
    WHERE program = ${program} AND ${month}::text <= to_char(restored_at, 'YYYY-MM')`
