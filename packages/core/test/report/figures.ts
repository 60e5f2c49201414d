/** A month in which every disposition was met, with totals that add up. */
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import type { MonthFigures } from "../../src/report/MonthFigures.ts"
import type * as ServiceLevels from "../../src/report/ServiceLevels.ts"
import { nothing as empty } from "../../src/testing/ReportSamples.ts"

const dates = CalendarMonth.dates(CalendarMonth.of(BusinessDate.unchecked("2026-10-01")))

/** The first days of October 2026 to capture, each due at 1,000 a day after the one before. */
export const due = (days: number): ReadonlyArray<ServiceLevels.DueCapture> =>
  dates.slice(0, days).map((businessDate, index) => ({ businessDate, dueMs: index * 1_000 }))

/** As many of them captured, each as it fell due. */
export const finished = (days: number): Record<BusinessDate.BusinessDate, number> =>
  Object.fromEntries(due(days).map(({ businessDate, dueMs }) => [businessDate, dueMs]))

/**
 * 1,000 customers, 500 qualified: 10 unreachable (4 of them since the decision), 7 excluded, 3
 * unrenderable, 5 suppressed, 6 expired, 440 delivered, 20 failed, 8 undeliverable, 1 escalated.
 */
export const figures: MonthFigures = {
  month: CalendarMonth.of(BusinessDate.unchecked("2026-10-01")),
  population: 1000,
  qualified: 500,
  notQualified: 480,
  undetermined: 20,
  reasons: { MET_EVERY_DAY: 500, BELOW_THRESHOLD: 400, NOT_FULL_MONTH: 80, DATA_INCOMPLETE: 20 },
  unreachable: { NO_PHONE: 4, LANDLINE: 2 },
  excluded: { DECEASED: 5 },
  unrenderable: { NAME_TOO_LONG: 1 },
  states: {
    withdrawn: 8,
    suppressed: 5,
    expired: 6,
    delivered: 440,
    failed: 20,
    undeliverable: 8,
    escalated: 1
  },
  stateReasons: {
    withdrawn: { "unreachable:NO_PHONE": 3, "unreachable:VOIP": 1, "excluded:LEGAL_HOLD": 2 },
    failed: { EXPIRED: 2, PERMANENT: 18 }
  },
  granted: {},
  accepted: 470,
  acceptedPending: 0,
  attempts: {
    total: 510,
    consumed: 490,
    byState: { accepted: 470, refused: 20, cancelled: 20 },
    failuresByCategory: { InvalidNumber: 12, Timeout: 8 },
    segments: 980
  },
  openEscalations: { PERMANENT_FAILURE: 18, UNRESOLVABLE: 1 },
  issues: { MALFORMED: 2 },
  corrections: 1,
  correctionsObserved: 2,
  captures: { balances: 26_000, finishedMs: finished(26) },
  receipts: { stored: 900, orphans: 3 },
  timings: { decidedMs: 1000, releasedMs: 2000, firstAcceptedMs: 3000, lastFinalMs: null }
}

/** The two withdrawn at submission because nothing could be rendered. */
export const complete: MonthFigures = {
  ...figures,
  stateReasons: {
    ...figures.stateReasons,
    withdrawn: { ...figures.stateReasons["withdrawn"], "unrenderable:NAME_REFUSED": 2 }
  }
}

export { empty }
