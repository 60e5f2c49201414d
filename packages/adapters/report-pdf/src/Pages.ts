/**
 * The pages of the printed report: what management reads first, then every figure with its formula.
 *
 * **Source** — original architecture §3.5 (PDF export, executive reports); product rules, Report.
 */
import { Document, type DocumentProps, Page, Text, View } from "@react-pdf/renderer"
import type { ReportContents } from "@tidemark/core/effect"
import { Dispositions, type MonthlyReport } from "@tidemark/core/rules/report"
import type { ReactElement } from "react"
import * as Charts from "./Charts.ts"
import { dateOf, element as h } from "./Client.ts"
import * as Frame from "./Frame.ts"
import { printable } from "./PrintableText.ts"
import * as Styles from "./Styles.ts"
import * as Tables from "./Tables.ts"

type Contents = ReportContents.ReportContents

/** A number that is read from across the table. */
const card = (
  label: string,
  value: string,
  below: string,
  direction: Styles.Direction
): ReactElement =>
  h(
    View,
    {
      style: {
        flex: 1,
        backgroundColor: Styles.pale,
        borderRadius: 4,
        padding: 8,
        marginHorizontal: 3
      }
    },
    h(Text, { style: { color: Styles.muted, fontSize: 7.5, ...direction.words } }, label),
    h(
      Text,
      {
        style: {
          fontSize: 17,
          fontWeight: 700,
          lineHeight: 1.25,
          textAlign: direction.isRtl ? "right" : "left"
        }
      },
      value
    ),
    h(Text, { style: { color: Styles.muted, fontSize: 7, ...direction.words } }, below)
  )

const cards = (contents: Contents, direction: Styles.Direction): ReactElement => {
  const figures = tableOf(contents, "summary", "keyFigures")
  const rows = figures?.kind === "figures" ? figures.rows : []
  return h(
    View,
    { style: { ...direction.row, marginHorizontal: -3, marginBottom: 12 } },
    ...rows
      // The count of qualified stands in its rate.
      .filter(({ path }) => path !== "summary.qualified")
      .map(({ count, formula, label, of, path, share }) =>
        path === "summary.customersMonitored"
          ? card(label, Tables.count(count), formula, direction)
          : card(
              label,
              Tables.share(share),
              `${formula}: ${Tables.count(count)} / ${Tables.count(of)}`,
              direction
            )
      )
  )
}

const tableOf = (
  contents: Contents,
  section: ReportContents.Section["id"],
  id: ReportContents.Table["id"]
): ReportContents.Table | undefined =>
  contents.sections.find((each) => each.id === section)?.tables.find((each) => each.id === id)

const colors: Readonly<Record<string, string>> = {
  delivered: Styles.green,
  failed: Styles.red,
  undeliverable: Styles.red,
  escalated: Styles.orange,
  pending: Styles.orange
}

/** A term stands within a sentence; here it begins a line. */
const capital = (term: string): string => term.charAt(0).toUpperCase() + term.slice(1)

const funnel = (
  report: MonthlyReport.MonthlyReport,
  contents: Contents,
  direction: Styles.Direction
): ReactElement => {
  const { dispositions } = report.delivery
  const { terms } = contents.words
  const bar = (name: keyof typeof dispositions, of: number, isPart: boolean): Charts.Bar => ({
    label: capital(terms[name] ?? name),
    count: dispositions[name],
    share: of === 0 ? null : dispositions[name] / of,
    color: colors[name] ?? (isPart ? Styles.muted : Styles.accent),
    isPart
  })
  return Charts.funnel(
    [
      ...(["population", "notQualified", "undetermined", "qualified"] as const).map((name) =>
        bar(name, dispositions.population, false)
      ),
      ...Dispositions.summands.map((name) => bar(name, dispositions.qualified, true))
    ],
    direction
  )
}

/** What management reads: figures, charts, what to do, and that the sums are right. */
const overview = (
  report: MonthlyReport.MonthlyReport,
  contents: Contents,
  direction: Styles.Direction
): ReadonlyArray<ReactElement> => {
  const { words } = contents
  const earlier = tableOf(contents, "summary", "trend")
  const trend = earlier?.kind === "trend" ? [...earlier.rows, thisMonth(report, contents)] : []
  const shown = (section: ReportContents.Section["id"], id: ReportContents.Table["id"]) => {
    const found = tableOf(contents, section, id)
    return found === undefined ? [] : [Tables.table(found, contents, direction)]
  }
  return [
    cards(contents, direction),
    Frame.heading(words.tables.dispositions, direction),
    funnel(report, contents, direction),
    ...(trend.length === 0
      ? []
      : [Frame.heading(words.tables.trend, direction), Charts.trend(trend, contents, direction)]),
    ...shown("recommendations", "advice"),
    ...shown("summary", "conservation")
  ]
}

const thisMonth = (
  { summary }: MonthlyReport.MonthlyReport,
  { month, status }: Contents
): ReportContents.TrendRow => ({
  month,
  version: status,
  qualified: summary.qualified,
  qualificationRate: summary.qualificationRate.ratio,
  delivered: summary.deliveryRate.numerator,
  deliveryRate: summary.deliveryRate.ratio
})

/** Every figure, section by section; what the first page has drawn is here in numbers. */
const details = (contents: Contents, direction: Styles.Direction): ReadonlyArray<ReactElement> =>
  contents.sections
    // What to do, and the laws, stand on the first page.
    .filter(({ id }) => id !== "recommendations")
    .flatMap(({ tables, title }) =>
      [Frame.heading(title, direction)].concat(
        tables
          .filter(({ kind }) => kind !== "checks")
          .map((table) => Tables.table(table, contents, direction))
      )
    )

/** The document, in the language of its contents. */
export const document = (
  report: MonthlyReport.MonthlyReport,
  contents: Contents,
  creator: string,
  family: string
): ReactElement<DocumentProps> => {
  const direction = Styles.direction(contents.words.direction === "rtl")
  const { language, month, program, words } = contents
  const issuedMs = Date.parse(report.issuedAt)
  const issued = dateOf(Number.isNaN(issuedMs) ? 0 : issuedMs)
  return h<DocumentProps>(
    Document,
    {
      title: `${words.title} · ${printable(program)} · ${month}`,
      author: creator,
      creator,
      producer: creator,
      language,
      creationDate: issued,
      modificationDate: issued
    },
    h(
      Page,
      { size: "A4", style: Styles.page(family) },
      Frame.footer(contents, direction),
      Frame.header(contents, direction),
      ...overview(report, contents, direction),
      h(View, { break: true }),
      ...details(contents, direction)
    )
  )
}
