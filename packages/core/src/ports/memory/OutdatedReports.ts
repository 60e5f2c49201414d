/** Which closed months have a newest report that tells of other corrections than there have been. */
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { ReportRow } from "../store/Reports.ts"
import type * as State from "./State.ts"

type Said = ReadonlyMap<string, unknown>

/** A report once recorded stays as it is, so it is read once. */
const read = new WeakMap<ReportRow, Said | null>()

/** What a report says of corrections; one that says nothing of them is no report of ours. */
const saidIn = (report: ReportRow): Said | null => {
  const known = read.get(report)
  if (known !== undefined) return known
  const said = corrections(JSON.parse(report.json))
  read.set(report, said)
  return said
}

const corrections = (report: unknown): Said | null => {
  if (typeof report !== "object" || report === null || !("dataQuality" in report)) return null
  const { dataQuality } = report
  if (typeof dataQuality !== "object" || dataQuality === null) return null
  return new Map(Object.entries(dataQuality))
}

/** The months in order. */
export const outdatedReports = (state: State.State): ReadonlyArray<CalendarMonth> => {
  const newest = new Map(state.reports.map((report) => [report.month, report]))
  const outdated: Array<CalendarMonth> = []
  for (const row of state.months.values()) {
    const report = row.status === "closed" ? newest.get(row.month) : undefined
    const said = report === undefined ? null : saidIn(report)
    if (said === null) continue
    const isSo =
      said.get("corrections") === row.corrections &&
      said.get("correctionsObserved") === row.correctionsObserved
    if (!isSo) outdated.push(row.month)
  }
  return outdated.toSorted()
}
