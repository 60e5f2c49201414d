/**
 * Receipts that are stored and not yet folded. They stand in a narrow table of their own, so that
 * folding one deletes a row there and leaves the inbox, with its indexes, as it is.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import type { Failure, ReceiptReport } from "../Core.ts"
import * as P from "../Parameters.ts"
import { failureOf } from "./LoadNotifications.ts"
import type { Store } from "./Store.ts"

/** The columns both tables have. */
export const columns = `program, position, carrier_account, digest, reference,
  carrier_message_id, state, part, parts, failure_category, failure_disposition, failure_code`

export interface WaitingReceipt {
  readonly position: bigint
  readonly carrier_account: string
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

export const reportOf = (row: WaitingReceipt): ReceiptReport => ({
  reference: row.reference,
  carrierMessageId: row.carrier_message_id,
  digest: row.digest,
  receipt: {
    state: row.state,
    part: row.part,
    parts: row.parts,
    failure: failureOf(row)
  }
})

/** Takes a page in the order it came; what another worker holds is passed over. */
export const take = (
  store: Store,
  limit: number
): Effect.Effect<ReadonlyArray<WaitingReceipt>, SqlError> =>
  Effect.map(
    store.sql<WaitingReceipt>`
      WITH page AS (
        SELECT ctid FROM receipt_waiting
        WHERE program = ${store.program}
        ORDER BY position LIMIT ${limit}
        FOR UPDATE SKIP LOCKED
      )
      DELETE FROM receipt_waiting w USING page
      WHERE w.ctid = page.ctid
      RETURNING w.position, w.carrier_account, w.digest, w.reference, w.carrier_message_id,
        w.state, w.part, w.parts, w.failure_category, w.failure_disposition, w.failure_code`,
    (rows) => rows.toSorted((a, b) => Number(a.position - b.position))
  )

/** Lays aside what nobody can attach: it is kept and counted in the inbox. */
export const lay = (
  store: Store,
  receipts: ReadonlyArray<WaitingReceipt>,
  status: "orphan" | "disputed"
): Effect.Effect<unknown, SqlError> =>
  receipts.length === 0
    ? Effect.void
    : store.sql`
        UPDATE receipt_inbox i SET status = ${status}
        FROM unnest(
          ${P.texts(receipts.map((row) => row.carrier_account))}::text[],
          ${P.texts(receipts.map((row) => row.digest))}::text[]
        ) AS t(carrier_account, digest)
        CROSS JOIN LATERAL (
          SELECT ctid FROM receipt_inbox
          WHERE program = ${store.program} AND carrier_account = t.carrier_account
            AND digest = t.digest
          OFFSET 0
        ) AS found
        WHERE i.ctid = found.ctid`

/** What was laid aside under one of these names waits again. */
export const wake = (
  store: Store,
  column: "carrier_message_id" | "reference",
  names: ReadonlyArray<string>
): Effect.Effect<unknown, SqlError> =>
  wakeFound(
    store,
    store.sql`unnest(${P.texts(names)}::text[]) AS t(name)
      CROSS JOIN LATERAL (
        SELECT ctid, status FROM receipt_inbox
        WHERE program = ${store.program} AND status = 'orphan' AND ${store.sql(column)} = t.name
        OFFSET 0 FOR UPDATE
      ) AS found`
  )

/** Those of these receipts that were laid aside wait again. */
export const wakeThese = (
  store: Store,
  receipts: ReadonlyArray<Pick<WaitingReceipt, "carrier_account" | "digest">>
): Effect.Effect<unknown, SqlError> =>
  wakeFound(
    store,
    store.sql`(
        SELECT DISTINCT carrier_account, digest FROM unnest(
          ${P.texts(receipts.map((row) => row.carrier_account))}::text[],
          ${P.texts(receipts.map((row) => row.digest))}::text[]
        ) AS t(carrier_account, digest)
      ) AS t
      CROSS JOIN LATERAL (
        SELECT ctid, status FROM receipt_inbox
        WHERE program = ${store.program} AND carrier_account = t.carrier_account
          AND digest = t.digest
        OFFSET 0 FOR UPDATE
      ) AS found`
  )

/** `found` gives place and status of receipts in the inbox. */
const wakeFound = ({ sql }: Store, found: Fragment): Effect.Effect<unknown, SqlError> =>
  sql`
    WITH woken AS (
      UPDATE receipt_inbox i SET status = 'folded'
      FROM ${found}
      WHERE i.ctid = found.ctid AND found.status = 'orphan'
      RETURNING i.*
    )
    INSERT INTO receipt_waiting (${sql.literal(columns)})
    SELECT ${sql.literal(columns)} FROM woken`
