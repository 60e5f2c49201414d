/**
 * An operator's exclusion of named dates for a named customer.
 *
 * Guarantees that a waiver has a reason and two different people, and never empties a month.
 */
import * as MonthDays from "../balance/MonthDays.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { QualificationPolicy } from "./QualificationPolicy.ts"
import * as TwoPeople from "./TwoPeople.ts"

/** A waiver as asked for. */
export interface Waiver {
  readonly month: CalendarMonth.CalendarMonth
  readonly dates: ReadonlyArray<BusinessDate.BusinessDate>
  readonly reason: string
  readonly by: string
  /** Who confirmed it. */
  readonly confirmedBy: string
}

/** Why a waiver is refused, in precedence order. */
export type WaiverRefusal =
  | { readonly _tag: "NoReason" }
  | { readonly _tag: "NoDates" }
  | { readonly _tag: "SamePerson" }
  | { readonly _tag: "DateOutsideMonth"; readonly date: BusinessDate.BusinessDate }
  | { readonly _tag: "TooManyDays"; readonly days: number; readonly maximum: number }

/**
 * The customer's waived days once a waiver is added, or why it is refused.
 *
 * **Shapes and units** — `waived`: days of the month already waived, as a set.
 *
 * **Outcomes, first match wins** — `NoReason`, `NoDates`, `SamePerson`, `DateOutsideMonth`,
 * `TooManyDays` (with those waived before), else the new set.
 *
 * **Source** — product rules, "Days": waive.
 */
export const add = (
  waived: number,
  waiver: Waiver,
  policy: QualificationPolicy
): number | WaiverRefusal => {
  if (waiver.reason.trim() === "") return { _tag: "NoReason" }
  if (waiver.dates.length === 0) return { _tag: "NoDates" }
  if (TwoPeople.isSame(waiver.by, waiver.confirmedBy)) return { _tag: "SamePerson" }
  let bits = waived
  for (const date of waiver.dates) {
    if (!CalendarMonth.contains(waiver.month, date)) return { _tag: "DateOutsideMonth", date }
    bits |= MonthDays.bitOf(BusinessDate.dayOfMonth(date))
  }
  const days = MonthDays.count(bits)
  const maximum = policy.maximumWaivedDays
  return days > maximum ? { _tag: "TooManyDays", days, maximum } : bits
}
