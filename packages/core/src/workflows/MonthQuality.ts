/**
 * What is doubtful about a month at its decision: page by page the accounts and customers that
 * miss something, and once the totals of the month. It changes no verdict and stops nothing: a
 * provisional report shows it to whoever approves. Saying it again stores nothing.
 *
 * **Source** — product rules, Data quality (per month); original architecture, MissingBalance.
 */
import * as Effect from "effect/Effect"
import type { DataQualityLimits } from "../balance/BalancePolicy.ts"
import * as Coverage from "../balance/Coverage.ts"
import type { DataQualityIssue } from "../balance/DataQuality.ts"
import * as MonthDays from "../balance/MonthDays.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import { BalanceHistory } from "../ports/BalanceHistory.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import * as Qualification from "../qualification/Qualification.ts"
import type { AccountRule } from "../qualification/QualificationPolicy.ts"
import type * as Reason from "../qualification/Reason.ts"
import type { CustomerEvidence } from "./CustomerMonths.ts"
import { Program } from "./Program.ts"
import { stored } from "./StoredIssue.ts"

/**
 * What full-month customers of a page miss: `NO_PRIMARY_ACCOUNT` where the rule needs one and finds
 * none or several, else one `MISSING` with its dates. A day in conflict was said by its capture.
 */
export const missingOf = (
  month: CalendarMonth.CalendarMonth,
  customers: ReadonlyArray<CustomerEvidence>,
  rule: AccountRule
): ReadonlyArray<DataQualityIssue> => {
  const monthBits = MonthDays.allDays(CalendarMonth.days(month))
  const expected: Array<Coverage.ExpectedMonth> = []
  const issues: Array<DataQualityIssue> = []
  for (const { accountIds, closed, customerId, days, opened } of customers) {
    if (!Qualification.isFullMonth(month, opened, closed)) continue
    if (rule === "primaryAccount" && accountIds.length === 0) {
      const businessDate = CalendarMonth.last(month)
      issues.push({ code: "NO_PRIMARY_ACCOUNT", businessDate, customerId })
      continue
    }
    const missing = monthBits & ~MonthDays.known(days) & ~days.conflict & ~days.waived
    if (missing !== 0) expected.push({ customerId, accountIds, missing })
  }
  return [...issues, ...Coverage.missingIssues(month, expected)]
}

/** Raises what a page of the decision misses, before its decisions are recorded. */
export const raisePage = Effect.fnUntraced(function* (
  month: CalendarMonth.CalendarMonth,
  customers: ReadonlyArray<CustomerEvidence>,
  nowMs: number
) {
  const { policyFor } = yield* Program
  const { balance, qualification } = policyFor(month).policy
  const found = [
    ...missingOf(month, customers, qualification.accounts),
    ...(yield* anomaliesOf(month, customers, balance.limits))
  ]
  if (found.length === 0) return
  const store = yield* ProgramStore
  yield* store.raiseIssues({ nowMs, issues: found.map(stored) })
})

/**
 * One `ANOMALY` per account, on the first of its strange days, with all of them as ranges. At the
 * decision, not at the capture: one read of a page's accounts costs the capture of a day nothing,
 * and the whole month before is there. A bank's own table is not looked at.
 */
const anomaliesOf = Effect.fnUntraced(function* (
  month: CalendarMonth.CalendarMonth,
  customers: ReadonlyArray<CustomerEvidence>,
  limits: DataQualityLimits
) {
  const { origin } = yield* BalanceHistory
  // One month is all the history there is: a policy that asks for more spares the read.
  if (origin === "bank" || limits.anomalyMinimumHistory > longestMonth) return []
  const store = yield* ProgramStore
  const customerOf = new Map<string, string>()
  for (const { accountIds, customerId } of customers) {
    for (const accountId of accountIds) customerOf.set(accountId, customerId)
  }
  const accountIds = Array.from(customerOf.keys())
  const days = new Map<string, number>()
  for (const { accountId, businessDate } of yield* store.anomalies({ month, accountIds, limits })) {
    const bit = MonthDays.bitOf(BusinessDate.dayOfMonth(businessDate))
    days.set(accountId, (days.get(accountId) ?? 0) | bit)
  }
  return Array.from(days, ([accountId, strange]): DataQualityIssue => {
    const ranges = MonthDays.ranges(strange, month)
    const customerId = customerOf.get(accountId)
    return {
      code: "ANOMALY",
      businessDate: ranges[0]?.from ?? CalendarMonth.last(month),
      accountId,
      ...(customerId === undefined ? {} : { customerId }),
      detail: MonthDays.formatRanges(ranges)
    }
  })
})

/** Judges the decided month by its totals, beside those of the month before where there are any. */
export const raiseMonth = Effect.fnUntraced(function* (
  month: CalendarMonth.CalendarMonth,
  counts: {
    readonly population: number
    readonly qualified: number
    readonly undetermined: number
  },
  nowMs: number
) {
  const { policyFor } = yield* Program
  const store = yield* ProgramStore
  const { reasons } = yield* store.monthFigures({ month })
  const before = yield* store.monthFigures({ month: CalendarMonth.previous(month) })
  const { population, qualified, undetermined } = counts
  const found = Coverage.evaluateMonth(
    {
      month,
      fullMonth: population - partial(reasons),
      qualified,
      undetermined,
      ...(before.population === 0
        ? {}
        : {
            previous: {
              fullMonth: before.population - partial(before.reasons),
              qualified: before.qualified
            }
          })
    },
    policyFor(month).policy.balance.limits
  )
  if (found.length > 0) yield* store.raiseIssues({ nowMs, issues: found.map(stored) })
})

const longestMonth = 31

const notFullMonth: Reason.ReasonCode = "NOT_FULL_MONTH"

const partial = (reasons: Readonly<Record<string, number>>): number => reasons[notFullMonth] ?? 0
