/** The attempts of a batch that changed, in one statement. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import { Attempt } from "../Core.ts"
import * as P from "../Parameters.ts"
import type { AttemptSide, Loaded } from "./LoadedNotification.ts"
import type { Store } from "./Store.ts"

interface ChangedAttempt {
  readonly notificationId: string
  readonly attempt: Attempt.Attempt
  readonly side: AttemptSide
}

const changedAttempts = (rows: ReadonlyArray<Loaded>): ReadonlyArray<ChangedAttempt> => {
  const all: Array<ChangedAttempt> = []
  for (const row of rows) {
    const { attempts } = row.notification
    for (let i = 0; i < attempts.length; i++) {
      const attempt = attempts[i]
      const side = row.sides[i]
      if (attempt === undefined || side === undefined || attempt === row.before.attempts[i])
        continue
      all.push({ notificationId: row.notificationId, attempt, side })
    }
  }
  return all
}
/** New rows are inserted, others updated; bytes of an attempt that was proven not sent are wiped. */
export const saveAttempts = (
  store: Store,
  rows: ReadonlyArray<Loaded>
): Effect.Effect<unknown, SqlError> => {
  const all = changedAttempts(rows)
  if (all.length === 0) return Effect.void
  const column = <A>(value: (changed: ChangedAttempt) => A): ReadonlyArray<A> => all.map(value)
  return store.sql`
    INSERT INTO attempt AS a (program, notification_id, n, state, ambiguous, key_closed, escalated,
      key_generation, replays, parts, due_at, first_mark_at, valid_until, negative_at,
      unknown_since, accepted_at, asked_at, poll_at, carrier_message_id, failure_category,
      failure_disposition, failure_code, seen, outcome, fence, lease_until, batch_id)
    SELECT ${store.program}, t.notification_id, t.n, t.state, t.ambiguous, t.key_closed,
      t.escalated, t.key_generation, t.replays, t.parts, t.due_at, t.first_mark_at, t.valid_until,
      t.negative_at, t.unknown_since, t.accepted_at, t.asked_at, t.poll_at, t.carrier_message_id,
      t.failure_category, t.failure_disposition, t.failure_code, t.seen::smallint[], t.outcome,
      t.fence, t.lease_until, t.batch_id
    FROM unnest(
      ${P.texts(column((row) => row.notificationId))}::text[],
      ${P.integers(column(({ attempt }) => attempt.n))}::integer[],
      ${P.texts(column(({ attempt }) => attempt.state))}::text[],
      ${P.booleans(column(({ attempt }) => attempt.ambiguous))}::boolean[],
      ${P.booleans(column(({ attempt }) => attempt.keyClosed))}::boolean[],
      ${P.booleans(column(({ attempt }) => attempt.escalated))}::boolean[],
      ${P.integers(column(({ attempt }) => attempt.keyGeneration))}::integer[],
      ${P.integers(column(({ attempt }) => attempt.replays))}::integer[],
      ${P.integers(column(({ attempt }) => attempt.parts))}::integer[],
      ${P.instants(column(({ attempt }) => attempt.dueMs))}::timestamptz[],
      ${P.instants(column(({ attempt }) => attempt.firstMarkMs))}::timestamptz[],
      ${P.instants(column(({ attempt }) => attempt.validUntilMs))}::timestamptz[],
      ${P.instants(column(({ attempt }) => attempt.negativeMs))}::timestamptz[],
      ${P.instants(column(({ attempt }) => attempt.unknownSinceMs))}::timestamptz[],
      ${P.instants(column(({ side }) => side.acceptedMs))}::timestamptz[],
      ${P.instants(column(({ side }) => side.askedMs))}::timestamptz[],
      ${P.instants(column(({ side }) => side.pollMs))}::timestamptz[],
      ${P.texts(column(({ attempt }) => attempt.carrierMessageId))}::text[],
      ${P.texts(column(({ attempt }) => attempt.failure?.category ?? null))}::text[],
      ${P.texts(column(({ attempt }) => attempt.failure?.disposition ?? null))}::text[],
      ${P.texts(column(({ attempt }) => attempt.failure?.code ?? null))}::text[],
      ${P.texts(column(({ attempt }) => `{${attempt.seen.join(",")}}`))}::text[],
      ${P.texts(column(({ attempt }) => Attempt.outcome(attempt)))}::text[],
      ${P.bigints(column(({ side }) => side.fence))}::bigint[],
      ${P.instants(column(({ side }) => side.leaseUntilMs))}::timestamptz[],
      ${P.texts(column(({ side }) => side.batchId))}::text[]
    ) AS t(notification_id, n, state, ambiguous, key_closed, escalated, key_generation, replays,
      parts, due_at, first_mark_at, valid_until, negative_at, unknown_since, accepted_at, asked_at,
      poll_at, carrier_message_id, failure_category, failure_disposition, failure_code, seen,
      outcome, fence, lease_until, batch_id)
    ON CONFLICT (program, notification_id, n) DO UPDATE SET
      state = excluded.state, ambiguous = excluded.ambiguous, key_closed = excluded.key_closed,
      escalated = excluded.escalated, key_generation = excluded.key_generation,
      replays = excluded.replays, parts = excluded.parts, due_at = excluded.due_at,
      first_mark_at = excluded.first_mark_at, valid_until = excluded.valid_until,
      negative_at = excluded.negative_at, unknown_since = excluded.unknown_since,
      accepted_at = excluded.accepted_at, asked_at = excluded.asked_at,
      poll_at = excluded.poll_at, carrier_message_id = excluded.carrier_message_id,
      failure_category = excluded.failure_category,
      failure_disposition = excluded.failure_disposition, failure_code = excluded.failure_code,
      seen = excluded.seen, outcome = excluded.outcome, fence = excluded.fence,
      lease_until = excluded.lease_until, batch_id = excluded.batch_id,
      sealed_to = CASE WHEN excluded.state = 'pending' AND excluded.first_mark_at IS NULL
        THEN NULL ELSE a.sealed_to END,
      sealed_text = CASE WHEN excluded.state = 'pending' AND excluded.first_mark_at IS NULL
        THEN NULL ELSE a.sealed_text END`
}
