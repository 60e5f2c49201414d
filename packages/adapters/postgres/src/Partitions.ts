/**
 * Month partitions of `balance_check`. The migrator makes them ahead, so that the runner's role
 * needs no DDL; where the role may, a missing one is made on demand.
 */
import { CalendarMonth } from "./Core.ts"
import type { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"

/** The partition's table name, such as `balance_check_2026_10`. */
export const partitionName = (month: CalendarMonth.CalendarMonth): string =>
  `balance_check_${month.replace("-", "_")}`

/** One statement that makes a month's partition unless it is there. */
export const partitionStatement = (month: CalendarMonth.CalendarMonth): string => {
  const from = CalendarMonth.first(month)
  const to = CalendarMonth.first(CalendarMonth.next(month))
  return `CREATE TABLE IF NOT EXISTS ${partitionName(month)} PARTITION OF balance_check
  FOR VALUES FROM ('${from}') TO ('${to}')`
}

/** `count` months from `from` on. */
export const monthsFrom = (
  from: CalendarMonth.CalendarMonth,
  count: number
): ReadonlyArray<CalendarMonth.CalendarMonth> => {
  const months: Array<CalendarMonth.CalendarMonth> = []
  let month = from
  for (let i = 0; i < count; i++) {
    months.push(month)
    month = CalendarMonth.next(month)
  }
  return months
}

/**
 * Makes a month's partition if it is missing. An advisory lock keeps two runners from making it at
 * once; to be run in a transaction of its own.
 */
export const ensurePartition = (
  sql: PgClient.PgClient,
  schema: string,
  month: CalendarMonth.CalendarMonth
): Effect.Effect<void, SqlError> =>
  Effect.gen(function* () {
    const qualified = `"${schema}".${partitionName(month)}`
    const found = yield* sql<{ readonly found: string | null }>`
      SELECT to_regclass(${qualified})::text AS found`
    if (found[0]?.found != null) return
    yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${schema} partitions`}, 0))`
    yield* sql.unsafe(partitionStatement(month))
  })
