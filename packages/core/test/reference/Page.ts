/** The tables of a page of docs/reference, row by row: what is written there is what is tested. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert } from "vitest"

/** A row by the titles of its columns; `–` and an empty cell are empty texts. */
export type Row = (title: string) => string

const cellsOf = (line: string): ReadonlyArray<string> =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim())

/** The tables of a page in order. A page without one, or a table without a row, fails. */
export const tables = (name: string): ReadonlyArray<ReadonlyArray<Row>> => {
  const file = join(import.meta.dirname, "../../../../docs/reference", name)
  const blocks = readFileSync(file, "utf8").match(/(?:^\|.*\n)+/gmu) ?? []
  assert.isNotEmpty(blocks, `${name} has no table`)
  return blocks.map((block) => {
    const [titles = "", , ...rows] = block.trimEnd().split("\n")
    assert.isNotEmpty(rows, `${name} has an empty table`)
    const columns = cellsOf(titles)
    return rows.map((line): Row => {
      const cells = cellsOf(line)
      assert.lengthOf(cells, columns.length, line)
      return (title) => {
        const cell = cells[columns.indexOf(title)] ?? assert.fail(`${name}: no column ${title}`)
        return cell === "–" ? "" : cell
      }
    })
  })
}
