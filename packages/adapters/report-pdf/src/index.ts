/**
 * `@tidemark/report-pdf`: the monthly report as a PDF for print, the `ReportRenderer` port.
 */
export { defaults, options, type ReportPdfOptions } from "./Config.ts"
export { layer } from "./ReportRenderer.ts"
