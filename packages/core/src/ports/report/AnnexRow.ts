/**
 * A row of the report's annex of customers.
 *
 * **Source** — product rules, Report.
 */
import * as MonthDays from "../../balance/MonthDays.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Dispositions from "../../report/Dispositions.ts"
import type { MonthCustomer } from "../store/Reports.ts"

/**
 * One customer of the annex, by the bank's own id; no phone, no name, no balance. A shortfall is
 * left out too: with the threshold, it is a balance.
 */
export interface AnnexRow {
  readonly customerId: string
  readonly outcome: "Qualified" | "NotQualified" | "Undetermined"
  /** The code of the reason the customer is counted under. */
  readonly firstReason: string
  /** The days that reason speaks of; none for a qualified customer, who met every one. */
  readonly dates: ReadonlyArray<MonthDays.DateRange>
  /** Required days that met the threshold, of the required days. */
  readonly daysMet: number
  readonly daysRequired: number
  /** Where a qualified customer is; `null` for any other. */
  readonly disposition: Dispositions.Disposition | null
  /** Why there, as a code such as `LANDLINE`; `null` where there is nothing to say. */
  readonly dispositionReason: string | null
}

/** The row of a customer of the month. */
export const of = (month: CalendarMonth.CalendarMonth, customer: MonthCustomer): AnnexRow => {
  const { derived, met, observed, outcome, waived } = customer
  const [first] = customer.reasons
  const required = MonthDays.allDays(CalendarMonth.days(month)) & ~waived
  const disposition = Dispositions.ofCustomer(customer)
  return {
    customerId: customer.customerId,
    outcome,
    firstReason: first?.code ?? "",
    dates: outcome === "Qualified" ? [] : (first?.dates ?? []),
    daysMet: MonthDays.count(required & (observed | derived) & met),
    daysRequired: MonthDays.count(required),
    disposition,
    dispositionReason: disposition === null ? null : reasonOf(customer)
  }
}

/** A message withdrawn with an earlier decision says nothing of the one in force. */
const reasonOf = ({ message, reach }: MonthCustomer): string | null => {
  const atSubmission = /^[a-z]+:(.*)$/s.exec(message?.reason ?? "")?.[1]
  if (message?.state === "withdrawn") {
    if (atSubmission !== undefined) return atSubmission
  } else if (message !== null) return message.reason
  return reach === null || reach._tag === "Reachable" ? null : reach.reason
}
