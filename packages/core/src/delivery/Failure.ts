/**
 * How failures are read, compared and kept beside a carrier's own code.
 *
 * **Source** — original architecture §3.4 (Failure Categorization); product rules, Delivery.
 */
import type { Failure, FailureCategory, FailureDisposition } from "./FailureCategory.ts"
import type { Receipt, ReceiptState } from "./Receipt.ts"

export type { Failure, FailureCategory, FailureDisposition } from "./FailureCategory.ts"

/** A category with its disposition: one line of a carrier's code table. */
export type Reading = readonly [category: FailureCategory, disposition: FailureDisposition]

/** Carrier codes to readings. Codes are compared as written, after `normaliseCode`. */
export type CodeTable = Readonly<Record<string, Reading>>

/**
 * Whether a further attempt may follow a failure. `wait` belongs to codes that prove nothing was
 * accepted; met in a receipt or a refusal it is a failure that time may cure.
 *
 * **Source** — product rules, Delivery ("only after a definite, retryable failure").
 */
export const isRetryable = (failure: Failure): boolean =>
  failure.disposition === "retry" || failure.disposition === "wait"

const severity: Readonly<Record<FailureDisposition, number>> = {
  permanent: 4,
  fix: 3,
  unknown: 2,
  retry: 1,
  wait: 0
}

/**
 * Of two failures of one message the one that forbids more; among equals the first in category and
 * code order, and the left of two that are alike. Without regard to order, like the receipts it
 * comes from.
 *
 * **Source** — delivery protocol 1.3; invariant 27.
 */
export const worse = (left: Failure | null, right: Failure | null): Failure | null => {
  if (left === null) return right
  if (right === null) return left
  const gap = severity[left.disposition] - severity[right.disposition]
  if (gap > 0) return left
  if (gap < 0 || left.category > right.category) return right
  return left.category < right.category || left.code <= right.code ? left : right
}

const byReceipt: Readonly<Partial<Record<ReceiptState, Reading>>> = {
  expired: ["Timeout", "retry"],
  rejected: ["Undeliverable", "permanent"],
  failed: ["Undeliverable", "retry"]
}

/**
 * A receipt whose failure is there exactly when its state is negative: what a carrier leaves unsaid
 * is read off the state, and what it says beside a state that is no failure is dropped.
 *
 * **Source** — original architecture §3.4; SMPP 3.4 5.2.28 (message_state).
 */
export const readReceipt = (receipt: Receipt): Receipt => {
  const reading = byReceipt[receipt.state]
  if (reading === undefined)
    return receipt.failure === null ? receipt : { ...receipt, failure: null }
  if (receipt.failure !== null) return receipt
  const [category, disposition] = reading
  return { ...receipt, failure: { category, disposition, code: receipt.state.toUpperCase() } }
}

/** Upper case without leading zeros, so that `err:001` and `1` are one code. */
export const normaliseCode = (code: string): string =>
  code
    .trim()
    .toUpperCase()
    .replace(/^0+(?=[0-9A-Z])/, "")

/**
 * Reads a carrier's code by its table; a code the table does not name is read as `fallback`, and
 * the code itself is kept in either case.
 *
 * **Source** — original architecture §3.4.
 */
export const read = (table: CodeTable, code: string, fallback: Reading): Failure => {
  const key = normaliseCode(code)
  const [category, disposition] = (Object.hasOwn(table, key) ? table[key] : undefined) ?? fallback
  return { category, disposition, code }
}
