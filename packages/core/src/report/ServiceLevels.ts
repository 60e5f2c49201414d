/**
 * How well the program itself ran in a month: was every capture made, in time, and how often did
 * the carrier's service fail. What the original architecture calls uptime; a level-triggered
 * program is judged by what it did, not by whether a process was there.
 *
 * **Source** — original architecture §3.5 (system performance); product rules, Report ("programme
 * service levels").
 */
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import type { FailureCategory } from "../delivery/FailureCategory.ts"
import type { MonthFigures } from "./MonthFigures.ts"
import * as Rate from "./Rate.ts"

/** A business date of the month to capture, and the instant its capture fell due. */
export interface DueCapture {
  readonly businessDate: BusinessDate
  readonly dueMs: number
}

/** What was to be done; `lateAfterMs`: a capture finished later than this after it fell due. */
export interface Expected {
  readonly captures: ReadonlyArray<DueCapture>
  readonly lateAfterMs: number
}

/** Rates of dates are over the dates to capture, those of errors over the attempts made. */
export interface ServiceLevels {
  readonly captureCoverage: Rate.Rate
  readonly capturesInTime: Rate.Rate
  /** Whole minutes from the due instant to the finish, at the worst date; `null`: none captured. */
  readonly worstCaptureLagMinutes: number | null
  readonly carrierErrors: Rate.Rate
}

/** The categories that say something about the carrier's service, not about the recipient. */
const serviceErrors: ReadonlyArray<FailureCategory> = ["Timeout", "QuotaExceeded", "ProviderError"]

/**
 * The service levels of a month. A date captured several times counts by its first finish; one
 * captured although it was not to be, a closure declared afterwards, counts nowhere.
 */
export const of = (
  { attempts, captures: { finishedMs } }: MonthFigures,
  expected: Expected
): ServiceLevels => {
  let captured = 0
  let inTime = 0
  let worstMs: number | null = null
  for (const { businessDate, dueMs } of expected.captures) {
    const finished = finishedMs[businessDate]
    if (finished === undefined) continue
    captured++
    const lagMs = Math.max(0, finished - dueMs)
    if (lagMs <= expected.lateAfterMs) inTime++
    worstMs = Math.max(worstMs ?? 0, lagMs)
  }
  let errors = 0
  for (const category of serviceErrors) errors += attempts.failuresByCategory[category] ?? 0
  const dates = expected.captures.length
  return {
    captureCoverage: Rate.make("dates captured / dates expected", captured, dates),
    capturesInTime: Rate.make("dates captured in time / dates expected", inTime, dates),
    worstCaptureLagMinutes: worstMs === null ? null : Math.floor(worstMs / 60_000),
    carrierErrors: Rate.make("carrier errors / attempts", errors, attempts.total)
  }
}
