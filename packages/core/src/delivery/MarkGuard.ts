/**
 * G, the mark guard: everything that must hold in the one statement that makes a submission
 * irrevocable. Fence and lease are the store's; what they guard is here, as a total function for
 * the
 * memory store, the model, and the contract of the SQL statement.
 *
 * **Source** — delivery protocol 1.1 (G), 1.2 (for n > 1).
 */
import * as Attempt from "./Attempt.ts"
import * as DeliveryContext from "./DeliveryContext.ts"
import * as Notification from "./Notification.ts"
import * as Reconcile from "./Reconcile.ts"
import * as RetryPolicy from "./RetryPolicy.ts"

/** What only the store and its caller know at the mark. Instants in business time. */
export interface MarkFacts {
  /** When the send window closes; `null` while it is closed. */
  readonly windowClosesMs: number | null
  /** When the permission to contact was given; `null` without a yes. */
  readonly contactAskedMs: number | null
  /** Paused or killed by an operator. */
  readonly paused: boolean
  /** The breaker is closed, or this is its one probe. */
  readonly circuitAllows: boolean
  /** The database is the one the external witness knows. */
  readonly incarnationConfirmed: boolean
  /** No stored receipt of an earlier attempt waits to be folded. */
  readonly earlierReceiptsFolded: boolean
  /**
   * When the last look-up over every earlier attempt said not found or dead; `null` if none did.
   */
  readonly earlierAskedMs: number | null
}

/** What stands in the way of a mark, in the order in which it is asked. */
export type GuardFailure =
  | "NOT_CLAIMED"
  | "NOT_RELEASED"
  | "REVISION_SUPERSEDED"
  | "EXPIRED"
  | "OUTSIDE_WINDOW"
  | "NOT_CONTACTABLE"
  | "PAUSED"
  | "SUPPRESSED"
  | "CIRCUIT_OPEN"
  | "INCARNATION_UNCONFIRMED"
  | "NOTIFICATION_ENDED"
  | "NOT_REPLAYABLE"
  | "EARLIER_DELIVERED"
  | "EARLIER_OPEN"
  | "EARLIER_RECEIPTS_UNFOLDED"
  | "EARLIER_NOT_LOOKED_UP"
  | "NO_ATTEMPT_LEFT"
  | "NOT_DUE"

/**
 * The first condition of G that does not hold for attempt `n`, or `undefined` when it may be
 * marked.
 *
 * **Outcomes, first match wins** — in the order of `GuardFailure`.
 *
 * **Source** — delivery protocol 1.1 (G; "not amb or replayable"), 1.2 (for n > 1).
 */
export const guard = (
  notification: Notification.Notification,
  n: number,
  context: DeliveryContext.DeliveryContext,
  facts: MarkFacts
): GuardFailure | undefined => {
  const attempt = Notification.attemptAt(notification, n)
  if (attempt?.state !== "claimed") return "NOT_CLAIMED"
  if (notification.state === "held") return "NOT_RELEASED"
  if (DeliveryContext.withdrawnReason(context) !== null) return "REVISION_SUPERSEDED"
  if (Notification.isExpired(notification, context.nowMs, context.policy)) return "EXPIRED"
  if (facts.windowClosesMs === null || context.nowMs >= facts.windowClosesMs) {
    return "OUTSIDE_WINDOW"
  }
  if (!isFresh(facts.contactAskedMs, context)) return "NOT_CONTACTABLE"
  if (facts.paused) return "PAUSED"
  if (DeliveryContext.suppressedReason(context) !== null) return "SUPPRESSED"
  if (!facts.circuitAllows) return "CIRCUIT_OPEN"
  if (!facts.incarnationConfirmed) return "INCARNATION_UNCONFIRMED"
  if (!Notification.isLive(notification)) return "NOTIFICATION_ENDED"
  const { nowMs, policy, capabilities } = context
  if (attempt.ambiguous && !Attempt.isReplayable(attempt, nowMs, policy, capabilities)) {
    return "NOT_REPLAYABLE"
  }
  return nowMs < attempt.dueMs ? "NOT_DUE" : guardEarlier(notification, n, context, facts)
}

const isFresh = (askedMs: number | null, context: DeliveryContext.DeliveryContext): boolean =>
  askedMs !== null &&
  askedMs <= context.nowMs &&
  context.nowMs - askedMs <= context.policy.contactFreshMs

/** For n > 1: every earlier attempt is surely dead, and we looked. */
const guardEarlier = (
  notification: Notification.Notification,
  n: number,
  context: DeliveryContext.DeliveryContext,
  facts: MarkFacts
): GuardFailure | undefined => {
  const earlier = notification.attempts.slice(0, n - 1).filter((row) => row.state !== "cancelled")
  if (earlier.length === 0) return undefined
  if (earlier.some((row) => Attempt.outcome(row) === "delivered")) return "EARLIER_DELIVERED"
  if (!earlier.every(isDead)) return "EARLIER_OPEN"
  if (!facts.earlierReceiptsFolded) return "EARLIER_RECEIPTS_UNFOLDED"
  if (context.capabilities.lookup !== "none" && !isAsked(earlier, context, facts)) {
    return "EARLIER_NOT_LOOKED_UP"
  }
  let consumed = 0
  for (const row of earlier) if (Attempt.isConsumed(row)) consumed++
  if (consumed >= context.policy.maxConsumed) return "NO_ATTEMPT_LEFT"
  const { policy, capabilities, carrierSkewMs } = context
  const dueMs = RetryPolicy.retryDueMs(earlier, policy, capabilities, carrierSkewMs ?? 0)
  return context.nowMs < dueMs ? "NOT_DUE" : undefined
}

/** Void, refused, failed by receipt without a delivered part, or given up by two people. */
const isDead = (row: Attempt.Attempt): boolean =>
  row.state === "void" ||
  row.state === "refused" ||
  Attempt.outcome(row) === "failed" ||
  Attempt.isGivenUp(row)

/**
 * A look-up counts when it was made after V by the carrier's clock, or else after the negative, and
 * shows what was accepted until then.
 */
const isAsked = (
  earlier: ReadonlyArray<Attempt.Attempt>,
  context: DeliveryContext.DeliveryContext,
  facts: MarkFacts
): boolean => {
  return earlier.every((row) => {
    if (Attempt.isGivenUp(row)) return true
    const fromMs =
      row.validUntilMs === null
        ? (RetryPolicy.negativeShownMs(row, context.capabilities) ?? 0)
        : Reconcile.validityOverMs(row, context)
    return facts.earlierAskedMs !== null && facts.earlierAskedMs >= fromMs
  })
}
