/**
 * The bank's closing balances for a business date, page by page.
 *
 * **Guarantee** — a page is whole or an error; a truncated page is never returned.
 * **Ordering** — by the bank's cursor, opaque to us. **Idempotency** — asking again is harmless.
 * **Timeout** — nothing was stored; ask again.
 *
 * **Source** — original architecture §3.1; ISO 20022 `CLBD`.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CapturedRow } from "../balance/ClosingBalance.ts"
import type { BusinessDate } from "../calendar/BusinessDate.ts"

/** A row that could not become a balance; `where` names file and line, or page and item. */
export interface FeedProblem {
  readonly code: "MALFORMED" | "WRONG_DATE" | "MISSING_FIELD"
  readonly accountId: string | null
  readonly where: string
  readonly message: string
}

export interface BalancePage {
  /** Unparsable amounts stay in their row as a `MalformedAmount`, so that nothing is lost. */
  readonly balances: ReadonlyArray<CapturedRow>
  readonly problems: ReadonlyArray<FeedProblem>
  /** `null` on the last page. */
  readonly nextCursor: string | null
  /** The bank's own count and sum over all pages; on the last page where the bank gives them. */
  readonly controlTotals: { readonly count: number; readonly sumMinor: bigint } | null
}

export class ClosingBalancesError extends Schema.TaggedError<ClosingBalancesError>()(
  "ClosingBalancesError",
  {
    reason: Schema.Literals([
      "Unavailable",
      "Timeout",
      "Throttled",
      "NotReady",
      "Unauthorized",
      "Malformed"
    ]),
    detail: Schema.String,
    cause: Schema.optionalKey(Schema.Defect())
  }
) {
  /** A malformed feed is escalated, not asked for again. */
  get isRetryable(): boolean {
    return this.reason !== "Malformed" && this.reason !== "Unauthorized"
  }
  override get message(): string {
    return `closing balances: ${this.reason}: ${this.detail}`
  }
}

export class ClosingBalances extends Context.Service<
  ClosingBalances,
  {
    readonly page: (
      businessDate: BusinessDate,
      cursor: string | null
    ) => Effect.Effect<BalancePage, ClosingBalancesError>
  }
>()("@tidemark/core/ports/ClosingBalances") {}
