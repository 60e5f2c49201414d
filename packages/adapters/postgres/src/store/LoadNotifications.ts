/** Notifications with all their attempts, read by their keys under their locks. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Attempt, CalendarMonth, Delivery, Failure, Notification } from "../Core.ts"
import * as P from "../Parameters.ts"
import type { AttemptSide, Batch, Loaded } from "./LoadedNotification.ts"
import type { Store } from "./Store.ts"

interface HeadRow {
  readonly notification_id: string
  readonly customer_id: string
  readonly month: CalendarMonth.CalendarMonth
  readonly state: Notification.NotificationState
  readonly reason: string | null
  readonly expiry_at: Date | null
  readonly timer_at: Date | null
  readonly ended_at: Date | null
  readonly granted: boolean
  readonly quarantine_since: Date | null
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

/** The columns of `AttemptRow`. */
export const attemptColumns = `notification_id, n, state, ambiguous, key_closed, escalated,
  key_generation, replays, parts, due_at, first_mark_at, valid_until, negative_at, unknown_since,
  accepted_at, asked_at, poll_at, carrier_message_id, failure_category, failure_disposition,
  failure_code, seen, fence, lease_until, batch_id, reference`

/** How notifications are loaded. */
export interface Loading {
  /** Until the transaction ends; a mere look needs none. */
  readonly lock: boolean
  /** Without it, `loadStandings` comes before any event that may ask for the standing. */
  readonly standing: boolean
}

const locked: Loading = { lock: true, standing: true }

/**
 * Loads notifications with all their attempts. The attempts are read after the locks are there: a
 * row that was added while we waited for them is seen.
 */
export const load = (
  store: Store,
  notificationIds: ReadonlyArray<string>,
  { lock, standing }: Loading = locked
): Effect.Effect<Batch, SqlError> =>
  Effect.gen(function* () {
    const { program, sql } = store
    const distinct = [...new Set(notificationIds)].toSorted()
    if (distinct.length === 0) return batchOf([], [], 0)
    const ids = P.texts(distinct)
    const locking = lock ? sql.literal("FOR UPDATE") : sql.literal("")
    // OFFSET 0 keeps each probe by key what it is, whatever the planner believes of a new table.
    const heads = yield* sql<HeadRow & { readonly clock: Date }>`
      SELECT n.*, clock_timestamp()::timestamptz(3) AS clock
      FROM unnest(${ids}::text[]) AS t(notification_id)
      CROSS JOIN LATERAL (
        SELECT notification_id, customer_id, month, state, reason, expiry_at, timer_at, ended_at,
          granted, quarantine_since
        FROM notification
        WHERE program = ${program} AND notification_id = t.notification_id
        OFFSET 0 ${locking}
      ) AS n`
    const attempts = yield* sql<AttemptRow>`
      SELECT a.*
      FROM unnest(${ids}::text[]) AS t(notification_id)
      CROSS JOIN LATERAL (
        SELECT ${sql.literal(attemptColumns)}
        FROM attempt
        WHERE program = ${program} AND notification_id = t.notification_id
        ORDER BY n
        OFFSET 0 ${locking}
      ) AS a`
    const batch = batchOf(heads, attempts, heads[0] === undefined ? 0 : P.ms(heads[0].clock))
    if (standing) yield* loadStandings(store, [...batch.rows.values()])
    return batch
  })

interface StandingRow {
  readonly notification_id: string
  readonly qualified: boolean
  readonly suppression: string | null
}

/** Reads what has been decided about the customers of these notifications. */
export const loadStandings = Effect.fnUntraced(function* (
  { program, sql }: Store,
  rows: ReadonlyArray<Loaded>
) {
  if (rows.length === 0) return
  const found = yield* sql<StandingRow>`
    SELECT t.notification_id, s.reason AS suppression,
      coalesce(d.outcome = 'Qualified' AND d.reach = 'Reachable', false) AS qualified
    FROM unnest(
      ${P.texts(rows.map((row) => row.notificationId))}::text[],
      ${P.texts(rows.map((row) => row.month))}::text[],
      ${P.texts(rows.map((row) => row.customerId))}::text[]
    ) AS t(notification_id, month, customer_id)
    LEFT JOIN LATERAL (
      SELECT outcome, reach FROM decision
      WHERE program = ${program} AND month = t.month AND customer_id = t.customer_id
        AND superseded_at IS NULL
      OFFSET 0
    ) AS d ON true
    LEFT JOIN LATERAL (
      SELECT reason FROM suppression
      WHERE program = ${program} AND customer_id = t.customer_id
      OFFSET 0
    ) AS s ON true`
  const byId = new Map(found.map((row) => [row.notification_id, row]))
  for (const row of rows) {
    const said = byId.get(row.notificationId)
    row.standing = {
      withdrawnReason: said?.qualified === true || row.granted ? null : "NOT_QUALIFIED",
      suppressedReason: said?.suppression ?? null
    }
  }
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

const batchOf = (
  heads: ReadonlyArray<HeadRow>,
  attempts: ReadonlyArray<AttemptRow>,
  clockMs: number
): Batch => {
  const byId = new Map<string, Array<AttemptRow>>()
  for (const row of attempts) {
    const known = byId.get(row.notification_id)
    if (known === undefined) byId.set(row.notification_id, [row])
    else known.push(row)
  }
  const rows = new Map<string, Loaded>()
  for (const head of heads) {
    rows.set(head.notification_id, loadedOf(head, byId.get(head.notification_id) ?? []))
  }
  return {
    rows,
    clockMs,
    touched: new Set(),
    events: [],
    raised: [],
    resolved: [],
    carrierIds: [],
    references: []
  }
}

/** What nobody has read must not decide anything. */
const unread: Delivery.Standing = {
  get withdrawnReason(): never {
    throw new Error("a notification's standing was asked for before it was read")
  },
  get suppressedReason(): never {
    throw new Error("a notification's standing was asked for before it was read")
  }
}

/** A notification from its rows, its standing unread; attempts in order of `n`. */
const loadedOf = (head: HeadRow, attempts: ReadonlyArray<AttemptRow>): Loaded => {
  const before: Notification.Notification = {
    state: head.state,
    reason: head.reason,
    expiryMs: P.msOrNull(head.expiry_at),
    attempts: attempts.map(attemptOf)
  }
  const timerMs = P.msOrNull(head.timer_at)
  return {
    notificationId: head.notification_id,
    customerId: head.customer_id,
    month: head.month,
    standing: unread,
    granted: head.granted,
    quarantineSinceMs: P.msOrNull(head.quarantine_since),
    before,
    notification: before,
    sides: attempts.map(sideOf),
    storedTimerMs: timerMs,
    timerMs,
    endedMs: P.msOrNull(head.ended_at)
  }
}

/** An attempt as the rules know it. */
export const attemptOf = (row: AttemptRow): Attempt.Attempt => ({
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
