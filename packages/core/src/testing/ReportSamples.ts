/**
 * Reports for the contract of `ReportRenderer`: one whose figures are all different, so that each
 * one missing is noticed, and the ways in which a report must be refused.
 */
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { AnnexRow } from "../ports/ReportRenderer.ts"
import * as Dispositions from "../report/Dispositions.ts"
import type { MonthFigures } from "../report/MonthFigures.ts"
import * as MonthlyReport from "../report/MonthlyReport.ts"

const month = CalendarMonth.of(BusinessDate.unchecked("2026-10-01"))

const dates = CalendarMonth.dates(month)
const minute = 60_000

/** Each date falls due with the next one's first minute; the fifth is late, five are not there. */
const due = dates.map((businessDate, day) => ({
  businessDate,
  dueMs: Date.UTC(2026, 9, day + 2, 0, 1)
}))
const finishedMs = Object.fromEntries(
  due
    .slice(0, 26)
    .map(({ businessDate, dueMs }, day) => [businessDate, dueMs + (day === 4 ? 173 : 9) * minute])
)

/** No two figures are equal, sums and parts of one aside. */
export const figures: MonthFigures = {
  month,
  population: 4429,
  qualified: 2603,
  notQualified: 1789,
  undetermined: 37,
  reasons: { MET_EVERY_DAY: 2603, BELOW_THRESHOLD: 1501, NOT_FULL_MONTH: 288, DATA_INCOMPLETE: 37 },
  unreachable: { NO_PHONE: 41, LANDLINE: 23 },
  excluded: { DECEASED: 7 },
  unrenderable: { NAME_TOO_LONG: 13 },
  states: {
    withdrawn: 7,
    suppressed: 17,
    expired: 19,
    delivered: 2311,
    failed: 101,
    undeliverable: 53,
    escalated: 11
  },
  stateReasons: {
    withdrawn: { "unreachable:VOIP": 5, "excluded:LEGAL_HOLD": 2 },
    failed: { EXHAUSTED: 79, PERMANENT: 22 }
  },
  granted: { delivered: 59 },
  accepted: 2487,
  acceptedPending: 0,
  attempts: {
    total: 2711,
    consumed: 2699,
    byState: { accepted: 2501, refused: 139, cancelled: 71 },
    failuresByCategory: { InvalidNumber: 139, Timeout: 97 },
    segments: 5407
  },
  openEscalations: { PERMANENT_FAILURE: 127, UNRESOLVABLE: 31 },
  issues: { MALFORMED_AMOUNT: 43, UNKNOWN_ACCOUNT: 29 },
  corrections: 61,
  correctionsObserved: 3,
  captures: { balances: 115_154, finishedMs },
  receipts: { stored: 7919, orphans: 47 },
  timings: {
    decidedMs: Date.UTC(2026, 10, 4, 15, 30),
    releasedMs: Date.UTC(2026, 10, 5, 8, 15),
    firstAcceptedMs: Date.UTC(2026, 10, 6, 7, 1),
    lastFinalMs: Date.UTC(2026, 10, 10, 21, 59, 59)
  }
}

/** A month in which nothing happened. */
export const nothing: MonthFigures = {
  ...figures,
  population: 0,
  qualified: 0,
  notQualified: 0,
  undetermined: 0,
  reasons: {},
  unreachable: {},
  excluded: {},
  unrenderable: {},
  states: {},
  stateReasons: {},
  granted: {},
  accepted: 0,
  acceptedPending: 0,
  attempts: { total: 0, consumed: 0, byState: {}, failuresByCategory: {}, segments: 0 },
  openEscalations: {},
  issues: {},
  corrections: 0,
  correctionsObserved: 0,
  captures: { balances: 0, finishedMs: {} },
  receipts: { stored: 0, orphans: 0 },
  timings: { decidedMs: null, releasedMs: null, firstAcceptedMs: null, lastFinalMs: null }
}

const made = (given: MonthFigures, version: MonthlyReport.ReportVersion) => {
  const report = MonthlyReport.make({
    program: "premium-retail",
    figures: given,
    version,
    issuedMs: Date.UTC(2026, 10, 11, 9, 12, 13),
    policyHash: "495487e4a165e8dd8e11a0a2bd4c00c62735ebb311c949eca89970b6ea638fe3",
    expected: { captures: due, lateAfterMs: 2 * 3_600_000 }
  })
  if ("_tag" in report) throw new Error(`the sample is not balanced: ${report.reason}`)
  return report
}

/** The month with all its figures, in any version that may be made of it. */
export const full = (version: MonthlyReport.ReportVersion = "final"): MonthlyReport.MonthlyReport =>
  made(figures, version)

/** A month in which nothing happened: no rate has a ratio, no table has a row. */
export const empty = (): MonthlyReport.MonthlyReport => made(nothing, "final")

/** A miscount as a report would carry it. `lying`: its checks say that they hold. */
export const miscounted = (
  version: MonthlyReport.ReportVersion,
  lying: boolean
): MonthlyReport.MonthlyReport => {
  const report = made({ ...figures, undetermined: 36 }, "provisional")
  if (!lying) return { ...report, version }
  return { ...report, version, conservation: full().conservation }
}

/** One message is pending; all else adds up. */
export const pending = (version: MonthlyReport.ReportVersion): MonthlyReport.MonthlyReport => ({
  ...made({ ...figures, states: { ...figures.states, expired: 18, active: 1 } }, "provisional"),
  version
})

/** Text somebody planted in every place of the data that is text. */
export const hostile = (text: string): MonthlyReport.MonthlyReport => {
  const report = full("provisional")
  return {
    ...report,
    program: text,
    policyHash: text,
    qualification: { ...report.qualification, reasons: { [text]: 2603 } },
    failures: { ...report.failures, byReason: { [text]: { [text]: 79 } } },
    dataQuality: { ...report.dataQuality, issues: { [text]: 43 } },
    recommendations: [{ code: text, count: 5, text }],
    conservation: report.conservation
  }
}

/** Earlier months, oldest first. */
export const trend = (): ReadonlyArray<MonthlyReport.MonthlyReport> =>
  ["2026-07", "2026-08", "2026-09"].map((text, index) =>
    made(
      {
        ...figures,
        month: CalendarMonth.of(BusinessDate.unchecked(`${text}-01`)),
        // Delivered, not failed: both sides of the law grow alike.
        states: { ...figures.states, delivered: 2312 + index, failed: 100 - index }
      },
      index === 2 ? "restated-1" : "final"
    )
  )

/** Every customer of the full month, in the counts of its report. */
export const annexRows = (report: MonthlyReport.MonthlyReport): ReadonlyArray<AnnexRow> => {
  const counts = report.delivery.dispositions
  const rows: Array<AnnexRow> = []
  const add = (count: number, row: Omit<AnnexRow, "customerId">): void => {
    for (let n = 0; n < count; n++) {
      rows.push({ customerId: `C-${String(rows.length + 1).padStart(7, "0")}`, ...row })
    }
  }
  const from = CalendarMonth.dateAt(month, 3)
  const to = CalendarMonth.dateAt(month, 5)
  const whole = { dates: [], daysMet: 31, daysRequired: 31 }
  const none = { disposition: null, dispositionReason: null }
  add(counts.notQualified, {
    outcome: "NotQualified",
    firstReason: "BELOW_THRESHOLD",
    dates: [{ from, to }],
    daysMet: 28,
    daysRequired: 31,
    ...none
  })
  add(counts.undetermined, {
    outcome: "Undetermined",
    firstReason: "DATA_INCOMPLETE",
    dates: [{ from, to: from }],
    daysMet: 29,
    daysRequired: 30,
    ...none
  })
  for (const disposition of Dispositions.summands) {
    add(counts[disposition], {
      outcome: "Qualified",
      firstReason: "MET_EVERY_DAY",
      ...whole,
      disposition,
      dispositionReason: disposition === "unreachable" ? "LANDLINE" : null
    })
  }
  return rows
}
