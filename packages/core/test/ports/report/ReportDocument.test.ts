import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { jsonSchemaText, ReportDocument } from "../../../src/ports/report/ReportDocument.ts"
import type { MonthlyReport } from "../../../src/report/MonthlyReport.ts"
import * as ReportSamples from "../../../src/testing/ReportSamples.ts"

const file = join(import.meta.dirname, "../../../../../docs/reference/report.schema.json")

const read = (value: unknown) =>
  Schema.decodeUnknownExit(ReportDocument)(JSON.parse(JSON.stringify(value)), {
    onExcessProperty: "error"
  })

/** The rules' own type is the schema's: the compiler refuses this line where they part. */
const asDocument = (report: MonthlyReport): typeof ReportDocument.Encoded => report

describe("the schema of a report", () => {
  it("takes every report the rules make, with nothing left over", () => {
    for (const report of [
      ReportSamples.full("provisional"),
      ReportSamples.full("restated-12"),
      ReportSamples.empty(),
      ReportSamples.miscounted("provisional", false)
    ]) {
      assert.deepStrictEqual(
        read(asDocument(report)),
        Exit.succeed(JSON.parse(JSON.stringify(report)))
      )
    }
  })

  it("is what docs/reference says: run node scripts/reportSchema.ts after a change", () => {
    assert.strictEqual(readFileSync(file, "utf8"), jsonSchemaText())
  })

  const report = ReportSamples.full()
  for (const [problem, value] of [
    ["another version of the schema", { ...report, schema: "tidemark.report.v2" }],
    ["a version nobody issues", { ...report, version: "restated-0" }],
    ["a month no calendar has", { ...report, month: "2026-13" }],
    ["a local time", { ...report, issuedAt: "2026-11-11T09:12:13+02:00" }],
    ["a negative count", { ...report, delivery: { ...report.delivery, attempts: -1 } }],
    ["half a customer", { ...report, delivery: { ...report.delivery, segments: 0.5 } }],
    ["a field nobody knows", { ...report, customers: [] }]
  ] as const) {
    it(`refuses ${problem}`, () => {
      assert.isTrue(Exit.isFailure(read(value)))
    })
  }
})

/** Keywords and values of the JSON Schema as another reader of the file meets them. */
describe("the JSON Schema in docs/reference", () => {
  const schema = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>

  /** Just enough of draft 2020-12 for this file; an unknown keyword fails. */
  const problems = (of: unknown, value: unknown, at: string): ReadonlyArray<string> => {
    const found: Array<string> = []
    for (const [keyword, expected] of Object.entries(of as Record<string, never>)) {
      const say = (ok: boolean) => void (ok || found.push(`${at}: ${keyword}`))
      const entries = typeof value === "object" && value !== null ? Object.entries(value) : []
      switch (keyword) {
        case "$schema":
        case "title":
        case "description":
          break
        case "type":
          say(
            expected === "integer"
              ? Number.isInteger(value)
              : expected ===
                  (value === null ? "null" : Array.isArray(value) ? "array" : typeof value)
          )
          break
        case "enum":
          say((expected as ReadonlyArray<unknown>).includes(value))
          break
        case "pattern":
          say(typeof value === "string" && new RegExp(expected, "u").test(value))
          break
        case "minimum":
          say((value as number) >= expected)
          break
        case "maximum":
          say((value as number) <= expected)
          break
        case "required":
          for (const name of expected as ReadonlyArray<string>)
            say(Object.hasOwn(value as object, name))
          break
        case "properties":
          for (const [name, inner] of Object.entries(expected)) {
            const own = entries.find(([key]) => key === name)
            if (own !== undefined) found.push(...problems(inner, own[1], `${at}.${name}`))
          }
          break
        case "additionalProperties": {
          const known = (of as { properties?: object }).properties ?? {}
          for (const [name, each] of entries) {
            if (Object.hasOwn(known, name)) continue
            if (expected === false) say(false)
            else found.push(...problems(expected, each, `${at}.${name}`))
          }
          break
        }
        case "items":
          for (const each of value as ReadonlyArray<unknown>) {
            found.push(...problems(expected, each, `${at}[]`))
          }
          break
        case "anyOf":
          say(
            (expected as ReadonlyArray<unknown>).some(
              (option) => problems(option, value, at).length === 0
            )
          )
          break
        case "allOf":
          for (const each of expected as ReadonlyArray<unknown>)
            found.push(...problems(each, value, at))
          break
        default:
          found.push(`${at}: keyword ${keyword} is not read here`)
      }
    }
    return found
  }

  it("accepts reports and refuses a planted field and a planted value", () => {
    const report = JSON.parse(JSON.stringify(ReportSamples.full())) as Record<string, unknown>
    assert.deepStrictEqual(problems(schema, report, "report"), [])
    assert.deepStrictEqual(
      problems(schema, JSON.parse(JSON.stringify(ReportSamples.empty())), "report"),
      []
    )
    assert.deepStrictEqual(problems(schema, { ...report, extra: 1 }, "report"), [
      "report: additionalProperties"
    ])
    assert.deepStrictEqual(problems(schema, { ...report, month: "2026-13" }, "report"), [
      "report.month: pattern"
    ])
  })
})
