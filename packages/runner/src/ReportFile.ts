/**
 * A report as a file: JSON as it was issued, or set in type by the adapter of the format, which is
 * loaded only then. A file is there as a whole or not at all.
 *
 * **Source** — surfaces, report; original architecture §3.5 (Excel and PDF export).
 */
import {
  ProgramStore,
  type RenderOptions,
  type ReportContents,
  ReportDocument,
  ReportRenderer,
  type ReportRendererError
} from "@tidemark/core/effect"
import { CalendarMonth } from "@tidemark/core/rules"
import type { MonthlyReport } from "@tidemark/core/rules/report"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { open, rename, rm } from "node:fs/promises"
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
export type Setting = Pick<RenderOptions, "annex" | "language"> & {
  readonly trend: ReadonlyArray<ReportContents.TrendMonth>
}

/** Only its owner may read a file that lists customers. */
const ownerOnly = 0o600

/** Sets a report in type, into a file. */
export const render = (
  file: string,
  report: Report,
  format: Exclude<Format, "json">,
  setting: Setting
): Effect.Effect<void, ReportRendererError | BadInput> =>
  Effect.gen(function* () {
    const layer = yield* Effect.promise(layers[format])
    const renderer = Context.get(yield* Layer.build(layer), ReportRenderer)
    const mode = setting.annex === undefined ? undefined : ownerOnly
    yield* write(file, renderer.render(report, setting), mode)
  }).pipe(Effect.scoped)

/** A text as a file's bytes. */
export const text = (content: string): Stream.Stream<Uint8Array> =>
  Stream.encodeText(Stream.succeed(content))

/** Writes a file as a whole, beside its place first: a failure leaves what was there before. */
export const write = <E>(
  file: string,
  content: Stream.Stream<Uint8Array, E>,
  mode?: number
): Effect.Effect<void, E | BadInput> => {
  const unfinished = `${file}.unfinished`
  const tried = <A>(work: () => Promise<A>) =>
    Effect.tryPromise({ try: work, catch: (error) => cannotBeWritten(file, error) })
  return Effect.acquireUseRelease(
    tried(() => open(unfinished, "w", mode)),
    (handle) => Stream.runForEach(content, (piece) => tried(() => handle.writeFile(piece))),
    (handle) => Effect.promise(() => handle.close())
  ).pipe(
    Effect.andThen(tried(() => rename(unfinished, file))),
    Effect.onError(() => Effect.promise(() => rm(unfinished, { force: true })))
  )
}

const cannotBeWritten = (file: string, error: unknown): BadInput => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown"
  return new BadInput({ where: file, reason: `cannot be written (${code})` })
}
