/** Which attempts receipts may be about: by client reference, and by the carrier's own id. */
import * as Effect from "effect/Effect"
import { Consequences } from "../Core.ts"
import * as P from "../Parameters.ts"
import type { Store } from "./Store.ts"
import type { WaitingReceipt } from "./WaitingReceipts.ts"

export interface Names {
  readonly byReference: ReadonlyMap<string, Consequences.AttemptKey>
  readonly byCarrierId: ReadonlyMap<string, ReadonlyArray<Consequences.AttemptKey>>
  readonly notificationIds: ReadonlySet<string>
}

interface ReferenceRow {
  readonly notification_id: string
  readonly n: number
  readonly name: string
  /** Within the time in which the carrier's id is trusted. */
  readonly carrier_message_id: string | null
}

interface CarrierRow {
  readonly notification_id: string
  readonly n: number
  readonly name: string
}

const distinct = (names: ReadonlyArray<string | null>): ReadonlyArray<string> => [
  ...new Set(names.filter((name) => name !== null))
]

/**
 * The attempts these receipts may be about. Where the attempt of a receipt's reference bears the
 * receipt's carrier id, the two agree, whoever else has that id: it is not looked for.
 */
export const read = Effect.fnUntraced(function* (
  store: Store,
  receipts: ReadonlyArray<WaitingReceipt>,
  nowMs: number
) {
  const references = distinct(receipts.map((row) => row.reference))
  const since = P.instant(nowMs - Consequences.carrierIdWindowMs)
  const byReference = new Map<string, Consequences.AttemptKey>()
  const byCarrierId = new Map<string, Array<Consequences.AttemptKey>>()
  const notificationIds = new Set<string>()
  const named =
    references.length === 0
      ? []
      : yield* store.sql<ReferenceRow>`
          SELECT a.* FROM unnest(${P.texts(references)}::text[]) AS t(name)
          CROSS JOIN LATERAL (
            SELECT notification_id, n, reference AS name,
              CASE WHEN first_mark_at >= ${since} THEN carrier_message_id END AS carrier_message_id
            FROM attempt
            WHERE program = ${store.program} AND reference = t.name
            OFFSET 0
          ) AS a`
  const know = (name: string, key: Consequences.AttemptKey): void => {
    const known = byCarrierId.get(name)
    if (known === undefined) byCarrierId.set(name, [key])
    else known.push(key)
  }
  const idOf = new Map<string, string | null>()
  for (const { carrier_message_id: id, n, name, notification_id: notificationId } of named) {
    byReference.set(name, { notificationId, n })
    idOf.set(name, id)
    notificationIds.add(notificationId)
  }
  const asked = receipts.map(({ carrier_message_id: id, reference }) =>
    id !== null && reference !== null && idOf.get(reference) === id ? null : id
  )
  const carrierIds = distinct(asked)
  const identified =
    carrierIds.length === 0
      ? []
      : yield* store.sql<CarrierRow>`
          SELECT a.* FROM unnest(${P.texts(carrierIds)}::text[]) AS t(name)
          CROSS JOIN LATERAL (
            SELECT notification_id, n, carrier_message_id AS name FROM attempt
            WHERE program = ${store.program} AND carrier_message_id = t.name
              AND first_mark_at >= ${since}
            OFFSET 0
          ) AS a`
  for (const { n, name, notification_id: notificationId } of identified) {
    know(name, { notificationId, n })
    notificationIds.add(notificationId)
  }
  const names: Names = { byReference, byCarrierId, notificationIds }
  return names
})

/** Which attempt a receipt is about. */
export const match = (
  { byCarrierId, byReference }: Names,
  { carrier_message_id: id, reference }: WaitingReceipt
): Consequences.ReceiptMatch =>
  Consequences.matchReceipt(
    reference === null ? undefined : byReference.get(reference),
    byCarrierId.get(id ?? "") ?? []
  )
