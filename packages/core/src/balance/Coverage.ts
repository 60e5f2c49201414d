/**
 * What is not there: days without a balance, and customers nobody can decide in a month.
 */
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { DataQualityLimits } from "./BalancePolicy.ts"
import { type DataQualityIssue, passRateJump } from "./DataQuality.ts"
import * as MonthDays from "./MonthDays.ts"

/** Days of a month on which a customer's balances were expected and are not known. */
export interface ExpectedMonth {
  readonly customerId: string
  /** The accounts the rule looks at. */
  readonly accountIds: ReadonlyArray<string>
  /** The missing days, as a set. */
  readonly missing: number
}

/**
 * One `MISSING` issue per customer of whose month a day is missing, in the order given: on the
 * first of the days, with all of them as ranges, and with the account where there is only one. One
 * issue for all days, so that a month without a feed raises no more issues than it has customers.
 * Called page by page, so that no table is ever held.
 *
 * **Source** — product rules, "Data quality"; original architecture, "MissingBalance".
 */
export const missingIssues = (
  month: CalendarMonth.CalendarMonth,
  expected: ReadonlyArray<ExpectedMonth>
): ReadonlyArray<DataQualityIssue> => {
  const issues: Array<DataQualityIssue> = []
  for (const { accountIds, customerId, missing } of expected) {
    const ranges = MonthDays.ranges(missing, month)
    const [first] = ranges
    if (first === undefined) continue
    const [accountId] = accountIds
    issues.push({
      code: "MISSING",
      businessDate: first.from,
      ...(accountId === undefined || accountIds.length > 1 ? {} : { accountId }),
      customerId,
      detail: MonthDays.formatRanges(ranges)
    })
  }
  return issues
}

/** Figures of one decided month. */
export interface MonthTotals {
  readonly month: CalendarMonth.CalendarMonth
  /** Customers that were there for the whole month. */
  readonly fullMonth: number
  readonly qualified: number
  readonly undetermined: number
  /** The month before; absent for the program's first. */
  readonly previous?: { readonly fullMonth: number; readonly qualified: number }
}

const whole = 10_000

/**
 * Judges a decided month by its totals; issues bear the month's last date.
 *
 * **Outcomes** — issues in this order, none when nothing is doubtful:
 * `ZERO_CUSTOMERS` (nothing else is judged then), `COVERAGE_BELOW_LIMIT` (too many full-month
 * customers undetermined), `PASS_RATE_JUMP` (the share that qualified, against the month before).
 *
 * **Source** — product rules, "Data quality": per capture and per month.
 */
export const evaluateMonth = (
  totals: MonthTotals,
  limits: DataQualityLimits
): ReadonlyArray<DataQualityIssue> => {
  const { fullMonth, previous, qualified, undetermined } = totals
  const businessDate = CalendarMonth.last(totals.month)
  if (fullMonth === 0) return [{ code: "ZERO_CUSTOMERS", businessDate, observed: 0, limit: 1 }]
  const issues: Array<DataQualityIssue> = []
  const limit = limits.minimumCoverageBasisPoints
  const decided = fullMonth - undetermined
  if (decided * whole < limit * fullMonth) {
    const observed = Math.floor((decided * whole) / fullMonth)
    issues.push({ code: "COVERAGE_BELOW_LIMIT", businessDate, observed, limit })
  }
  if (previous === undefined) return issues
  const now = { captured: fullMonth, met: qualified }
  const before = { captured: previous.fullMonth, met: previous.qualified }
  const jump = passRateJump(businessDate, now, before, limits)
  return jump === undefined ? issues : [...issues, jump]
}
