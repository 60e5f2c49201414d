/**
 * One try to hand one message to the carrier: the values of its row, and what can be read off them.
 *
 * **Source** — delivery protocol 1.1.
 */
import type { CarrierCapabilities } from "./CarrierCapabilities.ts"
import type { DeliveryPolicy } from "./DeliveryPolicy.ts"
import type { Failure } from "./FailureCategory.ts"
import * as Receipt from "./Receipt.ts"

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
  /**
   * The carrier's memory of the key cannot be relied on (a restore lost it, or its window is over).
   */
  readonly keyClosed: boolean
  readonly escalated: boolean
  readonly carrierMessageId: string | null
  readonly failure: Failure | null
  /** Parts submitted; 0 before the first mark. */
  readonly parts: number
  /** Sets of receipt states: index 0 for the whole message, index p for part p (`Receipt.fold`). */
  readonly seen: ReadonlyArray<number>
}

/**
 * The failure code of an attempt that two people gave up so that the next one may be sent. The row
 * is `closed`; this code alone lets a later row pass the mark guard beyond it.
 *
 * **Source** — delivery protocol 1.2 ("two people: next row").
 */
export const resendDecided = "RESEND_DECIDED"

/** Row `n` as it is added: pending, never marked, due at `dueMs`. */
export const pending = (n: number, dueMs: number): Attempt => ({
  n,
  state: "pending",
  ambiguous: false,
  dueMs,
  firstMarkMs: null,
  validUntilMs: null,
  negativeMs: null,
  unknownSinceMs: null,
  keyGeneration: 1,
  replays: 0,
  keyClosed: false,
  escalated: false,
  carrierMessageId: null,
  failure: null,
  parts: 0,
  seen: []
})

/** Pending or claimed, and no request of it was ever ambiguous: certainly not sent. */
export const isUnmarked = (attempt: Attempt): boolean =>
  (attempt.state === "pending" || attempt.state === "claimed") && !attempt.ambiguous

/**
 * Whether the attempt counts against the three: accepted, refused, or unknown and not proven void.
 *
 * **Source** — delivery protocol, part 1 (*consumed*).
 */
export const isConsumed = (attempt: Attempt): boolean => {
  switch (attempt.state) {
    case "accepted":
    case "refused":
    case "submitting":
    case "unknown":
    case "closed":
      return true
    case "pending":
    case "claimed":
      return attempt.ambiguous
    case "void":
    case "cancelled":
      return false
  }
}

/** What the receipts mean; `open` unless the carrier has accepted the message. */
export const outcome = (attempt: Attempt): Receipt.Outcome =>
  attempt.state === "accepted" ? Receipt.outcome(attempt.seen, attempt.parts) : "open"

/** Refused at submission, or accepted and failed by receipt. */
export const hasFailed = (attempt: Attempt): boolean => {
  if (attempt.state === "refused") return true
  const result = outcome(attempt)
  return result === "failed" || result === "partial"
}

/** Closed by two people in favour of the next row. */
export const isGivenUp = (attempt: Attempt): boolean =>
  attempt.state === "closed" && attempt.failure?.code === resendDecided

/** Whether less than a span has passed since the first mark; never where there was none. */
const isWithin = ({ firstMarkMs }: Attempt, nowMs: number, spanMs: number): boolean =>
  firstMarkMs !== null && nowMs < firstMarkMs + spanMs

/**
 * Whether the carrier still knows the key of the first mark: its window, less the time a request
 * may take, is not over.
 *
 * **Source** — delivery protocol 2.4, rule 6; 1.1 (K open); part 1 (Batches).
 */
export const isKeyOpen = (
  attempt: Attempt,
  nowMs: number,
  policy: DeliveryPolicy,
  capabilities: CarrierCapabilities
): boolean => {
  const { idempotency } = capabilities
  // A key of a whole batch protects no message that is sent again by itself.
  if (idempotency === "none" || idempotency.scope === "batch") return false
  const spanMs = idempotency.windowMs - policy.leaseMs - policy.marginMs
  return !attempt.keyClosed && isWithin(attempt, nowMs, spanMs)
}

/**
 * Whether the same bytes may be sent again under the same key.
 *
 * **Source** — delivery protocol 1.1 (Replayable).
 */
export const isReplayable = (
  attempt: Attempt,
  nowMs: number,
  policy: DeliveryPolicy,
  capabilities: CarrierCapabilities
): boolean =>
  isKeyOpen(attempt, nowMs, policy, capabilities) &&
  (attempt.validUntilMs === null || nowMs + policy.requestDeadlineMs <= attempt.validUntilMs) &&
  isWithin(attempt, nowMs, policy.confirmationWindowMs) &&
  attempt.replays < policy.replayCap
