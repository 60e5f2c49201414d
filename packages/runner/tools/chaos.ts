/**
 * `npm run chaos`: without options the crash suite of CI. With options it goes on for longer:
 *
 * - `--kills N` months of `serve` processes until N were killed with -9, with the stops, ended
 *   sessions and database crashes that go with them
 * - `--restores N` months whose database is dumped while messages are sent, and put back; needs
 *   `pg_dump` and `pg_restore` of the server's version
 * - `--matrix` every fault of the crash matrix for every carrier class, as a table
 *   (`--classes K,N` and `--rows 1,5` for a part of it); `--write` puts whole rows into
 *   docs/reference/crash-matrix.md
 * - `--takeover` how long the messages of a dead worker wait under the default lease
 * - `--throughput` messages a second of one, two, four and eight processes on one PostgreSQL
 *   (`--customers N`, default 36,000, of whom some 20,000 qualify)
 * - `--store postgres|pglite` (default postgres), `--runners N` (default 3; PGlite has one),
 *   `--customers N` (default 60), `--seed N` (default 1) of the first month, `--at-once N` months
 *   at the same time (default 3)
 *
 * PostgreSQL is the server of `TIDEMARK_TEST_DATABASE_URL`, else one of our own, which is then also
 * crashed.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as Base from "../test/crash/Base.ts"
import * as Campaigns from "../test/crash/Campaigns.ts"
import * as Matrix from "../test/crash/Matrix.ts"
import * as MatrixPage from "../test/crash/MatrixPage.ts"
import * as MatrixTable from "../test/crash/MatrixTable.ts"
import * as Place from "../test/crash/Place.ts"
import * as Store from "../test/crash/Store.ts"
import * as Takeover from "../test/crash/Takeover.ts"
import * as Throughput from "../test/crash/Throughput.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    restores: { type: "string" },
    store: { type: "string", default: "postgres" },
    runners: { type: "string", default: "3" },
    customers: { type: "string" },
    seed: { type: "string", default: "1" },
    "at-once": { type: "string", default: "3" },
    matrix: { type: "boolean", default: false },
    takeover: { type: "boolean", default: false },
    throughput: { type: "boolean", default: false },
    classes: { type: "string" },
    rows: { type: "string" },
    write: { type: "boolean", default: false }
  }
})

const whole = (
  name: "kills" | "restores" | "runners" | "customers" | "seed" | "at-once"
): number => {
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

const seconds = (startedMs: number) => (performance.now() - startedMs) / 1000

const kindOfStore = (): Place.Kind => (values.store === "pglite" ? "pglite" : "postgres")

const placeOf = (folder: string) => Place.open(kindOfStore(), folder, Store.given())

const campaign = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-chaos-"))
  const startedMs = performance.now()
  if (values.store !== "pglite" && Store.given() !== undefined) {
    console.log("the database is not ours: it is not crashed")
  }
  try {
    const totals = await Campaigns.play({
      folder,
      store: kindOfStore(),
      given: Store.given(),
      kills: values.kills === undefined ? 0 : whole("kills"),
      restores: values.restores === undefined ? 0 : whole("restores"),
      runners: values.store === "pglite" ? 1 : whole("runners"),
      customers: values.customers === undefined ? 60 : whole("customers"),
      seed: whole("seed"),
      atOnce: whole("at-once"),
      onLine: (text) => console.log(text)
    })
    console.log(Campaigns.sentence(totals, seconds(startedMs)))
    return totals.failing === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
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
      rows: rows
        .filter((_, index) => chosen.size === 0 || chosen.has(index + 1))
        // Nobody else opens an embedded store while the process that has it is asleep.
        .filter(({ sleeps }) => !sleeps || place.server !== null),
      together: together(),
      onRow: (cells) => console.log(MatrixTable.line(cells))
    })
    await base.store.close()
    if (values.write) MatrixPage.write(kindOfStore(), results)
    const unexpected = results.filter(({ end, expected }) => end !== expected).length
    const took = seconds(startedMs).toFixed(0)
    console.log(`${results.length} cells, ${unexpected} not as expected; ${took} s`)
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
    const base = await Takeover.prepare(folder, place.server)
    const { seconds } = await Takeover.measure(folder, base)
    await base.store.close()
    console.log(`a dead worker's messages were submitted by another after ${seconds.toFixed(1)} s`)
    return seconds <= 135 ? 0 : 1
  } finally {
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const throughput = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-throughput-"))
  const place = await placeOf(folder)
  try {
    if (place.server === null) throw new Error("--throughput is measured on PostgreSQL")
    const { bankSeed: seed } = Throughput
    const customers = values.customers === undefined ? 36_000 : whole("customers")
    const { server } = place
    const base = await Base.prepare({ folder, server, seed, customers, timing: undefined })
    for (const text of Throughput.head) console.log(text)
    let wrong = 0
    for (const runners of [1, 2, 4, 8]) {
      const found = await Throughput.measure({ base, customers, runners })
      console.log(Throughput.line(found))
      wrong += found.doubleClaims + found.duplicates
    }
    await base.store.close()
    return wrong === 0 ? 0 : 1
  } finally {
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const commands = { suite: async () => suite(), campaign, matrix, takeover, throughput }
const chosen = (): keyof typeof commands => {
  if (values.matrix) return "matrix"
  if (values.takeover) return "takeover"
  if (values.throughput) return "throughput"
  return values.kills === undefined && values.restores === undefined ? "suite" : "campaign"
}
const command = chosen()
process.exitCode = await commands[command]()
