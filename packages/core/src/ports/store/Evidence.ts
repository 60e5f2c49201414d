/**
 * The shapes of a month's evidence: what is asked, what is answered, and the balances it is made
 * of. The store answers it from its own ledger, a host from its own table.
 *
 * **Source** — architecture, Ports; product rules, Days.
 */
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"

export interface EvidenceRequest {
  readonly month: CalendarMonth
  readonly thresholdMinor: bigint
  readonly combine: "primaryAccount" | "anyAccount" | "sumOfAccounts"
  /**
   * An earlier balance is not carried into the month: the last business day before it, whose own
   * balance is the one its first days take. Absent: the last one there is, however old.
   */
  readonly carriesFrom?: BusinessDate
  /**
   * The balances that were in force at this instant of business time; absent: those in force now.
   * Asked of the store only, to replay a decision.
   */
  readonly asOfMs?: number
  readonly customers: ReadonlyArray<{
    readonly customerId: string
    /** The accounts that count, already narrowed to one where the rule is `primaryAccount`. */
    readonly accountIds: ReadonlyArray<string>
  }>
}

/**
 * Days of one customer's month as bit sets; bit 0 is day 1. Combined over the customer's accounts.
 */
export interface MonthEvidence {
  readonly customerId: string
  readonly observed: number
  readonly met: number
  readonly conflict: number
  /** Did the balance carried into the month meet the threshold? `null`: there is none. */
  readonly before: boolean | null
  /** The lowest observed day, the earliest of equals, for the shortfall. */
  readonly worst: { readonly day: number; readonly minorUnits: bigint } | null
  /**
   * SHA-256 over the balances in force, ordered by account id (bytes of UTF-8), then day; the last
   * balance before the month is day 0. Each balance is u32 length of the account id, its UTF-8
   * bytes, u16 day, i64 minor units, u32 revision, big-endian. Days in conflict are left out.
   */
  readonly ledgerHash: Uint8Array
}

/** One balance as a capture brought it. */
export interface HistoryBalance {
  readonly accountId: string
  readonly businessDate: BusinessDate
  readonly minorUnits: bigint
}
