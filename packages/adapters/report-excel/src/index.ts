/**
 * `@tidemark/report-excel`: the monthly report as an Excel workbook, the `ReportRenderer` port.
 */
export { defaults, mostRowsPerSheet, options, type ReportExcelOptions } from "./Config.ts"
export { layer } from "./ReportRenderer.ts"
