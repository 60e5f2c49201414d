/**
 * Whether a balance is strange for its own account.
 *
 * Guarantees integer arithmetic only: the answer is the same on every machine. A flag for
 * people; it changes no verdict.
 */
import type { DataQualityLimits } from "./BalancePolicy.ts"

/** Only the sign counts, which no rounding of the difference changes. */
const ascending = (left: bigint, right: bigint): number => Number(left - right)

/** The lower median; zero of an empty list. */
const lowerMedian = (values: ReadonlyArray<bigint>): bigint =>
  values.toSorted(ascending)[Math.floor((values.length - 1) / 2)] ?? 0n

const distance = (left: bigint, right: bigint): bigint =>
  left < right ? right - left : left - right

interface Usual {
  readonly median: bigint
  readonly typical: bigint
}

/** A month's balances are compared with one history, which is ordered once. */
const known = new WeakMap<ReadonlyArray<bigint>, Usual>()

const usualOf = (history: ReadonlyArray<bigint>): Usual => {
  const kept = known.get(history)
  if (kept !== undefined) return kept
  const median = lowerMedian(history)
  const deviation = lowerMedian(history.map((value) => distance(value, median)))
  const onePercent = distance(median, 0n) / 100n
  const floor = onePercent > 1n ? onePercent : 1n
  const usual = { median, typical: deviation > floor ? deviation : floor }
  known.set(history, usual)
  return usual
}

/**
 * Whether an amount lies more than `anomalyDeviations` typical deviations (median absolute
 * deviation, at least 1 % of the median's magnitude, at least one minor unit) from the median of
 * the account's earlier balances. The median is used because one earlier outlier must not hide
 * the next.
 *
 * **Shapes and units** — `history`: earlier balances of the account in minor units, any order; an
 * array that is not changed afterwards.
 *
 * **Outcomes** — `false` while the history is shorter than `anomalyMinimumHistory`.
 *
 * **Source** — product rules, "Data quality": anomaly against their own history.
 */
export const isAnomaly = (
  minorUnits: bigint,
  history: ReadonlyArray<bigint>,
  limits: DataQualityLimits
): boolean => {
  const { median, typical } = usualOf(history)
  const isFar = distance(minorUnits, median) > BigInt(limits.anomalyDeviations) * typical
  return isFar && history.length > 0 && history.length >= limits.anomalyMinimumHistory
}
