/**
 * `npm run chaos`: without options the crash suite of CI. With options it goes on for longer:
 *
 * - `--kills N` months of `serve` processes until N were killed with -9, with the stops, ended
 *   sessions and database crashes that go with them
 * - `--matrix` every fault of the crash matrix for every carrier class, as a table
 *   (`--classes K,N` and `--rows 1,5` for a part of it)
 * - `--takeover` how long the messages of a dead worker wait under the default lease
 * - `--store postgres|pglite` (default postgres), `--runners N` (default 3; PGlite has one),
 *   `--customers N` (default 60), `--seed N` (default 1) of the first month
 *
 * PostgreSQL is the server of `TIDEMARK_TEST_DATABASE_URL`, else one of our own, which is then also
 * crashed.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { launch } from "../../../scripts/testPostgres.ts"
import * as Campaign from "../test/crash/Campaign.ts"
import * as Matrix from "../test/crash/Matrix.ts"
import * as MatrixTable from "../test/crash/MatrixTable.ts"
import * as Store from "../test/crash/Store.ts"
import * as Takeover from "../test/crash/Takeover.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    store: { type: "string", default: "postgres" },
    runners: { type: "string", default: "3" },
    customers: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    matrix: { type: "boolean", default: false },
    takeover: { type: "boolean", default: false },
    classes: { type: "string" },
    rows: { type: "string" }
  }
})

const whole = (name: "kills" | "runners" | "customers" | "seed"): number => {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number > 0) return number
  process.stderr.write(`chaos: --${name}: expected a whole number above 0\n`)
  return process.exit(2)
}

/** The crash suite, as CI runs it. */
const suite = (): number => {
  const args = ["exec", "vitest", "run", "--config", "vitest.crash.config.ts"]
  return spawnSync("pnpm", args, { stdio: "inherit" }).status ?? 1
}

interface Place {
  /** `null` for the embedded store. */
  readonly server: Store.Server | null
  readonly fresh: () => Promise<Store.Store>
  readonly close: () => Promise<void>
  readonly owned: boolean
}

const placeOf = async (folder: string): Promise<Place> => {
  if (values.store === "pglite") {
    const fresh = async () => {
      rmSync(join(folder, "embedded"), { recursive: true, force: true })
      return Store.embedded(folder)
    }
    return { server: null, fresh, close: async () => undefined, owned: false }
  }
  const given = Store.given()
  if (given !== undefined) {
    const fresh = () => Store.postgres(given)
    return { server: given, fresh, close: async () => undefined, owned: false }
  }
  const server = await launch()
  const fresh = () => Store.postgres(server)
  return { server, fresh, close: server.stop, owned: true }
}

const totals = { months: 0, kill: 0, stop: 0, terminate: 0, crash: 0 }
const sums = { accepted: 0, duplicates: 0, lost: 0, stuck: 0, failing: 0, seconds: 0 }

const tell = ({ seed, seconds, struck, verdict }: Campaign.Month): void => {
  console.log(
    `month ${totals.months} (seed ${seed}): ${struck.kill} killed, ${struck.stop} stopped, ` +
      `${struck.terminate} times all sessions ended, ${struck.crash} database crashes; ` +
      `${verdict.accepted} accepted, ${verdict.duplicates} duplicates, ${verdict.lost} lost, ` +
      `${verdict.stuck} stuck, ${seconds.toFixed(1)} s`
  )
  if (verdict.problems.length === 0) return
  for (const problem of verdict.problems.slice(0, 10)) console.log(`  ${problem}`)
  const args = `--kills ${struck.kill} --store ${values.store} --runners ${values.runners}`
  console.log(`  again: npm run chaos -- ${args} --customers ${values.customers} --seed ${seed}`)
}

const add = (month: Campaign.Month): void => {
  totals.months++
  totals.kill += month.struck.kill
  totals.stop += month.struck.stop
  totals.terminate += month.struck.terminate
  totals.crash += month.struck.crash
  sums.accepted += month.verdict.accepted
  sums.duplicates += month.verdict.duplicates
  sums.lost += month.verdict.lost
  sums.stuck += month.verdict.stuck
  sums.seconds += month.seconds
  if (month.verdict.problems.length > 0) sums.failing++
}

/** So many strikes of each kind a month: enough to hurt, few enough that the month goes on. */
const most = (owned: boolean): Campaign.MonthOptions["most"] =>
  values.store === "pglite"
    ? { ...Campaign.none, kill: 14, stop: 2 }
    : { kill: 14, stop: 3, terminate: 4, crash: owned ? 1 : 0 }

const campaign = async (): Promise<number> => {
  const kills = whole("kills")
  const first = whole("seed")
  const folder = mkdtempSync(join(tmpdir(), "tidemark-chaos-"))
  const place = await placeOf(folder)
  const runners = values.store === "pglite" ? 1 : whole("runners")
  const common = { folder, customers: whole("customers"), runners }
  const month = async (seed: number, more: Pick<Campaign.MonthOptions, "most" | "calm">) => {
    const store = await place.fresh()
    try {
      return await Campaign.playMonth({ ...common, ...more, seed, store })
    } finally {
      await store.close()
    }
  }
  try {
    if (!place.owned) console.log("the database is not ours: it is not crashed")
    const calm = await month(first, { most: Campaign.none, calm: null })
    console.log(`undisturbed: ${calm.verdict.accepted} accepted, ${calm.seconds.toFixed(1)} s`)
    if (calm.figures === null) throw new Error("the undisturbed month does not close")
    for (let seed = first; totals.kill < kills; seed++) {
      const lived = await month(seed, { most: most(place.owned), calm: calm.figures })
      add(lived)
      tell(lived)
    }
  } finally {
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(
    `${totals.months} months, ${totals.kill} processes killed, ${totals.stop} stopped past their ` +
      `lease, ${totals.terminate} times all sessions ended, ${totals.crash} database crashes: ` +
      `${sums.accepted} messages accepted, ${sums.duplicates} duplicates, ${sums.lost} lost, ` +
      `${sums.stuck} stuck; ${sums.failing} months failed; ${sums.seconds.toFixed(0)} s`
  )
  return sums.failing === 0 ? 0 : 1
}

/** As many cells as share a process: an embedded store takes half a gigabyte each. */
const together = () => (values.store === "pglite" ? 4 : 8)

const matrix = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-matrix-"))
  const place = await placeOf(folder)
  const chosen = new Set(values.rows?.split(",").map(Number))
  const { classes: all, rows } = MatrixTable.everything
  const classes = all.filter((name) => values.classes?.split(",").includes(name) ?? true)
  const startedMs = performance.now()
  try {
    const base = await Matrix.prepare(folder, place.server)
    for (const text of MatrixTable.head(classes)) console.log(text)
    const results = await MatrixTable.playAll({
      folder,
      base,
      classes,
      rows: rows.filter((_, index) => chosen.size === 0 || chosen.has(index + 1)),
      together: together(),
      onRow: (cells) => console.log(MatrixTable.line(cells))
    })
    await base.store.close()
    const unexpected = results.filter(({ end, expected }) => end !== expected).length
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
    console.log(`${results.length} cells, ${unexpected} not as expected; ${seconds} s`)
    return unexpected === 0 ? 0 : 1
  } finally {
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const takeover = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-takeover-"))
  const place = await placeOf(folder)
  try {
    const base = await Matrix.prepare(folder, place.server)
    const { seconds } = await Takeover.measure(folder, base)
    await base.store.close()
    console.log(`a dead worker's messages were submitted by another after ${seconds.toFixed(1)} s`)
    return seconds <= 135 ? 0 : 1
  } finally {
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const commands = { suite: async () => suite(), campaign, matrix, takeover }
const chosen = (): keyof typeof commands => {
  if (values.matrix) return "matrix"
  if (values.takeover) return "takeover"
  return values.kills === undefined ? "suite" : "campaign"
}
const command = chosen()
process.exitCode = await commands[command]()
