/**
 * The demo's month with its process killed with -9 at three moments, judged by the carrier's own
 * log and against the same month undisturbed.
 *
 * **Source** — surfaces, demo; invariants 18–20 of the delivery protocol.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { tidemark } from "../commands/Tidemark.ts"
import * as CarrierTruth from "../process/CarrierTruth.ts"
import * as Child from "../process/Child.ts"
import * as Figures from "../process/Figures.ts"

const patienceMs = 300_000
const folder = mkdtempSync(join(tmpdir(), "tidemark-demo-crash-"))
const killed = join(folder, "killed")

const demoArguments = (directory: string) => ["demo", "--customers", "120", "--data", directory]

const lastLine = (out: string): Figures.Figures =>
  JSON.parse(out.trimEnd().split("\n").at(-1) ?? "")

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("demo killed with -9 while it captures, submits and tracks", () => {
  const log = join(killed, "carrier-log.ndjson")
  const state = join(killed, "demo.json")

  /** Kills a run of the demo as soon as something holds. */
  const killWhen = async (extra: ReadonlyArray<string>, what: string, holds: () => boolean) => {
    const child = Child.start([...demoArguments(killed), "--json", ...extra])
    await Child.until(child, what, holds)
    await child.kill()
  }

  const nowMs = (): number => {
    const text = Child.textOf(state)
    return text === "" ? 0 : (JSON.parse(text) as { readonly nowMs: number }).nowMs
  }

  it(
    "sends nothing twice, loses nothing, and is refused to a second process while it runs",
    async () => {
      const undisturbed = tidemark([...demoArguments(join(folder, "undisturbed")), "--json"])
      const child = Child.start([...demoArguments(killed), "--json"])
      const tenth = Date.parse("2026-09-10T00:00:00Z")
      await Child.until(child, "the tenth of the month", () => nowMs() > tenth)
      const settings = join(killed, "tidemark.json")
      const second = await tidemark(
        ["explain", "--customer", "C-0000001", "--month", "2026-09"].concat("--config", settings)
      )
      assert.strictEqual(second.code, 1)
      assert.match(second.err, /^tidemark: .*in use by another process.*\n$/)
      await child.kill()
      assert.notInclude(Child.textOf(log), '"accepted"')

      await killWhen(["--resume"], "the first acceptance", () =>
        Child.textOf(log).includes('"t":"accepted"')
      )
      await killWhen(["--resume"], "the first delivery", () =>
        Child.textOf(log).includes('"state":"delivered"')
      )
      const { code, err, out } = await tidemark([...demoArguments(killed), "--json", "--resume"])
      assert.strictEqual(code, 0, err)

      const line = lastLine(out)
      const calm = await undisturbed
      assert.strictEqual(calm.code, 0, calm.err)
      const calmLine = lastLine(calm.out)
      const truth = CarrierTruth.read(log)
      assert.deepStrictEqual(truth.audit.repeated, [])
      assert.deepStrictEqual(truth.audit.overlapping, [])
      assert.isTrue(truth.timeGoesForward)
      assert.strictEqual(line.duplicates, 0)
      assert.strictEqual(line.pending, 0)
      Figures.conserved(line)
      assert.strictEqual(line.population, calmLine.population)
      assert.strictEqual(line.qualified, calmLine.qualified)
      assert.strictEqual(line.unreachable, calmLine.unreachable)
      assert.strictEqual(line.delivered, truth.delivered)
    },
    patienceMs
  )
})
