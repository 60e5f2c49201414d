/**
 * A month of 31 captured days from its end on, by the real workflows: the survey for missing days,
 * the decisions, the release, dispatch to a carrier that accepts at once, and its receipts.
 */
import {
  ProgramStore,
  QualifyMonth,
  ReleaseMonth,
  SubmitDue,
  TrackDue
} from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Bank from "../Bank.ts"
import type { Database } from "../Database.ts"
import { type Figure, type Spent, total } from "../Figure.ts"
import { program } from "../World.ts"
import { fill } from "./fill.ts"
import * as Jobs from "./jobs.ts"

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

const figureOf = (
  { meter }: Database,
  row: string,
  of: string,
  size: number,
  ours: Spent,
  rest: Partial<Pick<Figure, "goal" | "peer">> = {}
): Figure => ({
  row,
  of,
  size,
  ours,
  peer: null,
  value: null,
  goal: null,
  peakMb: meter.peakMb(),
  ...rest
})

const decided = async (size: number, database: Database): Promise<ReadonlyArray<Figure>> => {
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

const turns = 4

/** In turns with the queue, whose jobs carry what names one of our messages. */
const dispatched = async (
  size: number,
  messages: number,
  database: Database,
  url: string
): Promise<Figure> => {
  const { meter, world } = database
  const queue = await Jobs.open(url, messages)
  const ours: Array<Spent> = []
  const theirs: Array<Spent> = []
  const batches = Math.ceil(messages / Jobs.batch / turns)
  for (let turn = 0; turn < turns; turn++) {
    world.gate.batches = batches
    let submitted = 0
    const spent = await meter.spend(0, async () => {
      const result = await world.run(SubmitDue.submitDue(Effect.succeed(Bank.opensMs)))
      submitted = result.submitted
    })
    ours.push({ ...spent, items: submitted })
    let completed = 0
    const job = await meter.unwatched(0, async () => {
      completed = await queue.take(batches)
    })
    theirs.push({ ...job, items: completed })
  }
  await queue.close()
  return figureOf(database, "dispatch", "messages", size, total(ours), {
    peer: { name: "pg-boss", spent: total(theirs) },
    goal: { _tag: "rate", times: 2 }
  })
}

/** Receipts of every message: into the inbox in thousands, then folded to their states. */
const received = async (size: number, database: Database): Promise<ReadonlyArray<Figure>> => {
  const { client, meter, ours: schema, world } = database
  const stored: Array<Spent> = []
  let last = ""
  for (;;) {
    const { rows } = await client.query<{ reference: string; carrier_message_id: string }>(
      `SELECT reference, carrier_message_id FROM ${schema}.attempt
       WHERE program = $1 AND reference > $2 ORDER BY reference LIMIT 1000`,
      [program, last]
    )
    if (rows.length === 0) break
    last = rows.at(-1)?.reference ?? ""
    const reports = rows.map(({ carrier_message_id: carrierMessageId, reference }) => ({
      reference,
      carrierMessageId,
      digest: `${reference}:delivered`,
      receipt: { state: "delivered" as const, part: 1, parts: null, failure: null }
    }))
    const input = { nowMs: Bank.opensMs, via: "webhook", carrierAccount: "null", reports } as const
    const store = Effect.flatMap(ProgramStore, (verbs) => verbs.storeReceipts(input))
    stored.push(await meter.spend(rows.length, () => world.run(store)))
  }
  const inbox = total(stored)
  const fold = TrackDue.foldReceipts(Effect.succeed(Bank.opensMs))
  const folded = await meter.spend(inbox.items, () => world.run(fold))
  const both: Spent = { ...total([inbox, folded]), items: inbox.items }
  return [
    figureOf(database, "receipts", "receipts", size, both, {
      goal: { _tag: "perSecond", rate: 50_000 }
    }),
    figureOf(database, "receipts, folding alone", "receipts", size, folded)
  ]
}

/** A month from its end to its receipts. */
export const month = async (
  size: number,
  database: Database,
  url: string
): Promise<ReadonlyArray<Figure>> => {
  const { meter, world } = database
  await fill(database, size)
  const figures = [...(await decided(size, database))]
  let messages = 0
  const released = await meter.spend(0, async () => {
    messages = await world.run(ReleaseMonth.releaseMonth(Bank.month, Bank.monthEndMs))
  })
  const release = { ...released, items: messages }
  figures.push(figureOf(database, "release", "messages", size, release))
  figures.push(await dispatched(size, messages, database, url))
  return [...figures, ...(await received(size, database))]
}
