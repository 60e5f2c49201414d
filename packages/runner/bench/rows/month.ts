/**
 * The end of a month of 31 captured days, by the real workflows: the survey for missing days, and
 * the decisions.
 */
import { QualifyMonth } from "@tidemark/core/effect"
import * as Bank from "../Bank.ts"
import type { Database } from "../Database.ts"
import { type Figure, total } from "../Figure.ts"
import { program } from "../World.ts"
import { figureOf } from "./figureOf.ts"
import { fill } from "./fill.ts"

/**
 * The floor of the month end: one statement that computes the same day sets and writes a decision
 * per customer, with its reasons as text and a hash, as somebody would write it by hand.
 */
const byHand = ({ client, floor, ours }: Database, month: string) =>
  client.query(`
    INSERT INTO ${floor}.decision (program, month, customer_id, revision, outcome, reasons,
      first_reason, reach, observed, met, derived, waived, account_ids, evidence_hash,
      policy_hash, decided_at)
    SELECT '${program}', '${month}', 'C' || substr(account_id, 2), 1,
      CASE WHEN met = b'1111111111111111111111111111111'::int THEN 'Qualified'
        ELSE 'NotQualified' END,
      '[{"code":"' || CASE WHEN met = b'1111111111111111111111111111111'::int
        THEN 'MET_EVERY_DAY' ELSE 'BELOW_THRESHOLD' END || '"}]',
      CASE WHEN met = b'1111111111111111111111111111111'::int
        THEN 'MET_EVERY_DAY' ELSE 'BELOW_THRESHOLD' END,
      CASE WHEN met = b'1111111111111111111111111111111'::int THEN 'Reachable' END,
      observed, met, 0, 0, ARRAY[account_id], sha256(ledger), 'policy', now()
    FROM (
      SELECT account_id,
        bit_or(1 << (extract(day FROM business_date)::int - 1)) AS observed,
        coalesce(bit_or(1 << (extract(day FROM business_date)::int - 1))
          FILTER (WHERE minor_units >= ${Bank.threshold}), 0) AS met,
        string_agg(int8send(minor_units), ''::bytea ORDER BY business_date) AS ledger
      FROM ${ours}.balance_check
      WHERE program = '${program}' AND superseded_at IS NULL
        AND business_date BETWEEN '2026-10-01' AND '2026-10-31'
      GROUP BY account_id
    ) AS months`)

/** The end of a month. */
export const month = async (size: number, database: Database): Promise<ReadonlyArray<Figure>> => {
  await fill(database, size)
  const { meter, world } = database
  // Before and after ours, so that a load that comes or goes weighs on both.
  const before = await meter.unwatched(size, () => byHand(database, "2026-08"))
  const survey = await meter.spend(size, () => world.run(QualifyMonth.survey(Bank.month)))
  const input = { month: Bank.month, nowMs: Bank.monthEndMs, cutOff: true }
  const ours = await meter.spend(size, () => world.run(QualifyMonth.qualifyMonth(input)))
  const after = await meter.unwatched(size, () => byHand(database, "2026-09"))
  return [
    figureOf(database, "survey", "customers", size, survey),
    figureOf(database, "month end", "customers", size, ours, {
      peer: { name: "one statement by hand", spent: total([before, after]) },
      goal: { _tag: "time", times: 1.5 }
    })
  ]
}
