/**
 * A report as a file: JSON as it was issued, or set in type by the adapter of the format, which is
 * loaded only then. A file is there as a whole or not at all.
 *
 * **Source** — surfaces, report; original architecture §3.5 (Excel and PDF export).
 */
import {
  ProgramStore,
  type ReportContents,
  ReportDocument,
  ReportRenderer,
  type ReportWords,
  toBytes
} from "@tidemark/core/effect"
import { CalendarMonth, type MonthlyReport } from "@tidemark/core/rules"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { renameSync, rmSync, writeFileSync } from "node:fs"
import { BadInput } from "./TerminalFailure.ts"

/** What a report can be written as. */
export const formats = ["json", "xlsx", "pdf"] as const
export type Format = (typeof formats)[number]

type Report = MonthlyReport.MonthlyReport

/** An issued report, from the text it is kept as; a text of another shape is a defect. */
export const read = (json: string): Report =>
  Schema.decodeUnknownSync(ReportDocument.ReportDocument)(JSON.parse(json)) as Report

/** Months a trend looks back. */
const monthsBack = 11

/** The issued reports of the months before, oldest first, up to the first month without one. */
export const earlier = Effect.fnUntraced(function* (month: CalendarMonth.CalendarMonth) {
  const store = yield* ProgramStore
  const found: Array<ReportContents.TrendMonth> = []
  for (let at = CalendarMonth.previous(month); found.length < monthsBack;) {
    const issued = yield* store.report({ month: at, version: null })
    if (issued === null) break
    found.push(read(issued.json))
    at = CalendarMonth.previous(at)
  }
  return found.toReversed()
})

const layers: Readonly<
  Record<Exclude<Format, "json">, () => Promise<Layer.Layer<ReportRenderer>>>
> = {
  xlsx: async () => (await import("@tidemark/report-excel")).layer(),
  pdf: async () => (await import("@tidemark/report-pdf")).layer()
}

/** What is written beside the report. */
export interface Setting {
  readonly language: ReportWords.ReportLanguage
  readonly trend: ReadonlyArray<ReportContents.TrendMonth>
}

/** The bytes of a report in a format. */
export const bytes = Effect.fnUntraced(function* (
  report: Report,
  format: Exclude<Format, "json">,
  setting: Setting
) {
  const layer = yield* Effect.promise(layers[format])
  const renderer = Context.get(yield* Layer.build(layer), ReportRenderer)
  return yield* toBytes(renderer.render(report, setting))
}, Effect.scoped)

/** Writes a file as a whole: beside its place first. */
export const write = (file: string, content: Uint8Array | string): void => {
  const unfinished = `${file}.unfinished`
  try {
    writeFileSync(unfinished, content)
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown"
    throw new BadInput({ where: file, reason: `cannot be written (${code})` })
  }
}
