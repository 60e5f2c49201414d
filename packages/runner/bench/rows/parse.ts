/** Reads a CSV file of balances to typed rows, against csv-parse giving the same fields as text. */
import { BalanceRows } from "@tidemark/bank-file"
import { Currency } from "@tidemark/core/rules"
import { parse as csvParse } from "csv-parse"
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import * as Bank from "../Bank.ts"
import { type Figure, type Spent, total } from "../Figure.ts"
import * as Meter from "../Meter.ts"

const turns = 3

const csv = function* (rows: number): Generator<string> {
  yield "date,account_id,closing_balance\n"
  for (let from = 0; from < rows; from += Bank.pageRows) {
    let text = ""
    for (let n = from; n < Math.min(rows, from + Bank.pageRows); n++) {
      const minor = String(Bank.minorUnitsOf(n, 1))
      text += `2026-10-01,${Bank.accountOf(n)},${minor.slice(0, -2)}.${minor.slice(-2)}\n`
    }
    yield text
  }
}

const expected = (rows: number, size: number): void => {
  if (rows !== size) throw new Error(`read ${rows} rows of ${size}`)
}

const readOurs = async (file: string, size: number): Promise<void> => {
  let rows = 0
  for await (const batch of BalanceRows.read(file, { currency: Currency.ils })) {
    rows += batch.minorUnits.length
  }
  expected(rows, size)
}

const readPeer = async (file: string, size: number): Promise<void> => {
  let rows = 0
  const parser = createReadStream(file).pipe(csvParse({ columns: true }))
  for await (const _ of parser) rows++
  expected(rows, size)
}

/** The same file by both, in turns. */
export const parse = async (size: number): Promise<ReadonlyArray<Figure>> => {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"))
  const meter = Meter.make("none")
  const ours: Array<Spent> = []
  const theirs: Array<Spent> = []
  try {
    const file = join(folder, "balances.csv")
    await pipeline(Readable.from(csv(size)), createWriteStream(file))
    for (let turn = 0; turn < turns; turn++) {
      ours.push(await meter.spend(size, () => readOurs(file, size)))
      theirs.push(await meter.unwatched(size, () => readPeer(file, size)))
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return [
    {
      row: "parse CSV",
      of: "rows",
      size,
      ours: total(ours),
      peer: { name: "csv-parse", spent: total(theirs) },
      value: null,
      peakMb: meter.peakMb(),
      goal: { _tag: "rate", times: 1 }
    }
  ]
}
