/**
 * The five categories of the original architecture, and what may follow from a failure.
 *
 * **Source** — original architecture §3.4 (Failure Categorization); product rules, Delivery.
 */

/** Why a message did not arrive. */
export type FailureCategory =
  | "InvalidNumber"
  | "Timeout"
  | "QuotaExceeded"
  | "Undeliverable"
  | "ProviderError"

/**
 * - `permanent`: never again for this recipient
 * - `retry`: a further attempt may succeed
 * - `wait`: the carrier is not ready; consumes no attempt
 * - `fix`: somebody must repair something first
 * - `unknown`: nobody knows whether it was sent; never resent without proof
 */
export type FailureDisposition = "permanent" | "retry" | "wait" | "fix" | "unknown"

/** A definite negative with the carrier's own code kept beside our reading of it. */
export interface Failure {
  readonly category: FailureCategory
  readonly disposition: FailureDisposition
  readonly code: string
}
