/**
 * What the store counts for a month: the raw material of the report and its conservation checks.
 *
 * **Source** — original architecture §3.5; product rules, Dispositions.
 */
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"

/** What the store counts for a month; the report and its conservation checks are made of this. */
export interface MonthFigures {
  readonly month: CalendarMonth
  readonly population: number
  readonly qualified: number
  readonly notQualified: number
  readonly undetermined: number
  /** Customers by first reason code. */
  readonly reasons: Readonly<Record<string, number>>
  /** Qualified customers without a notification, by reach tag and reason. */
  readonly unreachable: Readonly<Record<string, number>>
  readonly excluded: Readonly<Record<string, number>>
  readonly unrenderable: Readonly<Record<string, number>>
  /** Notifications by state; withdrawn ones are counted under their customer's new outcome. */
  readonly states: Readonly<Record<string, number>>
  /** Notifications by state and reason, such as `failed` → `EXPIRED`. */
  readonly stateReasons: Readonly<Record<string, Readonly<Record<string, number>>>>
  /**
   * Messages two people granted to customers who did not qualify, by state. They are in no other
   * count but `attempts`: the law is about the qualified.
   */
  readonly granted: Readonly<Record<string, number>>
  /** Notifications with at least one accepted attempt. */
  readonly accepted: number
  /** Of those, the ones whose message is still on its way. */
  readonly acceptedPending: number
  readonly attempts: {
    readonly total: number
    readonly consumed: number
    readonly byState: Readonly<Record<string, number>>
    readonly failuresByCategory: Readonly<Record<string, number>>
    readonly segments: number
  }
  readonly openEscalations: Readonly<Record<string, number>>
  readonly issues: Readonly<Record<string, number>>
  readonly corrections: number
  readonly correctionsObserved: number
  readonly captures: {
    readonly balances: number
    /** When the capture of each date first finished. */
    readonly finishedMs: Readonly<Record<BusinessDate, number>>
  }
  readonly receipts: {
    readonly stored: number
    readonly orphans: number
  }
  readonly timings: {
    readonly decidedMs: number | null
    readonly releasedMs: number | null
    readonly firstAcceptedMs: number | null
    readonly lastFinalMs: number | null
  }
}
