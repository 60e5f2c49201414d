/**
 * Issues a month's report: provisional at the decision, for the approver; final once tracking is
 * closed, which closes the month; restated where what it says has changed since.
 *
 * **Guarantee** — a final or restated report whose totals do not add up is refused, and says which.
 * An issued version is never changed: what is found later becomes the next one.
 *
 * **Source** — product rules, Report; invariant 43.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import { ProgramStore, type ProgramStoreError } from "../ports/ProgramStore.ts"
import * as AnnexRow from "../ports/report/AnnexRow.ts"
import { ReportDocument } from "../ports/report/ReportDocument.ts"
import * as MonthlyReport from "../report/MonthlyReport.ts"
import * as Plan from "../schedule/Plan.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
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
    expected: {
      captures: Plan.capturedDates(month, { calendar, capturesClosedDays, schedule }).map(
        (businessDate) => ({
          businessDate,
          dueMs: Plan.captureDueMs(businessDate, schedule, policy.calendar.zone)
        })
      ),
      lateAfterMs: schedule.lateAfterMs
    }
  })
}, withDeclaredClosures)

const record = Effect.fnUntraced(function* (report: MonthlyReport.MonthlyReport, nowMs: number) {
  const store = yield* ProgramStore
  const { month, version } = report
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

/** Makes and records a report. A `NotFinal` report is returned and nothing is recorded. */
export const issueReport = Effect.fn("IssueReport.issueReport")(function* (
  month: CalendarMonth,
  version: MonthlyReport.ReportVersion,
  nowMs: number
) {
  const report = yield* makeReport(month, version, nowMs)
  return "_tag" in report ? report : yield* record(report, nowMs)
})

/** Nothing to restate: no final report, or one that still says what is so. */
export type NotRestated =
  | { readonly _tag: "NoFinalReport" }
  | { readonly _tag: "Unchanged"; readonly version: string }

/** An issued report, from the text it is kept as; a text of another shape is a defect. */
const read = (json: string) => Effect.sync(() => decode(JSON.parse(json)))

const decode = Schema.decodeUnknownSync(ReportDocument)

/**
 * Restates a month whose final report no longer says what is so: a correction was observed, or a
 * receipt came late. The first is `restated-1`; every version stays as it was issued. Asked again
 * with nothing new, it issues nothing.
 *
 * **Outcomes, first match wins**
 * 1. `NoFinalReport`
 * 2. `NotFinal` — the totals do not add up, or a message is on its way again
 * 3. `Unchanged`
 * 4. the restated report, recorded; two processes that restate at once record one version
 */
export const restateReport = Effect.fn("IssueReport.restateReport")(function* (
  month: CalendarMonth,
  nowMs: number
) {
  const store = yield* ProgramStore
  const newest = yield* store.report({ month, version: null })
  const version = newest === null ? undefined : MonthlyReport.restatementOf(newest.version)
  if (newest === null || version === undefined) {
    const none: NotRestated = { _tag: "NoFinalReport" }
    return none
  }
  const report = yield* makeReport(month, version, nowMs)
  if ("_tag" in report) return report
  if (MonthlyReport.saysTheSame(yield* read(newest.json), report)) {
    const same: NotRestated = { _tag: "Unchanged", version: newest.version }
    return same
  }
  return yield* record(report, nowMs)
})

/** Customers in one page of the annex. */
const annexPage = 1000

/**
 * The customers of a month for the annex of its report, page by page in order of their ids; one
 * page is held at a time. It names customers: for the operator who asks for it, never for a mail.
 */
export const annex = (
  month: CalendarMonth
): Effect.Effect<
  Stream.Stream<ReadonlyArray<AnnexRow.AnnexRow>, ProgramStoreError>,
  never,
  ProgramStore
> =>
  Effect.map(ProgramStore, (store) =>
    Stream.paginate(null, (after: string | null) =>
      Effect.map(store.monthCustomers({ month, after, limit: annexPage }), (page) => {
        const last = page.length < annexPage ? undefined : page.at(-1)?.customerId
        const rows = page.map((customer) => AnnexRow.of(month, customer))
        return [[rows], Option.fromUndefinedOr(last)] as const
      })
    )
  )
