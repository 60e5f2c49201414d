/**
 * What a rendered report shows, in order: every figure of the JSON once, with its words, its
 * formula and its denominator. Renderers only set it in type, so that all of them say the same.
 *
 * **Source** — product rules, Report ("every figure has formula and denominator"); original
 * architecture §3.5.
 */
import * as Language from "../../message/Language.ts"
import type { MonthlyReport } from "../../report/MonthlyReport.ts"
import * as ReportTables from "./ReportTables.ts"
import * as ReportWords from "./ReportWords.ts"
import { visible } from "./VisibleText.ts"

export type { Figure, Table, TrendMonth, TrendRow } from "./ReportTables.ts"

export interface Section {
  readonly id: ReportWords.SectionId
  readonly title: string
  readonly tables: ReadonlyArray<ReportTables.Table>
}

export interface ReportContents {
  readonly language: ReportWords.ReportLanguage
  readonly words: ReportWords.ReportWords
  readonly program: string
  /** Such as "September 2026", and as "2026-09". */
  readonly monthName: string
  readonly month: string
  /** `FINAL`, `PROVISIONAL`, `RESTATED 1`, in the language. */
  readonly status: string
  readonly isFinal: boolean
  readonly issuedAt: string
  readonly policyHash: string
  readonly balanced: boolean
  readonly sections: ReadonlyArray<Section>
}

/** Everything a report shows, in the language asked for. Same report, same contents. */
export const of = (
  report: MonthlyReport,
  language: ReportWords.ReportLanguage,
  trend: ReadonlyArray<ReportTables.TrendMonth>
): ReportContents => {
  const words = ReportWords.words(language)
  const section = (
    id: ReportWords.SectionId,
    tables: ReadonlyArray<ReportTables.Table>
  ): Section => ({
    id,
    title: words.sections[id],
    tables
  })
  return {
    language,
    words,
    program: visible(report.program),
    monthName: `${Language.monthName(language, report.month)} ${report.month.slice(0, 4)}`,
    month: visible(report.month),
    status: ReportTables.statusOf(words, report.version),
    isFinal: report.version !== "provisional",
    issuedAt: visible(report.issuedAt),
    policyHash: visible(report.policyHash),
    balanced: report.conservation.every(({ holds }) => holds),
    sections: [
      section("summary", ReportTables.summary(words, report, trend)),
      section("qualification", ReportTables.qualification(words, report)),
      section("delivery", ReportTables.delivery(words, report)),
      section("failures", ReportTables.failures(words, report)),
      section("dataQuality", ReportTables.dataQuality(words, report)),
      section("performance", ReportTables.performance(words, report)),
      section("recommendations", [ReportTables.advice(words, report)])
    ]
  }
}
