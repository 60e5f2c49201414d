/** Every example as a reader runs it: a process of its own, whose output is what it promises. */
import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
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

  const express = [
    "approval by dana: 200 needsSecondPerson",
    "approval by noa: 200 approved",
    "2026-09: 16 of 16 delivered, duplicates 0",
    "C-0000001: 200 NotQualified",
    "a month that does not exist: 400 InputError.Invalid"
  ]

  it("express.ts closes a month inside a service, over its pool or embedded", async () => {
    const schema = `example_${randomBytes(6).toString("hex")}`
    assert.deepEqual(await linesOf("express.ts", { EXAMPLE_SCHEMA: schema }), express)
  }, 120_000)

  it("each fits on a screen or two", () => {
    for (const name of ["rules.ts", "effect-host.ts", "express.ts", "bank-adapter.ts"]) {
      const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n").length
      assert.isAtMost(lines, 100, name)
    }
  })
})
