/** What the memory store keeps, kind by kind. Rows are changed in place. */
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { Notification } from "../../delivery/Notification.ts"
import type { ReceiptReport } from "../SmsCarrier.ts"
import type { DataQualityIssue } from "../store/Captures.ts"
import type { DecisionRecord, MonthStatus } from "../store/Decisions.ts"
import type { FrozenMessage, StoreReceipts } from "../store/Deliveries.ts"
import type { RunKind } from "../store/Runs.ts"

/** A run of a stage, with the lease of who holds it. */
export interface RunRow {
  readonly runId: string
  readonly kind: RunKind
  readonly key: string
  readonly sequence: number
  readonly correlationId: string
  fence: bigint
  /** Process time. */
  leaseUntilMs: number
  cursor: string | null
  page: number
  finishedMs: number | null
  /** Stored with its pages and announced when it ends. */
  readonly issues: Array<DataQualityIssue>
}

/** A revision that is not in force any more. */
export type EarlierRow = Pick<CheckRow, "minorUnits" | "conflict" | "revision" | "sinceMs">

/** One account's balance of one date: the revision in force, and those it superseded. */
export interface CheckRow {
  minorUnits: bigint
  met: boolean
  conflict: boolean
  revision: number
  /** The run that brought the revision in force. */
  runId: string
  /** Business time from which on the revision is in force. */
  sinceMs: number
  /** In order of their revisions. */
  earlier: ReadonlyArray<EarlierRow>
}

/** Balances of a month; index 0 is day 1. */
export interface MonthLedger {
  readonly accounts: Map<string, Array<CheckRow | undefined>>
  /** Balances in force per day, conflicts apart. */
  readonly inForce: Array<number>
  /** How often a row has changed: what was read of it stays so while this does. */
  changes: number
}

/** A decision in force. */
export interface DecisionRow {
  decision: DecisionRecord
  revision: number
  decidedMs: number
  policyHash: string
}

/** A month with its decisions and its counts. */
export interface MonthState {
  readonly month: CalendarMonth
  status: MonthStatus
  contentHash: string | null
  decidedMs: number | null
  releasedMs: number | null
  closedMs: number | null
  approvedBy: Array<string>
  approved: boolean
  readonly decisions: Map<string, DecisionRow>
  qualified: number
  notQualified: number
  /** Customers by the accounts their decisions were made of. */
  readonly customersOf: Map<string, Array<string>>
  /** Waived days by customer, as sets. */
  readonly waived: Map<string, number>
  /** When people last changed its evidence by hand. */
  amendedMs: number | null
  /** Held notifications in the order they were made. */
  readonly held: Set<string>
  readonly notificationIds: Array<string>
  /** Notifications that are held, active or waiting. */
  pending: number
  corrections: number
  correctionsObserved: number
  receipts: number
}

/** What a store keeps of an attempt beside the rules' own values. */
export interface AttemptSide {
  /** `0n`: nobody holds the attempt. */
  fence: bigint
  /** Process time. */
  leaseUntilMs: number
  batchId: string | null
  frozen: FrozenMessage | null
  reference: string
  /** Business time of the next poll; `null` when there is nothing to poll. */
  pollDueMs: number | null
}

/** A notification beside what the rules know of it. */
export interface NotificationState {
  readonly notificationId: string
  readonly customerId: string
  readonly month: CalendarMonth
  notification: Notification
  /** Index n − 1. */
  readonly sides: Array<AttemptSide>
  /** What the timer heap holds for it. */
  timerMs: number | null
  finalMs: number | null
  firstAcceptedMs: number | null
  /** Two people gave it to a customer who had not qualified. */
  granted: boolean
  /** Since when a restore leaves open what was sent; `null` outside a quarantine. Business time. */
  quarantineSinceMs: number | null
}

/** A receipt as it arrived. */
export interface InboxRow {
  readonly via: StoreReceipts["via"]
  readonly carrierAccount: string
  readonly report: ReceiptReport
  readonly receivedMs: number
  state: "new" | "folded" | "orphan" | "held"
}

/** Who did what, when. */
export interface AuditRow {
  readonly sequence: number
  readonly verb: string
  readonly atMs: number
  readonly subject: string
  readonly by: string | null
}

/** A customer who is not to be written to. */
export interface Suppression {
  readonly reason: string
  readonly by: string
  readonly sinceMs: number
}
