/**
 * Delivery receipts, folded without regard to their order: per part the *set* of states seen is
 * kept, and what is shown is its maximum. Duplicates and any permutation give the same view.
 *
 * **Source** — delivery protocol 1.3; invariant 27.
 */
import type { Failure } from "./FailureCategory.ts"

/** What a carrier can say about one part of a message, weakest first. */
export type ReceiptState =
  | "accepted"
  | "enroute"
  | "unknown"
  | "expired"
  | "rejected"
  | "failed"
  | "delivered"

/**
 * One receipt for one part; `part` counts from 1 and is 1 where the carrier reports whole messages.
 */
export interface Receipt {
  readonly state: ReceiptState
  readonly part: number
  /** How many parts the carrier says there are; `null` where it says nothing. */
  readonly parts: number | null
  readonly failure: Failure | null
}

/**
 * - `open`: not final
 * - `failed`: every part is negative; nothing arrived
 * - `partial`: some parts arrived and some never will; never retried
 * - `delivered`: every part arrived
 */
export type Outcome = "open" | "failed" | "partial" | "delivered"

/** The states in the order of their bits, weakest first. */
export const order: ReadonlyArray<ReceiptState> = [
  "accepted",
  "enroute",
  "unknown",
  "expired",
  "rejected",
  "failed",
  "delivered"
]

/** 3GPP TS 23.040 9.2.3.24.1: the concatenation header counts parts in one octet. */
export const maxParts = 255

const EXPIRED = 1 << 3
const REJECTED = 1 << 4
const FAILED = 1 << 5
const DELIVERED = 1 << 6
const NEGATIVE = EXPIRED | REJECTED | FAILED

/** Whether this state, should no better one follow, means that the part does not arrive. */
export const isNegativeState = (state: ReceiptState): boolean =>
  state === "expired" || state === "rejected" || state === "failed"

/** Whether any part was ever called dead, whatever was said of it later. */
export const hasNegative = (seen: ReadonlyArray<number>): boolean =>
  seen.some((bits) => (bits & NEGATIVE) !== 0)

/** Whether part and count are numbers a concatenated message can have. */
export const isWellFormed = (receipt: Receipt): boolean =>
  isCount(receipt.part) &&
  (receipt.parts === null || (isCount(receipt.parts) && receipt.part <= receipt.parts))

const isCount = (value: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= maxParts

/**
 * The set with this receipt in it; the very same array when it says nothing new.
 *
 * **Shapes and units**
 * - `seen`: index 0 holds what was said of the whole message (`part` 1 of `parts: null`), index p
 *   what was said of part p; each entry is a bit set in `order`
 *
 * **Source** — delivery protocol 1.3.
 */
export const fold = (seen: ReadonlyArray<number>, receipt: Receipt): ReadonlyArray<number> => {
  if (!isWellFormed(receipt)) return seen
  const index = receipt.parts === null && receipt.part === 1 ? 0 : receipt.part
  const length = Math.max(seen.length, index + 1, (receipt.parts ?? 0) + 1)
  const bit = 1 << order.indexOf(receipt.state)
  const isKnown = seen.some((bits, i) => i === index && (bits & bit) !== 0)
  if (isKnown && length === seen.length) return seen
  const next: Array<number> = []
  for (let i = 0; i < length; i++) next.push((seen[i] ?? 0) | (i === index ? bit : 0))
  return next
}

/** The strongest state in a set; `undefined` when it is empty. */
export const view = (bits: number): ReceiptState | undefined => {
  for (let i = order.length - 1; i >= 0; i--) {
    if ((bits & (1 << i)) !== 0) return order[i]
  }
  return undefined
}

/** How many parts a message has: as submitted, or as the carrier says, whichever is more. */
export const partCount = (seen: ReadonlyArray<number>, submitted: number): number =>
  Math.max(submitted, seen.length - 1, 1)

/** What was seen of part `part` (from 1), what was said of the whole message included. */
export const partBits = (seen: ReadonlyArray<number>, part: number): number =>
  (seen[0] ?? 0) | (seen[part] ?? 0)

/**
 * What the receipts so far mean for the message.
 *
 * **Outcomes, first match wins**
 * 1. `delivered` — the view of every part is delivered
 * 2. `partial` — some part is delivered and some part negative
 * 3. `failed` — every part is negative
 * 4. `open` — anything else, UNKNOWN among it: nobody knows
 *
 * **Source** — delivery protocol 1.3.
 */
export const outcome = (seen: ReadonlyArray<number>, submitted: number): Outcome => {
  const count = partCount(seen, submitted)
  let delivered = 0
  let negative = 0
  for (let part = 1; part <= count; part++) {
    const bits = partBits(seen, part)
    if ((bits & DELIVERED) !== 0) delivered++
    else if ((bits & NEGATIVE) !== 0) negative++
  }
  if (delivered === count) return "delivered"
  if (delivered > 0 && negative > 0) return "partial"
  return negative === count ? "failed" : "open"
}

/** Whether the outcome is `failed` or `partial`. */
export const isNegative = (seen: ReadonlyArray<number>, submitted: number): boolean => {
  const result = outcome(seen, submitted)
  return result === "failed" || result === "partial"
}

/** How many parts were called both delivered and dead: a carrier that takes its word back. */
export const contradictions = (seen: ReadonlyArray<number>, submitted: number): number => {
  const count = partCount(seen, submitted)
  let found = 0
  for (let part = 1; part <= count; part++) {
    const bits = partBits(seen, part)
    if ((bits & DELIVERED) !== 0 && (bits & NEGATIVE) !== 0) found++
  }
  return found
}
