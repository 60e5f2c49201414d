/**
 * Rows of another program in the same tables, written straight into them: so many that reading a
 * table whole is dear, and so fresh that no statistics say so.
 */
import type { Pool } from "pg"
import { CalendarMonth } from "../src/Core.ts"
import { monthsFrom, partitionStatement } from "../src/Partitions.ts"

const rows = 3_000

const first = CalendarMonth.parse("2026-08")

/** A month before those the checks speak of, to two after. */
const months = first === undefined ? [] : monthsFrom(first, 5)

const statements = [
  `INSERT INTO balance_check (program, account_id, business_date, revision, met, sequence, page,
      minor_units, captured_at)
    SELECT 'ballast', 'A-' || n, d, 1, true, 1, 0, n, now()
    FROM generate_series(1, ${rows}) AS n, unnest(ARRAY['2026-09-30', '2026-10-01', '2026-10-02',
      '2026-11-01']::date[]) AS d`,
  `INSERT INTO decision (program, month, customer_id, revision, outcome, reasons, observed, met,
      derived, waived, account_ids, evidence_hash, policy_hash, decided_at)
    SELECT 'ballast', m, 'C-' || n, 1, 'NotQualified', '[]', 0, 0, 0, 0, ARRAY['A-' || n],
      '\\x00', '', now()
    FROM generate_series(1, ${rows}) AS n, unnest(ARRAY['2026-09', '2026-10']) AS m`,
  `INSERT INTO notification (program, notification_id, month, customer_id, state)
    SELECT 'ballast', m || n, m, 'C-' || n, CASE WHEN n % 2 = 0 THEN 'delivered' ELSE 'held' END
    FROM generate_series(1, ${rows}) AS n, unnest(ARRAY['2026-09', '2026-10']) AS m`,
  `INSERT INTO attempt (program, notification_id, n, state, due_at, reference, carrier_message_id,
      first_mark_at)
    SELECT 'ballast', notification_id, 1, 'accepted', now(), 'r' || notification_id,
      'c' || notification_id, now()
    FROM notification WHERE program = 'ballast'`,
  `INSERT INTO receipt_inbox (program, carrier_account, digest, via, reference, state, part,
      received_at, status)
    SELECT 'ballast', 'a', n::text, 'poll', 'r' || n, 'delivered', 1, now(), 'folded'
    FROM generate_series(1, ${rows}) AS n`,
  `INSERT INTO outbox (program, event_id, type, version, occurred_at, correlation_id, causation_id,
      payload, published_at)
    SELECT 'ballast', n::text, 'BalanceVerified', 1, now(), '', '', '{}', now()
    FROM generate_series(1, ${rows}) AS n`,
  `INSERT INTO data_quality_issue (program, issue_key, code, severity, business_date, account_id,
      detail, raised_at)
    SELECT 'ballast', int4send(n), 'MISSING', 'issue', '2026-10-01', 'A-' || n, '', now()
    FROM generate_series(1, ${rows}) AS n`
]

/** Fills the tables of a schema whose migrations have run; makes the months' partitions first. */
export const fill = async (pool: Pool, schema: string): Promise<void> => {
  const client = await pool.connect()
  try {
    await client.query(`SET search_path TO "${schema}"`)
    for (const month of months) await client.query(partitionStatement(month))
    for (const statement of statements) await client.query(statement)
    await client.query("RESET search_path")
  } finally {
    client.release()
  }
}
