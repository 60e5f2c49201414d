/**
 * What the workbook renderer may be told. The only file of this package that would read
 * configuration; there is nothing in the environment to read.
 *
 * **Source** — ECMA-376 part 1 (SpreadsheetML); product rules, Report.
 */

/** How workbooks are written. */
export interface ReportExcelOptions {
  /** The program named as the file's author. */
  readonly creator: string
  /** Rows of customers on one annex sheet, its heading not counted; the next opens another. */
  readonly rowsPerSheet: number
}

/** A sheet has 1,048,576 rows, and one is the heading. */
export const mostRowsPerSheet = 1_048_575

/** Everything that has a default. */
export const defaults: ReportExcelOptions = {
  creator: "Tidemark",
  rowsPerSheet: mostRowsPerSheet
}

/** The options with defaults for what is left out; a sheet never gets more rows than it can hold. */
export const options = (given: Partial<ReportExcelOptions> = {}): ReportExcelOptions => {
  const { creator, rowsPerSheet } = { ...defaults, ...given }
  return { creator, rowsPerSheet: Math.max(1, Math.min(rowsPerSheet, mostRowsPerSheet)) }
}
