/**
 * Read-only evidence of a month: by default the store's own ledger, or the bank's own table.
 *
 * **Guarantee** — one answer per customer asked for, in the order asked.
 *
 * **Source** — architecture, Ports; product rules, Days.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as BalanceLedger from "./memory/BalanceLedger.ts"
import * as MemoryEvidence from "./memory/MonthEvidence.ts"

export interface EvidenceRequest {
  readonly month: CalendarMonth
  readonly thresholdMinor: bigint
  readonly combine: "primaryAccount" | "anyAccount" | "sumOfAccounts"
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
  /** Did the last balance before the month meet the threshold? `null`: there is none. */
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

export class BalanceHistoryError extends Schema.TaggedError<BalanceHistoryError>()(
  "BalanceHistoryError",
  {
    reason: Schema.Literals(["Unavailable", "Timeout", "Malformed"]),
    detail: Schema.String,
    cause: Schema.optionalKey(Schema.Defect())
  }
) {
  get isRetryable(): boolean {
    return this.reason !== "Malformed"
  }
  override get message(): string {
    return `balance history: ${this.reason}: ${this.detail}`
  }
}

export class BalanceHistory extends Context.Service<
  BalanceHistory,
  {
    readonly monthEvidence: (
      request: EvidenceRequest
    ) => Effect.Effect<ReadonlyArray<MonthEvidence>, BalanceHistoryError>
  }
>()("@tidemark/core/ports/BalanceHistory") {
  /**
   * Evidence of the balances of these captures, the earliest first. Two amounts for one account and
   * date are a conflict within one capture; from a later one the amount supersedes.
   */
  static readonly layerMemory = (
    captures: ReadonlyArray<ReadonlyArray<HistoryBalance>>
  ): Layer.Layer<BalanceHistory> =>
    Layer.sync(BalanceHistory, () => {
      const ledgers = BalanceLedger.of(captures)
      return {
        monthEvidence: (request) =>
          Effect.sync(() => MemoryEvidence.monthEvidence({ ledgers }, request))
      }
    })
}
