/** The receipts of one message, for `explain`. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Failure, ReceiptReport, ReceiptView, StoreReceipts } from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Notifications from "./Notifications.ts"
import type { Loaded } from "./LoadedNotification.ts"
import type { Store } from "./Store.ts"

interface InboxRow {
  readonly n: number
  readonly state: ReceiptReport["receipt"]["state"]
  readonly part: number
  readonly via: StoreReceipts["via"]
  readonly received_at: Date
  readonly failure_category: Failure.FailureCategory | null
  readonly failure_disposition: Failure.FailureDisposition | null
  readonly failure_code: string | null
}

/** By reference or, where a receipt names none, by the carrier's id; in the order they came. */
export const receiptsOf = (
  store: Store,
  { notification, sides }: Loaded
): Effect.Effect<ReadonlyArray<ReceiptView>, SqlError> =>
  Effect.map(
    store.sql<InboxRow>`
      SELECT a.n::integer AS n, r.state, r.part, r.via, r.received_at, r.failure_category,
        r.failure_disposition, r.failure_code
      FROM unnest(
        ${P.texts(sides.map(({ reference }) => reference))}::text[],
        ${P.texts(notification.attempts.map(({ carrierMessageId }) => carrierMessageId))}::text[]
      ) WITH ORDINALITY AS a(reference, carrier_message_id, n)
      CROSS JOIN LATERAL (
        SELECT i.* FROM receipt_inbox i
        WHERE i.program = ${store.program} AND i.reference = a.reference
        UNION ALL
        SELECT i.* FROM receipt_inbox i
        WHERE i.program = ${store.program} AND i.reference IS NULL
          AND i.carrier_message_id = a.carrier_message_id
      ) r
      ORDER BY r.position`,
    (rows) =>
      rows.map((row) => ({
        n: row.n,
        state: row.state,
        part: row.part,
        via: row.via,
        receivedMs: P.ms(row.received_at),
        failure: Notifications.failureOf(row)
      }))
  )
