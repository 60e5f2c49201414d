/**
 * The rows of table 1.2: what commands and the fates of attempts do to the notification.
 *
 * **Source** — delivery protocol 1.2.
 */
import * as Attempt from "./Attempt.ts"
import * as DeliveryContext from "./DeliveryContext.ts"
import type { DeliveryEvent } from "./DeliveryEvent.ts"
import type { FailedReason, IgnoredReason } from "./DeliveryFact.ts"
import { type Draft, emit } from "./Draft.ts"
import * as Escalation from "./Escalation.ts"
import type { Failure } from "./Failure.ts"
import * as Failures from "./Failure.ts"
import * as Notification from "./Notification.ts"
import * as RetryPolicy from "./RetryPolicy.ts"

const causes: Readonly<Record<FailedReason, Escalation.EscalationCause | null>> = {
  LATE_FAILURE: null,
  PARTIAL: "PARTIAL_DELIVERY",
  PERMANENT: "PERMANENT_FAILURE",
  FIX: "FIX_NEEDED",
  UNPROVEN: "PERMANENT_FAILURE",
  BARRED: "RETRY_BARRED",
  EXHAUSTED: "RETRIES_EXHAUSTED",
  EXPIRED: "EXPIRED_AFTER_FAILURE",
  CLOSED: null
}

const givenUp: Failure = {
  category: "Undeliverable",
  disposition: "unknown",
  code: Attempt.resendDecided
}

/** held + release. E is fixed by the first release. */
export const release = (draft: Draft, expiryMs: number): IgnoredReason | undefined => {
  const { notification, context } = draft
  if (notification.state !== "held") return "NO_TRANSITION"
  if (DeliveryContext.withdrawnReason(context) !== null) return "NOT_ALLOWED"
  addNext(draft, context.nowMs)
  emit(draft, { _tag: "NotificationActivated", expiryMs: notification.expiryMs ?? expiryMs })
  return undefined
}

/** withdrawn + qualified again, before E. */
export const hold = (draft: Draft): IgnoredReason | undefined => {
  const { notification, context } = draft
  if (notification.state !== "withdrawn") return "NO_TRANSITION"
  if (Notification.isExpired(notification, context.nowMs, context.policy)) return "NOT_ALLOWED"
  emit(draft, { _tag: "NotificationHeld" })
  return undefined
}

const isEndable = ({ notification }: Draft): boolean =>
  (notification.state === "held" || Notification.isLive(notification)) &&
  Notification.isUnmarked(notification)

export const withdraw = (draft: Draft, reason: string): IgnoredReason | undefined => {
  if (!isEndable(draft)) return "NO_TRANSITION"
  cancelUnmarked(draft)
  emit(draft, { _tag: "NotificationWithdrawn", reason })
  return undefined
}

export const suppress = (draft: Draft, reason: string): IgnoredReason | undefined => {
  if (!isEndable(draft)) return "NO_TRANSITION"
  cancelUnmarked(draft)
  emit(draft, { _tag: "NotificationSuppressed", reason })
  return undefined
}

/**
 * Withdrawal, else suppression, else expiry of a row that is unmarked (again): events that came
 * while it was marked take effect now. Says whether one did.
 */
export const settleUnmarked = (draft: Draft): boolean => {
  const { context } = draft
  if (!isEndable(draft)) return false
  const withdrawn = DeliveryContext.withdrawnReason(context)
  if (withdrawn !== null) return withdraw(draft, withdrawn) === undefined
  const suppressed = DeliveryContext.suppressedReason(context)
  if (suppressed !== null) return suppress(draft, suppressed) === undefined
  if (!Notification.isExpired(draft.notification, context.nowMs, context.policy)) return false
  cancelUnmarked(draft)
  // `expired` means that nothing was ever put to the carrier; anything else failed by being late.
  if (Notification.consumed(draft.notification) > 0) fail(draft, "EXPIRED", null)
  else emit(draft, { _tag: "NotificationExpired" })
  return true
}

/** waiting + T3, or an acceptance whose successors, if there were any, fell away. */
export const activate = (draft: Draft): void => {
  if (draft.notification.state === "waiting") {
    emit(draft, { _tag: "NotificationActivated", expiryMs: null })
  }
}

/**
 * An attempt turns out accepted: what was to replace it and is not yet marked is cancelled.
 * Where a later one was marked already, the unmarked one after it stays: nothing else would carry
 * the notification to an end, and the mark guard holds it back until the earlier ones are dead.
 */
export const reopen = (draft: Draft, n: number): void => {
  const later = draft.notification.attempts.slice(n)
  if (!later.every((row) => row.state === "cancelled" || Attempt.isUnmarked(row))) return
  for (const row of later) {
    if (row.state !== "cancelled") emit(draft, { _tag: "AttemptCancelled", n: row.n })
  }
  activate(draft)
}

/** Any delivered attempt wins. */
export const deliver = (draft: Draft, n: number): void => {
  const from = draft.notification.state
  if (from === "delivered") {
    emit(draft, { _tag: "EscalationRaised", cause: "DUPLICATE_DELIVERY", n })
    return
  }
  cancelForDelivery(draft)
  emit(draft, { _tag: "NotificationDelivered", n })
  if (Notification.isTerminal(from)) emit(draft, { _tag: "LateDelivery", n, from })
}

const cancelForDelivery = (draft: Draft): void => {
  cancelUnmarked(draft)
  for (const row of draft.notification.attempts) {
    if (row.state !== "pending" && row.state !== "claimed") continue
    const sinceClockMs = row.unknownSinceMs ?? draft.context.clockMs
    emit(draft, { _tag: "AttemptUnknown", n: row.n, sinceClockMs, dueMs: null })
  }
}

const cancelUnmarked = (draft: Draft): void => {
  for (const row of draft.notification.attempts) {
    if (Attempt.isUnmarked(row)) emit(draft, { _tag: "AttemptCancelled", n: row.n })
  }
}

/** active + void: the next row, without the 6 h; after the last row people are asked. */
export const replaceVoid = (draft: Draft, n: number): void => {
  const { notification, context } = draft
  if (notification.state !== "active" || !isCurrent(notification, n)) return
  if (n >= context.policy.maxRows) {
    escalate(draft, n, "ROWS_EXHAUSTED")
    return
  }
  addNext(draft, dueMs(draft))
  settleUnmarked(draft)
}

/** failed or refused: the next attempt at R, or the end. */
export const concludeFailure = (draft: Draft, n: number): void => {
  const { notification, context } = draft
  const attempt = Notification.attemptAt(notification, n)
  if (attempt === undefined) return
  if (!isCurrent(notification, n)) {
    // A delivered part after all: no second message on top of half of the first.
    const isPartial = Attempt.outcome(attempt) === "partial"
    if (isPartial && Notification.isLive(notification) && Notification.isUnmarked(notification)) {
      cancelUnmarked(draft)
      fail(draft, "PARTIAL", n)
    }
    return
  }
  if (notification.state === "undeliverable") {
    // Under a quarantine a later reference, lost with its row, may still be delivered.
    if (context.quarantine === undefined) fail(draft, "LATE_FAILURE", n)
    return
  }
  if (notification.state !== "active" && notification.state !== "escalated") return
  const reason = noRetryReason(notification, attempt, context)
  if (reason === undefined) startNext(draft)
  else fail(draft, reason, n)
}

const noRetryReason = (
  notification: Notification.Notification,
  attempt: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): FailedReason | undefined => {
  if (Attempt.outcome(attempt) === "partial") return "PARTIAL"
  const { failure } = attempt
  if (failure !== null && !Failures.isRetryable(failure)) {
    if (failure.disposition === "fix") return "FIX"
    return failure.disposition === "unknown" ? "UNPROVEN" : "PERMANENT"
  }
  const { policy } = context
  if (Notification.consumed(notification) >= policy.maxConsumed || attempt.n >= policy.maxRows) {
    return "EXHAUSTED"
  }
  // Under a quarantine the next row only asks whether it was sent before the restore.
  const barred = DeliveryContext.isBarred(notification, context)
  return barred && context.quarantine === undefined ? "BARRED" : undefined
}

/** current row closed. */
export const concludeClosed = (draft: Draft, n: number): void => {
  const { notification } = draft
  if (notification.state !== "active" && notification.state !== "escalated") return
  if (isCurrent(notification, n)) emit(draft, { _tag: "NotificationUndeliverable" })
}

/** active + cannot be resolved by asking, or no row left. */
export const escalate = (draft: Draft, n: number, cause: Escalation.EscalationCause): void => {
  const { notification } = draft
  if (notification.state !== "active" || !isCurrent(notification, n)) return
  emit(draft, { _tag: "NotificationEscalated", cause })
  emit(draft, { _tag: "EscalationRaised", cause, n })
}

/** escalated + two people: close, or give the unresolved row up and send the next. */
export const resolve = (
  draft: Draft,
  { action, by }: Extract<DeliveryEvent, { readonly _tag: "Resolved" }>
): IgnoredReason | undefined => {
  const { notification, context } = draft
  if (notification.state !== "escalated") return "NO_TRANSITION"
  if (!Escalation.areTwoPeople(by)) return "SAME_PERSON"
  if (action === "close") {
    emit(draft, { _tag: "EscalationResolved", action, by })
    fail(draft, "CLOSED", null)
    return undefined
  }
  const current = Notification.currentAttempt(notification)
  if (current === undefined || !mayResend(notification, current, context)) return "NOT_ALLOWED"
  emit(draft, { _tag: "EscalationResolved", action, by })
  if (current.state === "unknown") {
    emit(draft, { _tag: "AttemptClosed", n: current.n, failure: givenUp })
  }
  startNext(draft)
  return undefined
}

/** Two people may overrule ignorance, not knowledge: an accepted message is never sent again. */
const mayResend = (
  notification: Notification.Notification,
  current: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): boolean =>
  (current.state === "unknown" || current.state === "void") &&
  current.n < context.policy.maxRows &&
  Notification.consumed(notification) < context.policy.maxConsumed &&
  !DeliveryContext.isBarred(notification, context)

const isCurrent = (notification: Notification.Notification, n: number): boolean =>
  Notification.currentAttempt(notification)?.n === n

const fail = (draft: Draft, reason: FailedReason, n: number | null): void => {
  emit(draft, { _tag: "NotificationFailed", reason })
  const cause = causes[reason]
  if (cause !== null) emit(draft, { _tag: "EscalationRaised", cause, n })
}

/** The next attempt at R; under a quarantine it starts unknown and is reconciled at once. */
const startNext = (draft: Draft): void => {
  const at = dueMs(draft)
  addNext(draft, at)
  if (draft.context.quarantine === undefined) {
    emit(draft, { _tag: "NotificationWaiting", dueMs: at })
  } else {
    emit(draft, { _tag: "NotificationActivated", expiryMs: null })
  }
}

const dueMs = ({ notification, context }: Draft): number => {
  const { policy, capabilities, carrierSkewMs, nowMs } = context
  const at = RetryPolicy.retryDueMs(notification.attempts, policy, capabilities, carrierSkewMs ?? 0)
  return Math.max(nowMs, at)
}

/** The row after the current one: a cancelled one was never marked, so its number is used again. */
const addNext = (draft: Draft, due: number): void => {
  const { notification, context } = draft
  const n = (Notification.currentAttempt(notification)?.n ?? 0) + 1
  const { quarantine } = context
  if (quarantine === undefined) {
    emit(draft, { _tag: "AttemptAdded", n, dueMs: due, restored: null })
    return
  }
  const restored = DeliveryContext.restored(quarantine, context)
  emit(draft, { _tag: "AttemptAdded", n, dueMs: due, restored })
}
