/**
 * Issues a month's report: provisional at the decision, for the approver; final once tracking is
 * closed, which closes the month.
 *
 * **Guarantee** — a final report whose totals do not add up is refused, and says which.
 *
 * **Source** — product rules, Report; invariant 43.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import * as MonthlyReport from "../report/MonthlyReport.ts"
import * as Plan from "../schedule/Plan.ts"
import { Program } from "./Program.ts"

/** The report of the month as it stands now; `version` decides what it must satisfy. */
export const makeReport = Effect.fn("IssueReport.makeReport")(function* (
  month: CalendarMonth,
  version: MonthlyReport.ReportVersion,
  nowMs: number
) {
  const program = yield* Program
  const store = yield* ProgramStore
  const figures = yield* store.monthFigures({ month })
  const { calendar, hash, policy } = program.policyFor(month)
  const capturesClosedDays = policy.balance.carryForward === "none"
  const { schedule } = policy
  return MonthlyReport.make({
    program: program.name,
    figures,
    version,
    issuedMs: nowMs,
    policyHash: hash,
    datesExpected: Plan.capturedDates(month, { calendar, capturesClosedDays, schedule }).length
  })
})

/** Makes and records a report. A `NotFinal` report is returned and nothing is recorded. */
export const issueReport = Effect.fn("IssueReport.issueReport")(function* (
  month: CalendarMonth,
  version: MonthlyReport.ReportVersion,
  nowMs: number
) {
  const store = yield* ProgramStore
  const report = yield* makeReport(month, version, nowMs)
  if ("_tag" in report) return report
  const json = JSON.stringify(report)
  const hash = bytesToHex(sha256(utf8ToBytes(json)))
  yield* store.recordReport({
    nowMs,
    month,
    version,
    hash,
    json,
    closesMonth: version !== "provisional",
    announcements: [{ type: "ReportIssued", businessDate: null, payload: { month, version, hash } }]
  })
  return report
})
