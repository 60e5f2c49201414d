/**
 * What management should look at, derived from the month's figures by fixed rules.
 *
 * **Source** — original architecture §3.5 (Recommendations).
 */
import * as Dispositions from "./Dispositions.ts"
import type { MonthFigures } from "./MonthFigures.ts"

export interface Recommendation {
  readonly code: string
  readonly text: string
  /** The figure that led to it. */
  readonly count: number
}

/** Shares of the month from which on a figure is worth a sentence. */
const shares = { unreachable: 0.02, failed: 0.02 }

/** The recommendations that apply, most urgent first; none for a month without findings. */
export const of = (figures: MonthFigures): ReadonlyArray<Recommendation> => {
  const counts = Dispositions.of(figures)
  const found: Array<Recommendation> = []
  const add = (code: string, count: number, text: string): void => {
    if (count > 0) found.push({ code, count, text })
  }
  let open = 0
  for (const count of Object.values(figures.openEscalations)) open += count
  add("RESOLVE_ESCALATIONS", open, "Escalations are open: each waits for a person's decision.")
  add(
    "COMPLETE_THE_FEED",
    counts.undetermined,
    "Customers could not be decided because balances were missing at the cut-off."
  )
  add(
    "CORRECT_PHONE_NUMBERS",
    counts.unreachable > shares.unreachable * counts.qualified ? counts.unreachable : 0,
    "Qualified customers have no number that can receive an SMS."
  )
  add(
    "REVIEW_DELIVERY_FAILURES",
    counts.failed + counts.undeliverable > shares.failed * counts.accepted
      ? counts.failed + counts.undeliverable
      : 0,
    "Messages were refused or did not arrive: look at the failure categories with the carrier."
  )
  add(
    "WIDEN_THE_SEND_WINDOW",
    counts.expired,
    "Messages expired before they could be sent: release earlier or widen the send window."
  )
  add(
    "EXPLAIN_CORRECTIONS",
    figures.correctionsObserved,
    "Balances were corrected after messages had been marked: decide how to answer the customers."
  )
  return found
}
