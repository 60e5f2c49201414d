/** Starts a process of `crashing.ts`, and hands each line of it to the cell it is about. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Child from "../process/Child.ts"
import type { Cell } from "./Cell.ts"
import type { Said } from "./Life.ts"

/** One process for the n-th lives of some cells. */
export const spawnLives = (folder: string, cells: ReadonlyArray<Cell>, n: number): Child.Child => {
  const file = join(mkdtempSync(join(folder, "lives-")), "lives.json")
  writeFileSync(file, JSON.stringify(cells.map((cell) => cell.life(n))))
  const byName = new Map(cells.map((cell) => [cell.name, cell]))
  const child = Child.startScript(join(import.meta.dirname, "crashing.ts"), [file])
  child.onLine((line) => {
    const said: Said = JSON.parse(line)
    byName.get(said.name)?.hear(said)
  })
  return child
}
