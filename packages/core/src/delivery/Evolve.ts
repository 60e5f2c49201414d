/**
 * Facts to state. Each fact carries all it changes, so a history of facts rebuilds the state
 * without
 * policy or clock. An attempt no fact speaks of keeps its identity.
 *
 * **Source** — delivery protocol 1.1, 1.2.
 */
import * as Attempt from "./Attempt.ts"
import type { DeliveryFact } from "./DeliveryFact.ts"
import * as Failure from "./Failure.ts"
import type { Notification, NotificationState } from "./Notification.ts"
import * as Receipt from "./Receipt.ts"

type AttemptFact = Extract<DeliveryFact, { readonly _tag: `Attempt${string}` | "ReceiptFolded" }>

/**
 * The notification after a fact. Facts that are only told (escalations, counters) change nothing
 * and
 * give the same object.
 *
 * **Source** — delivery protocol 1.1, 1.2.
 */
export const evolve = (notification: Notification, fact: DeliveryFact): Notification => {
  switch (fact._tag) {
    case "NotificationHeld":
      return to(notification, "held", null)
    case "NotificationActivated":
      return {
        ...to(notification, "active", null),
        expiryMs: fact.expiryMs ?? notification.expiryMs
      }
    case "NotificationWaiting":
      return to(notification, "waiting", null)
    case "NotificationDelivered":
      return to(notification, "delivered", null)
    case "NotificationFailed":
      return to(notification, "failed", fact.reason)
    case "NotificationUndeliverable":
      return to(notification, "undeliverable", null)
    case "NotificationWithdrawn":
      return to(notification, "withdrawn", fact.reason)
    case "NotificationSuppressed":
      return to(notification, "suppressed", fact.reason)
    case "NotificationExpired":
      return to(notification, "expired", "EXPIRED")
    case "NotificationEscalated":
      return to(notification, "escalated", fact.cause)
    case "EscalationRaised":
    case "EscalationResolved":
    case "LateDelivery":
    case "ContradictoryReceipt":
    case "Ignored":
      return notification
    case "AttemptAdded":
    case "AttemptClaimed":
    case "AttemptMarked":
    case "AttemptAccepted":
    case "AttemptIdentified":
    case "AttemptRefused":
    case "AttemptReturned":
    case "AttemptUnknown":
    case "AttemptVoid":
    case "AttemptCancelled":
    case "AttemptClosed":
    case "AttemptEscalated":
    case "AttemptKeyClosed":
    case "ReceiptFolded":
      return withAttempt(notification, fact)
  }
}

const to = (
  notification: Notification,
  state: NotificationState,
  reason: string | null
): Notification => ({ ...notification, state, reason })

const withAttempt = (notification: Notification, fact: AttemptFact): Notification => {
  const { attempts } = notification
  const before =
    attempts[fact.n - 1] ??
    (fact._tag === "AttemptAdded" && fact.n === attempts.length + 1
      ? Attempt.pending(fact.n, fact.dueMs)
      : undefined)
  if (before === undefined) return notification
  const next = attempts.slice()
  next[fact.n - 1] = evolveAttempt(before, fact)
  return { ...notification, attempts: next }
}

const evolveAttempt = (attempt: Attempt.Attempt, fact: AttemptFact): Attempt.Attempt => {
  switch (fact._tag) {
    case "AttemptAdded":
      return added(attempt, fact)
    case "AttemptClaimed":
      return { ...attempt, state: "claimed" }
    case "AttemptMarked":
      return marked(attempt, fact)
    case "AttemptAccepted":
      return {
        ...attempt,
        state: "accepted",
        firstMarkMs: attempt.firstMarkMs ?? fact.atMs,
        negativeMs: null,
        failure: null,
        carrierMessageId: attempt.carrierMessageId ?? fact.carrierMessageId
      }
    case "AttemptIdentified":
      return { ...attempt, carrierMessageId: fact.carrierMessageId }
    case "AttemptRefused":
      return { ...attempt, state: "refused", negativeMs: fact.atMs, failure: fact.failure }
    case "AttemptReturned":
      return returned(attempt, fact)
    case "AttemptUnknown":
      return {
        ...attempt,
        state: "unknown",
        ambiguous: true,
        unknownSinceMs: fact.sinceClockMs,
        dueMs: fact.dueMs ?? attempt.dueMs
      }
    case "AttemptVoid":
      return { ...attempt, state: "void", negativeMs: fact.atMs }
    case "AttemptCancelled":
      return { ...attempt, state: "cancelled" }
    case "AttemptClosed":
      return { ...attempt, state: "closed", failure: fact.failure ?? attempt.failure }
    case "AttemptEscalated":
      return { ...attempt, escalated: true }
    case "AttemptKeyClosed":
      return { ...attempt, keyClosed: true }
    case "ReceiptFolded":
      return folded(attempt, fact)
  }
}

const added = (
  attempt: Attempt.Attempt,
  { dueMs, restored }: Extract<DeliveryFact, { readonly _tag: "AttemptAdded" }>
): Attempt.Attempt =>
  restored === null
    ? { ...attempt, state: "pending", dueMs }
    : {
        ...attempt,
        state: "unknown",
        dueMs,
        ambiguous: true,
        keyClosed: true,
        firstMarkMs: restored.sinceMs,
        validUntilMs: restored.validUntilMs,
        unknownSinceMs: restored.sinceClockMs
      }

/**
 * A replay is the same bytes under the same key: S, V and the parts stay those of the first mark.
 */
const marked = (
  attempt: Attempt.Attempt,
  fact: Extract<DeliveryFact, { readonly _tag: "AttemptMarked" }>
): Attempt.Attempt =>
  attempt.ambiguous
    ? { ...attempt, state: "submitting", replays: attempt.replays + 1 }
    : {
        ...attempt,
        state: "submitting",
        firstMarkMs: fact.atMs,
        validUntilMs: fact.validUntilMs,
        parts: fact.parts
      }

/** Proof that nothing was sent wipes the attempt clean and opens a new key generation. */
const returned = (
  attempt: Attempt.Attempt,
  { cause, dueMs }: Extract<DeliveryFact, { readonly _tag: "AttemptReturned" }>
): Attempt.Attempt =>
  cause === "NOT_SENT"
    ? { ...Attempt.pending(attempt.n, dueMs), keyGeneration: attempt.keyGeneration + 1 }
    : { ...attempt, state: "pending", dueMs }

const folded = (
  attempt: Attempt.Attempt,
  { receipt, outcome, atMs }: Extract<DeliveryFact, { readonly _tag: "ReceiptFolded" }>
): Attempt.Attempt => ({
  ...attempt,
  seen: Receipt.fold(attempt.seen, receipt),
  failure: Failure.worse(attempt.failure, receipt.failure),
  negativeMs: outcome === "failed" || outcome === "partial" ? (attempt.negativeMs ?? atMs) : null
})
