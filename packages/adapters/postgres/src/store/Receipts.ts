/** The inbox of receipts, and folding them into attempts. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  Consequences,
  type Failure,
  type FoldedReceipts,
  type FoldReceipts,
  Notification,
  type ProgramStoreError,
  type ReceiptReport,
  type StoredReceipts,
  type StoreReceipts
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Escalations from "./Escalations.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import { affected, type Store } from "./Store.ts"

/** Stores receipts before they are acknowledged; what is there already counts as a duplicate. */
export const storeReceipts =
  (store: Store) =>
  (input: StoreReceipts): Effect.Effect<StoredReceipts, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { reports } = input
        if (reports.length === 0) return { stored: 0, duplicates: 0 }
        const column = <A>(value: (report: ReceiptReport) => A) => reports.map(value)
        const result = yield* store.sql`
          INSERT INTO receipt_inbox (program, carrier_account, via, received_at, digest, reference,
            carrier_message_id, state, part, parts, failure_category, failure_disposition,
            failure_code)
          SELECT ${store.program}, ${input.carrierAccount}, ${input.via},
            ${P.instant(input.nowMs)}, t.*
          FROM unnest(
            ${P.texts(column((report) => report.digest))}::text[],
            ${P.texts(column((report) => report.reference))}::text[],
            ${P.texts(column((report) => report.carrierMessageId))}::text[],
            ${P.texts(column(({ receipt }) => receipt.state))}::text[],
            ${P.integers(column(({ receipt }) => receipt.part))}::integer[],
            ${P.integers(column(({ receipt }) => receipt.parts))}::integer[],
            ${P.texts(column(({ receipt }) => receipt.failure?.category ?? null))}::text[],
            ${P.texts(column(({ receipt }) => receipt.failure?.disposition ?? null))}::text[],
            ${P.texts(column(({ receipt }) => receipt.failure?.code ?? null))}::text[]
          ) AS t
          ON CONFLICT DO NOTHING`.raw
        const stored = affected(result)
        if (stored > 0) {
          yield* Outbox.audit(store, {
            atMs: input.nowMs,
            actor: input.via,
            action: "receipts.store",
            subject: input.carrierAccount,
            detail: { stored }
          })
        }
        return { stored, duplicates: reports.length - stored }
      })
    )

interface InboxRow {
  readonly position: bigint
  readonly digest: string
  readonly reference: string | null
  readonly carrier_message_id: string | null
  readonly state: ReceiptReport["receipt"]["state"]
  readonly part: number
  readonly parts: number | null
  readonly failure_category: Failure.FailureCategory | null
  readonly failure_disposition: Failure.FailureDisposition | null
  readonly failure_code: string | null
}

const reportOf = (row: InboxRow): ReceiptReport => ({
  reference: row.reference,
  carrierMessageId: row.carrier_message_id,
  digest: row.digest,
  receipt: {
    state: row.state,
    part: row.part,
    parts: row.parts,
    failure: Notifications.failureOf(row)
  }
})

/** More orphans than this at once wait for the next call: a transaction is not held for ever. */
const maxPages = 20

/** Folds up to `limit` receipts; what nobody can attach holds no other back. */
export const foldReceipts =
  (store: Store) =>
  (input: FoldReceipts): Effect.Effect<FoldedReceipts, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { context, limit } = input
        let folded = 0
        let orphans = 0
        for (let pages = 0; pages < maxPages && folded < limit; pages++) {
          const page = yield* foldPage(store, context, limit - folded)
          if (page.folded + page.orphans === 0) break
          folded += page.folded
          orphans += page.orphans
        }
        if (folded + orphans > 0) {
          yield* Outbox.audit(store, {
            atMs: context.nowMs,
            actor: "deliver",
            action: "receipts.fold",
            subject: store.program,
            detail: { folded, orphans }
          })
        }
        return { folded, orphans }
      })
    )

const foldPage = Effect.fnUntraced(function* (
  store: Store,
  context: FoldReceipts["context"],
  limit: number
) {
  const inbox = yield* store.sql<InboxRow>`
    SELECT position, digest, reference, carrier_message_id, state, part, parts,
      failure_category, failure_disposition, failure_code
    FROM receipt_inbox
    WHERE program = ${store.program} AND status = 'new'
    ORDER BY position LIMIT ${limit}
    FOR UPDATE SKIP LOCKED`
  if (inbox.length === 0) return { folded: 0, orphans: 0 }
  const names = yield* namesOf(store, inbox, context.nowMs)
  const batch = yield* Notifications.load(store, [...names.notificationIds])
  const folded: Array<bigint> = []
  const orphaned: Array<bigint> = []
  const disputed: Array<bigint> = []
  for (const row of inbox) {
    const match = Consequences.matchReceipt(
      row.reference === null ? undefined : names.byReference.get(row.reference),
      names.byCarrierId.get(row.carrier_message_id ?? "") ?? []
    )
    if (match._tag === "Disagreement") disputed.push(row.position)
    else if (match._tag === "Orphan") orphaned.push(row.position)
    else {
      foldOne(batch, match.attempt, row, context)
      folded.push(row.position)
    }
  }
  // Before anything is saved: what is saved may wake orphans, these among them.
  yield* setStatus(store, folded, "folded", context.nowMs)
  yield* setStatus(store, orphaned, "orphan", null)
  yield* setStatus(store, disputed, "disputed", null)
  yield* Notifications.save(store, batch, context.nowMs)
  if (disputed.length > 0) yield* disagree(store, context.nowMs)
  return { folded: folded.length, orphans: orphaned.length + disputed.length }
})

const foldOne = (
  batch: Notifications.Batch,
  key: Consequences.AttemptKey,
  inbox: InboxRow,
  context: FoldReceipts["context"]
): void => {
  const row = batch.rows.get(key.notificationId)
  const attempt = row && Notification.attemptAt(row.notification, key.n)
  if (row === undefined || attempt === undefined) return
  for (const event of Consequences.receiptEvents(attempt, reportOf(inbox))) {
    Notifications.apply(batch, row, event, context)
  }
}

interface Names {
  readonly byReference: ReadonlyMap<string, Consequences.AttemptKey>
  readonly byCarrierId: ReadonlyMap<string, ReadonlyArray<Consequences.AttemptKey>>
  readonly notificationIds: ReadonlySet<string>
}

interface NameRow {
  readonly notification_id: string
  readonly n: number
  readonly name: string
}

const distinct = (names: ReadonlyArray<string | null>): ReadonlyArray<string> => [
  ...new Set(names.filter((name) => name !== null))
]

/** The attempts these receipts may be about. */
const namesOf = Effect.fnUntraced(function* (
  store: Store,
  inbox: ReadonlyArray<InboxRow>,
  nowMs: number
) {
  const references = distinct(inbox.map((row) => row.reference))
  const carrierIds = distinct(inbox.map((row) => row.carrier_message_id))
  const since = P.instant(nowMs - Consequences.carrierIdWindowMs)
  const byReference = new Map<string, Consequences.AttemptKey>()
  const byCarrierId = new Map<string, Array<Consequences.AttemptKey>>()
  const notificationIds = new Set<string>()
  const named = yield* store.sql<NameRow>`
    SELECT a.* FROM unnest(${P.texts(references)}::text[]) AS t(name)
    CROSS JOIN LATERAL (
      SELECT notification_id, n, reference AS name FROM attempt
      WHERE program = ${store.program} AND reference = t.name
      OFFSET 0
    ) AS a`
  for (const { n, name, notification_id: notificationId } of named) {
    byReference.set(name, { notificationId, n })
    notificationIds.add(notificationId)
  }
  const identified = yield* store.sql<NameRow>`
    SELECT a.* FROM unnest(${P.texts(carrierIds)}::text[]) AS t(name)
    CROSS JOIN LATERAL (
      SELECT notification_id, n, carrier_message_id AS name FROM attempt
      WHERE program = ${store.program} AND carrier_message_id = t.name
        AND first_mark_at >= ${since}
      OFFSET 0
    ) AS a`
  for (const { n, name, notification_id: notificationId } of identified) {
    const known = byCarrierId.get(name)
    if (known === undefined) byCarrierId.set(name, [{ notificationId, n }])
    else known.push({ notificationId, n })
    notificationIds.add(notificationId)
  }
  const names: Names = { byReference, byCarrierId, notificationIds }
  return names
})

const setStatus = (
  store: Store,
  positions: ReadonlyArray<bigint>,
  status: "folded" | "orphan" | "disputed",
  foldedMs: number | null
): Effect.Effect<unknown, SqlError> =>
  positions.length === 0
    ? Effect.void
    : store.sql`
        UPDATE receipt_inbox i SET status = ${status}, folded_at = ${P.instant(foldedMs)}
        FROM unnest(${P.bigints(positions)}::bigint[]) AS t(position)
        CROSS JOIN LATERAL (
          SELECT ctid FROM receipt_inbox
          WHERE program = ${store.program} AND status = 'new' AND position = t.position
          OFFSET 0
        ) AS found
        WHERE i.ctid = found.ctid`

/** It is somebody else's message under one of our names: held, and people are told. */
const disagree = Effect.fnUntraced(function* (store: Store, nowMs: number) {
  const raised = yield* Escalations.raise(store, nowMs, [
    { cause: "RECEIPT_DISAGREES", customerId: null, month: null, notificationId: null }
  ])
  yield* Outbox.append(store, nowMs, raised)
})
