/**
 * Sets a month's report in type: a workbook, a document for print, plain text.
 *
 * **Guarantee** — the figures of the JSON and no others, each with its formula; text from the data
 * is text, never a formula, a link or an order of its own; no phone, name or balance is written.
 * Same report, same options, same bytes. **Timeout** — none: rendering waits for the annex alone.
 *
 * A report other than a provisional one is refused where its totals do not add up, so that a
 * signature below it always means the same.
 *
 * **Source** — original architecture §3.5 (Excel and PDF export); product rules, Report and
 * Dispositions.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Dispositions from "../report/Dispositions.ts"
import type { MonthlyReport } from "../report/MonthlyReport.ts"
import type { TrendMonth } from "./report/ReportContents.ts"
import type { ReportLanguage } from "./report/ReportWords.ts"
import type { AnnexRow } from "./report/AnnexRow.ts"
import * as TextReport from "./report/TextReport.ts"

export type { AnnexRow } from "./report/AnnexRow.ts"

export type ReportFormat = "xlsx" | "pdf" | "text"

export interface RenderOptions {
  readonly language: ReportLanguage
  /** Earlier months, oldest first. */
  readonly trend?: ReadonlyArray<TrendMonth>
  /** Customers in pages, each customer once; read while the report is written. */
  readonly annex?: Stream.Stream<ReadonlyArray<AnnexRow>, unknown>
}

/**
 * First match wins.
 * 1. `Miscount`: the report's or the annex's totals do not add up, and it is not provisional
 * 2. `Pending`: it is not provisional, and a message is still pending
 * 3. `Unsupported`: an annex was given to a format that holds none
 * 4. `Annex`: the annex rows could not be read
 * 5. `Failed`: the format's own technology failed
 */
export class ReportRendererError extends Schema.TaggedError<ReportRendererError>()(
  "ReportRendererError",
  {
    reason: Schema.Literals(["Miscount", "Pending", "Unsupported", "Annex", "Failed"]),
    detail: Schema.String,
    cause: Schema.optionalKey(Schema.Defect())
  }
) {
  get isRetryable(): boolean {
    return this.reason === "Annex"
  }
  override get message(): string {
    return `report renderer: ${this.reason}: ${this.detail}`
  }
}

/** The law of a check that does not hold. `holds` is not believed: both sides are compared. */
const brokenLaw = (report: MonthlyReport): string | undefined => {
  const counts = report.delivery.dispositions
  const printed = report.conservation.find(
    ({ holds, left, right }) => !holds || left !== right
  )?.law
  const counted = Dispositions.checks(counts)
  const checked = counted.find(
    ({ law, holds, left, right }) =>
      !holds ||
      !report.conservation.some((it) => it.law === law && it.left === left && it.right === right)
  )?.law
  const { qualification, summary } = report
  const agrees =
    summary.customersMonitored === counts.population &&
    summary.qualified === counts.qualified &&
    qualification.qualified === counts.qualified &&
    qualification.notQualified === counts.notQualified &&
    qualification.undetermined === counts.undetermined
  return printed ?? checked ?? (agrees ? undefined : "all sections name the same counts")
}

/** Why a report must not be rendered; every renderer asks this first. */
export const refusal = (
  report: MonthlyReport,
  options: RenderOptions,
  holdsAnnex: boolean
): ReportRendererError | undefined => {
  if (report.version !== "provisional") {
    const law = brokenLaw(report)
    if (law !== undefined) return new ReportRendererError({ reason: "Miscount", detail: law })
    const { pending } = report.delivery.dispositions
    if (pending > 0) {
      return new ReportRendererError({ reason: "Pending", detail: `${pending} messages` })
    }
  }
  if (options.annex !== undefined && !holdsAnnex) {
    const detail = "this format holds no annex"
    return new ReportRendererError({ reason: "Unsupported", detail })
  }
  return undefined
}

/**
 * The annex of a report, page by page, counted as it passes. It fails with `Annex` where its source
 * fails, and at its end with `Miscount` where the rows are not the customers the report counted.
 */
export const countedAnnex = (
  report: MonthlyReport,
  annex: NonNullable<RenderOptions["annex"]>
): Stream.Stream<ReadonlyArray<AnnexRow>, ReportRendererError> =>
  Stream.suspend(() => {
    const counts = new Map<string, number>()
    const add = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
    const end = Effect.suspend(() => {
      const difference = annexDifference(report, counts)
      return difference === undefined || report.version === "provisional"
        ? Effect.void
        : Effect.fail(new ReportRendererError({ reason: "Miscount", detail: difference }))
    })
    return annex.pipe(
      Stream.mapError(
        (cause) =>
          new ReportRendererError({ reason: "Annex", detail: "its rows could not be read", cause })
      ),
      Stream.tap((rows) =>
        Effect.sync(() => {
          for (const { disposition, outcome } of rows) {
            add(outcome)
            if (disposition !== null) add(disposition)
          }
        })
      ),
      Stream.concat(Stream.fromEffectDrain(end))
    )
  })

const annexDifference = (
  { delivery: { dispositions } }: MonthlyReport,
  counts: ReadonlyMap<string, number>
): string | undefined => {
  const expected: ReadonlyArray<readonly [string, number]> = [
    ["Qualified", dispositions.qualified],
    ["NotQualified", dispositions.notQualified],
    ["Undetermined", dispositions.undetermined],
    ...Dispositions.summands.map((name) => [name, dispositions[name]] as const)
  ]
  const found = expected.find(([name, count]) => (counts.get(name) ?? 0) !== count)
  return found === undefined
    ? undefined
    : `annex: ${found[0]} ${counts.get(found[0]) ?? 0}, report ${found[1]}`
}

export class ReportRenderer extends Context.Service<
  ReportRenderer,
  {
    readonly format: ReportFormat
    /** Such as `application/pdf`. */
    readonly mediaType: string
    readonly holdsAnnex: boolean
    /** The file's bytes in pieces. A stream that fails has written nothing that may be kept. */
    readonly render: (
      report: MonthlyReport,
      options: RenderOptions
    ) => Stream.Stream<Uint8Array, ReportRendererError>
  }
>()("@tidemark/core/ports/ReportRenderer") {
  /** Plain text, tab-separated, UTF-8: what every renderer says, without its typesetting. */
  static readonly layerMemory: Layer.Layer<ReportRenderer> = Layer.succeed(ReportRenderer, {
    format: "text",
    mediaType: "text/plain; charset=utf-8",
    holdsAnnex: true,
    render: (report, options) =>
      Stream.suspend(() => {
        const refused = refusal(report, options, true)
        if (refused !== undefined) return Stream.fail(refused)
        const { annex, language, trend } = options
        const text = Stream.succeed(TextReport.text(report, language, trend ?? []))
        const rows =
          annex === undefined
            ? Stream.empty
            : Stream.map(countedAnnex(report, annex), (page) => TextReport.annex(page, language))
        return Stream.encodeText(Stream.concat(text, rows))
      })
  })
}

/** All bytes of a rendering, for a file small enough to be held. */
export const toBytes = <E>(rendering: Stream.Stream<Uint8Array, E>): Effect.Effect<Uint8Array, E> =>
  Effect.map(Stream.runCollect(rendering), (pieces) => {
    let length = 0
    for (const piece of pieces) length += piece.length
    const bytes = new Uint8Array(length)
    let at = 0
    for (const piece of pieces) {
      bytes.set(piece, at)
      at += piece.length
    }
    return bytes
  })
