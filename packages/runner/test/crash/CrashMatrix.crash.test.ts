/**
 * One cell of each row of the crash matrix, on real processes, real HTTP and PostgreSQL.
 *
 * `npm run chaos -- --matrix` plays every class; docs/reference/crash-matrix.md shows it.
 *
 * **Source** — delivery protocol 2.6.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { classes } from "./CarrierClass.ts"
import * as Matrix from "./Matrix.ts"
import { rows } from "./MatrixRows.ts"

const databaseUrl = process.env["TIDEMARK_TEST_DATABASE_URL"]
const patienceMs = 600_000
const folder = mkdtempSync(join(tmpdir(), "tidemark-cells-"))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each row with another class, so that every class has its turn. */
const specs: ReadonlyArray<Matrix.CellSpec> = rows.map((row, index) => ({
  row,
  carrierClass: classes[(index * 3) % classes.length] ?? "KLV"
}))

describe("for each fault of the crash matrix", () => {
  // Without a server the summary of the run says so.
  const urls = databaseUrl === undefined ? [] : [databaseUrl]

  // Caught: ambiguity forgotten at a death; "not found" believed before the settle delay.
  it.for(urls)(
    "a message always comes to the end of its carrier's class",
    { timeout: patienceMs },
    async (url) => {
      const base = await Matrix.prepare(folder, { url })
      const sleeping = specs.filter(({ row }) => row.sleeps)
      const dying = specs.filter(({ row }) => !row.sleeps)
      const played = await Promise.all([
        Matrix.play(folder, base, dying),
        Matrix.play(folder, base, sleeping)
      ])
      const results = played.flat()
      await base.store.close()
      assert.strictEqual(results.length, rows.length)
      for (const { carrierClass, end, expected, row } of results) {
        // A receipt that comes in time resolves what nobody could have asked for.
        const ends = expected === "escalated/1" ? [expected, "delivered/1"] : [expected]
        assert.include(ends, end, `${carrierClass}: ${row.name}`)
      }
    }
  )
})
