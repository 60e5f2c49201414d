/** Submission, reconciliation and tracking: the delivery protocol's verbs. */
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { DeliveryContext } from "../../delivery/DeliveryContext.ts"
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import type { Notification } from "../../delivery/Notification.ts"
import type { Msisdn } from "../../recipient/Msisdn.ts"
import type { ReceiptReport } from "../SmsCarrier.ts"

/** Frozen at the first mark: what every replay under the same key sends again, byte for byte. */
export interface FrozenMessage {
  readonly reference: string
  readonly keyId: string
  readonly to: Msisdn
  readonly text: string
  readonly senderId: string
}

/** A notification as its worker holds it. */
export interface NotificationRow {
  readonly notificationId: string
  readonly customerId: string
  readonly month: CalendarMonth
  readonly notification: Notification
}

/** One claimed attempt. `frozen` is there for a replay and `null` for a first submission. */
export interface ClaimedMessage extends NotificationRow {
  readonly n: number
  readonly frozen: FrozenMessage | null
}

export interface ClaimDue {
  readonly context: DeliveryContext
  readonly limit: number
  readonly worker: string
}

/** T2. The batch is empty when nothing is due, the program is paused or no rate slot is left. */
export interface ClaimedBatch {
  readonly batchId: string
  readonly fence: bigint
  readonly messages: ReadonlyArray<ClaimedMessage>
}

/** What the worker learned about one message between T2 and T3. */
export type MarkRequest =
  | {
      readonly _tag: "Mark"
      readonly notificationId: string
      readonly n: number
      readonly message: FrozenMessage
      readonly parts: number
      readonly validUntilMs: number | null
      /** Process time at which the contact permission was asked for: at most 60 s before. */
      readonly contactAskedMs: number
      /**
       * Business time at which a look-up over every earlier attempt said not found or dead; `null`
       * where there was none to ask about, or the carrier has no look-up.
       */
      readonly earlierAskedMs: number | null
    }
  | {
      /** May not be contacted, or nothing can be rendered: ends it by the rule of the event. */
      readonly _tag: "End"
      readonly notificationId: string
      readonly n: number
      readonly event: DeliveryEvent
    }
  | {
      /** No answer about the permission, window closing, deadline near: give the row back. */
      readonly _tag: "GiveBack"
      readonly notificationId: string
      readonly n: number
    }

export interface MarkBatch {
  readonly batchId: string
  readonly fence: bigint
  readonly context: DeliveryContext
  /** Is the send window open at `context.nowMs`, and until when? */
  readonly windowClosesMs: number | null
  readonly requests: ReadonlyArray<MarkRequest>
}

/** The frozen members: only these may be submitted. */
export interface MarkedBatch {
  readonly marked: ReadonlyArray<{
    readonly notificationId: string
    readonly n: number
    readonly keyGeneration: number
    readonly validUntilMs: number | null
    readonly message: FrozenMessage
  }>
}

/** Evidence about one attempt. Negative evidence counts only under the fence of its batch. */
export interface Evidence {
  readonly notificationId: string
  readonly n: number
  readonly event: DeliveryEvent
  /** The reference asked about, where a restore has lost it. */
  readonly reference?: { readonly reference: string; readonly keyId: string } | undefined
  /** The attempt numbers whose references the same look-up did not find, in a quarantine. */
  readonly notFound?: ReadonlyArray<number> | undefined
}

/**
 * What a request told about the carrier itself: it spoke of a message, or it did not. A member that
 * was proven not sent says neither where the carrier asked to wait.
 */
export type CarrierHeard = "answer" | "failure"

export interface RecordEvidence {
  readonly context: DeliveryContext
  /** `null` for evidence that needs no fence: acceptances and receipts. */
  readonly fence: bigint | null
  readonly evidence: ReadonlyArray<Evidence>
  /** The carrier asked us to wait: nobody claims before this instant of process time. */
  readonly carrierNotBeforeMs: number | null
  /** For the circuit breaker, one per request; absent where no message was submitted. */
  readonly heard?: CarrierHeard | undefined
}

export interface RecordedEvidence {
  readonly changed: number
  /** Evidence with no row in the tables, or under a stale fence: counted, without effect. */
  readonly ignored: number
}

/** Attempts whose outcome is unknown and settled, taken under a new fence. */
export interface ClaimUnresolved {
  readonly context: DeliveryContext
  readonly limit: number
  readonly worker: string
}

export interface UnresolvedAttempt extends ClaimedMessage {
  /** Empty where a restore has lost it. */
  readonly reference: string
  /** A restore may have lost later attempts: their references are asked about as well. */
  readonly quarantined: boolean
}

export interface UnresolvedBatch {
  readonly fence: bigint
  readonly attempts: ReadonlyArray<UnresolvedAttempt>
}

/** Attempts whose receipts are due to be polled; the next poll is set in the same statement. */
export interface ClaimPolls {
  readonly context: DeliveryContext
  readonly limit: number
}

export interface PollDue {
  readonly notificationId: string
  readonly n: number
  readonly reference: string
}

export interface StoreReceipts {
  readonly nowMs: number
  readonly via: "webhook" | "poll" | "lookup"
  readonly carrierAccount: string
  readonly reports: ReadonlyArray<ReceiptReport>
}

export interface StoredReceipts {
  readonly stored: number
  readonly duplicates: number
}

export interface FoldReceipts {
  readonly context: DeliveryContext
  readonly limit: number
}

export interface FoldedReceipts {
  readonly folded: number
  /** Receipts nobody can attach yet: kept, counted, tried again when their id appears. */
  readonly orphans: number
}

export interface ApplyTimers {
  readonly context: DeliveryContext
  readonly limit: number
}

export interface EscalationRow {
  readonly escalationId: string
  readonly cause: string
  readonly customerId: string | null
  readonly month: CalendarMonth | null
  readonly notificationId: string | null
  /** What the person should know beside it, without personal data: the counterfactual outcome. */
  readonly detail: string | null
  readonly raisedMs: number
  readonly resolvedMs: number | null
}

/**
 * Items one person may end: those whose message nothing more is to be decided about. Exactly one of
 * `escalationId` and `cause` is there.
 */
export interface AcknowledgeEscalations {
  readonly escalationId: string | null
  readonly cause: string | null
  /** Raised at or before this instant of business time: what the person has seen. */
  readonly raisedUntilMs: number
  readonly by: string
  readonly nowMs: number
}
