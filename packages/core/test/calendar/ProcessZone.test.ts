import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"
import { answers } from "./scenarios.ts"

const zones = ["UTC", "Asia/Jerusalem", "Pacific/Kiritimati", "America/New_York"]

describe("The calendar in a process of another zone", () => {
  // Caught: `getDate` for `getUTCDate` in `BusinessDate`, a formatter without `timeZone`.
  for (const zone of zones) {
    it(`answers the same under TZ=${zone}`, async () => {
      const script = join(import.meta.dirname, "scenarios.ts")
      const env = { ...process.env, TZ: zone }
      const { stdout } = await promisify(execFile)(process.execPath, [script], { env })
      assert.strictEqual(stdout, answers())
      assert.isAbove(stdout.length, 10_000)
    })
  }
})
