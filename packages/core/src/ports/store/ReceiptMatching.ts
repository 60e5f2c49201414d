/**
 * Which attempt a receipt is about, and what it proves of it.
 *
 * **Source** — delivery protocol 1.1, 1.3; invariant 28.
 */
import type * as Attempt from "../../delivery/Attempt.ts"
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import type { ReceiptReport } from "../SmsCarrier.ts"

/** An attempt as receipts find it. */
export interface AttemptKey {
  readonly notificationId: string
  readonly n: number
}

/** How far back a carrier's own id is trusted to name one message: carriers use ids again. */
export const carrierIdWindowMs = 7 * 24 * 3_600_000

export type ReceiptMatch =
  | { readonly _tag: "Matched"; readonly attempt: AttemptKey }
  /** Reference and carrier id name different attempts, or the id names several. */
  | { readonly _tag: "Disagreement" }
  | { readonly _tag: "Orphan" }

/**
 * Which attempt a receipt is about: by client reference first, then by the carrier's id.
 *
 * **Shapes and units**
 * - `byReference`: the attempt marked under the report's reference, if any
 * - `byCarrierId`: the attempts with the report's carrier id that were marked within
 *   `carrierIdWindowMs` before now
 *
 * **Outcomes, first match wins**
 * 1. `Disagreement` — a reference names one attempt and the carrier's id only others; or there is
 *    no reference and the id names several. Held, and people are told
 * 2. `Matched` — the attempt of the reference, else of the id
 * 3. `Orphan` — neither is known: kept, counted, tried again when the id appears
 *
 * **Source** — delivery protocol 1.3; invariant 28.
 */
export const matchReceipt = (
  byReference: AttemptKey | undefined,
  byCarrierId: ReadonlyArray<AttemptKey>
): ReceiptMatch => {
  const first = byReference ?? byCarrierId[0]
  if (first === undefined) return { _tag: "Orphan" }
  const agrees = (key: AttemptKey): boolean =>
    key.notificationId === first.notificationId && key.n === first.n
  const agreed =
    byReference === undefined
      ? byCarrierId.every(agrees)
      : byCarrierId.length === 0 || byCarrierId.some(agrees)
  return agreed ? { _tag: "Matched", attempt: first } : { _tag: "Disagreement" }
}

/**
 * The events a matched receipt stands for, in order: the acceptance it proves, where it tells more
 * than the row knows, then the receipt itself.
 *
 * **Source** — delivery protocol 1.1 (acceptance seen by receipt), 1.3.
 */
export const receiptEvents = (
  attempt: Attempt.Attempt,
  report: ReceiptReport
): ReadonlyArray<DeliveryEvent> => {
  const seen: DeliveryEvent = { _tag: "ReceiptSeen", n: attempt.n, receipt: report.receipt }
  const { carrierMessageId } = report
  const known =
    attempt.state === "accepted" &&
    (carrierMessageId === null || carrierMessageId === attempt.carrierMessageId)
  if (known) return [seen]
  return [{ _tag: "AcceptanceSeen", n: attempt.n, carrierMessageId, via: "receipt" }, seen]
}
