/**
 * One try to hand one message to the carrier: the values of its row.
 *
 * **Source** — delivery protocol 1.1.
 */
import type { Failure } from "./Failure.ts"

export type AttemptState =
  | "pending"
  | "claimed"
  | "submitting"
  | "unknown"
  | "accepted"
  | "refused"
  | "void"
  | "cancelled"
  | "closed"

/**
 * One attempt row. Every instant is business time except `unknownSinceMs`, which is process time:
 * the settle delay counts real seconds on the wire.
 */
export interface Attempt {
  /** From 1, contiguous. */
  readonly n: number
  readonly state: AttemptState
  /** Sticky: some earlier request of this attempt may have been accepted. */
  readonly ambiguous: boolean
  /** The next claim is allowed from here on. */
  readonly dueMs: number
  /** S: the first mark. */
  readonly firstMarkMs: number | null
  /** V: the absolute validity sent to the carrier; `null` where the class has none. */
  readonly validUntilMs: number | null
  /** F: when a definite negative (refusal, failed view, proof of death) was recorded. */
  readonly negativeMs: number | null
  /** When the outcome became unknown, in process time. */
  readonly unknownSinceMs: number | null
  readonly keyGeneration: number
  /** Replays under the present key generation. */
  readonly replays: number
  /** The carrier's memory of the key cannot be relied on (a restore lost it, or its window is over). */
  readonly keyClosed: boolean
  readonly escalated: boolean
  readonly carrierMessageId: string | null
  readonly failure: Failure | null
  /** Parts submitted; 0 before the first mark. */
  readonly parts: number
  /** Per part, the set of receipt states seen, as bits in the order of `ReceiptState`. */
  readonly seen: ReadonlyArray<number>
}
