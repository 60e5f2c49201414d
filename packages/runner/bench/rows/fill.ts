/** A captured month without the capture, a decided one without the decisions: what rows begin with. */
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

/** Decisions and held messages of the month as its end leaves them, written by the database. */
export const decide = async ({ client, ours }: Database, size: number): Promise<void> => {
  await client.query(`
    INSERT INTO ${ours}.month (program, month, status, content_hash)
    VALUES ('${program}', '${Bank.month}', 'decided', 'content')`)
  await client.query(`
    INSERT INTO ${ours}.decision (program, month, customer_id, revision, outcome, reasons,
      first_reason, reach, observed, met, derived, waived, account_ids, evidence_hash, policy_hash,
      notification_id, decided_at)
    SELECT '${program}', '${Bank.month}', 'C-' || lpad(n::text, 9, '0'), 1,
      CASE WHEN qualified THEN 'Qualified' ELSE 'NotQualified' END, '[]',
      CASE WHEN qualified THEN 'MET_EVERY_DAY' ELSE 'BELOW_THRESHOLD' END,
      CASE WHEN qualified THEN 'Reachable' END, 2147483647,
      CASE WHEN qualified THEN 2147483647 ELSE 2147483646 END, 0, 0,
      ARRAY['A-' || lpad(n::text, 9, '0')], named, 'policy',
      CASE WHEN qualified THEN left(encode(named, 'hex'), 26) END, now()
    FROM generate_series(0, ${size - 1}) AS n,
      LATERAL (SELECT n % 3 < 2 AS qualified, sha256(n::text::bytea) AS named) AS of`)
  await client.query(`
    INSERT INTO ${ours}.notification (program, notification_id, month, customer_id)
    SELECT program, notification_id, month, customer_id FROM ${ours}.decision
    WHERE notification_id IS NOT NULL ORDER BY customer_id`)
}
