/**
 * A row of the report's annex of customers.
 *
 * **Source** — product rules, Report.
 */
import type { DateRange } from "../../balance/MonthDays.ts"
import type * as Dispositions from "../../report/Dispositions.ts"

/** One customer of the annex, by the bank's own id; no phone, no name, no balance. */
export interface AnnexRow {
  readonly customerId: string
  readonly outcome: "Qualified" | "NotQualified" | "Undetermined"
  /** The reason the customer is counted under. */
  readonly firstReason: string
  /** The days that reason speaks of. */
  readonly dates: ReadonlyArray<DateRange>
  /** Where a qualified customer is; `null` for any other. */
  readonly disposition: (typeof Dispositions.summands)[number] | null
}
