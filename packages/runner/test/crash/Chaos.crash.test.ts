/**
 * Decided months lived by `serve` processes that are killed with -9 again and again, put to sleep
 * past their lease, and cut off from their database, judged by the carrier's own log.
 *
 * `npm run chaos -- --kills 1000` goes on for longer, and strikes captures and the database too;
 * Demo.crash.test.ts kills while a month is captured.
 *
 * **Source** — fault list, process and database; invariants 14, 18–22, 34.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import * as Campaign from "./Campaign.ts"
import type * as Store from "./Store.ts"

const databaseUrl = process.env["TIDEMARK_TEST_DATABASE_URL"]
const patienceMs = 600_000
const folder = mkdtempSync(join(tmpdir(), "tidemark-chaos-"))
const customers = 60

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Plan {
  readonly server: Store.Server | null
  readonly seed: number
  readonly runners: number
  readonly most: Campaign.MonthOptions["most"]
}

/** The month undisturbed and the month struck begin with the same decisions, at the same time. */
// Caught: evidence recorded without its fence; a replay under a fresh key; leases never swept.
const suffer = async ({ most, runners, seed, server }: Plan): Promise<void> => {
  const home = mkdtempSync(join(folder, "months-"))
  const base = await Campaign.prepare({ folder: home, server, customers })
  const live = async (
    strikes: Campaign.MonthOptions["most"],
    calm: Campaign.MonthOptions["calm"]
  ) => {
    const { folder, store } = await base.copy()
    try {
      const begin = { folder, store, decidedMs: base.nowMs, early: 0, restores: false }
      return await Campaign.playMonth({ ...begin, seed, customers, runners, most: strikes, calm })
    } finally {
      await store.close()
    }
  }
  const calm = live(Campaign.none, Promise.resolve(null))
  const [undisturbed, { struck, verdict }] = await Promise.all([
    calm,
    live(
      most,
      calm.then(({ figures }) => figures)
    )
  ])
  await base.store.close()
  assert.deepStrictEqual(undisturbed.verdict.problems, [])
  assert.deepStrictEqual(verdict.problems, [])
  assert.deepStrictEqual([verdict.duplicates, verdict.lost, verdict.stuck], [0, 0, 0])
  assert.isAbove(verdict.accepted, 20)
  assert.deepStrictEqual(struck, most)
}

describe("runners on one PostgreSQL", () => {
  // Without a server the summary of the run says so.
  const urls = databaseUrl === undefined ? [] : [databaseUrl]

  it.for(urls)(
    "send nothing twice and lose nothing when they are killed, put to sleep and cut off",
    { timeout: patienceMs },
    (url) =>
      suffer({
        seed: 1,
        runners: 2,
        server: { url },
        most: { kill: 16, stop: 3, terminate: 3, crash: 0 }
      })
  )
})

describe("one runner on the embedded store", () => {
  it("sends nothing twice and loses nothing when it is killed", { timeout: patienceMs }, () =>
    suffer({
      seed: 2,
      runners: 1,
      server: null,
      most: { kill: 9, stop: 0, terminate: 0, crash: 0 }
    })
  )
})
