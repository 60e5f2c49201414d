/**
 * Deciding a month page by page against the original architecture's loop, which asks the database
 * about one customer after the other and writes each decision by itself.
 */
import { QualifyMonth } from "@tidemark/core/effect"
import * as Bank from "../Bank.ts"
import type { Database } from "../Database.ts"
import type { Figure } from "../Figure.ts"
import { program } from "../World.ts"
import { fill } from "./fill.ts"

interface Day {
  readonly day: number
  readonly minor_units: string
}

/** One customer of the loop: a question and an insert, each a round trip and a transaction. */
const decideOne = async ({ client, floor, ours }: Database, n: number): Promise<void> => {
  const accountId = Bank.accountOf(n)
  const { rows } = await client.query<Day>({
    name: "days",
    text: `SELECT extract(day FROM business_date)::int AS day, minor_units
      FROM ${ours}.balance_check
      WHERE program = $1 AND account_id = $2 AND superseded_at IS NULL
        AND business_date BETWEEN '2026-10-01' AND '2026-10-31'
      ORDER BY business_date`,
    values: [program, accountId]
  })
  let [observed, met] = [0, 0]
  for (const { day, minor_units: minor } of rows) {
    observed |= 1 << (day - 1)
    if (BigInt(minor) >= Bank.threshold) met |= 1 << (day - 1)
  }
  const qualified = met === 0x7fff_ffff
  const reason = qualified ? "MET_EVERY_DAY" : "BELOW_THRESHOLD"
  await client.query({
    name: "decision",
    text: `INSERT INTO ${floor}.decision (program, month, customer_id, revision, outcome, reasons,
        first_reason, reach, observed, met, derived, waived, account_ids, evidence_hash,
        policy_hash, decided_at)
      VALUES ($1, '2026-10', $2, 1, $3, $4, $5, $6, $7, $8, 0, 0, $9, '\\x00', 'policy', now())`,
    values: [
      program,
      `C${accountId.slice(1)}`,
      qualified ? "Qualified" : "NotQualified",
      JSON.stringify([{ code: reason }]),
      reason,
      qualified ? "Reachable" : null,
      observed,
      met,
      [accountId]
    ]
  })
}

/** Both decide all customers of the month. */
export const loop = async (size: number, database: Database): Promise<ReadonlyArray<Figure>> => {
  const { client, meter, world } = database
  await fill(database, size)
  await client.query("SET enable_seqscan = off")
  const input = { month: Bank.month, nowMs: Bank.monthEndMs, cutOff: true }
  const ours = await meter.spend(size, () => world.run(QualifyMonth.qualifyMonth(input)))
  const theirs = await meter.unwatched(size, async () => {
    for (let n = 0; n < size; n++) await decideOne(database, n)
  })
  return [
    {
      row: "one query per customer",
      of: "customers",
      size,
      ours,
      peer: { name: "the loop", spent: theirs },
      value: null,
      peakMb: meter.peakMb(),
      goal: { _tag: "rate", times: 100 }
    }
  ]
}
