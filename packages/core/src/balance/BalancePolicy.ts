/**
 * What the program's policy says about balances.
 */
import * as Currency from "../money/Currency.ts"
import type { BalanceKind } from "./ClosingBalance.ts"

/**
 * What a day without a balance takes.
 * - `bank-days` — a day on which the bank closes no books takes the last closing balance before
 * - `none` — nothing: the feed supplies every calendar day
 * - `always` — any day without a balance takes the last one before (sparse history)
 */
export type CarryForward = "none" | "bank-days" | "always"

/**
 * Limits of the named data-quality checks. Rates are in basis points (1/10,000), so that no
 * check depends on the rounding of a fraction.
 */
export interface DataQualityLimits {
  /** Captured accounts per expected accounts, at least. */
  readonly minimumCoverageBasisPoints: number
  /** Balances equal to the business day before, at most. */
  readonly maximumUnchangedBasisPoints: number
  /** Change of the share of balances that meet the threshold, at most, in either direction. */
  readonly maximumPassRateJumpBasisPoints: number
  /** Rates over fewer accounts than this are not judged. */
  readonly minimumAccountsForRates: number
  /** Amounts of a larger magnitude are flagged, never dropped. */
  readonly implausibleMinorUnits: bigint
  /**
   * An account's history, its month before, is judged from this many balances on. More than 31
   * judges nobody and reads nothing.
   */
  readonly anomalyMinimumHistory: number
  /** How many typical deviations from its own median make a balance an anomaly. */
  readonly anomalyDeviations: number
}

/** The balance room's fragment of the program's policy. */
export interface BalancePolicy {
  /** A day passes when its balance is at or above this. */
  readonly thresholdMinorUnits: bigint
  readonly currency: Currency.Currency
  readonly kind: BalanceKind
  readonly carryForward: CarryForward
  readonly limits: DataQualityLimits
}

/**
 * The default program: 15,000.00 ILS, closing booked, closed days derived.
 *
 * **Source** — product rules, introduction, "Money and threshold", "Days" and "Data quality".
 */
export const defaultBalancePolicy: BalancePolicy = {
  thresholdMinorUnits: 1_500_000n,
  currency: Currency.ils,
  kind: "closingBooked",
  carryForward: "bank-days",
  limits: {
    minimumCoverageBasisPoints: 9_900,
    maximumUnchangedBasisPoints: 9_950,
    maximumPassRateJumpBasisPoints: 1_000,
    minimumAccountsForRates: 100,
    implausibleMinorUnits: 100_000_000_000n,
    anomalyMinimumHistory: 20,
    anomalyDeviations: 20
  }
}
