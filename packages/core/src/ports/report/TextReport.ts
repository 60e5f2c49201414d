/**
 * A report as plain text: one figure a line, tab-separated.
 *
 * **Source** — product rules, Report.
 */
import type { MonthlyReport } from "../../report/MonthlyReport.ts"
import type { AnnexRow } from "./AnnexRow.ts"
import * as ReportContents from "./ReportContents.ts"
import * as ReportWords from "./ReportWords.ts"
import { visible } from "./VisibleText.ts"

const percent = (share: number | null): string =>
  share === null ? "" : `${Math.round(share * 1000) / 10}%`

const lines = (
  table: ReportContents.Table,
  words: ReportWords.ReportWords
): ReadonlyArray<ReadonlyArray<string | number>> => {
  switch (table.kind) {
    case "figures":
      return table.rows.map((row) => [
        row.label,
        row.count,
        row.of ?? "",
        percent(row.share),
        row.formula,
        row.path
      ])
    case "checks":
      return table.rows.map(({ holds, law, left, right }) => [
        law,
        left,
        right,
        holds ? words.holds : words.broken
      ])
    case "moments":
      return table.rows.map(({ at, label, path }) => [label, at ?? words.notYet, path])
    case "advice":
      return table.rows.map(({ code, count, path, text }) => [text, count, code, path])
    case "trend":
      return table.rows.map((row) => [
        row.month,
        row.version,
        row.qualified,
        percent(row.qualificationRate),
        row.delivered,
        percent(row.deliveryRate)
      ])
  }
}

/** Everything but the annex. */
export const text = (
  report: MonthlyReport,
  language: ReportWords.ReportLanguage,
  trend: ReadonlyArray<ReportContents.TrendMonth>
): string => {
  const contents = ReportContents.of(report, language, trend)
  const { words } = contents
  const written: Array<ReadonlyArray<string | number>> = [
    [words.title, contents.monthName, contents.status],
    [words.header.program, contents.program],
    [words.header.month, contents.month],
    [words.header.issuedAt, contents.issuedAt],
    [words.header.policyHash, contents.policyHash]
  ]
  for (const section of contents.sections) {
    written.push([], [section.title])
    for (const table of section.tables) written.push([table.title], ...lines(table, words))
  }
  return written.map((cells) => `${cells.join("\t")}\n`).join("")
}

/** The annex's columns, in order. */
export const annexColumns = [
  "customerId",
  "outcome",
  "firstReason",
  "daysMet",
  "dates",
  "disposition",
  "dispositionReason"
] as const satisfies ReadonlyArray<ReportWords.ColumnId>

const datesText = ({ dates }: AnnexRow, { until }: ReportWords.ReportWords): string =>
  dates.map(({ from, to }) => (from === to ? from : `${from} ${until} ${to}`)).join(", ")

/** What a renderer writes of one customer, in the order of the annex's columns. */
export const annexCells = (
  row: AnnexRow,
  words: ReportWords.ReportWords
): readonly [string, string, string, string, string, string, string] => [
  visible(row.customerId),
  ReportWords.codeLabel(words, row.outcome),
  ReportWords.codeLabel(words, row.firstReason),
  `${row.daysMet}/${row.daysRequired}`,
  datesText(row, words),
  row.disposition === null ? "" : ReportWords.codeLabel(words, row.disposition),
  row.dispositionReason === null ? "" : ReportWords.codeLabel(words, row.dispositionReason)
]

/** A page of the annex. */
export const annex = (
  rows: ReadonlyArray<AnnexRow>,
  language: ReportWords.ReportLanguage
): string => {
  const words = ReportWords.words(language)
  return rows.map((row) => `${annexCells(row, words).join("\t")}\n`).join("")
}
