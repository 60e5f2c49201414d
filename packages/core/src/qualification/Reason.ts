/**
 * Why a month was decided as it was: dated, structured, and in words.
 *
 * Guarantees that the first reason of a decision is the one it is counted under.
 */
import * as MonthDays from "../balance/MonthDays.ts"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import type { Currency } from "../money/Currency.ts"
import * as Money from "../money/Money.ts"

/** Codes that decide, in precedence order. A decision's first reason is one of these. */
export type DecidingCode =
  | "NOT_FULL_MONTH"
  | "BELOW_THRESHOLD"
  | "DATA_INCOMPLETE"
  | "MET_EVERY_DAY"

/** Codes that explain, after the deciding one, in this order. */
export type ExplainingCode = "DAYS_MISSING" | "DAYS_IN_CONFLICT" | "DAYS_DERIVED" | "DAYS_WAIVED"

/** Every reason code. */
export type ReasonCode = DecidingCode | ExplainingCode

/** The day with the largest shortfall; the earliest of equals. */
export interface WorstDay {
  readonly date: BusinessDate
  /** How far below the threshold, in minor units; positive. */
  readonly shortfallMinorUnits: bigint
}

/** One dated reason. */
export interface Reason {
  readonly code: ReasonCode
  /** The days the reason speaks of, as runs, in order. */
  readonly dates: ReadonlyArray<MonthDays.DateRange>
  /** With `BELOW_THRESHOLD`, where the amounts are known. */
  readonly worst?: WorstDay
  /** With `NOT_FULL_MONTH`: the date that makes the month not full. */
  readonly opened?: BusinessDate
  readonly closed?: BusinessDate
}

/** A reason as JSON: amounts are decimal texts of minor units. */
export interface ReasonJson {
  readonly code: ReasonCode
  readonly dates: ReadonlyArray<MonthDays.DateRange>
  readonly worst?: { readonly date: string; readonly shortfallMinor: string }
  readonly opened?: string
  readonly closed?: string
}

/** A reason in the form of the public contract. **Source** — surfaces, "JSON lines". */
export const toJson = (reason: Reason): ReasonJson => {
  const { worst, ...rest } = reason
  if (worst === undefined) return rest
  const shortfallMinor = worst.shortfallMinorUnits.toString()
  return { ...rest, worst: { date: worst.date, shortfallMinor } }
}

/**
 * A reason in English, for the answer to a complaint call. Holds a shortfall where one is known:
 * never log it.
 *
 * **Source** — product rules, "Days": reasons are structured and dated.
 */
export const toText = (reason: Reason, currency: Currency): string =>
  words[reason.code](MonthDays.formatRanges(reason.dates), reason, currency)

const words: Readonly<
  Record<ReasonCode, (dates: string, reason: Reason, currency: Currency) => string>
> = {
  NOT_FULL_MONTH: (_, reason) => `not a customer for the whole month${openedOrClosed(reason)}`,
  BELOW_THRESHOLD: (dates, { worst }, currency) =>
    `below the threshold on ${dates}${worstText(worst, currency)}`,
  DATA_INCOMPLETE: (dates) => `no closing balance for ${dates}`,
  MET_EVERY_DAY: () => "at or above the threshold on every day",
  DAYS_MISSING: (dates) => `also without a closing balance: ${dates}`,
  DAYS_IN_CONFLICT: (dates) => `two different amounts for ${dates}`,
  DAYS_DERIVED: (dates) => `taken from the last closing balance before: ${dates}`,
  DAYS_WAIVED: (dates) => `excluded from the rule by an operator: ${dates}`
}

const openedOrClosed = ({ opened, closed }: Reason): string =>
  (opened === undefined ? "" : `, opened on ${opened}`) +
  (closed === undefined ? "" : `, closed on ${closed}`)

const worstText = (worst: WorstDay | undefined, currency: Currency): string =>
  worst === undefined
    ? ""
    : `; worst on ${worst.date}, short by ` +
      `${Money.formatGrouped(worst.shortfallMinorUnits, currency)} ${currency}`
