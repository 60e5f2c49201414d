/**
 * What can be wrong with captured balances, and when a whole capture or month looks wrong.
 *
 * Guarantees that every doubt has a name, an effect and, where a limit was passed, the figure and
 * the limit. Issues never hold an amount.
 */
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import type { DataQualityLimits } from "./BalancePolicy.ts"

/**
 * The named checks, in the order in which a row, then an account, then a capture is judged. A row
 * has at most one of the first nine.
 */
export type IssueCode =
  | "UNKNOWN_ACCOUNT"
  | "MALFORMED_DATE"
  | "STALE_DATE"
  | "FUTURE_DATE"
  | "WRONG_KIND"
  | "WRONG_CURRENCY"
  | "MALFORMED_AMOUNT"
  | "CONFLICT"
  | "IMPLAUSIBLE_AMOUNT"
  | "MISSING"
  | "ANOMALY"
  | "NO_PRIMARY_ACCOUNT"
  | "ZERO_CUSTOMERS"
  | "CONTROL_TOTALS_DIFFER"
  | "COVERAGE_BELOW_LIMIT"
  | "TOO_MANY_UNCHANGED"
  | "PASS_RATE_JUMP"

/**
 * What an issue does: the row is not stored, the account's day stays missing, the balance stands
 * but is flagged, or people are alarmed about a whole capture or month.
 *
 * An alarm stops nothing by itself. What a capture lost is missing of somebody, and the
 * completeness gate waits for every such day while the bank is asked again; an empty date is asked
 * for again without waiting for the month's end. Amounts nobody can call missing, such as sums that
 * differ, are for people: the provisional report shows the alarm before the release.
 */
export type IssueEffect = "rowRefused" | "dayMissing" | "flagged" | "alarmed"

/** The effect of each named check. **Source** — product rules, "Data quality". */
export const effectOf: Readonly<Record<IssueCode, IssueEffect>> = {
  UNKNOWN_ACCOUNT: "rowRefused",
  MALFORMED_DATE: "rowRefused",
  STALE_DATE: "rowRefused",
  FUTURE_DATE: "rowRefused",
  WRONG_KIND: "rowRefused",
  WRONG_CURRENCY: "rowRefused",
  MALFORMED_AMOUNT: "rowRefused",
  CONFLICT: "dayMissing",
  IMPLAUSIBLE_AMOUNT: "flagged",
  MISSING: "dayMissing",
  ANOMALY: "flagged",
  NO_PRIMARY_ACCOUNT: "dayMissing",
  ZERO_CUSTOMERS: "alarmed",
  CONTROL_TOTALS_DIFFER: "alarmed",
  COVERAGE_BELOW_LIMIT: "alarmed",
  TOO_MANY_UNCHANGED: "alarmed",
  PASS_RATE_JUMP: "alarmed"
}

/** One doubt about captured balances. */
export interface DataQualityIssue {
  readonly code: IssueCode
  readonly businessDate: BusinessDate
  /** Absent for a doubt about the whole capture. */
  readonly accountId?: string
  /** Given where the doubt is about a customer's month. */
  readonly customerId?: string
  /** Index of the row in its page, from 0. */
  readonly row?: number
  /** More exactly what is wrong, without any amount: `"TooManyDecimals"`, `"USD"`. */
  readonly detail?: string
  /** The figure that passed its limit, in the limit's unit. */
  readonly observed?: number
  readonly limit?: number
}

/** Figures of one capture, summed over its pages. */
export interface CaptureTotals {
  readonly businessDate: BusinessDate
  /** Whether the bank closes books on the date. */
  readonly businessDay: boolean
  /** Accounts of the population from which a balance is expected. */
  readonly expected: number
  /** Accounts with a stored balance; conflicting ones count as captured. */
  readonly captured: number
  /** Of those captured, how many meet the threshold. */
  readonly met: number
  /** Every row read, refused ones and repeats included; and the sum of their readable amounts. */
  readonly rows: number
  readonly sumMinorUnits: bigint
  /** Accounts that also have a balance on the business day before, and how many are equal. */
  readonly comparable: number
  readonly unchanged: number
  /** The capture of the business day before; absent for the first. */
  readonly previous?: PassRate
  /** What the bank says it sent; absent where the bank says nothing. */
  readonly control?: { readonly count: number; readonly sumMinorUnits: bigint }
}

const whole = 10_000

/** Share in basis points, rounded down; only for people, never compared. `of` is not zero. */
const basisPoints = (part: number, of: number): number => Math.floor((part * whole) / of)

/**
 * Judges a finished capture by its totals.
 *
 * **Outcomes** — issues in this order, none when nothing is doubtful:
 * `ZERO_CUSTOMERS` (balances were expected and none came: ask an operator whether the bank was
 * closed; nothing else is judged then), `CONTROL_TOTALS_DIFFER`, `COVERAGE_BELOW_LIMIT`,
 * `TOO_MANY_UNCHANGED` (business days only), `PASS_RATE_JUMP`.
 *
 * **Source** — product rules, "Data quality" and "Days".
 */
export const evaluateCapture = (
  totals: CaptureTotals,
  limits: DataQualityLimits
): ReadonlyArray<DataQualityIssue> => {
  const { businessDate } = totals
  if (totals.captured === 0 && totals.expected > 0) {
    return [{ code: "ZERO_CUSTOMERS", businessDate, observed: 0, limit: totals.expected }]
  }
  const issues: Array<DataQualityIssue> = []
  const { control } = totals
  if (control !== undefined && control.count !== totals.rows) {
    const detail = "count"
    const code = "CONTROL_TOTALS_DIFFER"
    issues.push({ code, businessDate, detail, observed: totals.rows, limit: control.count })
  } else if (control !== undefined && control.sumMinorUnits !== totals.sumMinorUnits) {
    issues.push({ code: "CONTROL_TOTALS_DIFFER", businessDate, detail: "sum" })
  }
  const coverage = coverageIssue(totals, limits)
  if (coverage !== undefined) issues.push(coverage)
  const unchanged = unchangedIssue(totals, limits)
  if (unchanged !== undefined) issues.push(unchanged)
  if (totals.previous === undefined) return issues
  const jump = passRateJump(businessDate, totals, totals.previous, limits)
  if (jump !== undefined) issues.push(jump)
  return issues
}

const coverageIssue = (
  { businessDate, captured, expected }: CaptureTotals,
  limits: DataQualityLimits
): DataQualityIssue | undefined => {
  const limit = limits.minimumCoverageBasisPoints
  if (captured * whole >= limit * expected) return undefined
  const observed = basisPoints(captured, expected)
  return { code: "COVERAGE_BELOW_LIMIT", businessDate, observed, limit }
}

const unchangedIssue = (
  { businessDate, businessDay, comparable, unchanged }: CaptureTotals,
  limits: DataQualityLimits
): DataQualityIssue | undefined => {
  const limit = limits.maximumUnchangedBasisPoints
  // On a closed day an equal balance is what is expected.
  if (!businessDay || comparable < limits.minimumAccountsForRates) return undefined
  if (unchanged * whole <= limit * comparable) return undefined
  const observed = basisPoints(unchanged, comparable)
  return { code: "TOO_MANY_UNCHANGED", businessDate, observed, limit }
}

/** How many balances, or customers, were judged and how many of them passed. */
export interface PassRate {
  readonly captured: number
  readonly met: number
}

/**
 * The `PASS_RATE_JUMP` issue when the share that passed has changed by more than the limit, in
 * either direction; `undefined` when it has not, or when either side has too few to be judged.
 *
 * **Source** — product rules, "Data quality".
 */
export const passRateJump = (
  businessDate: BusinessDate,
  now: PassRate,
  before: PassRate,
  limits: DataQualityLimits
): DataQualityIssue | undefined => {
  const limit = limits.maximumPassRateJumpBasisPoints
  const least = Math.max(1, limits.minimumAccountsForRates)
  if (now.captured < least || before.captured < least) return undefined
  // Cross-multiplied, in bigint: a million accounts squared is past what a double holds.
  const scale = BigInt(now.captured) * BigInt(before.captured)
  const jump = BigInt(now.met) * BigInt(before.captured) - BigInt(before.met) * BigInt(now.captured)
  const size = (jump < 0n ? -jump : jump) * BigInt(whole)
  if (size <= BigInt(limit) * scale) return undefined
  return { code: "PASS_RATE_JUMP", businessDate, observed: Number(size / scale), limit }
}
