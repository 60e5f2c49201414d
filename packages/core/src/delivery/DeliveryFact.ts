/**
 * What changed, in the field's words. Facts carry every value that is stored, so that the state
 * follows from them alone; the store makes rows, outbox events, escalations and counters of them.
 *
 * **Source** — delivery protocol 1.1, 1.2; invariants 26, 28, 33.
 */
import type { AcceptanceVia, DeliveryEvent, ResolveAction } from "./DeliveryEvent.ts"
import type { EscalationCause } from "./Escalation.ts"
import type { Failure } from "./Failure.ts"
import type { NotificationState } from "./Notification.ts"
import type { Outcome, Receipt } from "./Receipt.ts"

/** Why a row went back to pending. `NOT_SENT` opens a new key generation, the others keep it. */
export type ReturnCause = "LEASE_OVER" | "MARK_REFUSED" | "NOT_SENT" | "REPLAY"

/** Why an event changed nothing, first that holds. */
export type IgnoredReason =
  | "NO_SUCH_ATTEMPT"
  | "NO_TRANSITION"
  | "NOT_DUE"
  | "NOT_SETTLED"
  | "NOT_RESOLVABLE_YET"
  | "MALFORMED"
  | "DUPLICATE"
  | "NOT_ALLOWED"
  | "SAME_PERSON"

export type DeliveryFact =
  /**
   * A new row, or a cancelled one in use again. `restored`: it may have been sent before a restore.
   */
  | {
      readonly _tag: "AttemptAdded"
      readonly n: number
      readonly dueMs: number
      readonly restored: {
        readonly sinceMs: number
        readonly validUntilMs: number | null
        readonly sinceClockMs: number
      } | null
    }
  | { readonly _tag: "AttemptClaimed"; readonly n: number }
  | {
      readonly _tag: "AttemptMarked"
      readonly n: number
      readonly atMs: number
      readonly validUntilMs: number | null
      readonly parts: number
    }
  | {
      readonly _tag: "AttemptAccepted"
      readonly n: number
      readonly atMs: number
      readonly carrierMessageId: string | null
      readonly via: AcceptanceVia
    }
  /** The carrier's id of an attempt already accepted. */
  | { readonly _tag: "AttemptIdentified"; readonly n: number; readonly carrierMessageId: string }
  | {
      readonly _tag: "AttemptRefused"
      readonly n: number
      readonly atMs: number
      readonly failure: Failure
    }
  | {
      readonly _tag: "AttemptReturned"
      readonly n: number
      readonly dueMs: number
      readonly cause: ReturnCause
      readonly code: string | null
    }
  /** `dueMs`: no replay before it, where the mark of one was refused for a while. */
  | {
      readonly _tag: "AttemptUnknown"
      readonly n: number
      readonly sinceClockMs: number
      readonly dueMs: number | null
    }
  | { readonly _tag: "AttemptVoid"; readonly n: number; readonly atMs: number }
  | { readonly _tag: "AttemptCancelled"; readonly n: number }
  /** 72 h over (`failure` is null), or given up by two people. */
  | { readonly _tag: "AttemptClosed"; readonly n: number; readonly failure: Failure | null }
  | { readonly _tag: "AttemptEscalated"; readonly n: number }
  | { readonly _tag: "AttemptKeyClosed"; readonly n: number }
  | {
      readonly _tag: "ReceiptFolded"
      readonly n: number
      readonly atMs: number
      readonly receipt: Receipt
      readonly outcome: Outcome
    }
  | { readonly _tag: "NotificationHeld" }
  /** `expiryMs` is set by the release and null otherwise. */
  | { readonly _tag: "NotificationActivated"; readonly expiryMs: number | null }
  | { readonly _tag: "NotificationWaiting"; readonly dueMs: number }
  | { readonly _tag: "NotificationDelivered"; readonly n: number }
  | { readonly _tag: "NotificationFailed"; readonly reason: FailedReason }
  | { readonly _tag: "NotificationUndeliverable" }
  | { readonly _tag: "NotificationWithdrawn"; readonly reason: string }
  | { readonly _tag: "NotificationSuppressed"; readonly reason: string }
  | { readonly _tag: "NotificationExpired" }
  | { readonly _tag: "NotificationEscalated"; readonly cause: EscalationCause }
  /** One work item per cause and notification; raising it again is no second item. */
  | {
      readonly _tag: "EscalationRaised"
      readonly cause: EscalationCause
      readonly n: number | null
    }
  | {
      readonly _tag: "EscalationResolved"
      readonly action: ResolveAction
      readonly by: readonly [string, string]
    }
  | { readonly _tag: "LateDelivery"; readonly n: number; readonly from: NotificationState }
  /** The carrier called one part both delivered and dead. */
  | { readonly _tag: "ContradictoryReceipt"; readonly n: number }
  | {
      readonly _tag: "Ignored"
      readonly event: DeliveryEvent["_tag"]
      readonly n: number | null
      readonly because: IgnoredReason
    }

/**
 * Why a notification failed, first that holds.
 * - `LATE_FAILURE`: the carrier's no came after the 72 h
 * - `PARTIAL`: some parts arrived
 * - `PERMANENT`, `FIX`, `UNPROVEN`: the disposition of the failure forbids a further attempt
 * - `BARRED`: withdrawn, suppressed or too late for a further attempt
 * - `EXHAUSTED`: no attempt is left
 * - `EXPIRED`: too late after a failed attempt
 * - `CLOSED`: two people closed it
 */
export type FailedReason =
  | "LATE_FAILURE"
  | "PARTIAL"
  | "PERMANENT"
  | "FIX"
  | "UNPROVEN"
  | "BARRED"
  | "EXHAUSTED"
  | "EXPIRED"
  | "CLOSED"
