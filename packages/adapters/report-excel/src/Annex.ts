/**
 * The annex: one row per customer, written while it is read; another sheet where one is full.
 *
 * **Source** — product rules, Report; ECMA-376 part 1 (rows of a sheet).
 */
import {
  type AnnexRow,
  type ReportContents,
  type ReportRendererError,
  TextReport
} from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Sheet, Workbook } from "./Client.ts"
import type { Styles } from "./Styles.ts"

type Contents = ReportContents.ReportContents

const widths = [24, 18, 30, 16, 52, 24, 30]

/** Rows between two looks at whether the reader keeps up. */
const rowsAtOnce = 1000

interface Position {
  sheet: Sheet
  number: number
  rows: number
}

const open = (workbook: Workbook, contents: Contents, styles: Styles, number: number): Position => {
  const { monthName, status, words } = contents
  const name = number === 1 ? words.annex : `${words.annex} ${number}`
  const sheet = workbook.sheet({
    name,
    rightToLeft: words.direction === "rtl",
    frozenRows: 1,
    inlineText: true,
    plain: styles.plain,
    widths,
    footer: `${name} · ${monthName} · ${status}`
  })
  sheet.row(
    TextReport.annexColumns.map((column) => ({
      text: words.columns[column],
      style: styles.heading
    }))
  )
  return { sheet, number, rows: 0 }
}

const end = ({ rows, sheet }: Position): void =>
  sheet.end({ autoFilter: `A1:G${Math.max(rows, 1) + 1}` })

/** Writes the annex to its end. Holds one page, and what the reader has not taken yet. */
export const write = (
  workbook: Workbook,
  contents: Contents,
  annex: Stream.Stream<ReadonlyArray<AnnexRow>, ReportRendererError>,
  styles: Styles,
  rowsPerSheet: number
): Effect.Effect<void, ReportRendererError> =>
  Effect.suspend(() => {
    let at = open(workbook, contents, styles, 1)
    const writePage = async (rows: ReadonlyArray<AnnexRow>): Promise<void> => {
      for (let index = 0; index < rows.length; index++) {
        const row = rows[index]
        if (row === undefined) continue
        if (at.rows === rowsPerSheet) {
          end(at)
          at = open(workbook, contents, styles, at.number + 1)
        }
        at.sheet.plainRow(TextReport.annexCells(row, contents.words))
        at.rows++
        if (index % rowsAtOnce === rowsAtOnce - 1) await at.sheet.drained()
      }
      await at.sheet.drained()
    }
    return annex.pipe(
      Stream.runForEach((rows) => Effect.promise(() => writePage(rows))),
      Effect.andThen(Effect.sync(() => end(at)))
    )
  })
