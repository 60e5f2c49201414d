import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { inFolder, lines, tidemark } from "./Tidemark.ts"

const settings = (folder: string): string => {
  const policy = {
    message: { messageClass: "service", sender: { id: "BankPremium", canReceiveReplies: false } },
    schedule: { startsOn: "2026-10-30" }
  }
  return JSON.stringify({
    Program: { Name: "premium", Policies: [{ EffectiveFrom: "2026-11", Policy: policy }] },
    Database: { Directory: join(folder, "data") },
    Banking: { ApiUrl: "http://127.0.0.1:9" },
    SmsCarrier: { ApiUrl: "http://127.0.0.1:9", Sandbox: true }
  })
}

describe("migrate --keep-months", () => {
  // Caught: the limit left out, the flag taken together with --verify.
  it("refuses what would drop a month that is still needed, or what it cannot do", async () => {
    for (const args of [["2"], ["0"], ["25", "--verify"], ["25", "--sql"]]) {
      const { code, err, out } = await tidemark(["migrate", "--keep-months", ...args])
      assert.strictEqual(code, 2, args.join(" "))
      assert.strictEqual(out, "")
      assert.match(err, /^tidemark: --keep-months: at least 3, [^\n]+\n$/)
    }
  }, 60_000)

  it(
    "tells what it dropped after it has migrated, and without it drops nothing",
    () =>
      inFolder(async (folder, write) => {
        write("tidemark.json", settings(folder))
        const run = (...args: ReadonlyArray<string>) =>
          tidemark(["migrate", ...args, "--json", "--config", join(folder, "tidemark.json")])
        assert.deepStrictEqual(lines((await run()).out), [{ ok: true, mode: "apply" }])
        assert.deepStrictEqual(lines((await run("--keep-months", "25")).out), [
          { ok: true, mode: "apply", dropped: [], open: [] }
        ])
      }),
    60_000
  )
})
