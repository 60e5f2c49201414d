/** Tables of the printed report: figures with their formulas, checks, times, recommendations. */
import { Text, View } from "@react-pdf/renderer"
import type { ReportContents } from "@tidemark/core/effect"
import type { ReactElement } from "react"
import { element as h } from "./Client.ts"
import { printable } from "./PrintableText.ts"
import * as Styles from "./Styles.ts"

type Contents = ReportContents.ReportContents
type Table = ReportContents.Table

const counts = new Intl.NumberFormat("en")
const shares = new Intl.NumberFormat("en", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1
})

/** `12,345`; an en dash where there is none. */
export const count = (n: number | null): string => (n === null ? "–" : counts.format(n))

/** `98.7%`; an en dash where nothing was counted. */
export const share = (ratio: number | null): string => (ratio === null ? "–" : shares.format(ratio))

interface Column {
  readonly flex: number
  readonly kind: "words" | "number"
  readonly heading: string
  readonly style: Styles.Style
}

/** A line of text cells under the columns' layout. */
const line = (
  cells: ReadonlyArray<string>,
  columns: ReadonlyArray<Column>,
  direction: Styles.Direction,
  over: Styles.Style,
  isHeading = false
): ReactElement =>
  h(
    View,
    {
      wrap: false,
      style: {
        ...direction.row,
        paddingVertical: 1.7,
        borderBottomWidth: 0.5,
        borderBottomColor: Styles.rule,
        ...over
      }
    },
    ...columns.map(({ flex, kind, style }, index) =>
      h(
        Text,
        {
          style: {
            flex,
            paddingHorizontal: 4,
            ...(kind === "words"
              ? direction.words
              : isHeading
                ? direction.overNumbers
                : direction.number),
            ...(isHeading ? {} : style)
          }
        },
        printable(cells[index] ?? "")
      )
    )
  )

const headed = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  direction: Styles.Direction
): ReadonlyArray<ReactElement> => [
  line(
    columns.map(({ heading }) => heading),
    columns,
    direction,
    { backgroundColor: Styles.pale, color: Styles.muted, fontSize: 7, borderBottomWidth: 0 },
    true
  ),
  ...rows.map((row) => line(row, columns, direction, {}))
]

const bold: Styles.Style = { fontWeight: 700 }
const small: Styles.Style = { fontSize: 7, color: Styles.muted }

const words = (flex: number, heading: string, style: Styles.Style = {}): Column => ({
  flex,
  kind: "words",
  heading,
  style
})

const number = (heading: string, style: Styles.Style = {}, flex = 1): Column => ({
  flex,
  kind: "number",
  heading,
  style
})

interface Grid {
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

const figureGrid = (
  title: string,
  rows: ReadonlyArray<ReportContents.Figure>,
  { columns }: Contents["words"]
): Grid => ({
  columns: [
    words(3, title),
    number(columns.count, bold),
    number(columns.of),
    number(columns.share),
    words(5, columns.formula, small)
  ],
  rows: rows.map((row) => [
    row.label,
    count(row.count),
    count(row.of),
    share(row.share),
    row.formula
  ])
})

const trendGrid = (
  rows: ReadonlyArray<ReportContents.TrendRow>,
  { columns }: Contents["words"]
): Grid => ({
  columns: [
    words(1.4, columns.month),
    number(columns.qualified),
    number(columns.qualificationRate),
    number(columns.delivered),
    number(columns.deliveryRate),
    words(1.2, columns.version, small)
  ],
  rows: rows.map((row) => [
    row.month,
    count(row.qualified),
    share(row.qualificationRate),
    count(row.delivered),
    share(row.deliveryRate),
    row.version
  ])
})

const gridOf = (table: Table, { words: of }: Contents): Grid => {
  const { columns } = of
  switch (table.kind) {
    case "figures":
      return figureGrid(table.title, table.rows, of)
    case "trend":
      return trendGrid(table.rows, of)
    case "checks":
      return {
        columns: [
          words(6, table.title),
          number(columns.left, bold),
          number(columns.right, bold),
          words(1.2, columns.result, bold)
        ],
        rows: table.rows.map(({ holds, law, left, right }) => [
          law,
          count(left),
          count(right),
          holds ? of.holds : of.broken
        ])
      }
    case "moments":
      return {
        columns: [words(4, table.title), number(columns.time, {}, 2), words(3, "")],
        rows: table.rows.map(({ at, label }) => [label, at === null ? of.notYet : instant(at), ""])
      }
    case "advice":
      return {
        columns: [
          words(6, table.title),
          number(columns.count, bold),
          words(2, columns.code, small)
        ],
        rows: table.rows.map(({ code, count: n, text }) => [text, count(n), code])
      }
  }
}

/** `2026-11-04 15:30:00` of an ISO instant. */
export const instant = (at: string): string => at.slice(0, 19).replace("T", " ")

/** A table under its title; one line says so where it has no rows. */
export const table = (of: Table, contents: Contents, direction: Styles.Direction): ReactElement => {
  const grid = gridOf(of, contents)
  const [heading, ...rows] = headed(grid.columns, grid.rows, direction)
  const none = h(Text, { style: { ...direction.words, ...small, padding: 4 } }, contents.words.none)
  return h(
    View,
    { style: { marginBottom: 6 } },
    // A heading never stands alone at the foot of a page.
    h(View, { wrap: false }, heading, rows[0] ?? none),
    ...rows.slice(1)
  )
}
