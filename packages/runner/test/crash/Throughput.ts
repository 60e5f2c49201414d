/**
 * How many messages a second so many `serve` processes put through one PostgreSQL, and whether one
 * of them was ever claimed by two: released and paused, every process up, then resumed at once.
 *
 * **Source** — invariants 19, 38, 39 of the delivery protocol.
 */
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { tidemark } from "../commands/Tidemark.ts"
import * as CarrierTruth from "../process/CarrierTruth.ts"
import type { Base } from "./Base.ts"
import * as Runner from "./Runner.ts"
import * as Sandbox from "./Sandbox.ts"
import * as Settings from "./Settings.ts"
import type { Store } from "./Store.ts"

/** Seed of the bank. */
export const bankSeed = 11

export interface Throughput {
  readonly runners: number
  readonly messages: number
  /** From the first claim until the last acceptance is recorded, by the database's clock. */
  readonly seconds: number
  /** Batches of each process that claimed any. */
  readonly batches: ReadonlyArray<number>
  /** Fences given out more than once, messages claimed or marked more than once; none. */
  readonly doubleClaims: number
  /** As the carrier's own log counts them; none. */
  readonly duplicates: number
}

export interface ThroughputOptions {
  readonly base: Base
  readonly customers: number
  readonly runners: number
}

/** Faster than any machine: what is measured is the program, not the carrier's limit. */
const rate = 1_000_000

/** The month is decided in the night; now the send window is open. */
const untilMorningMs = 9 * 3_600_000

const patienceMs = 300_000

const waited = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
  const untilMs = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${what}`)
    await sleep(50)
  }
}

const commanded = async (args: ReadonlyArray<string>): Promise<void> => {
  const { code, err } = await tidemark(args)
  if (code !== 0) throw new Error(`${args[0] ?? ""}: ${err}`)
}

const countOf = async (client: pg.Client, text: string): Promise<number> => {
  const { rows } = await client.query<{ readonly count: string }>(text)
  return Number(rows[0]?.count ?? 0)
}

/**
 * What the fence history says against: a fence of two batches, messages claimed more often than
 * there are, and messages that two batches have marked.
 */
const doubleClaimsOf = async (client: pg.Client): Promise<number> => {
  const fences = await countOf(
    client,
    "SELECT count(*) - count(DISTINCT fence) AS count FROM submission_batch"
  )
  const claims = await countOf(
    client,
    `SELECT (SELECT sum(claimed) FROM submission_batch)
       - (SELECT count(*) FROM attempt) AS count`
  )
  const marks = await countOf(
    client,
    `SELECT count(*) - count(DISTINCT member) AS count
     FROM submission_batch, unnest(members) AS member`
  )
  return fences + claims + marks
}

const measured = async (
  client: pg.Client,
  resume: () => Promise<void>
): Promise<Pick<Throughput, "batches" | "messages" | "seconds">> => {
  await resume()
  const open = `SELECT count(*) AS count FROM attempt
    WHERE state IN ('pending', 'claimed', 'submitting', 'unknown')`
  await waited("every acceptance", async () => (await countOf(client, open)) === 0)
  const { rows } = await client.query<{ readonly seconds: string }>(
    `SELECT extract(epoch FROM clock_timestamp() - min(claimed_at)) AS seconds
     FROM submission_batch`
  )
  const { rows: workers } = await client.query<{ readonly batches: string }>(
    "SELECT count(*) AS batches FROM submission_batch GROUP BY worker ORDER BY 1 DESC"
  )
  return {
    messages: await countOf(client, "SELECT count(accepted_at) AS count FROM attempt"),
    seconds: Number(rows[0]?.seconds ?? Number.NaN),
    batches: workers.map(({ batches }) => Number(batches))
  }
}

const connected = async (store: Store): Promise<pg.Client> => {
  const connectionString = store.settings["ConnectionString"]
  if (connectionString === undefined) throw new Error("measured on PostgreSQL only")
  const client = new pg.Client({ connectionString, options: "-c search_path=tidemark" })
  await client.connect()
  return client
}

/** Releases the month of a copy, then lets so many processes send it. */
export const measure = async (options: ThroughputOptions): Promise<Throughput> => {
  const { base, customers } = options
  const { folder, store } = await base.copy()
  const log = join(folder, "carrier-log.ndjson")
  const sandbox = await Sandbox.start({
    seed: bankSeed,
    customers,
    month: Settings.month,
    bankScript: [],
    carrierScript: [],
    log,
    nowMs: base.nowMs,
    immediate: true
  })
  const config = Settings.write({
    folder,
    name: "settings",
    database: store.settings,
    bank: sandbox.bank,
    carrier: sandbox.carrier,
    timing: undefined,
    maxBatch: 500,
    rate
  })
  const client = await connected(store)
  const follow = ["--config", config, "--business-clock", sandbox.carrier, "--roles", "notify"]
  const runners: Array<Runner.Runner> = []
  try {
    await commanded(["pause", "--by", "dana", "--config", config])
    const first = Runner.start("runner 0", ["serve", "--json", ...follow])
    runners.push(first)
    await waited("the release", () =>
      first.heard().some(({ done }) => done.some(({ work }) => work === "release"))
    )
    for (let n = 1; n < options.runners; n++) {
      runners.push(Runner.start(`runner ${n}`, ["serve", "--json", ...follow]))
    }
    await sandbox.tell(base.nowMs + untilMorningMs)
    for (const runner of runners) await waited("a tick", () => runner.heard().length > 0)
    const resume = () => commanded(["resume", "--by", "dana", "--config", config])
    const found = await measured(client, resume)
    const { accepted, duplicates } = CarrierTruth.read(log).audit
    if (accepted !== found.messages) throw new Error(`the carrier accepted ${accepted}`)
    const doubleClaims = await doubleClaimsOf(client)
    return { ...found, runners: options.runners, doubleClaims, duplicates }
  } finally {
    await Promise.all(runners.map((runner) => runner.end()))
    await client.end()
    await sandbox.close()
    await store.close()
  }
}

/** The head of the table. */
export const head: ReadonlyArray<string> = [
  "| processes | messages | seconds | messages/s | batches of each | claimed twice | duplicates |",
  "| --- | --- | --- | --- | --- | --- | --- |"
]

/** One line of the table. */
export const line = (found: Throughput): string => {
  const perSecond = Math.round(found.messages / found.seconds).toLocaleString("en")
  const cells = [
    found.runners,
    found.messages.toLocaleString("en"),
    found.seconds.toFixed(1),
    perSecond,
    found.batches.join(", "),
    found.doubleClaims,
    found.duplicates
  ]
  return `| ${cells.join(" | ")} |`
}
