/** Leases, reconciliation, polls and timers. */
import * as Effect from "effect/Effect"
import {
  type ApplyTimers,
  type ClaimPolls,
  type ClaimUnresolved,
  type Delivery,
  Notification,
  type PollDue,
  type ProgramStoreError,
  Reconcile,
  RetryPolicy,
  type UnresolvedBatch
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Frozen from "./Frozen.ts"
import { replayable } from "./MarkGuard.ts"
import * as Notifications from "./Notifications.ts"
import { auditWork } from "./Recording.ts"
import type { Store } from "./Store.ts"

interface Key {
  readonly notification_id: string
  readonly n: number
}

/** Claims whose lease is over go back; submissions become unknown. */
export const sweepLeases =
  (store: Store) =>
  (input: {
    readonly context: Delivery.DeliveryContext
    readonly limit: number
  }): Effect.Effect<{ readonly swept: number }, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { context, limit } = input
        const over = yield* store.sql<Key>`
          SELECT notification_id, n FROM attempt
          WHERE program = ${store.program} AND state IN ('claimed', 'submitting')
            AND lease_until <= clock_timestamp()
          ORDER BY lease_until LIMIT ${limit}`
        if (over.length === 0) return { swept: 0 }
        const batch = yield* Notifications.load(
          store,
          over.map((row) => row.notification_id)
        )
        let swept = 0
        for (const { n, notification_id: id } of over) {
          const row = batch.rows.get(id)
          const leaseUntilMs = row?.sides[n - 1]?.leaseUntilMs ?? null
          // Between the two statements its worker may have finished, or another taken it.
          if (row === undefined || leaseUntilMs === null || leaseUntilMs > batch.clockMs) continue
          if (Notifications.apply(batch, row, { _tag: "LeaseOver", n }, context)) swept++
        }
        yield* Notifications.save(store, batch, context.nowMs)
        yield* auditWork(store, context, "deliver.sweep", { swept })
        return { swept }
      })
    )

/**
 * Takes settled unknown attempts that something can be done about, the longest untouched first,
 * under a new fence. The settle delay counts the database's time.
 */
export const claimUnresolved =
  (store: Store) =>
  (input: ClaimUnresolved): Effect.Effect<UnresolvedBatch, ProgramStoreError> =>
    Effect.gen(function* () {
      const taken = yield* store.transaction(takeUnresolved(store, input))
      const frozen = yield* Frozen.open(store, taken.rows)
      const attempts = taken.rows.flatMap((row) => {
        const loaded = taken.batch.rows.get(row.notification_id)
        if (loaded === undefined) return []
        const message = frozen.get(Frozen.keyOf(row.notification_id, row.n)) ?? null
        const reference = row.reference ?? ""
        const quarantined = loaded.quarantineSinceMs !== null
        return [
          { ...Notifications.view(loaded), n: row.n, frozen: message, reference, quarantined }
        ]
      })
      return { fence: taken.fence, attempts }
    })

const takeUnresolved = Effect.fnUntraced(function* (store: Store, input: ClaimUnresolved) {
  const { sql, program } = store
  const { context, limit } = input
  const { capabilities, nowMs, policy } = context
  const settleMs = RetryPolicy.settleMs(policy, capabilities)
  const fences = yield* sql<{ readonly fence: bigint }>`SELECT nextval('fence') AS fence`
  const fence = fences[0]?.fence ?? 0n
  // Without look-up, what is escalated and cannot be replayed waits for its 72 h.
  const found = yield* sql<Key>`
    SELECT a.notification_id, a.n FROM attempt a
    WHERE a.program = ${program} AND a.state = 'unknown'
      AND a.unknown_since <= clock_timestamp() - ${P.millis(settleMs)} * interval '1 millisecond'
      AND (a.lease_until IS NULL OR a.lease_until <= clock_timestamp())
      AND (${capabilities.lookup !== "none"} OR NOT a.escalated
        OR (a.due_at <= ${P.instant(nowMs)} AND ${replayable(store, context)}))
    ORDER BY coalesce(a.lease_until, a.unknown_since), a.notification_id LIMIT ${limit}
    FOR UPDATE SKIP LOCKED`
  const ids = found.map((row) => row.notification_id)
  const batch = yield* Notifications.load(store, ids, { lock: false, standing: true })
  const ready = found.filter(({ n, notification_id: id }) => {
    const row = batch.rows.get(id)
    const attempt = row && Notification.attemptAt(row.notification, n)
    if (row === undefined || attempt === undefined) return false
    const own = Notifications.contextOf(batch, row, context)
    return Reconcile.reconcile(row.notification, attempt, own)._tag !== "Wait"
  })
  const rows = yield* sql<Frozen.SealedRow>`
    UPDATE attempt a SET fence = ${P.bigint(fence)}, worker = ${input.worker},
      lease_until = clock_timestamp() + ${P.millis(policy.leaseMs)} * interval '1 millisecond'
    FROM unnest(
      ${P.texts(ready.map((row) => row.notification_id))}::text[],
      ${P.integers(ready.map((row) => row.n))}::integer[]
    ) AS t(notification_id, n)
    CROSS JOIN LATERAL (
      SELECT ctid FROM attempt
      WHERE program = ${program} AND notification_id = t.notification_id AND n = t.n
      OFFSET 0 FOR UPDATE
    ) AS found
    WHERE a.ctid = found.ctid
    RETURNING a.notification_id, a.n, a.reference, a.reference_key_id, a.sender_id,
      a.data_key_id, a.sealed_to, a.sealed_text`
  return { fence, batch, rows }
})

/** Takes due polls; the next one is set in the same statement. */
export const claimPolls =
  (store: Store) =>
  (input: ClaimPolls): Effect.Effect<ReadonlyArray<PollDue>, ProgramStoreError> => {
    const { nowMs, policy } = input.context
    return store.transaction(
      Effect.map(
        store.sql<Key & { readonly reference: string | null }>`
          WITH due AS (
            SELECT ctid FROM attempt
            WHERE program = ${store.program} AND poll_at <= ${P.instant(nowMs)}
            ORDER BY poll_at LIMIT ${input.limit}
            FOR UPDATE SKIP LOCKED
          )
          UPDATE attempt a SET poll_at = ${P.instant(nowMs + policy.pollEveryMs)}
          FROM due
          WHERE a.ctid = due.ctid
          RETURNING a.notification_id, a.n, a.reference`,
        (rows) =>
          rows.map((row) => ({
            notificationId: row.notification_id,
            n: row.n,
            reference: row.reference ?? ""
          }))
      )
    )
  }

/** More timers that came too soon than this many pages wait for the next call. */
const maxPages = 20

/** Expiry and 72 h closings that are due; a timer that came too soon is only set anew. */
export const applyTimers =
  (store: Store) =>
  (input: ApplyTimers): Effect.Effect<{ readonly applied: number }, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        let applied = 0
        for (let pages = 0; pages < maxPages && applied < input.limit; pages++) {
          const page = yield* applyPage(store, input.context, input.limit - applied)
          if (page === undefined) break
          applied += page
        }
        yield* auditWork(store, input.context, "deliver.timers", { applied })
        return { applied }
      })
    )

/** How many of a page changed anything; `undefined` where no timer is due. */
const applyPage = Effect.fnUntraced(function* (
  store: Store,
  context: ApplyTimers["context"],
  limit: number
) {
  const { capabilities, nowMs, policy } = context
  const due = yield* store.sql<{ readonly notification_id: string }>`
    SELECT notification_id FROM notification
    WHERE program = ${store.program} AND timer_at <= ${P.instant(nowMs)}
    ORDER BY timer_at LIMIT ${limit}
    FOR UPDATE SKIP LOCKED`
  if (due.length === 0) return undefined
  const batch = yield* Notifications.load(
    store,
    due.map((row) => row.notification_id)
  )
  let applied = 0
  for (const row of batch.rows.values()) {
    if (Notifications.apply(batch, row, { _tag: "TimePassed" }, context)) applied++
    const next = Notification.nextTimerMs(row.notification, policy, capabilities)
    // A timer set by a command did not know the policy; one that changed nothing must not come back
    // at once.
    row.timerMs = next !== null && next <= nowMs ? null : next
    batch.touched.add(row)
  }
  yield* Notifications.save(store, batch, nowMs)
  return applied
})
