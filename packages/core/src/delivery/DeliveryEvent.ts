/**
 * What can happen to a notification: the event columns of both tables. Each is evidence or a
 * command; what follows from it is `Delivery.step`'s to decide.
 *
 * The fence is the store's: it hands on negative and neutral events only from the holder of the
 * present fence, and acceptances and receipts from anybody.
 *
 * **Source** — delivery protocol 1.1, 1.2; 2.4, rule 1.
 */
import type { Failure } from "./Failure.ts"
import type { Receipt } from "./Receipt.ts"

/** How an acceptance became known. */
export type AcceptanceVia = "answer" | "lookup" | "receipt"

export type ResolveAction = "resend" | "close"

export type DeliveryEvent =
  /** The month is released; `expiryMs` is E, kept from the first release on. */
  | { readonly _tag: "Released"; readonly expiryMs: number }
  | { readonly _tag: "Withdrawn"; readonly reason: string }
  | { readonly _tag: "Suppressed"; readonly reason: string }
  | { readonly _tag: "QualifiedAgain" }
  /** T2. */
  | { readonly _tag: "Claimed"; readonly n: number }
  /** T3, after `MarkGuard.guard` held in the same statement. */
  | {
      readonly _tag: "Marked"
      readonly n: number
      readonly validUntilMs: number | null
      readonly parts: number
    }
  /**
   * T3 refused. `notBeforeMs`: when asking again makes sense (the window opens); absent: at once.
   */
  | {
      readonly _tag: "MarkRefused"
      readonly n: number
      readonly notBeforeMs?: number | null | undefined
    }
  | { readonly _tag: "LeaseOver"; readonly n: number }
  | {
      readonly _tag: "AcceptanceSeen"
      readonly n: number
      readonly carrierMessageId: string | null
      readonly via: AcceptanceVia
    }
  /** `stored`: the carrier replayed the answer it keeps for this key. */
  | {
      readonly _tag: "RefusalSeen"
      readonly n: number
      readonly failure: Failure
      readonly stored: boolean
    }
  | {
      readonly _tag: "ProvenNotSent"
      readonly n: number
      readonly code: string
      readonly notBeforeMs: number | null
      readonly stored: boolean
    }
  /** Anything else after the mark: timeout, reset, 5xx, unreadable answer, missing member. */
  | { readonly _tag: "OutcomeUnknown"; readonly n: number }
  /** The carrier has other bytes under the key (422): what is unknown is asked about, not sent. */
  | { readonly _tag: "KeyLost"; readonly n: number }
  /** A look-up answered: no such reference. */
  | { readonly _tag: "NotFound"; readonly n: number }
  /** The reconciler of a carrier without look-up. */
  | { readonly _tag: "NoLookup"; readonly n: number }
  | { readonly _tag: "ReceiptSeen"; readonly n: number; readonly receipt: Receipt }
  /** Expiry and closings that are due at `nowMs`. */
  | { readonly _tag: "TimePassed" }
  | {
      readonly _tag: "Resolved"
      readonly action: ResolveAction
      readonly by: readonly [string, string]
    }
