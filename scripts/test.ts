/**
 * The test command: writes the documents' code blocks as tests, compiles everything (core under its
 * own settings too, without Node's types), runs the tests. Arguments go to vitest. Its last line is
 * always `N passed, N failed`.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const root = join(import.meta.dirname, "..")
const bin = (name: string) => join(root, "node_modules/.bin", name)

const node = process.execPath
const before: ReadonlyArray<{
  readonly name: string
  readonly command: readonly [string, ...ReadonlyArray<string>]
}> = [
  { name: "snippets", command: [node, "scripts/snippets.ts"] },
  { name: "types of core", command: [bin("tsc"), "-p", "packages/core/tsconfig.check.json"] },
  { name: "types", command: [bin("tsc")] }
]

for (const { name, command } of before) {
  const [program, ...args] = command
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit" })
  if (status !== 0) {
    console.log(`\n${name}: failed\n0 passed, 1 failed`)
    process.exit(status ?? 1)
  }
}

// vitest's reporter prints the closing line and says so in a file; a run that could not even start
// has printed none.
const closed = join(mkdtempSync(join(tmpdir(), "tidemark-tests-")), "closed")
const tests = spawnSync(bin("vitest"), ["run", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, TIDEMARK_TEST_CLOSED: closed }
})
const complete = existsSync(closed)
rmSync(dirname(closed), { recursive: true, force: true })
if (!complete) console.log("0 passed, 1 failed")
process.exitCode = complete ? (tests.status ?? 1) : 1
