/**
 * Raw balances older than a bank must keep: their month's partition is dropped whole, which costs
 * what dropping a file costs and leaves no dead rows. Decisions, attempts and reports stay.
 *
 * **Source** — product rules, Report (retention: raw balances 25 months).
 */
import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import { CalendarMonth, type ProgramStoreError } from "./Core.ts"
import * as Executor from "./Executor.ts"
import * as P from "./Parameters.ts"
import { partitionName } from "./Partitions.ts"

export interface Retained {
  /** Months whose balances are gone now, the oldest first. */
  readonly dropped: ReadonlyArray<CalendarMonth.CalendarMonth>
  /** Older months that stay: some program has captured them and not closed them yet. */
  readonly open: ReadonlyArray<CalendarMonth.CalendarMonth>
}

/** A waiting drop holds up every capture behind it, so it gives up soon and is tried again. */
const lockTimeout = "SET LOCAL lock_timeout TO '2s'"

/**
 * Drops the balances of months before `keepFrom`, of all programs of the schema: they share the
 * partitions. A month that any of them has not closed is kept, whatever its age. Each program's
 * audit says so. All or nothing.
 *
 * A decision of a dropped month can be explained but no more replayed.
 *
 * **Errors** — `Timeout` or `Conflict` where the table is in use; nothing is dropped then.
 */
export const dropBefore = (
  keepFrom: CalendarMonth.CalendarMonth,
  nowMs: number
): Effect.Effect<Retained, ProgramStoreError, PgClient.PgClient> =>
  Effect.flatMap(PgClient.PgClient, (sql) =>
    Executor.make(sql).transaction(
      Effect.gen(function* () {
        yield* sql.unsafe(lockTimeout)
        const rows = yield* sql<{ readonly name: string; readonly open: boolean }>`
        WITH part AS (
          SELECT c.relname AS name,
            replace(right(c.relname, 7), '_', '-') COLLATE "C" AS month
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'balance_check'::regclass
        )
        SELECT name, EXISTS (
          SELECT FROM run r
          WHERE r.kind = 'capture' AND left(r.key, 7) = part.month AND NOT EXISTS (
            SELECT FROM month m
            WHERE m.program = r.program AND m.month = part.month AND m.status = 'closed')
        ) AS open
        FROM part WHERE month < ${keepFrom} ORDER BY month`
        const dropped: Array<CalendarMonth.CalendarMonth> = []
        const open: Array<CalendarMonth.CalendarMonth> = []
        for (const row of rows) {
          const month = CalendarMonth.parse(row.name.slice(-7).replace("_", "-"))
          // Whatever else somebody attached to the table is not ours to drop.
          if (month === undefined || partitionName(month) !== row.name) continue
          if (row.open) {
            open.push(month)
            continue
          }
          yield* sql.unsafe(`DROP TABLE ${row.name}`)
          yield* sql`
          INSERT INTO audit_entry (program, occurred_at, actor, action, subject, detail)
          SELECT program, ${P.instant(nowMs)}, 'migrate', 'ledger.drop', ${month}, '{}'
          FROM program_state`
          dropped.push(month)
        }
        return { dropped, open }
      })
    )
  )
