/**
 * Months lived by `serve` processes that are killed with -9 again and again, put to sleep past
 * their lease, and cut off from their database, judged by the carrier's own log.
 *
 * `npm run chaos -- --kills 1000` goes on for longer, and crashes the database too.
 *
 * **Source** — fault list, process and database; invariants 14, 18–22, 34.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import * as Campaign from "./Campaign.ts"
import * as Store from "./Store.ts"
import type { Dispositions } from "./Verdict.ts"

const databaseUrl = process.env["TIDEMARK_TEST_DATABASE_URL"]
const patienceMs = 600_000
const folder = mkdtempSync(join(tmpdir(), "tidemark-chaos-"))
const customers = 60

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Plan {
  readonly seed: number
  readonly runners: number
  readonly open: (home: string) => Promise<Store.Store>
  readonly most: Campaign.MonthOptions["most"]
}

const live = async (plan: Plan, most: Plan["most"], calm: Dispositions | null) => {
  const home = mkdtempSync(join(folder, "month-"))
  const store = await plan.open(home)
  try {
    const { runners, seed } = plan
    return await Campaign.playMonth({ folder: home, seed, customers, runners, store, most, calm })
  } finally {
    await store.close()
  }
}

// Caught: evidence recorded without its fence; a replay under a fresh key; leases never swept.
const suffer = async (plan: Plan): Promise<void> => {
  const calm = await live(plan, Campaign.none, null)
  assert.deepStrictEqual(calm.verdict.problems, [])
  const { struck, verdict } = await live(plan, plan.most, calm.figures)
  assert.deepStrictEqual(verdict.problems, [])
  assert.deepStrictEqual([verdict.duplicates, verdict.lost, verdict.stuck], [0, 0, 0])
  assert.isAbove(verdict.accepted, 20)
  assert.deepStrictEqual(struck, plan.most)
}

describe("runners on one PostgreSQL", () => {
  // Without a server the summary of the run says so.
  const urls = databaseUrl === undefined ? [] : [databaseUrl]

  it.for(urls)(
    "send nothing twice and lose nothing when they are killed, put to sleep and cut off",
    { timeout: patienceMs },
    async (url) => {
      await suffer({
        seed: 1,
        runners: 2,
        open: () => Store.postgres({ url }),
        most: { kill: 16, stop: 3, terminate: 3, crash: 0 }
      })
    }
  )
})

describe("one runner on the embedded store", () => {
  it(
    "sends nothing twice and loses nothing when it is killed",
    { timeout: patienceMs },
    async () => {
      await suffer({
        seed: 2,
        runners: 1,
        open: async (home) => Store.embedded(home),
        most: { kill: 8, stop: 0, terminate: 0, crash: 0 }
      })
    }
  )
})
