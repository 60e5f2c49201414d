/**
 * What one date is to the bank: a business day with its end, or closed with its reason.
 */
import type { BusinessDate } from "./BusinessDate.ts"

/** A day on which the bank closes its books. */
export interface OpenDay {
  readonly kind: "business"
  /** Minute of the day, in the bank's zone, at which the business day ends. */
  readonly endsAtMinute: number
  /** The eve of a holiday; an ordinary Friday is none. */
  readonly eve: boolean
  /** A national mourning day on which banks open (Holocaust and Memorial Day). */
  readonly mourning: boolean
  /** What makes the day special, for people: `"Eve of Pesach"`. */
  readonly name?: string
}

/** Why the bank is closed; `declared` is a closure an operator or an emergency order declared. */
export type ClosedReason = "shabbat" | "weekend" | "holiday" | "mourning" | "declared"

/** A day on which the bank closes no books: it has no closing balance of its own. */
export interface ClosedDay {
  readonly kind: "closed"
  readonly reason: ClosedReason
  /** For people: `"Saturday + Yom Kippur"`. */
  readonly name: string
}

/** What one date is to the bank. */
export type BankDay = OpenDay | ClosedDay

/**
 * One date on which the rules are not what happens: an election, an emergency order, a closure
 * declared afterwards. The last override of a date wins.
 */
export type CalendarOverride =
  | {
      readonly date: BusinessDate
      readonly kind: "closed"
      /** For people and the audit. */
      readonly reason: string
      /** Default `"declared"`. */
      readonly closedReason?: ClosedReason
    }
  | {
      readonly date: BusinessDate
      readonly kind: "open"
      readonly reason: string
      /** Default: the end of an ordinary business day of the calendar. */
      readonly endsAtMinute?: number
      /** Default `false`. */
      readonly mourning?: boolean
    }

/** How a day is to be treated by message windows; exactly one holds for each date. */
export type MessageDay = "ordinary" | "short" | "closed" | "mourning"

/**
 * Classifies a day for message windows.
 *
 * **Outcomes, first match wins**
 * 1. `mourning` — a national mourning day, whether banks open or not
 * 2. `closed` — Shabbat, weekend, holiday, declared closure
 * 3. `short` — a holiday eve, or a day of the week that the calendar's rules call short
 *    (`shortWeekday`): Israel's Friday, and of another calendar only what it names
 * 4. `ordinary`
 *
 * **Source** — product rules, "Send window".
 */
export const messageDay = (day: BankDay, shortWeekday: boolean): MessageDay => {
  if (day.kind === "closed") return day.reason === "mourning" ? "mourning" : "closed"
  if (day.mourning) return "mourning"
  return day.eve || shortWeekday ? "short" : "ordinary"
}
