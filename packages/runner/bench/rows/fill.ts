/** A captured month without the capture: what the rows about its end begin with. */
import { CalendarMonth } from "@tidemark/core/rules"
import * as Bank from "../Bank.ts"
import type { Database } from "../Database.ts"
import { program } from "../World.ts"

/** Balances of the month as a capture leaves them, written by the database itself. */
export const fill = async ({ client, ours }: Database, size: number): Promise<void> => {
  for (const date of CalendarMonth.dates(Bank.month)) {
    await client.query(`
      INSERT INTO ${ours}.balance_check (program, account_id, business_date, revision, met,
        sequence, page, minor_units, captured_at)
      SELECT '${program}', 'A-' || lpad(n::text, 9, '0'), d, 1, minor >= ${Bank.threshold}, 1,
        n / ${Bank.pageRows}, minor, d + interval '23 hours'
      FROM (
        SELECT n, d, ${Bank.minorUnitsSql} AS minor
        FROM generate_series(0, ${size - 1}) AS n, (SELECT date '${date}' AS d) AS d
      ) AS rows`)
  }
}
