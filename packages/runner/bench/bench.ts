/**
 * `npm run bench`: every row of the performance page, ours beside a peer or a floor on the same
 * data in the same run. Goals are said, never asserted: a busy machine misses them.
 *
 * - `--quick` 10,000 and 100,000 items; without it 1,000,000 too, which takes an hour
 * - `--size N` one size instead
 * - `--only NAME` the rows of one group: sizing, capture, month, dispatch, loop, parse, simulate,
 *   start, bundles; may be given several times
 * - `--write` puts the figures into docs/reference/performance.md and .json
 * - `--program` a whole month through the real commands instead, see program.ts
 *
 * PostgreSQL is the server of `TIDEMARK_TEST_DATABASE_URL`, else one of our own for this run.
 */
import { spawn } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { cpus, loadavg, totalmem } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Client } from "pg"
import { launch } from "../../../scripts/testPostgres.ts"
import type { Figure } from "./Figure.ts"
import * as Page from "./Page.ts"
import * as Program from "./program.ts"
import * as Watched from "./program/Watched.ts"
import * as Outside from "./rows/outside.ts"

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    size: { type: "string" },
    only: { type: "string", multiple: true },
    write: { type: "boolean", default: false },
    program: { type: "boolean", default: false },
    runners: { type: "string", default: "1" }
  }
})

const docs = join(import.meta.dirname, "../../../docs/reference")

const refuse = (words: string): never => {
  process.stderr.write(`bench: ${words}\n`)
  return process.exit(2)
}

const whole = (name: "size" | "runners", text: string): number => {
  const value = Number(text)
  return Number.isSafeInteger(value) && value > 0
    ? value
    : refuse(`--${name}: expected a whole number above 0`)
}

const sizes = (): ReadonlyArray<number> => {
  if (values.size !== undefined) return [whole("size", values.size)]
  return values.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]
}

/** A group at a size in a process of its own, so that no row warms the next or fills its memory. */
const child = (group: string, size: number, url: string) =>
  new Promise<ReadonlyArray<Figure>>((resolve, reject) => {
    const file = join(import.meta.dirname, "row.ts")
    const measuring = spawn(process.execPath, [...Watched.flags, file, group, String(size), url], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let said = ""
    measuring.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text
    })
    measuring.on("error", reject)
    measuring.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(said))
      else reject(new Error(`${group} at ${size} ended with ${code}`))
    })
  })

interface Group {
  readonly name: string
  readonly sizes: ReadonlyArray<number>
  readonly measure: (size: number, url: string) => Promise<ReadonlyArray<Figure>>
}

const groups: ReadonlyArray<Group> = [
  { name: "sizing", sizes: [1], measure: async () => Outside.sizing() },
  ...["capture", "month", "dispatch", "parse"].map((name) => ({
    name,
    sizes: sizes(),
    measure: (size: number, url: string) => child(name, size, url)
  })),
  { name: "loop", sizes: [10_000], measure: (size, url) => child("loop", size, url) },
  { name: "simulate", sizes: [1], measure: async () => Outside.simulate(values.quick) },
  { name: "start", sizes: [1], measure: async () => Outside.start() },
  { name: "bundles", sizes: [1], measure: async () => Outside.bundles() }
]

const wanted = (): ReadonlyArray<Group> => {
  const { only } = values
  const unknown = only?.find((name) => !groups.some((group) => group.name === name))
  if (unknown === undefined) return groups.filter(({ name }) => only?.includes(name) ?? true)
  const names = groups.map(({ name }) => name).join(", ")
  return refuse(`--only ${unknown}: no such rows; there are ${names}`)
}

const describeDatabase = async (url: string): Promise<string> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ said: string }>(`
    SELECT 'PostgreSQL ' || current_setting('server_version') || ', shared_buffers '
      || current_setting('shared_buffers') || ', fsync ' || current_setting('fsync') AS said`)
  await client.end()
  return rows[0]?.said ?? "unknown"
}

const machine = (): string => {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 1_073_741_824)
  return `${cpus().length} × ${first?.model ?? "unknown"}, ${memory} GB, Node ${process.version}`
}

/** `told` is called after each group and size: an hour's work is not lost with its last row. */
const measureAll = async (
  url: string,
  told: (figures: ReadonlyArray<Page.Measured>) => void
): Promise<ReadonlyArray<Page.Measured>> => {
  const figures: Array<Page.Measured> = []
  for (const { measure, name, sizes } of wanted()) {
    for (const size of sizes) {
      process.stderr.write(`${name}${size > 1 ? ` at ${size.toLocaleString("en")}` : ""} …\n`)
      const at = new Date().toISOString().slice(0, 16).replace("T", " ")
      const measured = await measure(size, url)
      const [load = 0] = loadavg()
      const here = measured.map((figure) => ({ ...figure, at, load }))
      figures.push(...here)
      told(here)
    }
  }
  return figures
}

const write = (results: Page.Results): void => {
  const json = join(docs, "performance.json")
  const page = join(docs, "performance.md")
  const before: Page.Results | undefined = existsSync(json)
    ? JSON.parse(readFileSync(json, "utf8"))
    : undefined
  const figures = Page.merged(before?.figures ?? [], results.figures)
  const all = { ...results, figures }
  writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`)
  writeFileSync(page, Page.written(readFileSync(page, "utf8"), all))
}

const rows = async (
  url: string,
  where: { readonly machine: string; readonly database: string }
): Promise<void> => {
  const figures = await measureAll(url, (here) => {
    if (values.write) write({ ...where, figures: here })
  })
  console.log(
    `${where.machine}. ${where.database}.\n\n${Page.table(figures)}\n\n${Page.chart(figures)}`
  )
}

const given = process.env["TIDEMARK_TEST_DATABASE_URL"]
const own = given === undefined ? await launch() : undefined
try {
  const url = given ?? own?.url ?? ""
  const database = await describeDatabase(url)
  const where = { machine: machine(), database }
  if (values.program) {
    const customers = whole("size", values.size ?? "1000000")
    const runners = values.runners.split(",").map((text) => whole("runners", text))
    await Program.measure(url, where, { customers, runners, write: values.write })
  } else await rows(url, where)
} finally {
  await own?.stop()
}
