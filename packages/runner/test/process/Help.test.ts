import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "vitest"

const cli = join(import.meta.dirname, "../../src/cli.ts")

/** Runs the command with every module it loads told on stderr. */
const watching = `
import { registerHooks } from "node:module"
registerHooks({
  load: (url, context, next) => {
    process.stderr.write(url + "\\n")
    return next(url, context)
  }
})
process.argv = [process.argv[0], "tidemark", "--help"]
await import(${JSON.stringify(cli)})
`

describe("tidemark --help", () => {
  // Caught: flags beside the code that reads them, which loads the rules and telephone metadata.
  it("loads neither the rules nor an adapter: somebody waits for it", () => {
    const args = ["--input-type=module", "--eval", watching]
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" })
    assert.strictEqual(status, 0, stderr)
    assert.include(stdout, "The program, stage by stage")
    const loaded = stderr.split("\n").filter((url) => /packages\/(core|adapters)\//.test(url))
    assert.deepStrictEqual(loaded, [])
    assert.include(stderr, "packages/runner/src/commands/Desk.ts")
  })
})
