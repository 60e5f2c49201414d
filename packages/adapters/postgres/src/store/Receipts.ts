/** The inbox of receipts, and folding them into attempts. */
import * as Effect from "effect/Effect"
import {
  Consequences,
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
import * as ReceiptNames from "./ReceiptNames.ts"
import { affected, type Store } from "./Store.ts"
import * as Waiting from "./WaitingReceipts.ts"

/**
 * Stores receipts before they are acknowledged; what is there already counts as a duplicate, and is
 * looked at again if nobody could attach it.
 */
export const storeReceipts =
  (store: Store) =>
  (input: StoreReceipts): Effect.Effect<StoredReceipts, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { reports } = input
        if (reports.length === 0) return { stored: 0, duplicates: 0 }
        const column = <A>(value: (report: ReceiptReport) => A) => reports.map(value)
        const result = yield* store.sql`
          WITH stored AS (
            INSERT INTO receipt_inbox (program, carrier_account, via, received_at, digest,
              reference, carrier_message_id, state, part, parts, failure_category,
              failure_disposition, failure_code)
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
            ON CONFLICT DO NOTHING
            RETURNING ${store.sql.literal(Waiting.columns)}
          )
          INSERT INTO receipt_waiting (${store.sql.literal(Waiting.columns)})
          SELECT * FROM stored`.raw
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
        if (stored < reports.length) {
          const { carrierAccount } = input
          const told = reports.map(({ digest }) => ({ carrier_account: carrierAccount, digest }))
          yield* Waiting.wakeThese(store, told)
        }
        return { stored, duplicates: reports.length - stored }
      })
    )

/** More orphans than this at once wait for the next call: a transaction is not held for ever. */
const maxPages = 20

/** Folds up to `limit` receipts; what nobody can attach holds no other back. */
export const foldReceipts =
  (store: Store) =>
  (input: FoldReceipts): Effect.Effect<FoldedReceipts, ProgramStoreError> =>
    Effect.gen(function* () {
      const { folded, orphaned, orphans } = yield* store.transaction(foldPages(store, input))
      if (orphaned.length > 0) yield* lookAgain(store, orphaned, input.context.nowMs)
      return { folded, orphans }
    })

const foldPages = Effect.fnUntraced(function* (store: Store, { context, limit }: FoldReceipts) {
  const orphaned: Array<Waiting.WaitingReceipt> = []
  let folded = 0
  let orphans = 0
  for (let pages = 0; pages < maxPages && folded < limit; pages++) {
    const page = yield* foldPage(store, context, limit - folded)
    if (page.folded + page.orphans === 0) break
    folded += page.folded
    orphans += page.orphans
    orphaned.push(...page.orphaned)
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
  return { folded, orphaned, orphans }
})

/**
 * Whoever made a name known while these were laid aside did not see them, and was not seen: one
 * look at the names after both have been committed finds it. Where that comes too early, or never,
 * the next poll tells them again.
 */
const lookAgain = (
  store: Store,
  orphaned: ReadonlyArray<Waiting.WaitingReceipt>,
  nowMs: number
): Effect.Effect<unknown, ProgramStoreError> =>
  store.transaction(
    Effect.gen(function* () {
      const names = yield* ReceiptNames.read(store, orphaned, nowMs)
      const known = orphaned.filter((row) => ReceiptNames.match(names, row)._tag !== "Orphan")
      if (known.length > 0) yield* Waiting.wakeThese(store, known)
    })
  )

/** A receipt and the attempt it is about. */
interface Matched {
  readonly row: Notifications.Loaded
  readonly n: number
  readonly report: ReceiptReport
}

const foldPage = Effect.fnUntraced(function* (
  store: Store,
  context: FoldReceipts["context"],
  limit: number
) {
  const page = yield* Waiting.take(store, limit)
  if (page.length === 0) return { folded: 0, orphaned: [], orphans: 0 }
  const names = yield* ReceiptNames.read(store, page, context.nowMs)
  const batch = yield* Notifications.load(store, [...names.notificationIds], {
    lock: true,
    standing: false
  })
  const matched: Array<Matched> = []
  const orphaned: Array<Waiting.WaitingReceipt> = []
  const disputed: Array<Waiting.WaitingReceipt> = []
  for (const waiting of page) {
    const match = ReceiptNames.match(names, waiting)
    if (match._tag === "Disagreement") disputed.push(waiting)
    else if (match._tag === "Orphan") orphaned.push(waiting)
    else {
      const { n, notificationId } = match.attempt
      const row = batch.rows.get(notificationId)
      if (row !== undefined) matched.push({ row, n, report: Waiting.reportOf(waiting) })
    }
  }
  yield* Notifications.loadStandings(store, askingForStanding(matched))
  for (const one of matched) foldOne(batch, one, context)
  // Before anything is saved: what is saved may wake orphans, these among them.
  yield* Waiting.lay(store, orphaned, "orphan")
  yield* Waiting.lay(store, disputed, "disputed")
  yield* Notifications.save(store, batch, context.nowMs)
  if (disputed.length > 0) yield* disagree(store, context.nowMs)
  const orphans = orphaned.length + disputed.length
  return { folded: page.length - orphans, orphaned, orphans }
})

const foldOne = (
  batch: Notifications.Batch,
  { n, report, row }: Matched,
  context: FoldReceipts["context"]
): void => {
  const attempt = Notification.attemptAt(row.notification, n)
  if (attempt === undefined) return
  for (const event of Consequences.receiptEvents(attempt, report)) {
    Notifications.apply(batch, row, event, context)
  }
}

/** The notifications whose receipts may ask what has been decided since. */
const askingForStanding = (
  matched: ReadonlyArray<Matched>
): ReadonlyArray<Notifications.Loaded> => {
  const asking = new Set<Notifications.Loaded>()
  for (const { n, report, row } of matched) {
    const seen = { _tag: "ReceiptSeen", n, receipt: report.receipt } as const
    if (Consequences.needsStanding(row.notification, seen)) asking.add(row)
  }
  return [...asking]
}

/** It is somebody else's message under one of our names: held, and people are told. */
const disagree = Effect.fnUntraced(function* (store: Store, nowMs: number) {
  const raised = yield* Escalations.raise(store, nowMs, [
    { cause: "RECEIPT_DISAGREES", customerId: null, month: null, notificationId: null }
  ])
  yield* Outbox.append(store, nowMs, raised)
})
