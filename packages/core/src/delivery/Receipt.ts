/**
 * Delivery receipts, folded without regard to their order.
 *
 * **Source** — delivery protocol 1.3; invariant 27.
 */
import type { Failure } from "./Failure.ts"

/** What a carrier can say about one part of a message, weakest first. */
export type ReceiptState =
  | "accepted"
  | "enroute"
  | "unknown"
  | "expired"
  | "rejected"
  | "failed"
  | "delivered"

/** One receipt for one part; `part` counts from 1 and is 1 where the carrier reports whole messages. */
export interface Receipt {
  readonly state: ReceiptState
  readonly part: number
  /** How many parts the carrier says there are; `null` where it says nothing. */
  readonly parts: number | null
  readonly failure: Failure | null
}
