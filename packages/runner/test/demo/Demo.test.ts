/**
 * The demo as a user runs it: a process, a month, a line of figures. Killing it is in
 * `../crash`.
 *
 * **Source** — surfaces, demo; invariants 18–20 of the delivery protocol.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { tidemark } from "../commands/Tidemark.ts"
import * as CarrierTruth from "../process/CarrierTruth.ts"
import * as Figures from "../process/Figures.ts"

const patienceMs = 300_000
const folder = mkdtempSync(join(tmpdir(), "tidemark-demo-test-"))
const undisturbed = join(folder, "undisturbed")

interface DemoLine extends Figures.Figures {
  readonly month: string
  readonly report: { readonly json: string; readonly xlsx: string; readonly pdf: string }
}

const demoArguments = (directory: string) => ["demo", "--customers", "120", "--data", directory]

const lastLine = (out: string): DemoLine => JSON.parse(out.trimEnd().split("\n").at(-1) ?? "")

let calm: { readonly code: number | null; readonly out: string; readonly err: string }

beforeAll(async () => {
  calm = await tidemark([...demoArguments(undisturbed), "--json"])
}, patienceMs)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("demo", () => {
  it("ends with one line of figures that are conserved, and no duplicate", () => {
    assert.strictEqual(calm.code, 0, calm.err)
    assert.strictEqual(calm.out.trimEnd().split("\n").length, 1)
    const line = lastLine(calm.out)
    assert.deepStrictEqual(Object.keys(line), [...Figures.keys])
    assert.strictEqual(line.month, "2026-09")
    assert.strictEqual(line.population, 120)
    assert.strictEqual(line.pending, 0)
    assert.strictEqual(line.duplicates, 0)
    assert.isAbove(line.delivered, 0)
    Figures.conserved(line)
  })

  it("writes the report its line names, with the same figures", () => {
    const line = lastLine(calm.out)
    assert.strictEqual(line.report.json, join(undisturbed, "report.json"))
    const report = JSON.parse(readFileSync(line.report.json, "utf8")) as {
      readonly delivery: { readonly dispositions: Record<string, number> }
    }
    assert.strictEqual(line.report.xlsx, join(undisturbed, "report.xlsx"))
    assert.strictEqual(line.report.pdf, join(undisturbed, "report.pdf"))
    assert.strictEqual(readFileSync(line.report.xlsx).toString("latin1", 0, 4), "PK\u0003\u0004")
    assert.match(readFileSync(line.report.pdf).toString("latin1", 0, 8), /^%PDF-1\.\d/)
    const { duplicates: _, month: __, report: ___, ...figures } = line
    assert.deepStrictEqual(report.delivery.dispositions, figures)
  })

  it("counts as delivered what the carrier's own log says was", () => {
    const truth = CarrierTruth.read(join(undisturbed, "carrier-log.ndjson"))
    const line = lastLine(calm.out)
    assert.deepStrictEqual(truth.audit.repeated, [])
    assert.deepStrictEqual(truth.audit.overlapping, [])
    assert.strictEqual(line.delivered, truth.delivered)
  })

  it(
    "tells its story to people when it is resumed after its end",
    async () => {
      const { code, err, out } = await tidemark([...demoArguments(undisturbed), "--resume"])
      assert.strictEqual(code, 0, err)
      for (const part of [
        /Captured closing balances of 2026-09\n {2}Sun {3}Mon/,
        /closed: .*Yom Kippur/,
        /Funnel\n {2}customers +120/,
        /One message as it was rendered\n {2}.*\p{Script=Hebrew}/u,
        /UCS-2, \d+ units, \d segments? \(\d\.\d\d ILS/,
        /Why customer C-\d+ got none\n {2}.*2026-09-\d\d/,
        /submit\/timeout-after-accept +1\n/,
        /webhook\/wrong-signature +1\n/,
        /accepted more than once, or while an earlier one could still arrive: 0\n/,
        /Conservation\n {2}120 = \d+ \+ \d+ \+ \d+/,
        /explain --customer C-\d+ --month 2026-09 --config /
      ]) {
        assert.match(out, part)
      }
      const line = lastLine(calm.out)
      assert.include(out, line.report.json)
      assert.match(out, new RegExp(`delivered +${line.delivered} `))
      assert.notMatch(`${out}${err}`, /\n\s+at /)
    },
    patienceMs
  )

  it(
    "refuses a folder that holds a demo, and one that holds something else",
    async () => {
      const again = await tidemark(demoArguments(undisturbed))
      assert.strictEqual(again.code, 2)
      assert.match(again.err, /^tidemark: .*a demo is already there: add --resume.*\n$/)
      const elsewhere = await tidemark(["demo", "--data", folder])
      assert.strictEqual(elsewhere.code, 2)
      assert.match(elsewhere.err, /^tidemark: .*the folder is not empty.*\n$/)
      const nothing = await tidemark(["demo", "--resume", "--data", join(folder, "none")])
      assert.strictEqual(nothing.code, 2)
      assert.match(nothing.err, /^tidemark: .*no demo to resume.*\n$/)
    },
    patienceMs
  )
})
