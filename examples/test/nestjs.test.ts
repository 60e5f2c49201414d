/**
 * A bank's NestJS service with the bank's own Jest 29 tests, compiled and run as the bank would:
 * examples/nestjs. On the server of TIDEMARK_TEST_DATABASE_URL too; without one, in memory alone.
 */
import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { Pool } from "pg"
import { afterAll, assert, describe, it } from "vitest"

const url = process.env["TIDEMARK_TEST_DATABASE_URL"]
const stores = url === undefined ? ["memory"] : ["memory", "PostgreSQL"]
if (url === undefined) {
  console.warn("examples/nestjs: not run on PostgreSQL, no TIDEMARK_TEST_DATABASE_URL")
}
const folder = join(import.meta.dirname, "../nestjs")
const schema = `nestjs_${randomBytes(6).toString("hex")}`

const run = async (...args: ReadonlyArray<string>) => {
  const { DATABASE_URL: _none, NODE_OPTIONS: _options, ...rest } = process.env
  const database = url === undefined ? {} : { DATABASE_URL: url, DATABASE_SCHEMA: schema }
  const env = { ...rest, ...database }
  return promisify(execFile)(process.execPath, args, { cwd: folder, env, timeout: 110_000 })
}

describe("examples/nestjs", () => {
  afterAll(async () => {
    if (url === undefined) return
    const pool = new Pool({ connectionString: url, max: 1 })
    await pool.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
    await pool.end()
  })

  it("compiles with its own settings, decorators and their metadata among them", async () => {
    const typescript = createRequire(import.meta.url).resolve("typescript/package.json")
    const { stdout } = await run(join(dirname(typescript), "bin/tsc"), "-p", ".")
    assert.strictEqual(stdout, "")
  }, 120_000)

  it("passes its own Jest tests with Tidemark imported", async () => {
    const jest = join(folder, "node_modules/jest/bin/jest.js")
    const { stderr } = await run("--experimental-vm-modules", jest)
    for (const store of stores) assert.include(stderr, `the bank's service on ${store}`)
    assert.match(stderr, new RegExp(`^Tests: +${stores.length * 4} passed, `, "m"))
  }, 120_000)
})
