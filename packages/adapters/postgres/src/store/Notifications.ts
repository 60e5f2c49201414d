/**
 * The one place where notifications change: loaded under their locks, taken through the rules' own
 * step in a plain loop, written back in bulk with what follows from it.
 *
 * Locks are always taken in the order of notification ids, notifications before attempts.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import { Attempt, type CalendarMonth, Consequences, Delivery, Notification } from "../Core.ts"
import type { Failure, NotificationRow } from "../Core.ts"
import * as Ids from "../Ids.ts"
import * as P from "../Parameters.ts"
import * as Escalations from "./Escalations.ts"
import * as Outbox from "./Outbox.ts"
import type { Store } from "./Store.ts"

/** What the store keeps of an attempt beside the rules' own values. Changed in place. */
export interface AttemptSide {
  fence: bigint
  /** Process time; `null` while nobody holds it. */
  leaseUntilMs: number | null
  batchId: string | null
  reference: string | null
  pollMs: number | null
  askedMs: number | null
  acceptedMs: number | null
}

/** A notification under its lock. `notification` is what it has become so far. */
export interface Loaded {
  readonly notificationId: string
  readonly customerId: string
  readonly month: CalendarMonth.CalendarMonth
  readonly standing: Delivery.Standing
  readonly before: Notification.Notification
  notification: Notification.Notification
  /** Index n − 1. */
  readonly sides: Array<AttemptSide>
  timerMs: number | null
  endedMs: number | null
}

/** Notifications loaded together and everything that happened to them since. */
export interface Batch {
  readonly rows: ReadonlyMap<string, Loaded>
  /** The database's clock when they were loaded: process time of this transaction. */
  readonly clockMs: number
  readonly touched: Set<Loaded>
  readonly events: Array<Outbox.OutboxEvent>
  readonly raised: Array<Escalations.Raising>
  readonly resolved: Array<Escalations.Raising>
  /** Carrier ids and references that have become known: orphaned receipts may wait for them. */
  readonly carrierIds: Array<string>
  readonly references: Array<string>
}

interface HeadRow {
  readonly notification_id: string
  readonly customer_id: string
  readonly month: CalendarMonth.CalendarMonth
  readonly state: Notification.NotificationState
  readonly reason: string | null
  readonly expiry_at: Date | null
  readonly timer_at: Date | null
  readonly ended_at: Date | null
  readonly qualified: boolean
  readonly suppression: string | null
  readonly clock: Date
}

export interface AttemptRow {
  readonly notification_id: string
  readonly n: number
  readonly state: Attempt.AttemptState
  readonly ambiguous: boolean
  readonly key_closed: boolean
  readonly escalated: boolean
  readonly key_generation: number
  readonly replays: number
  readonly parts: number
  readonly due_at: Date
  readonly first_mark_at: Date | null
  readonly valid_until: Date | null
  readonly negative_at: Date | null
  readonly unknown_since: Date | null
  readonly accepted_at: Date | null
  readonly asked_at: Date | null
  readonly poll_at: Date | null
  readonly carrier_message_id: string | null
  readonly failure_category: Failure.FailureCategory | null
  readonly failure_disposition: Failure.FailureDisposition | null
  readonly failure_code: string | null
  readonly seen: ReadonlyArray<number>
  readonly fence: bigint
  readonly lease_until: Date | null
  readonly batch_id: string | null
  readonly reference: string | null
}

/** Loads notifications with all their attempts, locked until the transaction ends. */
export const load = (
  store: Store,
  notificationIds: ReadonlyArray<string>,
  lock = true
): Effect.Effect<Batch, SqlError> =>
  Effect.gen(function* () {
    const { program, sql } = store
    const ids = P.texts([...new Set(notificationIds)].toSorted())
    const locking = lock ? sql.literal("FOR UPDATE") : sql.literal("")
    // OFFSET 0 keeps each probe by key what it is, whatever the planner believes of a new table.
    const heads = yield* sql<HeadRow>`
      SELECT n.*, s.reason AS suppression,
        coalesce(d.outcome = 'Qualified' AND d.reach = 'Reachable', false) AS qualified,
        clock_timestamp()::timestamptz(3) AS clock
      FROM unnest(${ids}::text[]) AS t(notification_id)
      CROSS JOIN LATERAL (
        SELECT notification_id, customer_id, month, state, reason, expiry_at, timer_at, ended_at
        FROM notification
        WHERE program = ${program} AND notification_id = t.notification_id
        OFFSET 0 ${locking}
      ) AS n
      LEFT JOIN LATERAL (
        SELECT outcome, reach FROM decision
        WHERE program = ${program} AND month = n.month AND customer_id = n.customer_id
          AND superseded_at IS NULL
        OFFSET 0
      ) AS d ON true
      LEFT JOIN LATERAL (
        SELECT reason FROM suppression
        WHERE program = ${program} AND customer_id = n.customer_id
        OFFSET 0
      ) AS s ON true`
    const attempts = yield* sql<AttemptRow>`
      SELECT a.*
      FROM unnest(${ids}::text[]) AS t(notification_id)
      CROSS JOIN LATERAL (
        SELECT notification_id, n, state, ambiguous, key_closed, escalated, key_generation,
          replays, parts, due_at, first_mark_at, valid_until, negative_at, unknown_since,
          accepted_at, asked_at, poll_at, carrier_message_id, failure_category,
          failure_disposition, failure_code, seen, fence, lease_until, batch_id, reference
        FROM attempt
        WHERE program = ${program} AND notification_id = t.notification_id
        ORDER BY n
        OFFSET 0 ${locking}
      ) AS a`
    return batchOf(heads, attempts)
  })

/** Loads the notifications of customers for a month, where they have one. */
export const loadCustomers = Effect.fnUntraced(function* (
  store: Store,
  month: CalendarMonth.CalendarMonth,
  customerIds: ReadonlyArray<string>
) {
  const rows = yield* store.sql<{ readonly notification_id: string }>`
    SELECT n.notification_id FROM unnest(${P.texts(customerIds)}::text[]) AS t(customer_id)
    CROSS JOIN LATERAL (
      SELECT notification_id FROM notification
      WHERE program = ${store.program} AND month = ${month} AND customer_id = t.customer_id
      OFFSET 0
    ) AS n`
  return yield* load(
    store,
    rows.map((row) => row.notification_id)
  )
})

/** Whether the message can still follow a new decision: not marked, not ended. */
export const isOpenToDecision = ({ notification }: Loaded): boolean =>
  notification.state === "withdrawn" ||
  ((notification.state === "held" || Notification.isLive(notification)) &&
    Notification.isUnmarked(notification))

const batchOf = (heads: ReadonlyArray<HeadRow>, attempts: ReadonlyArray<AttemptRow>): Batch => {
  const rules = new Map<string, Array<Attempt.Attempt>>()
  const sides = new Map<string, Array<AttemptSide>>()
  for (const head of heads) {
    rules.set(head.notification_id, [])
    sides.set(head.notification_id, [])
  }
  for (const row of attempts) {
    rules.get(row.notification_id)?.push(attemptOf(row))
    sides.get(row.notification_id)?.push(sideOf(row))
  }
  const rows = new Map<string, Loaded>()
  for (const head of heads) {
    const before: Notification.Notification = {
      state: head.state,
      reason: head.reason,
      expiryMs: P.msOrNull(head.expiry_at),
      attempts: rules.get(head.notification_id) ?? []
    }
    rows.set(head.notification_id, {
      notificationId: head.notification_id,
      customerId: head.customer_id,
      month: head.month,
      standing: {
        withdrawnReason: head.qualified ? null : "NOT_QUALIFIED",
        suppressedReason: head.suppression
      },
      before,
      notification: before,
      sides: sides.get(head.notification_id) ?? [],
      timerMs: P.msOrNull(head.timer_at),
      endedMs: P.msOrNull(head.ended_at)
    })
  }
  return {
    rows,
    clockMs: heads[0] === undefined ? 0 : P.ms(heads[0].clock),
    touched: new Set(),
    events: [],
    raised: [],
    resolved: [],
    carrierIds: [],
    references: []
  }
}

const attemptOf = (row: AttemptRow): Attempt.Attempt => ({
  n: row.n,
  state: row.state,
  ambiguous: row.ambiguous,
  dueMs: P.ms(row.due_at),
  firstMarkMs: P.msOrNull(row.first_mark_at),
  validUntilMs: P.msOrNull(row.valid_until),
  negativeMs: P.msOrNull(row.negative_at),
  unknownSinceMs: P.msOrNull(row.unknown_since),
  keyGeneration: row.key_generation,
  replays: row.replays,
  keyClosed: row.key_closed,
  escalated: row.escalated,
  carrierMessageId: row.carrier_message_id,
  failure: failureOf(row),
  parts: row.parts,
  seen: row.seen
})

/** A failure kept in three columns. */
export const failureOf = (row: {
  readonly failure_category: Failure.FailureCategory | null
  readonly failure_disposition: Failure.FailureDisposition | null
  readonly failure_code: string | null
}): Failure.Failure | null => {
  const { failure_category: category, failure_disposition: disposition } = row
  return category === null || disposition === null
    ? null
    : { category, disposition, code: row.failure_code ?? "" }
}

const sideOf = (row: AttemptRow): AttemptSide => ({
  fence: row.fence,
  leaseUntilMs: P.msOrNull(row.lease_until),
  batchId: row.batch_id,
  reference: row.reference,
  pollMs: P.msOrNull(row.poll_at),
  askedMs: P.msOrNull(row.asked_at),
  acceptedMs: P.msOrNull(row.accepted_at)
})

/** The row as verbs give it. */
export const view = (row: Loaded): NotificationRow => ({
  notificationId: row.notificationId,
  customerId: row.customerId,
  month: row.month,
  notification: row.notification
})

/**
 * Lets an event happen to a notification, in memory; `save` writes it. Gives whether anything
 * changed. Process time is the database's.
 */
export const apply = (
  batch: Batch,
  row: Loaded,
  event: Delivery.DeliveryEvent,
  shared: Delivery.DeliveryContext
): boolean => {
  const context = { ...shared, clockMs: batch.clockMs, standing: row.standing }
  const before = row.notification
  const { facts, notification } = Delivery.step(before, event, context)
  row.notification = notification
  for (const fact of facts) {
    if (fact._tag === "AttemptAccepted") accepted(batch, row, fact)
    if (fact._tag === "AttemptIdentified") batch.carrierIds.push(fact.carrierMessageId)
  }
  if (notification !== before) changed(batch, row, before, context)
  const follows = Consequences.ofFacts(view(row), facts, (n) => row.sides[n - 1]?.reference ?? "")
  for (const announcement of follows.announcements) {
    batch.events.push({
      id: Ids.uuid(context.clockMs),
      correlationId: row.notificationId,
      causationId: event._tag,
      announcement
    })
  }
  const { customerId, month, notificationId } = row
  for (const cause of follows.raised) {
    batch.raised.push({ cause, customerId, month, notificationId })
  }
  for (const cause of follows.resolved) {
    batch.resolved.push({ cause, customerId, month, notificationId })
  }
  return notification !== before
}

const accepted = (
  batch: Batch,
  row: Loaded,
  fact: Extract<Delivery.DeliveryFact, { readonly _tag: "AttemptAccepted" }>
): void => {
  const side = row.sides[fact.n - 1]
  if (side !== undefined) side.acceptedMs ??= fact.atMs
  if (side?.reference != null) batch.references.push(side.reference)
  if (fact.carrierMessageId !== null) batch.carrierIds.push(fact.carrierMessageId)
}

const freshSide = (): AttemptSide => ({
  fence: 0n,
  leaseUntilMs: null,
  batchId: null,
  reference: null,
  pollMs: null,
  askedMs: null,
  acceptedMs: null
})

const changed = (
  batch: Batch,
  row: Loaded,
  before: Notification.Notification,
  context: Delivery.DeliveryContext
): void => {
  const { notification } = row
  for (let i = 0; i < notification.attempts.length; i++) {
    const attempt = notification.attempts[i]
    const old = before.attempts[i]
    if (attempt === undefined || attempt === old) continue
    const side = (row.sides[i] ??= freshSide())
    if (old !== undefined && !Consequences.keepsFence(old, attempt)) {
      side.fence = 0n
      side.leaseUntilMs = null
      side.batchId = null
    }
    const poll = Consequences.nextPollMs(attempt, context)
    side.pollMs = poll === null ? null : (side.pollMs ?? poll)
  }
  if (notification.state !== before.state && Notification.isTerminal(notification.state)) {
    row.endedMs = context.nowMs
  }
  row.timerMs = Notification.nextTimerMs(notification, context.policy, context.capabilities)
  batch.touched.add(row)
}

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
const saveAttempts = (
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

/** Receipts that waited for these names are looked at again. */
const wakeOrphans = Effect.fnUntraced(function* (store: Store, batch: Batch) {
  if (batch.carrierIds.length > 0) {
    yield* store.sql`
      UPDATE receipt_inbox i SET status = 'new'
      FROM unnest(${P.texts(batch.carrierIds)}::text[]) AS t(name)
      CROSS JOIN LATERAL (
        SELECT ctid FROM receipt_inbox
        WHERE program = ${store.program} AND status = 'orphan' AND carrier_message_id = t.name
        OFFSET 0 FOR UPDATE
      ) AS o
      WHERE i.ctid = o.ctid`
  }
  if (batch.references.length > 0) yield* wakeReferences(store, batch.references)
})

/** Receipts that came before their reference was known are looked at again. */
export const wakeReferences = (
  store: Store,
  references: ReadonlyArray<string>
): Effect.Effect<unknown, SqlError> =>
  store.sql`
    UPDATE receipt_inbox i SET status = 'new'
    FROM unnest(${P.texts(references)}::text[]) AS t(name)
    CROSS JOIN LATERAL (
      SELECT ctid FROM receipt_inbox
      WHERE program = ${store.program} AND status = 'orphan' AND reference = t.name
      OFFSET 0 FOR UPDATE
    ) AS o
    WHERE i.ctid = o.ctid`
