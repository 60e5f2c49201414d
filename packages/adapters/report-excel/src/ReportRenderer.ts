/**
 * The `ReportRenderer` port as an Excel workbook: a sheet per section, and the annex.
 *
 * **Guarantee** — every cell is typed, none holds a formula or a link; the same report is the same
 * bytes; an annex of any length needs the memory of one page.
 *
 * **Source** — original architecture §3.5 (Excel export); product rules, Report.
 */
import {
  countedAnnex,
  refusal,
  type RenderOptions,
  ReportContents,
  ReportRenderer
} from "@tidemark/core/effect"
import type { MonthlyReport } from "@tidemark/core/rules/report"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { PassThrough } from "node:stream"
import * as Annex from "./Annex.ts"
import { classifyError } from "./classifyError.ts"
import * as Client from "./Client.ts"
import * as Config from "./Config.ts"
import * as Sections from "./Sections.ts"
import * as Styles from "./Styles.ts"

const issuedMs = (report: MonthlyReport.MonthlyReport): number => {
  const read = Date.parse(report.issuedAt)
  return Number.isNaN(read) ? 0 : read
}

const write = Effect.fnUntraced(function* (
  output: PassThrough,
  report: MonthlyReport.MonthlyReport,
  { annex, language, trend }: RenderOptions,
  options: Config.ReportExcelOptions
) {
  const contents = ReportContents.of(report, language, trend ?? [])
  const styles = Styles.make(contents.words.direction === "rtl")
  const workbook = Client.open(output, {
    title: `${contents.words.title} · ${contents.program} · ${contents.month}`,
    creator: options.creator,
    createdMs: issuedMs(report)
  })
  for (const section of contents.sections) Sections.write(workbook, contents, section, styles)
  if (annex !== undefined) {
    const counted = countedAnnex(report, annex)
    yield* Annex.write(workbook, contents, counted, styles, options.rowsPerSheet)
  }
  yield* Effect.promise(() => workbook.end())
})

/** The workbook's bytes, while they are made by another fiber; a slow reader slows it. */
const render =
  (options: Config.ReportExcelOptions): (typeof ReportRenderer)["Service"]["render"] =>
  (report, given) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const refused = refusal(report, given, true)
        if (refused !== undefined) return Stream.fail(refused)
        const output = new PassThrough()
        yield* Effect.addFinalizer(() => Effect.sync(() => output.destroy()))
        yield* write(output, report, given, options).pipe(
          Effect.onExit((exit) =>
            Effect.sync(() => {
              if (Exit.isFailure(exit)) output.destroy(asError(Cause.squash(exit.cause)))
            })
          ),
          Effect.forkScoped
        )
        return Stream.fromAsyncIterable<Uint8Array, unknown>(output, (cause) => cause)
      })
    ).pipe(Stream.mapError(classifyError))

const asError = (cause: unknown): Error =>
  cause instanceof Error ? cause : new Error("no error was thrown", { cause })

/** The renderer, with options by value. */
export const layer = (
  options: Partial<Config.ReportExcelOptions> = {}
): Layer.Layer<ReportRenderer> =>
  Layer.succeed(ReportRenderer, {
    format: "xlsx",
    mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    holdsAnnex: true,
    render: render(Config.options(options))
  })
