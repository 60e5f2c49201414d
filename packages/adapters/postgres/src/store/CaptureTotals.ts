/** A captured date in numbers, beside the last captured date before it. */
import * as Effect from "effect/Effect"
import type { BusinessDate, CaptureTotals, ProgramStoreError } from "../Core.ts"
import * as P from "../Parameters.ts"
import type { Store } from "./Store.ts"

interface TotalsRow {
  readonly count: bigint
  readonly sum: string | null
  readonly met: bigint
  readonly conflicts: bigint
  readonly comparable: bigint
  readonly unchanged: bigint
  readonly issues: bigint | null
  readonly previous: BusinessDate.BusinessDate | null
  readonly previous_count: bigint
  readonly previous_met: bigint
}

export const captureTotals =
  (store: Store) =>
  (input: {
    readonly runId: string
    readonly businessDate: BusinessDate.BusinessDate
  }): Effect.Effect<CaptureTotals, ProgramStoreError> =>
    store.count(
      Effect.gen(function* () {
        const previous = yield* store.sql<{ readonly key: string | null }>`
          SELECT max(key) AS key FROM run
          WHERE program = ${store.program} AND kind = 'capture' AND key < ${input.businessDate}
            AND finished_at IS NOT NULL`
        const before = previous[0]?.key ?? null
        const rows = yield* store.sql<TotalsRow>`
          WITH today AS (
            SELECT account_id, minor_units, met, conflict FROM balance_check
            WHERE program = ${store.program} AND business_date = ${P.date(input.businessDate)}
              AND superseded_at IS NULL
          ), earlier AS (
            SELECT account_id, minor_units, met FROM balance_check
            WHERE program = ${store.program} AND business_date = ${P.date(before)}
              AND superseded_at IS NULL AND NOT conflict
          ), one AS (
            SELECT count(*) FILTER (WHERE NOT t.conflict) AS count,
              sum(t.minor_units) FILTER (WHERE NOT t.conflict) AS sum,
              count(*) FILTER (WHERE t.met AND NOT t.conflict) AS met,
              count(*) FILTER (WHERE t.conflict) AS conflicts,
              count(e.account_id) FILTER (WHERE NOT t.conflict) AS comparable,
              count(*) FILTER (WHERE NOT t.conflict AND e.minor_units = t.minor_units) AS unchanged
            FROM today t LEFT JOIN earlier e USING (account_id)
          )
          SELECT one.*, ${P.date(before)} AS previous,
            (SELECT issues FROM run
              WHERE program = ${store.program} AND run_id = ${input.runId}) AS issues,
            (SELECT count(*) FROM earlier) AS previous_count,
            (SELECT count(*) FROM earlier WHERE met) AS previous_met
          FROM one`
        return totalsOf(input.businessDate, rows[0])
      })
    )

const totalsOf = (
  businessDate: BusinessDate.BusinessDate,
  row: TotalsRow | undefined
): CaptureTotals => ({
  businessDate,
  count: Number(row?.count ?? 0n),
  sumMinor: BigInt(row?.sum ?? "0"),
  met: Number(row?.met ?? 0n),
  comparable: Number(row?.comparable ?? 0n),
  unchangedFromDayBefore: Number(row?.unchanged ?? 0n),
  previous:
    row === undefined || row.previous === null
      ? null
      : { captured: Number(row.previous_count), met: Number(row.previous_met) },
  conflicts: Number(row?.conflicts ?? 0n),
  issues: Number(row?.issues ?? 0n)
})
