/** Plays the whole matrix and writes it as a table. */
import type { Base } from "./Base.ts"
import { classes, type CarrierClass } from "./CarrierClass.ts"
import * as Matrix from "./Matrix.ts"
import { type Row, rows } from "./MatrixRows.ts"

export interface TableOptions {
  readonly folder: string
  readonly base: Base
  readonly classes: ReadonlyArray<CarrierClass>
  readonly rows: ReadonlyArray<Row>
  /** Cells that share a process. */
  readonly together: number
  readonly onRow: (results: ReadonlyArray<Matrix.CellResult>) => void
}

/** Rows played at the same time: most of a row is waiting for leases and settle delays. */
const rowsAtOnce = 2

/** Every cell, row by row. */
export const playAll = async (options: TableOptions): Promise<ReadonlyArray<Matrix.CellResult>> => {
  const all: Array<Matrix.CellResult> = []
  for (let start = 0; start < options.rows.length; start += rowsAtOnce) {
    const rows = options.rows.slice(start, start + rowsAtOnce)
    for (const results of await Promise.all(rows.map((row) => playRow(options, row)))) {
      options.onRow(results)
      all.push(...results)
    }
  }
  return all
}

const playRow = async (options: TableOptions, row: Row): Promise<Array<Matrix.CellResult>> => {
  const results: Array<Matrix.CellResult> = []
  for (let start = 0; start < options.classes.length; start += options.together) {
    const group = options.classes.slice(start, start + options.together)
    const specs = group.map((carrierClass) => ({ row, carrierClass }))
    results.push(...(await Matrix.play(options.folder, options.base, specs)))
  }
  return results
}

/** The cell's end; what was expected beside it where that differs. */
const cellText = ({ end, expected }: Matrix.CellResult): string =>
  end === expected ? end : `**${end}** (expected ${expected})`

/** One line of the table. */
export const line = (results: ReadonlyArray<Matrix.CellResult>): string =>
  `| ${results[0]?.row.name ?? ""} | ${results.map(cellText).join(" | ")} |`

/** The head of a table with these classes. */
export const head = (names: ReadonlyArray<CarrierClass>): ReadonlyArray<string> => [
  `| fault | ${names.join(" | ")} |`,
  `| --- | ${names.map(() => "---").join(" | ")} |`
]

export const everything = { classes, rows }
