/**
 * What every `ReportRenderer` must keep: the report's figures and no others, in both languages; a
 * refusal where totals do not add up; text that stays text.
 *
 * What a reader of the file sees comes from the adapter's desk, through another library than the
 * one that wrote it where there is one.
 *
 * **Source** — product rules, Report and Dispositions; architecture, Ports.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert } from "vitest"
import * as ReportContents from "../ports/report/ReportContents.ts"
import type { ReportLanguage } from "../ports/report/ReportWords.ts"
import { visible } from "../ports/report/VisibleText.ts"
import { type RenderOptions, type ReportRenderer, toBytes } from "../ports/ReportRenderer.ts"
import type { MonthlyReport } from "../report/MonthlyReport.ts"
import * as Contract from "./Contract.ts"
import * as ReportSamples from "./ReportSamples.ts"

/** What a reader of a rendered file sees. */
export interface ReadReport {
  /** Every piece of text; a date or time as ISO 8601 begins. */
  readonly texts: ReadonlyArray<string>
  /** Every number; a percentage as a fraction. */
  readonly numbers: ReadonlyArray<number>
}

/** A renderer, and a reader of its files. */
export interface RendererDesk {
  readonly renderer: (typeof ReportRenderer)["Service"]
  readonly read: (bytes: Uint8Array) => Effect.Effect<ReadReport, unknown>
}

/** Makes a renderer. */
export type MakeRenderer = Contract.Make<null, RendererDesk>

type Check = Contract.Check<null, RendererDesk>

const check = (name: string, body: Contract.Body<RendererDesk>): Check => ({
  name,
  setup: null,
  needs: "honest",
  run: Effect.fnUntraced(body)
})

const rendered = (
  desk: RendererDesk,
  report: MonthlyReport,
  options: RenderOptions = { language: "en" }
) => Effect.flatMap(toBytes(desk.renderer.render(report, options)), desk.read)

const refused = (
  desk: RendererDesk,
  report: MonthlyReport,
  options: RenderOptions = { language: "en" }
) => Effect.flip(toBytes(desk.renderer.render(report, options)))

/** Every number in the JSON with its path; ratios apart. */
const leaves = (value: unknown, path: string): ReadonlyArray<readonly [string, number]> => {
  if (typeof value === "number") return [[path, value]]
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => leaves(each, `${path}.${key}`))
}

const assertFigures = (report: MonthlyReport, seen: ReadReport): void => {
  const numbers = new Set(seen.numbers)
  for (const [path, value] of leaves(report, "report")) {
    if (path.endsWith(".ratio")) {
      // A printed percentage has one decimal.
      assert.isTrue(
        seen.numbers.some((number) => Math.abs(number - value) <= 0.000_501),
        `${path}: no ${value}`
      )
    } else assert.isTrue(numbers.has(value), `${path}: no ${value}`)
  }
}

/** Line breaks are the typesetter's, and so are the spaces around them. */
const squeezed = (text: string): string => text.replace(/\s+/g, "")

const assertTexts = (seen: ReadReport, expected: ReadonlyArray<string>): void => {
  const all = squeezed(seen.texts.join(""))
  for (const text of expected) {
    assert.isTrue(all.includes(squeezed(text)), `no text ${JSON.stringify(text)}`)
  }
}

/** Labels, formulas and laws: everything that is words. */
const wordsOf = (contents: ReportContents.ReportContents): ReadonlyArray<string> => [
  contents.words.title,
  contents.monthName,
  contents.status,
  contents.program,
  contents.policyHash,
  ...contents.sections.flatMap(({ tables, title }) => [
    title,
    ...tables.flatMap((table) => {
      switch (table.kind) {
        case "figures":
          return table.rows.flatMap(({ formula, label }) => [label, formula])
        case "checks":
          return table.rows.map(({ law }) => law)
        case "moments":
          return table.rows.map(({ label }) => label)
        case "advice":
          return table.rows.map(({ text }) => text)
        case "trend":
          return table.rows.map(({ month }) => month)
      }
    })
  ])
]

const inLanguage = (language: ReportLanguage, name: string): Check =>
  check(`shows every figure of the JSON with its formula, in ${name}`, function* (desk) {
    const report = ReportSamples.full()
    const trend = ReportSamples.trend()
    const seen = yield* rendered(desk, report, { language, trend })
    assertFigures(report, seen)
    for (const earlier of trend) {
      assert.include(seen.numbers, earlier.summary.deliveryRate.numerator)
    }
    assertTexts(seen, wordsOf(ReportContents.of(report, language, trend)))
  })

/** Counts, apart from small ones that may be page numbers. */
const counts = (seen: ReadReport): ReadonlyArray<number> =>
  Array.from(new Set(seen.numbers.filter((number) => number > 100))).toSorted((a, b) => a - b)

const figures: ReadonlyArray<Check> = [
  inLanguage("en", "English"),
  inLanguage("he", "Hebrew"),
  check("shows the same numbers in both languages", function* (desk) {
    const report = ReportSamples.full()
    const english = yield* rendered(desk, report)
    const hebrew = yield* rendered(desk, report, { language: "he" })
    assert.deepStrictEqual(counts(english), counts(hebrew))
  }),
  check("shows when it was issued, and when the month passed its stages", function* (desk) {
    const seen = yield* rendered(desk, ReportSamples.full())
    assertTexts(seen, ["2026-11-11", "2026-11-04", "2026-11-05", "2026-11-06", "2026-11-10"])
  }),
  check("shows a month in which nothing happened", function* (desk) {
    const report = ReportSamples.empty()
    const seen = yield* rendered(desk, report)
    assertFigures(report, seen)
    assertTexts(seen, wordsOf(ReportContents.of(report, "en", [])))
  }),
  check("makes the same bytes of the same report", function* (desk) {
    const render = () => toBytes(desk.renderer.render(ReportSamples.full(), { language: "he" }))
    assert.deepStrictEqual(yield* render(), yield* render())
  })
]

const totals: ReadonlyArray<Check> = [
  check("refuses a final or restated report whose checks do not hold", function* (desk) {
    for (const version of ["final", "restated-2"] as const) {
      const error = yield* refused(desk, ReportSamples.miscounted(version, false))
      assert.deepStrictEqual([error.reason, error.isRetryable], ["Miscount", false])
    }
  }),
  check("compares both sides itself, whatever the report says of them", function* (desk) {
    const error = yield* refused(desk, ReportSamples.miscounted("final", true))
    assert.strictEqual(error.reason, "Miscount")
  }),
  check("refuses a final report with a pending message", function* (desk) {
    const error = yield* refused(desk, ReportSamples.pending("final"))
    assert.deepStrictEqual([error.reason, error.isRetryable], ["Pending", false])
  }),
  check("shows a provisional miscount as one, with both sides", function* (desk) {
    const report = ReportSamples.miscounted("provisional", false)
    const seen = yield* rendered(desk, report)
    assert.includeMembers([...seen.numbers], [4429, 4428])
    assertTexts(seen, ["PROVISIONAL", "BROKEN"])
  }),
  check("says whether the report is provisional, final or restated", function* (desk) {
    assertTexts(yield* rendered(desk, ReportSamples.full("final")), ["FINAL"])
    assertTexts(yield* rendered(desk, ReportSamples.pending("provisional")), ["PROVISIONAL"])
    assertTexts(yield* rendered(desk, ReportSamples.full("restated-3")), ["RESTATED 3"])
  })
]

/** A few of what data may hold; an adapter tests many more. */
const planted = ["=1+1", "@SUM(A1)", "<b>&amp;", "C-\u202e21", "a\u0000b", "\ud800"]

const texts: ReadonlyArray<Check> = [
  check("keeps text from the data as text a reader can see", function* (desk) {
    for (const text of planted) {
      const seen = yield* rendered(desk, ReportSamples.hostile(text))
      assertTexts(seen, [visible(text)])
      for (const each of seen.texts) assert.strictEqual(visible(each), each)
    }
  })
]

const pages = (report: MonthlyReport) => {
  const rows = ReportSamples.annexRows(report)
  return Stream.fromIterable([rows.slice(0, 1000), [], rows.slice(1000)])
}

const annex: ReadonlyArray<Check> = [
  check("writes every customer of the annex, or refuses an annex", function* (desk) {
    const report = ReportSamples.full()
    if (!desk.renderer.holdsAnnex) {
      const error = yield* refused(desk, report, { language: "en", annex: pages(report) })
      assert.strictEqual(error.reason, "Unsupported")
      return
    }
    const seen = yield* rendered(desk, report, { language: "en", annex: pages(report) })
    const ids = ReportSamples.annexRows(report).map(({ customerId }) => customerId)
    const all = new Set(seen.texts)
    assert.deepStrictEqual(
      ids.filter((id) => !all.has(id)),
      []
    )
    assertTexts(seen, ["2026-10-03 to 2026-10-05"])
  }),
  check("refuses an annex that is not the customers the report counted", function* (desk) {
    const report = ReportSamples.full()
    const short = Stream.fromIterable([ReportSamples.annexRows(report).slice(1)])
    const error = yield* refused(desk, report, { language: "en", annex: short })
    assert.strictEqual(error.reason, desk.renderer.holdsAnnex ? "Miscount" : "Unsupported")
  }),
  check("fails where the annex cannot be read, to be tried again", function* (desk) {
    const broken = Stream.concat(pages(ReportSamples.full()), Stream.fail("C-0000007 is away"))
    const error = yield* refused(desk, ReportSamples.full(), { language: "en", annex: broken })
    assert.strictEqual(error.reason, desk.renderer.holdsAnnex ? "Annex" : "Unsupported")
    assert.strictEqual(error.isRetryable, desk.renderer.holdsAnnex)
    assert.notInclude(error.message, "C-0000007")
  })
]

const checks: Contract.Checks<null, RendererDesk> = [
  ["figures", figures],
  ["totals", totals],
  ["text", texts],
  ["the annex", annex]
]

/** The whole contract, as one suite. */
export const reportRendererContract = (name: string, make: MakeRenderer): void => {
  Contract.suite("ReportRenderer", name, checks, make, "honest")
}

/** The names of the policies a renderer breaks; none for a sound one. */
export const failedReportRendererChecks = (
  make: MakeRenderer
): Effect.Effect<ReadonlyArray<string>> => Contract.failedChecks(checks, make, "honest")
