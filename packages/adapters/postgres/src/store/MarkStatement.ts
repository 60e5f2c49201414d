/** The marking statement: what may be submitted becomes submitting, with its bytes. */
import * as Effect from "effect/Effect"
import type { Fragment } from "effect/sql/Statement"
import { type Breaker, Consequences, type MarkBatch, type MarkRequest } from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Sealing from "../Sealing.ts"
import * as Frozen from "./Frozen.ts"
import { guard } from "./MarkGuard.ts"
import type { Store } from "./Store.ts"

/** A request to mark one attempt. */
export type MarkOne = Extract<MarkRequest, { readonly _tag: "Mark" }>

/** The messages of a batch as they are kept, one per request. */
export interface Sealed {
  readonly keyId: string
  readonly to: ReadonlyArray<Uint8Array>
  readonly text: ReadonlyArray<Uint8Array>
}

const nothingSealed: Sealed = { keyId: "", to: [], text: [] }

/** Seals the bytes of these requests, outside any transaction: the key may come from afar. */
export const seal = Effect.fnUntraced(function* (store: Store, wanted: ReadonlyArray<MarkOne>) {
  if (wanted.length === 0) return nothingSealed
  const key = yield* Sealing.keyOf(store.secrets)
  const nonce = Sealing.nonces(2 * wanted.length)
  const to: Array<Uint8Array> = []
  const text: Array<Uint8Array> = []
  for (const { message, n, notificationId } of wanted) {
    const id = Frozen.rowId(store, notificationId, n)
    to.push(Sealing.seal(key, "to", id, message.to, nonce()))
    text.push(Sealing.seal(key, "text", id, message.text, nonce()))
  }
  return { keyId: key.id, to, text }
})

/** An attempt that was marked just now. */
export interface MarkedRow extends Frozen.SealedRow {
  readonly key_generation: number
  readonly valid_until: Date | null
  readonly replayed: boolean
  readonly waiting: boolean
}

/** The requests as the rows `r` of the statement. */
const requested = (
  store: Store,
  { context }: MarkBatch,
  wanted: ReadonlyArray<MarkOne>,
  sealed: Sealed
): Fragment => {
  const column = <A>(value: (request: MarkOne) => A): ReadonlyArray<A> => wanted.map(value)
  return store.sql`
    SELECT * FROM unnest(
      ${P.texts(column((request) => request.notificationId))}::text[],
      ${P.integers(column((request) => request.n))}::integer[],
      ${P.integers(column((request) => request.parts))}::integer[],
      ${P.instants(column((request) => request.validUntilMs))}::timestamptz[],
      ${P.instants(
        column((request) => Consequences.contactAskedMs(request.contactAskedMs, context))
      )}::timestamptz[],
      ${P.instants(column((request) => request.earlierAskedMs))}::timestamptz[],
      ${P.texts(column(({ message }) => message.reference))}::text[],
      ${P.texts(column(({ message }) => message.keyId))}::text[],
      ${P.texts(column(({ message }) => message.senderId))}::text[],
      ${P.bytes(sealed.to)}::bytea[],
      ${P.bytes(sealed.text)}::bytea[]
    ) AS r(notification_id, n, parts, valid_until, contact_asked, earlier_asked, reference,
      reference_key_id, sender_id, sealed_to, sealed_text)`
}

/**
 * The one statement: fence, lease and G, and the bytes of a first mark. A replay keeps its own. As
 * the breaker's probe, one message.
 */
export const markAll = Effect.fnUntraced(function* (
  store: Store,
  input: MarkBatch,
  wanted: ReadonlyArray<MarkOne>,
  sealed: Sealed,
  passage: Breaker.Passage["_tag"]
) {
  if (wanted.length === 0 || passage === "Refused") return []
  const { context } = input
  const { marginMs, requestDeadlineMs } = context.policy
  // Asked again where the row is written: it was read without a lock, and only who holds the fence
  // changes anything else of it.
  const held = store.sql`a.state = 'claimed' AND a.fence = ${P.bigint(input.fence)}
    AND a.batch_id = ${input.batchId}
    AND a.lease_until > clock_timestamp()
      + ${P.millis(requestDeadlineMs + marginMs)} * interval '1 millisecond'`
  return yield* store.sql<MarkedRow>`
    WITH r AS (${requested(store, input, wanted, sealed)}), s AS (
      SELECT pause, breaker, incarnation, incarnation_confirmed FROM program_state
      WHERE program = ${store.program}
    ), held AS (
      SELECT a.ctid AS row, n.state AS notification_state, s.incarnation, r.*
      FROM (SELECT * FROM r ORDER BY notification_id, n) AS r
      CROSS JOIN s
      CROSS JOIN LATERAL (
        SELECT notification_id, month, customer_id, state, expiry_at, granted FROM notification
        WHERE program = ${store.program} AND notification_id = r.notification_id
        OFFSET 0 FOR UPDATE
      ) AS n
      CROSS JOIN LATERAL (
        SELECT attempt.ctid, attempt.* FROM attempt
        WHERE program = ${store.program} AND notification_id = r.notification_id AND n = r.n
        OFFSET 0
      ) AS a
      WHERE ${held} AND ${guard(store, input, passage)}
      ${store.sql.literal(passage === "Probe" ? "LIMIT 1" : "")}
    )
    UPDATE attempt a SET
      state = 'submitting',
      replays = a.replays + CASE WHEN a.ambiguous THEN 1 ELSE 0 END,
      first_mark_at = CASE WHEN a.ambiguous THEN a.first_mark_at
        ELSE ${P.instant(context.nowMs)} END,
      valid_until = CASE WHEN a.ambiguous THEN a.valid_until ELSE r.valid_until END,
      parts = CASE WHEN a.ambiguous THEN a.parts ELSE r.parts END,
      incarnation = r.incarnation,
      reference = CASE WHEN a.sealed_text IS NULL THEN r.reference ELSE a.reference END,
      reference_key_id = CASE WHEN a.sealed_text IS NULL THEN r.reference_key_id
        ELSE a.reference_key_id END,
      sender_id = CASE WHEN a.sealed_text IS NULL THEN r.sender_id ELSE a.sender_id END,
      data_key_id = CASE WHEN a.sealed_text IS NULL THEN ${sealed.keyId} ELSE a.data_key_id END,
      sealed_to = coalesce(CASE WHEN a.sealed_text IS NULL THEN r.sealed_to END, a.sealed_to),
      sealed_text = coalesce(a.sealed_text, r.sealed_text)
    FROM held r
    WHERE a.ctid = r.row AND ${held}
    RETURNING a.notification_id, a.n, a.key_generation, a.valid_until, a.reference,
      a.reference_key_id, a.sender_id, a.data_key_id, a.sealed_to, a.sealed_text,
      a.sealed_text <> r.sealed_text AS replayed, r.notification_state = 'waiting' AS waiting`
})
