/**
 * Lays the report's sections out as sheets: a title, the status, one table of figures with filters,
 * and the tables of another shape below it.
 *
 * **Source** — original architecture §3.5; product rules, Report.
 */
import type { ReportContents } from "@tidemark/core/effect"
import type { Cell, Workbook } from "./Client.ts"
import type { Styles } from "./Styles.ts"

type Contents = ReportContents.ReportContents
type Row = ReadonlyArray<Cell>

/** Group, figure, count, of, share, how it is counted, field. */
const widths = [24, 30, 12, 12, 12, 62, 44]
/** Code, count, recommendation, field. */
const adviceWidths = [34, 12, 84, 24]

/** The row that stays in sight, with the filters. */
export const headingRow = 4

const numberOrDash = (number: number | null, style: Styles["count"]): Cell =>
  number === null ? { text: "–", style } : { number, style }

/** Columns of numbers, whose heading stands over them. */
const numeric: ReadonlySet<string> = new Set([
  "count",
  "of",
  "share",
  "left",
  "right",
  "qualified",
  "delivered",
  "qualificationRate"
])

const headings = (
  { words }: Contents,
  columns: ReadonlyArray<keyof Contents["words"]["columns"] | null>,
  style: Styles["heading"],
  over: Styles["heading"]
): Row =>
  columns.map((column) => ({
    text: column === null ? "" : words.columns[column],
    style: column !== null && numeric.has(column) ? over : style
  }))

/** Points a line of text takes, and the most a row can have. */
const lineHeight = 13
const mostHeight = 409

/** A height at which every cell of the row is read without widening it. */
const heightOf = (cells: Row, columnWidths: ReadonlyArray<number>): number => {
  const lines = cells.map((cell, index) =>
    cell !== null && "text" in cell ? cell.text.length / ((columnWidths[index] ?? 20) * 1.1) : 1
  )
  return Math.min(Math.ceil(Math.max(1, ...lines)) * lineHeight + 5, mostHeight)
}

/** Title, status and origin of a sheet: what a page is called when it is printed alone. */
export const top = (contents: Contents, title: string, styles: Styles): ReadonlyArray<Row> => {
  const { isFinal, issuedAt, monthName, policyHash, program, status, words } = contents
  const issued = issuedAt.slice(0, 19).replace("T", " ")
  return [
    [{ text: `${title} · ${monthName}`, style: styles.title }],
    [
      { text: status, style: isFinal ? styles.final : styles.provisional },
      { text: `${words.title} · ${words.header.program}: ${program}`, style: styles.fact }
    ],
    [
      { text: `${words.header.issuedAt}: ${issued}`, style: styles.fact },
      null,
      { text: `${words.header.policyHash}: ${policyHash}`, style: styles.fact }
    ]
  ]
}

const figureRows = (table: ReportContents.Table, contents: Contents, styles: Styles) => {
  if (table.kind !== "figures") return []
  if (table.rows.length === 0) {
    return [
      [
        { text: table.title, style: styles.group },
        { text: contents.words.none, style: styles.words },
        ...Array.from({ length: 5 }, () => ({ text: "", style: styles.words }))
      ]
    ]
  }
  return table.rows.map((row): Row => [
    { text: table.title, style: styles.group },
    { text: row.label, style: styles.label },
    { number: row.count, style: styles.count },
    numberOrDash(row.of, styles.count),
    numberOrDash(row.share, styles.share),
    { text: row.formula, style: styles.words },
    { text: row.path, style: styles.path }
  ])
}

const momentCell = (at: string | null, contents: Contents, styles: Styles): Cell => {
  if (at === null) return { text: contents.words.notYet, style: styles.words }
  const instantMs = Date.parse(at)
  return Number.isNaN(instantMs)
    ? { text: at, style: styles.words }
    : { instantMs, style: styles.instant }
}

/** A table of another shape, under its own headings. */
const blockRows = (
  table: ReportContents.Table,
  contents: Contents,
  styles: Styles
): ReadonlyArray<Row> => {
  const { words } = contents
  const title = { text: table.title, style: styles.group }
  const head = (columns: Parameters<typeof headings>[1]) =>
    headings(contents, columns, styles.band, styles.bandOverNumbers)
  switch (table.kind) {
    case "checks":
      return [
        head([null, "result", "left", "right", null, "law", null]),
        ...table.rows.map(({ holds, law, left, right }): Row => [
          title,
          { text: holds ? words.holds : words.broken, style: holds ? styles.good : styles.bad },
          { number: left, style: styles.count },
          { number: right, style: styles.count },
          { text: holds ? "=" : "≠", style: styles.words },
          { text: law, style: styles.words },
          { text: "conservation", style: styles.path }
        ])
      ]
    case "trend":
      return [
        head([
          null,
          "month",
          "qualified",
          "delivered",
          "qualificationRate",
          "deliveryRate",
          "version"
        ]),
        ...table.rows.map((row): Row => [
          title,
          { text: row.month, style: styles.label },
          { number: row.qualified, style: styles.count },
          { number: row.delivered, style: styles.count },
          numberOrDash(row.qualificationRate, styles.share),
          numberOrDash(row.deliveryRate, styles.startShare),
          { text: row.version, style: styles.words }
        ])
      ]
    case "moments":
      return [
        head([null, "figure", null, null, null, "time", "field"]),
        ...table.rows.map(({ at, label, path }): Row => [
          title,
          { text: label, style: styles.label },
          ...Array.from({ length: 3 }, () => ({ text: "", style: styles.words })),
          momentCell(at, contents, styles),
          { text: path, style: styles.path }
        ])
      ]
    case "figures":
    case "advice":
      return []
  }
}

const adviceRows = (table: ReportContents.Table, contents: Contents, styles: Styles) => {
  if (table.kind !== "advice") return []
  if (table.rows.length === 0) {
    return [
      [{ text: "", style: styles.path }, null, { text: contents.words.none, style: styles.words }]
    ]
  }
  return table.rows.map(({ code, count, path, text }): Row => [
    { text: code, style: styles.path },
    { number: count, style: styles.count },
    { text, style: styles.words },
    { text: path, style: styles.path }
  ])
}

/** Writes one section as one sheet. */
export const write = (
  workbook: Workbook,
  contents: Contents,
  section: ReportContents.Section,
  styles: Styles
): void => {
  const isAdvice = section.id === "recommendations"
  const columnWidths = isAdvice ? adviceWidths : widths
  const sheet = workbook.sheet({
    name: section.title,
    rightToLeft: contents.words.direction === "rtl",
    frozenRows: headingRow,
    inlineText: false,
    widths: columnWidths,
    footer: `${contents.words.title} · ${contents.monthName} · ${contents.status}`
  })
  for (const [index, cells] of top(contents, section.title, styles).entries()) {
    sheet.row(cells, index === 0 ? 30 : 18)
  }
  sheet.row(
    headings(
      contents,
      isAdvice
        ? ["code", "count", "advice", "field"]
        : [null, "figure", "count", "of", "share", "formula", "field"],
      styles.heading,
      styles.headingOverNumbers
    ),
    22
  )
  const figures = section.tables.flatMap((table) =>
    isAdvice ? adviceRows(table, contents, styles) : figureRows(table, contents, styles)
  )
  for (const cells of figures) sheet.row(cells, heightOf(cells, columnWidths))
  for (const table of section.tables) {
    const block = blockRows(table, contents, styles)
    if (block.length > 0) sheet.row([], 14)
    for (const cells of block) sheet.row(cells, heightOf(cells, columnWidths))
  }
  const last = headingRow + figures.length
  sheet.end({
    autoFilter: `A${headingRow}:${isAdvice ? "D" : "G"}${last}`,
    ...(isAdvice ? {} : { bars: `E${headingRow + 1}:E${last}` })
  })
}
