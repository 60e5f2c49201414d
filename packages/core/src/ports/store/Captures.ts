/** Captured balances, data-quality issues and corrections. */
import type { DataQualityLimits } from "../../balance/BalancePolicy.ts"
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { RunHandle } from "./Runs.ts"

/** Parallel arrays, one entry per account: a page is written in one statement. */
export interface CheckedPage {
  readonly accountIds: ReadonlyArray<string>
  readonly minorUnits: ReadonlyArray<bigint>
  readonly met: ReadonlyArray<boolean>
}

export interface DataQualityIssue {
  readonly code: string
  readonly severity: "issue" | "alarm"
  readonly businessDate: BusinessDate | null
  readonly accountId: string | null
  readonly customerId: string | null
  /** Where and why, without any balance, name or phone. */
  readonly detail: string
}

export interface RecordCapturedPage {
  readonly run: RunHandle
  readonly nowMs: number
  readonly leaseMs: number
  readonly businessDate: BusinessDate
  readonly page: number
  readonly checks: CheckedPage
  /** Accounts with two different amounts within this very page. */
  readonly conflictingAccountIds: ReadonlyArray<string>
  readonly issues: ReadonlyArray<DataQualityIssue>
  readonly nextCursor: string | null
  /** Announce `BalanceVerified` for this page. */
  readonly announce: boolean
  readonly thresholdMinor: bigint
}

/**
 * - `stored`: first balance of the account for the date
 * - `unchanged`: the same amount again, no-op
 * - `superseded`: a later run brought another amount; the earlier revision is kept
 * - `conflicts`: accounts with two amounts in one run; the day is missing until resolved
 */
export interface CapturedPageResult {
  readonly _tag: "Recorded"
  readonly stored: number
  readonly unchanged: number
  readonly superseded: number
  readonly conflicts: number
}

/** The run was taken over by another worker: nothing was written. */
export interface StaleRun {
  readonly _tag: "StaleRun"
}

export interface FinishCapture {
  readonly run: RunHandle
  readonly nowMs: number
  readonly businessDate: BusinessDate
  readonly issues: ReadonlyArray<DataQualityIssue>
}

/** Totals of one capture over all its pages, for the checks that need the whole. */
export interface CaptureTotals {
  readonly businessDate: BusinessDate
  readonly count: number
  readonly sumMinor: bigint
  readonly met: number
  /** Accounts that also have a balance on the last captured date before, and how many are equal. */
  readonly comparable: number
  readonly unchangedFromDayBefore: number
  /** The last captured date before; `null` for the program's first. */
  readonly previous: { readonly captured: number; readonly met: number } | null
  readonly conflicts: number
  readonly issues: number
}

/** One account of one day as `explain` and the calendar show it. */
export interface CheckView {
  readonly accountId: string
  readonly businessDate: BusinessDate
  readonly minorUnits: bigint
  readonly met: boolean
  readonly conflict: boolean
  readonly revision: number
}

/**
 * Raising an issue that is already known (same code, date, account, customer, detail) is a no-op.
 */
export interface RaiseIssues {
  readonly nowMs: number
  readonly issues: ReadonlyArray<DataQualityIssue>
}

/** Accounts of a page, and the limits of the month's policy. */
export interface AnomalyRequest {
  readonly month: CalendarMonth
  readonly accountIds: ReadonlyArray<string>
  readonly limits: DataQualityLimits
}

/** A balance that is strange for its own account. */
export interface StrangeBalance {
  readonly accountId: string
  readonly businessDate: BusinessDate
}

/** A customer whose decided month a superseding revision has touched. */
export interface Redecision {
  readonly customerId: string
  readonly month: CalendarMonth
  /** Names this correction: a later one of the same customer and month has another ticket. */
  readonly ticket?: string
}
