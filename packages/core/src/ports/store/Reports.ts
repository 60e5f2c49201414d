/** What the ledger knows, for planning, reporting and explaining. */
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { Breaker } from "../../delivery/Breaker.ts"
import type { Mismatch } from "../../delivery/Incarnation.ts"
import type { Failure } from "../../delivery/FailureCategory.ts"
import type { NotificationState } from "../../delivery/Notification.ts"
import type { ReceiptState } from "../../delivery/Receipt.ts"
import type { DomainEvent } from "../../events/DomainEvent.ts"
import type { MonthFigures } from "../../report/MonthlyReport.ts"
import type { CheckView } from "./Captures.ts"
import type { DecisionRecord, MonthRow } from "./Decisions.ts"
import type { EscalationRow, NotificationRow, StoreReceipts } from "./Deliveries.ts"

/** Everything the plan needs, in one read. */
export interface LedgerView {
  /** Finished captures of the months that are not closed, newest sequence per date. */
  readonly captures: ReadonlyArray<{
    readonly businessDate: BusinessDate
    readonly sequence: number
    readonly finishedMs: number
    /** Balances in force for the date. */
    readonly count: number
  }>
  readonly months: ReadonlyArray<MonthRow>
  /** Months with at least one notification that is held, active or waiting. */
  readonly pendingMonths: ReadonlyArray<CalendarMonth>
  /** Months with at least one notification that is held. */
  readonly heldMonths: ReadonlyArray<CalendarMonth>
  readonly paused: "none" | "paused" | "killed"
  /** The carrier account's circuit breaker. */
  readonly breaker: Breaker
  /**
   * Whether this is the database an external witness knows. `none`: nobody watches; `unreadable`:
   * there is one, and it says nothing. While it does not agree nothing is claimed or marked.
   */
  readonly witness: "none" | "agrees" | "unreadable" | Mismatch
  readonly delivery: {
    /** Earliest business instants, `null` where there is none. */
    readonly submitDueMs: number | null
    readonly timerDueMs: number | null
    readonly pollDueMs: number | null
    /**
     * Attempts that are claimed, submitting or unknown: a lease or a settle delay ends in process
     * time, and only a tick then looks at them.
     */
    readonly unresolved: number
    readonly unfoldedReceipts: number
  }
  /** Customers of decided months who are to be decided again. */
  readonly redecisions: number
  readonly unpublished: number
  readonly unnotifiedEscalations: number
  readonly reports: ReadonlyArray<{
    readonly month: CalendarMonth
    readonly version: string
  }>
  /** Closed months whose newest report tells of other corrections than there have been. */
  readonly outdatedReports: ReadonlyArray<CalendarMonth>
}

/** Somebody took what names customers out of the store: who, what, when. */
export interface RecordAccess {
  readonly nowMs: number
  readonly by: string
  /** What was taken, such as `report.annex`. */
  readonly what: string
  /** Of what, such as a month and a version; no phone, name or amount. */
  readonly subject: string
}

export interface RecordReport {
  readonly nowMs: number
  readonly month: CalendarMonth
  /** `provisional`, `final`, `restated-1` … */
  readonly version: string
  readonly hash: string
  readonly json: string
  /** A final report closes the month. */
  readonly closesMonth: boolean
}

export interface ReportRow {
  readonly month: CalendarMonth
  readonly version: string
  readonly hash: string
  readonly json: string
  readonly issuedMs: number
}

/** One receipt of one attempt, as the inbox keeps it. */
export interface ReceiptView {
  /** The attempt. */
  readonly n: number
  readonly state: ReceiptState
  readonly part: number
  readonly via: StoreReceipts["via"]
  /** Business time. */
  readonly receivedMs: number
  readonly failure: Failure | null
}

export interface CustomerMonth {
  readonly customerId: string
  readonly month: CalendarMonth
  /** The current revision and its number, with the instant it was decided. */
  readonly decision: DecisionRecord | null
  readonly revision: number
  readonly decidedMs: number | null
  readonly policyHash: string | null
  readonly checks: ReadonlyArray<CheckView>
  readonly notification: NotificationRow | null
  readonly references: ReadonlyArray<string>
  /**
   * Every stored receipt that names one of the references or, naming none, one of the carrier's
   * ids; in the order they came.
   */
  readonly receipts: ReadonlyArray<ReceiptView>
  readonly escalations: ReadonlyArray<EscalationRow>
}

/**
 * One customer of a decided month, as the annex of its report needs it: the decision in force and
 * where the message stands. No phone, no name, no account, no balance in full.
 */
export interface MonthCustomer extends Pick<
  DecisionRecord,
  "customerId" | "outcome" | "reasons" | "reach" | "observed" | "met" | "derived" | "waived"
> {
  /** `null`: there is none. */
  readonly message: { readonly state: NotificationState; readonly reason: string | null } | null
}

export interface OutboxPage {
  readonly events: ReadonlyArray<DomainEvent>
}

export type { MonthFigures }
