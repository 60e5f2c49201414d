/** What a workbook of a report looks like to another program. */
import { ReportContents, ReportWords, TextReport } from "@tidemark/core/effect"
import { ReportSamples } from "@tidemark/core/testing"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { classifyError } from "../src/classifyError.ts"
import * as Config from "../src/Config.ts"
import * as Workbooks from "./Workbooks.ts"

const languages = ["he", "en"] as const

describe("figures", () => {
  for (const language of languages) {
    it(`are those of the JSON, each beside its field (${language})`, async () => {
      const report = ReportSamples.full()
      const { sheets } = await Workbooks.workbook(await Workbooks.written(report, { language }))
      const rows = new Map(
        sheets.flatMap(({ rows }) => rows.map((row) => [row.at(-1), row] as const))
      )
      const contents = ReportContents.of(report, language, [])
      let compared = 0
      for (const { tables } of contents.sections) {
        for (const table of tables) {
          if (table.kind !== "figures") continue
          for (const { count, formula, label, of, path, share } of table.rows) {
            assert.deepStrictEqual(
              rows.get(path)?.slice(1, 6),
              [label, count, of ?? "–", share ?? "–", formula],
              path
            )
            // The path leads to that very count in the JSON.
            const found = path
              .split(".")
              .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], report)
            const value =
              typeof found === "number" ? found : (found as { numerator: number }).numerator
            assert.strictEqual(count, value, path)
            compared++
          }
        }
      }
      assert.isAbove(compared, 45)
    })
  }
})

describe("sheets", () => {
  for (const language of languages) {
    it(`are the sections in order, read from the right in Hebrew only (${language})`, async () => {
      const { direction, sections } = ReportWords.words(language)
      const bytes = await Workbooks.written(ReportSamples.full(), { language })
      const { sheets } = await Workbooks.workbook(bytes)
      assert.deepStrictEqual(
        sheets.map(({ name }) => name),
        Object.values(sections)
      )
      for (const { autoFilter, columns, freezePane, name, view } of sheets) {
        assert.strictEqual(view?.rightToLeft ?? false, direction === "rtl", name)
        assert.strictEqual(freezePane?.rows, 4, name)
        assert.match(autoFilter?.range ?? "", /^A4:[DG]\d+$/, name)
        assert.isTrue(columns?.every(({ width }) => (width ?? 0) >= 12))
      }
    })
  }

  it("say the status at the top, and what a number is by its format", async () => {
    const bytes = await Workbooks.written(ReportSamples.full("provisional"), { language: "en" })
    const { properties, sheets } = await Workbooks.workbook(bytes)
    for (const { name, rows } of sheets) assert.strictEqual(rows[1]?.[0], "PROVISIONAL", name)
    assert.strictEqual(properties?.title, "Monthly report · premium-retail · 2026-10")
    const formats = new Set<string | undefined>()
    for (const sheet of sheets) {
      for (const { style, value } of sheet.cells?.values() ?? []) {
        if (typeof value === "number") formats.add(style?.numFmt)
        if (value instanceof Date) assert.strictEqual(style?.numFmt, "yyyy-mm-dd hh:mm:ss")
      }
    }
    assert.deepStrictEqual(formats, new Set(["#,##0", "0.0%"]))
  })

  it("show both sides of each law, and which one is broken", async () => {
    const report = ReportSamples.miscounted("provisional", false)
    const { sheets } = await Workbooks.workbook(await Workbooks.written(report, { language: "en" }))
    const laws = sheets[0]?.rows.filter((row) => row.at(-1) === "conservation")
    assert.deepStrictEqual(
      laws?.map((row) => row.slice(1, 5)),
      [
        ["BROKEN", 4429, 4428, "≠"],
        ["holds", 2603, 2603, "="]
      ]
    )
  })
})

describe("the annex", () => {
  const report = ReportSamples.full()
  const rows = ReportSamples.annexRows(report)

  it("goes on on another sheet where one is full, nobody lost and nobody twice", async () => {
    const annex = Stream.fromIterable([rows.slice(0, 999), rows.slice(999)])
    const bytes = await Workbooks.written(report, { language: "he", annex }, { rowsPerSheet: 2000 })
    const sheets = (await Workbooks.workbook(bytes)).sheets.slice(7)
    assert.deepStrictEqual(
      sheets.map(({ name, rows: { length } }) => [name, length]),
      [
        ["נספח", 2001],
        ["נספח 2", 2001],
        ["נספח 3", 430]
      ]
    )
    const words = ReportWords.words("he")
    assert.deepStrictEqual(
      sheets.flatMap((sheet) =>
        sheet.rows.slice(1).map((cells) => Array.from({ length: 7 }, (_, at) => cells[at] ?? ""))
      ),
      rows.map((row) => Array.from(TextReport.annexCells(row, words)))
    )
    for (const {
      autoFilter,
      freezePane,
      rows: { length },
      view
    } of sheets) {
      assert.strictEqual(freezePane?.rows, 1)
      assert.isTrue(view?.rightToLeft)
      assert.strictEqual(autoFilter?.range, `A1:G${length}`)
    }
  })

  it("never opens a sheet for nobody, and has a heading when nobody is there", async () => {
    const full = Stream.fromIterable([rows])
    const one = await Workbooks.written(
      report,
      { language: "en", annex: full },
      { rowsPerSheet: rows.length }
    )
    assert.lengthOf((await Workbooks.workbook(one)).sheets, 8)
    const nobody = await Workbooks.written(ReportSamples.empty(), {
      language: "en",
      annex: Stream.empty
    })
    assert.deepStrictEqual((await Workbooks.workbook(nobody)).sheets[7]?.rows, [
      ["Customer", "Outcome", "First reason", "Days met", "Dates", "Disposition", "Why there"]
    ])
  })

  it("is read no faster than the workbook is", async () => {
    let pages = 0
    const thousand = rows.slice(0, 1000)
    const annex = Stream.fromEffectRepeat(
      Effect.sync(() => {
        pages++
        return thousand
      })
    ).pipe(Stream.take(1000))
    const first = await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(Workbooks.renderer(), (renderer) =>
          renderer.render(ReportSamples.full("provisional"), { language: "en", annex }).pipe(
            Stream.tap(() => Effect.sleep(300)),
            Stream.take(2),
            Stream.runCollect
          )
        )
      )
    )
    assert.lengthOf(first, 2)
    assert.isBelow(pages, 500)
  })
})

describe("options and errors", () => {
  it("never give a sheet more rows than it has, nor none", () => {
    assert.strictEqual(Config.options().rowsPerSheet, 1_048_575)
    assert.strictEqual(Config.options({ rowsPerSheet: 2_000_000 }).rowsPerSheet, 1_048_575)
    assert.strictEqual(Config.options({ rowsPerSheet: 0 }).rowsPerSheet, 1)
  })

  it("turn what a library throws into Failed, without its text", async () => {
    const error = classifyError(new Error("C-1 at /srv/secret"))
    assert.deepStrictEqual([error.reason, error.isRetryable], ["Failed", false])
    assert.notInclude(error.message, "C-1")
    assert.strictEqual(classifyError(error), error)
  })

  it("fail where a figure is no number, instead of writing a broken workbook", async () => {
    const report = ReportSamples.full("provisional")
    const broken = { ...report, delivery: { ...report.delivery, segments: Number.NaN } }
    const error = await Workbooks.written(broken, { language: "en" }).then(
      () => undefined,
      (error: unknown) => error
    )
    assert.include(String(error), "Failed")
  })
})
