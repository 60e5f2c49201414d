/** Every example as a reader runs it: a process of its own, whose output is what it promises. */
import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"

const folder = join(import.meta.dirname, "..")

/** Its lines on stdout; `TIDEMARK_TEST_DATABASE_URL` is passed on where there is a server. */
const linesOf = async (example: string, env: Record<string, string> = {}) => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, example)], {
    env: { ...process.env, ...env },
    timeout: 90_000
  })
  return stdout.trimEnd().split("\n")
}

describe("examples", () => {
  it("rules.ts decides a month and measures a message", async () => {
    assert.deepEqual(await linesOf("rules.ts"), [
      "NotQualified, 29/30 days",
      "- below the threshold on 2026-09-15",
      "- taken from the last closing balance before: 2026-09-05, 2026-09-12 to 2026-09-13, " +
        "2026-09-19 to 2026-09-21, 2026-09-26",
      "message: UCS-2, 35 units, 1 segment"
    ])
  })

  it("effect-host.ts closes a month over layers", async () => {
    const lines = await linesOf("effect-host.ts")
    assert.deepEqual(lines.slice(-3), [
      "2026-09 closed 2026-10: final",
      "delivered 27 of 27",
      "the carrier accepted 27, duplicates 0"
    ])
  })

  it("own-balances.ts decides a month from the bank's own tables", async () => {
    const schema = `example_${randomBytes(6).toString("hex")}`
    assert.deepEqual(await linesOf("own-balances.ts", { EXAMPLE_SCHEMA: schema }), [
      "on the 30th: 0 pieces of work, the next after the month's end",
      "2026-09: 16 of 30 qualify",
      "C-0000002: Qualified",
      "after the correction: NotQualified",
      "15 of 15 delivered, duplicates 0"
    ])
  }, 120_000)

  it("each fits on a screen or two", () => {
    for (const name of globSync("*.ts", { cwd: folder })) {
      const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n").length
      assert.isAtMost(lines, 120, name)
    }
  })
})
