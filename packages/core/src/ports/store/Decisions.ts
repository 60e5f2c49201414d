/** Months: their decisions, approval and release. */
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { Reason } from "../../qualification/Reason.ts"
import type { Announcement } from "../../events/DomainEvent.ts"
import type { RunHandle } from "./Runs.ts"

export type Outcome = "Qualified" | "NotQualified" | "Undetermined"

/** The axis beside qualification: may a message be prepared for this qualified customer? */
export type Reach =
  | { readonly _tag: "Reachable" }
  | { readonly _tag: "Unreachable"; readonly reason: string }
  | { readonly _tag: "Excluded"; readonly reason: string }
  | { readonly _tag: "Unrenderable"; readonly reason: string }

/** One customer's decision for a month, as stored. Bit 0 is day 1. */
export interface DecisionRecord {
  readonly customerId: string
  readonly outcome: Outcome
  readonly reasons: ReadonlyArray<Reason>
  /** `null` unless qualified. */
  readonly reach: Reach | null
  readonly observed: number
  readonly met: number
  readonly derived: number
  readonly waived: number
  readonly accountIds: ReadonlyArray<string>
  /** The dates of opening and closing the decision saw: evidence too. Absent: none. */
  readonly opened?: BusinessDate
  readonly closed?: BusinessDate
  readonly evidenceHash: Uint8Array
  /**
   * The notification's id where one is to be held; given for each qualified, reachable customer.
   */
  readonly notificationId: string | null
}

export interface RecordDecisions {
  readonly run: RunHandle
  readonly nowMs: number
  readonly leaseMs: number
  readonly month: CalendarMonth
  readonly policyHash: string
  readonly page: number
  readonly decisions: ReadonlyArray<DecisionRecord>
  readonly nextCursor: string | null
}

export interface FinishQualification {
  readonly run: RunHandle
  readonly nowMs: number
  readonly month: CalendarMonth
  /** Hash over the month's decisions in customer order; an approval names it. */
  readonly contentHash: string
}

export type MonthStatus = "open" | "complete" | "decided" | "released" | "closed"

export interface MonthRow {
  readonly month: CalendarMonth
  readonly status: MonthStatus
  readonly contentHash: string | null
  readonly decidedMs: number | null
  readonly releasedMs: number | null
  readonly closedMs: number | null
  /** When people last changed its evidence by hand; `null` for never. */
  readonly amendedMs: number | null
  readonly approvedBy: ReadonlyArray<string>
  readonly population: number
  readonly qualified: number
  readonly notQualified: number
  readonly undetermined: number
}

export interface Approve {
  readonly month: CalendarMonth
  readonly hash: string
  readonly by: string
  readonly nowMs: number
  /** 1 for automatic approval or one person, 2 for two people. */
  readonly required: number
}

/**
 * First match wins. `SamePerson`: has approved already, and one more person is needed; repeating an
 * approval that is complete gives `Approved` again.
 */
export type ApprovalOutcome =
  | { readonly _tag: "NotDecided" }
  | { readonly _tag: "AlreadyReleased" }
  | { readonly _tag: "HashMismatch"; readonly contentHash: string }
  | { readonly _tag: "SamePerson" }
  | { readonly _tag: "NeedsSecondPerson" }
  | { readonly _tag: "Approved" }

export interface ReleasePage {
  readonly month: CalendarMonth
  readonly nowMs: number
  readonly expiryMs: number
  readonly limit: number
}

/** A re-decided customer: the new revision, and what it means for the message. */
export interface RecordRedecision {
  readonly nowMs: number
  readonly month: CalendarMonth
  readonly policyHash: string
  readonly decision: DecisionRecord
  readonly cause: string
  /** The ticket of the queue entry: an entry queued since then stays. Absent: the entry goes. */
  readonly ticket?: string
}

/**
 * First match wins.
 * - `Unchanged`: the outcome is the same, on the same evidence or after the mark
 * - `Observed`: the message was marked or has ended, or the month is closed: the decision stands,
 *   the counterfactual is kept and operations are told
 * - `Redecided`: a further revision; the message is withdrawn, held or left as the outcome says
 */
export type RedecisionOutcome =
  | { readonly _tag: "Unchanged" }
  | { readonly _tag: "Observed" }
  | { readonly _tag: "Redecided" }

export interface Announced {
  readonly announcements: ReadonlyArray<Announcement>
}
