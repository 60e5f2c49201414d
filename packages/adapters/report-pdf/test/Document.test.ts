/** What a PDF of a report is to a reader, a printer and an attacker. */
import { type RenderOptions, ReportRenderer, toBytes } from "@tidemark/core/effect"
import type { MonthlyReport } from "@tidemark/core/rules/report"
import { ReportSamples } from "@tidemark/core/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assert, describe, it } from "vitest"
import { classifyError } from "../src/classifyError.ts"
import { layer, type ReportPdfOptions } from "../src/index.ts"
import { mostCharacters, printable } from "../src/PrintableText.ts"
import * as Printed from "./Printed.ts"

const bytesOf = (
  report: MonthlyReport.MonthlyReport,
  given: RenderOptions,
  options: Partial<ReportPdfOptions> = {}
) =>
  Effect.scoped(
    Effect.flatMap(Layer.build(layer(options)), (context) =>
      toBytes(Context.get(context, ReportRenderer).render(report, given))
    )
  )

const printed = (report: MonthlyReport.MonthlyReport, given: RenderOptions) =>
  Effect.runPromise(bytesOf(report, given))

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

describe("the document", () => {
  for (const language of ["he", "en"] as const) {
    it(`has one to three pages, its month and date, and Heebo inside (${language})`, async () => {
      const trend = ReportSamples.trend()
      const bytes = await printed(ReportSamples.full(), { language, trend })
      const file = latin1(bytes)
      assert.match(file, /^%PDF-1\.\d/)
      assert.include([1, 2, 3], file.match(/\/Type \/Page\n/g)?.length)
      assert.include(file, "(D:20261111091213Z)")
      assert.match(file, /FontName \/[A-Z]{6}\+Heebo-Regular/)
      assert.match(file, /FontName \/[A-Z]{6}\+Heebo-Bold/)
      assert.include(file, `Lang (${language})`)
      assert.isBelow(bytes.length, 60_000)
    })
  }

  it("sets Hebrew in its own order, with numbers, Latin words and brackets in theirs", async () => {
    const lines = Printed.lines(await printed(ReportSamples.full(), { language: "he" }))
    const text = lines.join("\n")
    for (const line of [
      "דוח חודשי · אוקטובר 2026",
      "זכאים / אוכלוסייה: 2,603 / 4,429",
      "בחודש (האוכלוסייה)",
      "זכאים ללא מספר לקבלת SMS; מתוך הזכאים",
      "אין אישור סופי בתוך 72 שעות; מתוך הזכאים",
      "בוטלו לפני הגשה: לא נגישים: קו VoIP",
      "מועדים (UTC)"
    ]) {
      assert.include(text, line)
    }
  })

  it("runs nothing, opens nothing and loads nothing, whatever the data holds", async () => {
    for (const text of [
      "https://evil.example/?x=1",
      "javascript:app.alert(1)",
      "/URI (https://evil.example) /JS (x)",
      ") Tj /OpenAction << /S /JavaScript >>",
      "<img src=https://evil.example/x.png>",
      "\\u0000\\(endobj"
    ]) {
      const bytes = await printed(ReportSamples.hostile(text), { language: "en" })
      const file = latin1(bytes)
      // The title in the file's own description is a string in brackets or in hexadecimal.
      const structure = file
        .replace(/\/Title [(<][^\n]*/g, "")
        .replace(/stream\n[\s\S]*?endstream/g, "")
      assert.notMatch(
        structure,
        /\/(?:URI|JS|JavaScript|OpenAction|Launch|AA|Annots|EmbeddedFile|RichMedia|XFA)\b/
      )
      assert.include(Printed.lines(bytes), text)
    }
  })
})

describe("text from the data", () => {
  it("is written out where the font has no letter for it", () => {
    assert.strictEqual(printable("a\u0627\u4e2d🙂b"), "a‹U+0627›‹U+4E2D›‹U+1F642›b")
    assert.strictEqual(printable("C-\u202e21"), "C-‹U+202E›21")
    assert.strictEqual(printable("דָּנָה Zoë 5,000 ₪"), "דָּנָה Zoë 5,000 ₪")
  })

  it("is cut before it fills the page", async () => {
    const long = "x".repeat(40_000)
    assert.lengthOf(printable(long), mostCharacters)
    const file = latin1(await printed(ReportSamples.hostile(long), { language: "en" }))
    assert.isAtMost(file.match(/\/Type \/Page\n/g)?.length ?? 0, 3)
  })

  it("is never a box: the font has every letter that is not written out", async () => {
    const all = Array.from({ length: 0x2200 }, (_, code) => String.fromCharCode(code))
    // Hebrew stands in another order, accents may join their letter: both are looked at above.
    const letters = all.filter(
      (letter) => printable(letter) === letter && !/[\s\u0590-\u05ff]/u.test(letter)
    )
    assert.isAbove(letters.length, 250)
    for (let start = 0; start < letters.length; start += 100) {
      const text = letters.slice(start, start + 100).join("")
      const lines = Printed.lines(await printed(ReportSamples.hostile(text), { language: "en" }))
      assert.isTrue(lines.includes(text), text)
    }
  })
})

describe("failures", () => {
  it("are the port's: a font that is not there is Failed, without its path", async () => {
    const error = await Effect.runPromise(
      Effect.flip(
        bytesOf(ReportSamples.full(), { language: "en" }, { regularFont: "/nowhere/secret.ttf" })
      )
    )
    assert.deepStrictEqual([error.reason, error.isRetryable], ["Failed", false])
    assert.notInclude(error.message, "secret")
    assert.strictEqual(classifyError(error), error)
  })

  it("leave the next document as it should be", async () => {
    const bytes = await printed(ReportSamples.full(), { language: "en" })
    assert.include(Printed.lines(bytes), "FINAL")
  })
})
