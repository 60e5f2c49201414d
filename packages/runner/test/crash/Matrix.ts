/**
 * Plays cells of the crash matrix, several in one process: they die together, each at its own
 * point.
 *
 * **Source** — delivery protocol 2.6.
 */
import { cpSync, mkdirSync, mkdtempSync } from "node:fs"
import { join } from "node:path"
import * as DemoRun from "../../src/demo/DemoRun.ts"
import * as Child from "../process/Child.ts"
import type { CarrierClass } from "./CarrierClass.ts"
import * as Cell from "./Cell.ts"
import * as Drive from "./Drive.ts"
import { spawnLives } from "./Lives.ts"
import { expected, type Row } from "./MatrixRows.ts"
import * as Runner from "./Runner.ts"
import * as Sandbox from "./Sandbox.ts"
import * as Settings from "./Settings.ts"
import * as Store from "./Store.ts"

/** A month decided and not yet released, to be copied for each cell. */
export interface Base {
  readonly store: Store.Store
  readonly nowMs: number
  /** A copy for a cell, with its folder. */
  readonly copy: () => Promise<{ readonly folder: string; readonly store: Store.Store }>
}

/** Captures and decides the month once. */
export const prepare = async (folder: string, server: Store.Server | null): Promise<Base> => {
  const home = join(folder, "base")
  mkdirSync(home, { recursive: true })
  const store = server === null ? Store.embedded(home) : await Store.postgres(server)
  const { bankSeed: seed, customers } = Cell
  const beginMs = DemoRun.beginningMs({ month: Settings.month, customers, seed, directory: home })
  const sandbox = await Sandbox.start({
    seed,
    customers,
    month: Settings.month,
    bankScript: [],
    carrierScript: [],
    log: join(home, "carrier-log.ndjson"),
    nowMs: beginMs
  })
  const config = Settings.write({
    folder: home,
    name: "base",
    database: store.settings,
    bank: sandbox.bank,
    carrier: sandbox.carrier,
    timing: Cell.timing,
    maxBatch: 100
  })
  const follow = ["--config", config, "--business-clock", sandbox.carrier]
  const roles = ["--roles", "capture,qualify"]
  const runner = Runner.start("base", ["serve", "--json", ...follow, ...roles])
  let decided = false
  const ends: Array<string> = []
  const driver = Drive.make({
    sandbox,
    runners: [runner],
    lastMs: beginMs + 60 * 86_400_000,
    recheckMs: 1000,
    slowJumpMs: 10 * 60_000,
    onLine: (line) => {
      if (line.done.some(({ work }) => work === "qualify")) decided = true
    },
    onEnd: (_runner, said) => void ends.push(said)
  })
  await driver.until(() => decided || ends.length > 0)
  await runner.end()
  const nowMs = sandbox.nowMs()
  await sandbox.close()
  if (!decided) throw new Error(`the month is not decided: ${ends.join("; ")}`)
  return {
    store,
    nowMs,
    copy: async () => {
      const copy = mkdtempSync(join(folder, "cell-"))
      if (server !== null) return { folder: copy, store: await Store.postgres(server, store) }
      cpSync(join(home, "embedded"), join(copy, "embedded"), { recursive: true })
      return { folder: copy, store: Store.embedded(copy) }
    }
  }
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
