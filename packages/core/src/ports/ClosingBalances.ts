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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
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
>()("@tidemark/core/ports/ClosingBalances") {
  /**
   * A bank that knows these rows, in their order, `pageSize` to a page; a date without rows is a
   * day
   * on which it closed no books. Control totals are those of the rows whose amounts can be read.
   */
  static readonly layerMemory = (
    rows: ReadonlyArray<CapturedRow>,
    pageSize = 1000
  ): Layer.Layer<ClosingBalances> =>
    Layer.sync(ClosingBalances, () => {
      const byDate = Map.groupBy(rows, ({ businessDate }) => businessDate)
      return {
        page: (businessDate, cursor) =>
          Effect.suspend(() => {
            const all = byDate.get(businessDate) ?? []
            const from = cursor === null ? 0 : Number(cursor)
            if (!Number.isInteger(from / pageSize) || from < 0 || from > all.length) {
              const detail = "a cursor of another bank"
              return Effect.fail(new ClosingBalancesError({ reason: "Malformed", detail }))
            }
            const next = from + pageSize
            return Effect.succeed({
              balances: all.slice(from, next),
              problems: [],
              nextCursor: next < all.length ? String(next) : null,
              controlTotals: next < all.length ? null : totals(all)
            })
          })
      }
    })
}

const totals = (rows: ReadonlyArray<CapturedRow>) => {
  let count = 0
  let sumMinor = 0n
  for (const { minorUnits } of rows) {
    if (typeof minorUnits !== "bigint") continue
    count++
    sumMinor += minorUnits
  }
  return { count, sumMinor }
}
