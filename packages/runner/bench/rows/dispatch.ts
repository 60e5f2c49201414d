/**
 * The messages of a decided month, by the real workflows: the release, dispatch to a carrier that
 * accepts at once, and its receipts.
 */
import { ProgramStore, ReleaseMonth, SubmitDue, TrackDue } from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Bank from "../Bank.ts"
import type { Database } from "../Database.ts"
import { type Figure, type Spent, total } from "../Figure.ts"
import { program } from "../World.ts"
import { decide } from "./fill.ts"
import { figureOf } from "./figureOf.ts"
import * as Jobs from "./jobs.ts"

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

/** A month from its release to its receipts. */
export const dispatch = async (
  size: number,
  database: Database,
  url: string
): Promise<ReadonlyArray<Figure>> => {
  const { meter, world } = database
  await decide(database, size)
  let messages = 0
  const released = await meter.spend(0, async () => {
    messages = await world.run(ReleaseMonth.releaseMonth(Bank.month, Bank.monthEndMs))
  })
  const release = { ...released, items: messages }
  return [
    figureOf(database, "release", "messages", size, release),
    await dispatched(size, messages, database, url),
    ...(await received(size, database))
  ]
}
