/**
 * What takes two people: one proposes, another confirms, and only the confirmation changes
 * anything. Every kind is proposed and confirmed by the same verbs; a new kind adds its member
 * here and what it does to each store.
 *
 * **Source** — product rules, Days (waive, grant); surfaces, command line ("two people where it can
 * send").
 */
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { DeliveryContext } from "../../delivery/DeliveryContext.ts"
import type { ResolveAction } from "../../delivery/DeliveryEvent.ts"
import type { EscalationCause } from "../../delivery/Escalation.ts"
import type { QualificationPolicy } from "../../qualification/QualificationPolicy.ts"

/** Named dates of a named customer, left out of the rule. */
export interface ProposedWaiver {
  readonly kind: "waive"
  readonly customerId: string
  readonly month: CalendarMonth
  readonly dates: ReadonlyArray<BusinessDate>
}

/** A message for a customer who was wronged. */
export interface ProposedGrant {
  readonly kind: "grant"
  readonly customerId: string
  readonly month: CalendarMonth
  /** The one the customer's message of that month would have had. */
  readonly notificationId: string
}

/** Another amount for an account and date. */
export interface ProposedCorrection {
  readonly kind: "correct"
  readonly accountId: string
  readonly businessDate: BusinessDate
  /** Minor units as decimal text: the proposal is kept as JSON. */
  readonly minorUnits: string
  readonly met: boolean
}

/** A date on which the bank closed no books. */
export interface ProposedClosure {
  readonly kind: "closure"
  readonly businessDate: BusinessDate
}

/**
 * What becomes of escalated messages: one by its item or, by cause, all that were open when it was
 * proposed. Exactly one of the two is there.
 */
export interface ProposedResolution {
  readonly kind: "resolve"
  readonly action: ResolveAction
  readonly escalationId: string | null
  readonly cause: EscalationCause | null
}

/** The database is another than the witness knows: what may have been sent is asked about first. */
export interface ProposedRestore {
  readonly kind: "restore"
}

/** Everything that may be proposed, by kind. Each is JSON as it stands. */
export type Proposed =
  | ProposedWaiver
  | ProposedGrant
  | ProposedCorrection
  | ProposedClosure
  | ProposedResolution
  | ProposedRestore

export interface Propose {
  readonly proposed: Proposed
  /** For the audit and the second person. */
  readonly reason: string
  readonly by: string
  readonly nowMs: number
  /** Nobody can confirm it any more from this instant on. */
  readonly expiresMs: number
}

export interface ProposalRow {
  readonly proposalId: string
  readonly proposed: Proposed
  readonly reason: string
  readonly by: string
  readonly proposedMs: number
  readonly expiresMs: number
  /** `null` until somebody else has confirmed it. */
  readonly confirmedBy: string | null
  readonly confirmedMs: number | null
}

/** - `AlreadyProposed`: the very same is waiting for its second person; whoever proposed it */
export type ProposeOutcome =
  | { readonly _tag: "Proposed"; readonly proposal: ProposalRow }
  | { readonly _tag: "AlreadyProposed"; readonly proposal: ProposalRow }

/** What a confirmation must know of the month's policy and release. */
export interface ProposalTerms {
  readonly qualification: QualificationPolicy
  /** When the month's messages expire; `null` until it is released. */
  readonly expiryMs: number | null
  /** How messages are sent now; absent: none can be resolved. */
  readonly delivery?: Pick<DeliveryContext, "policy" | "capabilities">
}

export interface ConfirmProposal {
  readonly proposalId: string
  readonly by: string
  readonly nowMs: number
  readonly terms: ProposalTerms
}

/**
 * Why a proposal cannot be carried out.
 * - `MONTH_NOT_DECIDED`: nothing is decided that a grant could make good
 * - `MONTH_CLOSED`: the final report is issued
 * - `UNKNOWN_CUSTOMER`: not one of the month's
 * - `QUALIFIED`: the customer's message is the program's own
 * - `HAS_MESSAGE`: there is one already, and never a second
 * - `DECISION_STANDS`: the message was marked for submission, or has ended
 * - `MESSAGES_EXPIRED`: too late to send anything of that month
 * - `TOO_MANY_DAYS`, `DATE_OUTSIDE_MONTH`: the waiver breaks the policy
 * - `UNKNOWN_ACCOUNT`: no balance of it was ever captured
 * - `NOTHING_TO_RESOLVE`: no such item is open whose message two people may decide so
 * - `NOT_RESTORED`: the database is the one its witness knows, or it has no witness
 */
export type ProposalRefusal =
  | "MONTH_NOT_DECIDED"
  | "MONTH_CLOSED"
  | "UNKNOWN_CUSTOMER"
  | "QUALIFIED"
  | "HAS_MESSAGE"
  | "DECISION_STANDS"
  | "MESSAGES_EXPIRED"
  | "TOO_MANY_DAYS"
  | "DATE_OUTSIDE_MONTH"
  | "UNKNOWN_ACCOUNT"
  | "NOTHING_TO_RESOLVE"
  | "NOT_RESTORED"

/**
 * First match wins; nothing is written but for `Confirmed`. A proposal that is refused waits on.
 */
export type ConfirmOutcome =
  | { readonly _tag: "UnknownProposal" }
  | { readonly _tag: "AlreadyConfirmed"; readonly proposal: ProposalRow }
  | { readonly _tag: "ProposalExpired"; readonly proposal: ProposalRow }
  | { readonly _tag: "SamePerson"; readonly proposal: ProposalRow }
  | {
      readonly _tag: "Refused"
      readonly reason: ProposalRefusal
      readonly proposal: ProposalRow
    }
  | { readonly _tag: "Confirmed"; readonly proposal: ProposalRow }
