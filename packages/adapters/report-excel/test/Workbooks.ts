/** Workbooks as other programs meet them: read by a second library, and as the raw parts of the zip. */
import { ReportRenderer, type RenderOptions, toBytes } from "@tidemark/core/effect"
import type { MonthlyReport } from "@tidemark/core/rules/report"
import type { ReadReport } from "@tidemark/core/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readXlsx, type Workbook } from "hucre"
import { inflateRawSync } from "node:zlib"
import { layer, type ReportExcelOptions } from "../src/index.ts"

/** The renderer under test. */
export const renderer = (options: Partial<ReportExcelOptions> = {}) =>
  Effect.map(Layer.build(layer(options)), (context) => Context.get(context, ReportRenderer))

/** The bytes of a workbook. */
export const written = (
  report: MonthlyReport.MonthlyReport,
  given: RenderOptions,
  options: Partial<ReportExcelOptions> = {}
): Promise<Uint8Array> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(renderer(options), (renderer) => toBytes(renderer.render(report, given)))
    )
  )

/** A workbook as hucre reads it. */
export const workbook = (bytes: Uint8Array): Promise<Workbook> =>
  readXlsx(bytes, { readStyles: true })

/** What a reader sees on all sheets. */
export const seen = async (bytes: Uint8Array): Promise<ReadReport> => {
  const texts: Array<string> = []
  const numbers: Array<number> = []
  for (const sheet of (await workbook(bytes)).sheets) {
    texts.push(sheet.name)
    for (const value of sheet.rows.flat()) {
      if (typeof value === "number") numbers.push(value)
      else if (value instanceof Date) texts.push(value.toISOString())
      else if (typeof value === "string") texts.push(value)
    }
  }
  return { texts, numbers }
}

/** The parts of a zip by name, from its central directory. */
export const parts = (bytes: Uint8Array): ReadonlyMap<string, string> => {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"))
  const found = new Map<string, string>()
  let at = zip.readUInt32LE(end + 16)
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    const nameLength = zip.readUInt16LE(at + 28)
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength)
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20))
    found.set(name, inflateRawSync(packed).toString("utf8"))
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return found
}
