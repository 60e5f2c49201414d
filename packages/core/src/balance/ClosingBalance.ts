/**
 * The booked balance of one account at the end of one business date, as the bank states it.
 */
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import type { Currency } from "../money/Currency.ts"
import type { MalformedAmount } from "../money/Money.ts"

/**
 * Which balance of a day an amount is. The program reads `closingBooked` (ISO 20022 `CLBD`,
 * MT940 `:62F:`); a month never mixes kinds.
 *
 * **Source** — ISO 20022 external code set `BalanceType`; product rules, "Money and threshold".
 */
export type BalanceKind =
  | "closingBooked"
  | "closingAvailable"
  | "openingBooked"
  | "openingAvailable"
  | "interimBooked"
  | "interimAvailable"
  | "previouslyClosedBooked"
  | "forwardAvailable"
  | "expected"
  | "information"

/** One closing balance. */
export interface ClosingBalance {
  /** The bank's own id of the account; opaque text, never empty. */
  readonly accountId: string
  readonly businessDate: BusinessDate
  /** Signed; negative is an overdraft. */
  readonly minorUnits: bigint
  readonly currency: Currency
  readonly kind: BalanceKind
}

/**
 * A row as a feed gave it, before it is checked: every field may be wrong. A `ClosingBalance`
 * is one without problems.
 */
export interface CapturedRow {
  readonly accountId: string
  readonly businessDate: string
  /** What `Money.parseMinorUnits` said of the feed's text. */
  readonly minorUnits: bigint | MalformedAmount
  /** Empty where the feed states none and the adapter knows none. */
  readonly currency: string
  readonly kind: BalanceKind
}
