/**
 * Plays cells of the crash matrix, several in one process: they die together, each at its own
 * point.
 *
 * **Source** — delivery protocol 2.6.
 */
import * as Child from "../process/Child.ts"
import { type Base, prepare as prepareBase } from "./Base.ts"
import type { CarrierClass } from "./CarrierClass.ts"
import * as Cell from "./Cell.ts"
import { spawnLives } from "./Lives.ts"
import { expected, type Row } from "./MatrixRows.ts"
import type * as Store from "./Store.ts"

/** The decided month that every cell begins with. */
export const prepare = (folder: string, server: Store.Server | null): Promise<Base> => {
  const { bankSeed: seed, customers, timing } = Cell
  return prepareBase({ folder, server, seed, customers, timing })
}

export interface CellSpec {
  readonly row: Row
  readonly carrierClass: CarrierClass
}

export interface CellResult extends CellSpec {
  readonly end: string
  readonly expected: string
}

/** Waits for all cells; fails with the last words of a process that ends before. */
const together = async (child: Child.Child, waits: ReadonlyArray<Promise<void>>): Promise<void> => {
  const ended = child.ended.then((code) => {
    throw new Error(`ended with ${code} before its cells: ${child.err().slice(-2000)}`)
  })
  ended.catch(() => undefined)
  await Promise.race([Promise.all(waits), ended])
}

/** Dies as often as its rows say, then lives until every cell is at its end. */
const playDeaths = async (folder: string, cells: ReadonlyArray<Cell.Cell>): Promise<number> => {
  let left = cells
  let n = 0
  for (; left.length > 0; n++) {
    const child = spawnLives(folder, left, n)
    await together(
      child,
      left.map((cell) => cell.advance())
    )
    await child.kill()
    const dead = left.filter((cell) => !cell.isOver())
    const most = Math.max(...dead.map(({ row }) => row.deaths.length), 0)
    // What neither ends nor dies any more is stuck; its cell says so.
    if (n >= most) break
    await Promise.all(dead.map((cell) => cell.afterDeath()))
    left = dead
  }
  return n
}

/** The first process sleeps; another does what it can; the first wakes up past its lease. */
const playSleeps = async (folder: string, cells: ReadonlyArray<Cell.Cell>): Promise<void> => {
  const sleeper = spawnLives(folder, cells, 0)
  await together(
    sleeper,
    cells.map((cell) => cell.advance())
  )
  sleeper.signal("SIGSTOP")
  await Promise.all(cells.map((cell) => cell.afterDeath()))
  const other = spawnLives(folder, cells, 1)
  await together(
    other,
    cells.map((cell) => cell.advance())
  )
  const before = cells.map((cell) => cell.submissions())
  await Promise.all(cells.map((cell) => cell.release()))
  sleeper.signal("SIGCONT")
  sleeper.signal("SIGUSR2")
  // It tells the outcome of the request it believes to be its own.
  for (const [index, cell] of cells.entries()) {
    await Child.until(sleeper, "its late submission", () => {
      return cell.submissions() > (before[index] ?? 0)
    })
  }
  await Promise.all([sleeper.kill(), other.kill()])
}

/** Plays cells that either all die or all sleep; the results in their order. */
export const play = async (
  folder: string,
  base: Base,
  specs: ReadonlyArray<CellSpec>
): Promise<ReadonlyArray<CellResult>> => {
  const copies = await Promise.all(specs.map(() => base.copy()))
  const cells: Array<Cell.Cell> = []
  try {
    for (const [index, { carrierClass, row }] of specs.entries()) {
      const copy = copies[index]
      if (copy === undefined) continue
      cells.push(await Cell.make({ ...copy, row, carrierClass, nowMs: base.nowMs }))
    }
    if (specs[0]?.row.sleeps === true) await playSleeps(folder, cells)
    else await playDeaths(folder, cells)
    return cells.map((cell) => ({
      row: cell.row,
      carrierClass: cell.carrierClass,
      end: cell.end(),
      expected: expected(cell.row, cell.carrierClass)
    }))
  } finally {
    await Promise.all(cells.map((cell) => cell.close()))
    await Promise.all(copies.map(({ store }) => store.close()))
  }
}
