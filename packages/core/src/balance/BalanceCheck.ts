/**
 * Turns captured rows into verdicts: did this account's balance meet the threshold on this date?
 *
 * Guarantees that each row ends either as one verdict or as one issue that refuses it, that a
 * bad row costs no other, and that equal repeats change nothing. Leaves corrections by later
 * runs to `Correction`.
 */
import * as BusinessDate from "../calendar/BusinessDate.ts"
import type { BalancePolicy } from "./BalancePolicy.ts"
import type { CapturedRow } from "./ClosingBalance.ts"
import type { DataQualityIssue, IssueCode } from "./DataQuality.ts"

/** `conflict`: two different amounts in one capture run; the day is missing until resolved. */
export type Verdict = "met" | "notMet" | "conflict"

/**
 * Whether an amount in the program's currency meets the threshold. Exactly at it passes.
 *
 * **Source** — product rules, "Money and threshold".
 */
export const meets = (minorUnits: bigint, thresholdMinorUnits: bigint): boolean =>
  minorUnits >= thresholdMinorUnits

/** How far below the threshold an amount is; zero when it meets it. */
export const shortfall = (minorUnits: bigint, thresholdMinorUnits: bigint): bigint =>
  minorUnits >= thresholdMinorUnits ? 0n : thresholdMinorUnits - minorUnits

/** What is known when a page is checked. */
export interface PageContext {
  /** The date this capture is for. */
  readonly businessDate: BusinessDate.BusinessDate
  /** Accounts of the population; absent where any account is taken. */
  readonly accounts?: { readonly has: (accountId: string) => boolean }
  /**
   * What earlier pages of the same run stored for accounts of this page: the amount, or `null`
   * where they already conflict.
   */
  readonly earlier?: ReadonlyMap<string, bigint | null>
}

/**
 * A checked page. The first three arrays run in parallel, one entry per account, in the order of
 * the account's first row: the shape a store inserts without rebuilding it.
 */
export interface CheckedPage {
  readonly accountIds: ReadonlyArray<string>
  /** The first amount of the account; for a conflict it is evidence, not a balance. */
  readonly minorUnits: ReadonlyArray<bigint>
  readonly verdicts: ReadonlyArray<Verdict>
  readonly issues: ReadonlyArray<DataQualityIssue>
  /** How many verdicts are `met`. */
  readonly met: number
  /**
   * Every row, refused ones and repeats included, and the sum of their readable amounts: what a
   * bank counts of what it sent. So the totals of a run are the same however it is cut into pages.
   */
  readonly rows: number
  readonly sumMinorUnits: bigint
}

/** What a row alone has wrong beside its amount. */
const rowProblem = (
  row: CapturedRow,
  policy: BalancePolicy,
  context: PageContext
): IssueCode | undefined => {
  if (context.accounts !== undefined && !context.accounts.has(row.accountId)) {
    return "UNKNOWN_ACCOUNT"
  }
  if (row.businessDate !== context.businessDate) {
    if (BusinessDate.parse(row.businessDate) === undefined) return "MALFORMED_DATE"
    return row.businessDate < context.businessDate ? "STALE_DATE" : "FUTURE_DATE"
  }
  if (row.kind !== policy.kind) return "WRONG_KIND"
  return row.currency === policy.currency ? undefined : "WRONG_CURRENCY"
}

/** More exactly what is wrong. A currency is only repeated when it can be no other text. */
const problemDetail = (code: IssueCode, row: CapturedRow): string | undefined => {
  if (code === "WRONG_KIND") return row.kind
  if (code === "WRONG_CURRENCY") return /^[A-Z]{3}$/.test(row.currency) ? row.currency : "none"
  return typeof row.minorUnits === "bigint" ? undefined : row.minorUnits.reason
}

const refusal = (
  code: IssueCode,
  row: CapturedRow,
  index: number,
  businessDate: BusinessDate.BusinessDate
): DataQualityIssue => {
  const detail = problemDetail(code, row)
  const issue = { code, businessDate, accountId: row.accountId, row: index }
  return detail === undefined ? issue : { ...issue, detail }
}

/**
 * Checks one page of a capture run in one loop.
 *
 * A row is refused alone, by the first of: `UNKNOWN_ACCOUNT`, `MALFORMED_DATE`, `STALE_DATE` or
 * `FUTURE_DATE` (not the date captured), `WRONG_KIND`, `WRONG_CURRENCY` (never converted, never
 * compared), `MALFORMED_AMOUNT`.
 *
 * Two different amounts for one account within the run are a `CONFLICT`, raised once per account
 * and page; the verdict becomes `conflict`, also when an earlier page of the run stored the
 * first amount. An equal repeat gives nothing but its part of the control totals. An amount past
 * the plausible magnitude is flagged, in conflict or not; it is stored like any other.
 *
 * Where `earlier` is given, the verdicts, the checks raised per account and the totals of a run do
 * not depend on where it is cut into pages.
 *
 * **Source** — product rules, "Days", "Money and threshold" and "Data quality"; fault list of
 * the bank feed.
 */
export const checkPage = (
  rows: ReadonlyArray<CapturedRow>,
  policy: BalancePolicy,
  context: PageContext
): CheckedPage => {
  const accountIds: Array<string> = []
  const amounts: Array<bigint> = []
  const verdicts: Array<Verdict> = []
  const issues: Array<DataQualityIssue> = []
  const positions = new Map<string, number>()
  const { businessDate, earlier } = context
  const { thresholdMinorUnits } = policy
  const implausible = policy.limits.implausibleMinorUnits
  let met = 0
  let sumMinorUnits = 0n

  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]
    if (row === undefined) continue
    const amount = row.minorUnits
    const problem = rowProblem(row, policy, context)
    if (typeof amount === "bigint") sumMinorUnits += amount
    if (problem !== undefined || typeof amount !== "bigint") {
      issues.push(refusal(problem ?? "MALFORMED_AMOUNT", row, index, businessDate))
      continue
    }
    const { accountId } = row
    const position = positions.get(accountId)
    const before = position === undefined ? earlier?.get(accountId) : amounts[position]
    if (before === amount) continue
    if (amount > implausible || amount < -implausible) {
      issues.push({ code: "IMPLAUSIBLE_AMOUNT", businessDate, accountId, row: index })
    }
    if (position !== undefined) {
      if (verdicts[position] === "conflict") continue
      if (verdicts[position] === "met") met--
      verdicts[position] = "conflict"
      issues.push({ code: "CONFLICT", businessDate, accountId, row: index })
      continue
    }
    positions.set(accountId, accountIds.length)
    accountIds.push(accountId)
    amounts.push(amount)
    if (before !== undefined) {
      verdicts.push("conflict")
      issues.push({ code: "CONFLICT", businessDate, accountId, row: index })
    } else if (amount >= thresholdMinorUnits) {
      verdicts.push("met")
      met++
    } else verdicts.push("notMet")
  }
  return {
    accountIds,
    minorUnits: amounts,
    verdicts,
    issues,
    met,
    rows: rows.length,
    sumMinorUnits
  }
}
