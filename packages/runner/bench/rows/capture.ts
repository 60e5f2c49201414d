/**
 * Capture of business dates by the real workflow, verdicts, quality checks, totals and events
 * included, against `COPY` of the same rows into the same table, date by date in turns.
 */
import { CaptureDay } from "@tidemark/core/effect"
import { CalendarMonth } from "@tidemark/core/rules"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { from as copyFrom } from "pg-copy-streams"
import * as Bank from "../Bank.ts"
import type { Database } from "../Database.ts"
import { type Figure, type Spent, total } from "../Figure.ts"
import { program } from "../World.ts"

const turns = 3

/** The lines `COPY` is given: made here too, as ours are. */
const lines = function* (customers: number, date: string): Generator<string> {
  const day = Number(date.slice(8))
  for (let from = 0; from < customers; from += Bank.pageRows) {
    let text = ""
    for (let n = from; n < Math.min(customers, from + Bank.pageRows); n++) {
      const minor = Bank.minorUnitsOf(n, day)
      const met = minor >= Bank.threshold ? "t" : "f"
      const page = n / Bank.pageRows
      text += `${program}\t${Bank.accountOf(n)}\t${date}\t1\t${met}\tf\t1\t${Math.floor(page)}`
      text += `\t${minor}\t2026-11-01 00:00:00+00\n`
    }
    yield text
  }
}

const columns = `program, account_id, business_date, revision, met, conflict, sequence, page,
  minor_units, captured_at`

/** Captures the first dates of the month, each beside its `COPY`. */
export const capture = async (size: number, database: Database): Promise<ReadonlyArray<Figure>> => {
  const { client, floor, meter, world } = database
  const ours: Array<Spent> = []
  const theirs: Array<Spent> = []
  // The first turn warms both sides up and has no date before it to be compared with.
  for (const businessDate of CalendarMonth.dates(Bank.month).slice(0, turns + 1)) {
    const input = { businessDate, again: false, nowMs: Bank.monthEndMs }
    ours.push(await meter.spend(size, () => world.run(CaptureDay.captureDay(input))))
    const statement = `COPY ${floor}.balance_check (${columns}) FROM STDIN`
    theirs.push(
      await meter.unwatched(size, () =>
        pipeline(Readable.from(lines(size, businessDate)), client.query(copyFrom(statement)))
      )
    )
  }
  return [
    {
      row: "capture",
      of: "balances",
      size,
      ours: total(ours.slice(1)),
      peer: { name: "COPY", spent: total(theirs.slice(1)) },
      value: null,
      peakMb: meter.peakMb(),
      goal: { _tag: "time", times: 2 }
    }
  ]
}
