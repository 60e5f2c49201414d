/**
 * Which balances of a month are strange for their own account: the rule of core over the balances
 * of a page as bytes, so that neither the database nor this process sorts them as objects. The
 * contract holds it to the rule.
 */
import * as Effect from "effect/Effect"
import {
  type AnomalyRequest,
  CalendarMonth,
  type ProgramStoreError,
  type StrangeBalance
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Gathered from "./GatheredBalances.ts"
import type { Store } from "./Store.ts"

/** Two months beside each other: day 0 is the first of the month before. */
const days = 62

/** One index range over both months per account. */
export const anomalies =
  (store: Store) =>
  (request: AnomalyRequest): Effect.Effect<ReadonlyArray<StrangeBalance>, ProgramStoreError> => {
    const { accountIds, month } = request
    const first = P.date(CalendarMonth.first(CalendarMonth.previous(month)))
    return store.query(
      Effect.map(
        store.sql<Gathered.Row>`
          SELECT string_agg(int8send(b.minor_units), '') AS amounts,
            string_agg(int8send((a.position - 1) << 32 | (b.day << 16)), '') AS keys
          FROM unnest(${P.texts(accountIds)}::text[]) WITH ORDINALITY AS a(account_id, position)
          CROSS JOIN LATERAL (
            SELECT b.business_date - ${first} AS day, b.minor_units
            FROM balance_check b
            WHERE b.program = ${store.program} AND b.account_id = a.account_id
              AND b.business_date BETWEEN ${first} AND ${P.date(CalendarMonth.last(month))}
              AND b.superseded_at IS NULL AND NOT b.conflict
            OFFSET 0
          ) AS b`,
        (rows) => strange(request, Gathered.of(rows[0], accountIds.length, days))
      )
    )
  }

/** By account as asked, then by date. */
const strange = (
  { accountIds, limits, month }: AnomalyRequest,
  gathered: Gathered.Gathered
): ReadonlyArray<StrangeBalance> => {
  const daysBefore = CalendarMonth.days(CalendarMonth.previous(month))
  const least = Math.max(1, limits.anomalyMinimumHistory)
  const history = new BigInt64Array(daysBefore)
  const found: Array<StrangeBalance> = []
  for (let account = 0; account < accountIds.length; account++) {
    let count = 0
    for (let day = 0; day < daysBefore; day++) {
      const place = Gathered.placeOf(gathered, account, day)
      if (place > 0) history[count++] = Gathered.amountOf(gathered, place)
    }
    if (count < least) continue
    const usual = usualOf(history.subarray(0, count), limits.anomalyDeviations)
    for (let day = daysBefore; day < days; day++) {
      const place = Gathered.placeOf(gathered, account, day)
      if (place === 0) continue
      const amount = Gathered.amountOf(gathered, place)
      if (amount >= usual.lowest && amount <= usual.highest) continue
      const businessDate = CalendarMonth.dateAt(month, day - daysBefore + 1)
      found.push({ accountId: accountIds[account] ?? "", businessDate })
    }
  }
  return found
}

const distance = (left: bigint, right: bigint): bigint =>
  left < right ? right - left : left - right

/** The lower median of a sorted list. */
const median = (sorted: BigInt64Array): bigint => sorted[(sorted.length - 1) >> 1] ?? 0n

/** The bounds of what is usual. 64 bits hold the gap of any two amounts. */
const usualOf = (
  history: BigInt64Array,
  deviations: number
): { readonly lowest: bigint; readonly highest: bigint } => {
  const middle = median(history.toSorted())
  const deviation = median(history.map((amount) => distance(amount, middle)).toSorted())
  const onePercent = distance(middle, 0n) / 100n
  const floor = onePercent > 1n ? onePercent : 1n
  const most = BigInt(deviations) * (deviation > floor ? deviation : floor)
  return { lowest: middle - most, highest: middle + most }
}
