/**
 * The constants of the delivery protocol as a policy fragment.
 *
 * **Source** — delivery protocol, part 1 (Constants); product rules, Delivery.
 */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Every duration in milliseconds; the counts are whole numbers from 1. */
export interface DeliveryPolicy {
  /** How long a claim holds an attempt, in process time. */
  readonly leaseMs: number
  /** How often claims whose lease is over are looked for. */
  readonly scanMs: number
  /** D: the longest a request to the carrier may take. */
  readonly requestDeadlineMs: number
  /** Kept free between the last start of a request and the end of its lease. */
  readonly marginMs: number
  /** How long bytes of an abandoned request may still reach the carrier. */
  readonly networkLifetimeMs: number
  /** Added to the measured clock skew of the carrier. */
  readonly skewMs: number
  /**
   * Above this measured skew the carrier is offered no absolute validity: it would fence nothing.
   */
  readonly maxTrustedSkewMs: number
  /** How long after the last deadline a silent look-up is waited for before people are asked. */
  readonly graceMs: number
  /** Least time between the first marks of consumed attempts. */
  readonly retryGapMs: number
  /** Attempts that were, or may have been, put to the carrier. */
  readonly maxConsumed: number
  /** Attempt rows in all, those proven void included. */
  readonly maxRows: number
  /** Replays under one key generation. */
  readonly replayCap: number
  /** Without a final receipt so long after the first mark, an attempt is closed. */
  readonly confirmationWindowMs: number
  readonly pollEveryMs: number
  /** Longest validity asked of the carrier; shorter than `retryGapMs`. */
  readonly validityMs: number
  /** Expiry of a notification, in open days of the send window after release. */
  readonly expiryWindowDays: number
  /** How old the answer of `mayContact` may be at the mark, in process time. */
  readonly contactFreshMs: number
}

/** The defaults of the delivery protocol. */
export const defaults: DeliveryPolicy = {
  leaseMs: 120 * SECOND,
  scanMs: 15 * SECOND,
  requestDeadlineMs: 30 * SECOND,
  marginMs: 10 * SECOND,
  networkLifetimeMs: 120 * SECOND,
  skewMs: 60 * SECOND,
  maxTrustedSkewMs: 30 * MINUTE,
  graceMs: 24 * HOUR,
  retryGapMs: 6 * HOUR,
  maxConsumed: 3,
  maxRows: 5,
  replayCap: 5,
  confirmationWindowMs: 72 * HOUR,
  pollEveryMs: 2 * HOUR,
  validityMs: 5 * HOUR + 30 * MINUTE,
  expiryWindowDays: 5,
  contactFreshMs: 60 * SECOND
}

/** What is wrong with a policy, first that holds. */
export type PolicyProblem =
  | "NOT_A_POSITIVE_INTEGER"
  | "LEASE_TOO_SHORT"
  | "VALIDITY_EXCEEDS_RETRY_GAP"
  | "ROWS_BELOW_CONSUMED"

/**
 * Checks the relations the protocol relies on.
 *
 * **Outcomes, first match wins**
 * 1. `NOT_A_POSITIVE_INTEGER` — some field is not a whole number above zero
 * 2. `LEASE_TOO_SHORT` — no request could start: lease ≤ D + margin
 * 3. `VALIDITY_EXCEEDS_RETRY_GAP` — attempt n could still be delivered when n + 1 is due
 * 4. `ROWS_BELOW_CONSUMED` — the row limit would end the attempts first
 *
 * **Source** — delivery protocol, part 1.
 */
export const problem = (policy: DeliveryPolicy): PolicyProblem | undefined => {
  for (const value of Object.values<number>({ ...policy })) {
    if (!Number.isSafeInteger(value) || value < 1) return "NOT_A_POSITIVE_INTEGER"
  }
  if (policy.leaseMs <= policy.requestDeadlineMs + policy.marginMs) return "LEASE_TOO_SHORT"
  if (policy.validityMs + policy.skewMs > policy.retryGapMs) return "VALIDITY_EXCEEDS_RETRY_GAP"
  return policy.maxRows < policy.maxConsumed ? "ROWS_BELOW_CONSUMED" : undefined
}
