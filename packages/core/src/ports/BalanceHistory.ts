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
import * as BalanceLedger from "./memory/BalanceLedger.ts"
import * as MemoryEvidence from "./memory/MonthEvidence.ts"
import type { EvidenceRequest, HistoryBalance, MonthEvidence } from "./store/Evidence.ts"

export type { EvidenceRequest, HistoryBalance, MonthEvidence } from "./store/Evidence.ts"

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
    /**
     * Where the balances are. `captured`: in the store's ledger, so every date must be captured.
     * `bank`: in a table of the bank's own, so nothing is captured and nothing is waited for but
     * the month's end.
     */
    readonly origin: "captured" | "bank"
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
        origin: "bank",
        monthEvidence: (request) =>
          Effect.sync(() => MemoryEvidence.monthEvidence({ ledgers }, request))
      }
    })
}
