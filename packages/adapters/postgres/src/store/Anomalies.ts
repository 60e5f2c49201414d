/**
 * Which balances of a month are strange for their own account: the rule of core, computed where the
 * balances are, so that a page brings only what was found. The contract holds it to the rule.
 */
import * as Effect from "effect/Effect"
import {
  type AnomalyRequest,
  type BusinessDate,
  CalendarMonth,
  type ProgramStoreError,
  type StrangeBalance
} from "../Core.ts"
import * as P from "../Parameters.ts"
import type { Store } from "./Store.ts"

interface StrangeRow {
  readonly account_id: string
  readonly business_date: BusinessDate.BusinessDate
}

/**
 * One index range of the month before per account, and one of the month for those with enough
 * history. The discrete percentile at one half is the lower median.
 */
export const anomalies =
  (store: Store) =>
  (request: AnomalyRequest): Effect.Effect<ReadonlyArray<StrangeBalance>, ProgramStoreError> => {
    const { accountIds, limits, month } = request
    const before = CalendarMonth.previous(month)
    return store.query(
      Effect.map(
        store.sql<StrangeRow>`
          SELECT a.account_id, d.business_date
          FROM unnest(${P.texts(accountIds)}::text[]) WITH ORDINALITY AS a(account_id, position)
          CROSS JOIN LATERAL (
            SELECT array_agg(b.minor_units) AS amounts,
              percentile_disc(0.5) WITHIN GROUP (ORDER BY b.minor_units) AS median
            FROM balance_check b
            WHERE b.program = ${store.program} AND b.account_id = a.account_id
              AND b.business_date BETWEEN ${P.date(CalendarMonth.first(before))}
                AND ${P.date(CalendarMonth.last(before))}
              AND b.superseded_at IS NULL AND NOT b.conflict
            HAVING count(*) >= ${P.integer(Math.max(1, limits.anomalyMinimumHistory))}
          ) AS h
          CROSS JOIN LATERAL (
            SELECT greatest(1, abs(h.median) / 100,
              percentile_disc(0.5) WITHIN GROUP (ORDER BY abs(amount - h.median))) AS typical
            FROM unnest(h.amounts) AS amount
          ) AS t
          CROSS JOIN LATERAL (
            SELECT b.business_date
            FROM balance_check b
            WHERE b.program = ${store.program} AND b.account_id = a.account_id
              AND b.business_date BETWEEN ${P.date(CalendarMonth.first(month))}
                AND ${P.date(CalendarMonth.last(month))}
              AND b.superseded_at IS NULL AND NOT b.conflict
              AND abs(b.minor_units - h.median)::numeric
                > ${P.integer(limits.anomalyDeviations)}::numeric * t.typical
            OFFSET 0
          ) AS d
          ORDER BY a.position, d.business_date`,
        (rows) =>
          rows.map((row) => ({ accountId: row.account_id, businessDate: row.business_date }))
      )
    )
  }
