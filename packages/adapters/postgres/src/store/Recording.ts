/** Evidence: what answers and look-ups say, and what it means for the carrier and a restore. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  Consequences,
  type Delivery,
  type ProgramStoreError,
  type RecordedEvidence,
  type RecordEvidence,
  Restore
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Circuit from "./Circuit.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import * as Restores from "./Restores.ts"
import type { Store } from "./Store.ts"

/** Lets evidence happen to its notifications: negatives from the fence's holder only. */
export const recordEvidence =
  (store: Store) =>
  (input: RecordEvidence): Effect.Effect<RecordedEvidence, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { context, evidence, fence } = input
        yield* Circuit.hear(store, input.heard, context)
        yield* holdCarrier(store, input.carrierNotBeforeMs)
        const batch = yield* Notifications.load(
          store,
          evidence.map((one) => one.notificationId),
          { lock: true, standing: false }
        )
        yield* Notifications.loadStandings(store, askingForStanding(batch, evidence))
        let changed = 0
        let ignored = 0
        const asked: Array<{ readonly notificationId: string; readonly n: number }> = []
        const lifted: Array<string> = []
        for (const one of evidence) {
          const { event, n, notificationId } = one
          const row = batch.rows.get(notificationId)
          const heard = row !== undefined && isHeard(row, n, event, fence)
          if (heard && event._tag === "NotFound") {
            asked.push({ notificationId, n })
            const side = row.sides[n - 1]
            if (side !== undefined) side.askedMs = Math.max(side.askedMs ?? 0, context.nowMs)
          }
          if (heard && isReconciled(batch, row, one, context)) lifted.push(notificationId)
          if (heard && Notifications.apply(batch, row, event, context)) changed++
          else ignored++
        }
        yield* Notifications.save(store, batch, context.nowMs)
        yield* rememberAsked(store, asked, context.nowMs)
        yield* Restores.lift(store, lifted)
        yield* rememberReferences(store, evidence)
        yield* auditWork(store, context, "deliver.evidence", { changed, ignored })
        return { changed, ignored }
      })
    )

/** The notifications whose evidence may ask what has been decided since. */
const askingForStanding = (
  batch: Notifications.Batch,
  evidence: RecordEvidence["evidence"]
): ReadonlyArray<Notifications.Loaded> => {
  const asking = new Set<Notifications.Loaded>()
  for (const { event, notificationId } of evidence) {
    const row = batch.rows.get(notificationId)
    if (row !== undefined && Consequences.needsStanding(row.notification, event)) asking.add(row)
  }
  return [...asking]
}

const isHeard = (
  row: Notifications.Loaded,
  n: number,
  event: Delivery.DeliveryEvent,
  fence: bigint | null
): boolean => {
  if (!Consequences.needsFence(event)) return true
  return fence !== null && fence !== 0n && row.sides[n - 1]?.fence === fence
}

/** Lifts the quarantine, where one look-up found neither this reference nor any later one. */
const isReconciled = (
  batch: Notifications.Batch,
  row: Notifications.Loaded,
  { event, n, notFound }: RecordEvidence["evidence"][number],
  shared: Delivery.DeliveryContext
): boolean => {
  if (row.quarantineSinceMs === null || event._tag !== "NotFound" || notFound === undefined) {
    return false
  }
  const context = Notifications.contextOf(batch, row, shared)
  if (!Restore.isReconciled(row.notification, n, notFound, context)) return false
  row.quarantineSinceMs = null
  return true
}

/** References that a restore had lost: polls and receipts need them. */
const rememberReferences = (
  store: Store,
  evidence: RecordEvidence["evidence"]
): Effect.Effect<unknown, SqlError> => {
  const known = evidence.flatMap(({ n, notificationId, reference }) =>
    reference === undefined ? [] : [{ n, notificationId, ...reference }]
  )
  if (known.length === 0) return Effect.void
  const remembered = store.sql`
        UPDATE attempt a SET reference = t.reference, reference_key_id = t.key_id
        FROM unnest(
          ${P.texts(known.map((one) => one.notificationId))}::text[],
          ${P.integers(known.map((one) => one.n))}::integer[],
          ${P.texts(known.map((one) => one.reference))}::text[],
          ${P.texts(known.map((one) => one.keyId))}::text[]
        ) AS t(notification_id, n, reference, key_id)
        CROSS JOIN LATERAL (
          SELECT ctid FROM attempt
          WHERE program = ${store.program} AND notification_id = t.notification_id AND n = t.n
            AND reference IS NULL
          OFFSET 0 FOR UPDATE
        ) AS found
        WHERE a.ctid = found.ctid`
  const names = known.map((one) => one.reference)
  return Effect.andThen(remembered, Notifications.wakeReferences(store, names))
}

/** When look-ups said "not found", kept also where nothing followed from it. */
const rememberAsked = (
  store: Store,
  asked: ReadonlyArray<{ readonly notificationId: string; readonly n: number }>,
  nowMs: number
): Effect.Effect<unknown, SqlError> =>
  asked.length === 0
    ? Effect.void
    : store.sql`
        UPDATE attempt a SET asked_at = greatest(a.asked_at, ${P.instant(nowMs)})
        FROM unnest(
          ${P.texts(asked.map((one) => one.notificationId))}::text[],
          ${P.integers(asked.map((one) => one.n))}::integer[]
        ) AS t(notification_id, n)
        CROSS JOIN LATERAL (
          SELECT ctid FROM attempt
          WHERE program = ${store.program} AND notification_id = t.notification_id AND n = t.n
          OFFSET 0 FOR UPDATE
        ) AS found
        WHERE a.ctid = found.ctid`

/** The carrier asked us to wait: the latest instant counts. Process time. */
const holdCarrier = (store: Store, notBeforeMs: number | null): Effect.Effect<unknown, SqlError> =>
  notBeforeMs === null
    ? Effect.void
    : store.sql`
        UPDATE program_state
        SET carrier_not_before = greatest(carrier_not_before, ${P.instant(notBeforeMs)})
        WHERE program = ${store.program}`

/** One audit row for a page of work that did anything. */
export const auditWork = (
  store: Store,
  context: Delivery.DeliveryContext,
  action: string,
  detail: Readonly<Record<string, number>>
): Effect.Effect<void, SqlError> =>
  Object.values(detail).every((count) => count === 0)
    ? Effect.void
    : Outbox.audit(store, {
        atMs: context.nowMs,
        actor: "deliver",
        action,
        subject: store.program,
        detail
      })
