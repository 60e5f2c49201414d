/** What the ledger knows, for planning, reporting and explaining. */
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { DomainEvent } from "../../events/DomainEvent.ts"
import type { MonthFigures } from "../../report/MonthlyReport.ts"
import type { CheckView } from "./Captures.ts"
import type { DecisionRecord, MonthRow } from "./Decisions.ts"
import type { EscalationRow, NotificationRow } from "./Deliveries.ts"

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
  readonly delivery: {
    /** Earliest business instants, `null` where there is none. */
    readonly submitDueMs: number | null
    readonly timerDueMs: number | null
    readonly pollDueMs: number | null
    /** Attempts that are submitting or unknown: the reconciler looks at them in process time. */
    readonly unresolved: number
    readonly unfoldedReceipts: number
  }
  readonly redecisions: number
  readonly unpublished: number
  readonly unnotifiedEscalations: number
  readonly reports: ReadonlyArray<{
    readonly month: CalendarMonth
    readonly version: string
  }>
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
  readonly escalations: ReadonlyArray<EscalationRow>
}

export interface OutboxPage {
  readonly events: ReadonlyArray<DomainEvent>
}

export type { MonthFigures }
