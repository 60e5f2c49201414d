/**
 * What a later amount for a known account and date is, and what it means for a decided month.
 *
 * Guarantees that nothing known is overwritten: amounts are revisions, each superseding the one
 * before, and any earlier state of knowledge can be asked for again. Guarantees that no
 * correction after the mark sends or retracts a message.
 */

/** One amount the ledger has held for an account and date. */
export interface Revision {
  /** From 1, without gaps, in the order recorded. */
  readonly revision: number
  readonly minorUnits: bigint
  readonly recordedAtMs: number
  /** The capture run, or the operator's command, that brought it. */
  readonly source: string
}

/**
 * What an arriving amount is to the newest revision.
 * - `first` — nothing is known yet: revision 1
 * - `repeat` — equal: nothing is recorded
 * - `conflict` — different, in the run that brought the newest: the day is missing
 * - `superseding` — different, from a later run or an operator: the next revision
 */
export type Arrival = "first" | "repeat" | "conflict" | "superseding"

/**
 * Classifies an arriving amount against the newest revision.
 *
 * **Source** — product rules, "Days".
 */
export const arrivalOf = (
  newest: Revision | undefined,
  minorUnits: bigint,
  source: string
): Arrival => {
  if (newest === undefined) return "first"
  if (newest.minorUnits === minorUnits) return "repeat"
  return newest.source === source ? "conflict" : "superseding"
}

/**
 * The revision that was the newest at an instant, or `undefined` when nothing was known then.
 *
 * **Shapes and units** — `revisions`: of one account and date, in the order recorded.
 *
 * **Source** — product rules, "Days": append-only, bitemporal.
 */
export const asOf = (revisions: ReadonlyArray<Revision>, instantMs: number): Revision | undefined =>
  revisions.findLast((revision) => revision.recordedAtMs <= instantMs)

/** How far a customer's month had come when a correction arrived. */
export interface MonthProgress<Outcome extends string> {
  /** Whether the month lies within the time for which raw balances are kept. */
  readonly withinRetention: boolean
  /** The decision on record; absent while the completeness gate is open. */
  readonly decided?: Outcome
  /** What the same rule decides with the corrected balance. */
  readonly corrected: Outcome
  /** Whether the customer's message was marked for submission, at any time. */
  readonly marked: boolean
  /** Whether the month's tracking is closed, so that no message can be released any more. */
  readonly closed: boolean
}

/** What a correction leads to. */
export type Meaning<Outcome extends string> =
  | { readonly _tag: "BeyondRetention" }
  | { readonly _tag: "NotYetDecided" }
  | { readonly _tag: "Unchanged" }
  | { readonly _tag: "Redecide"; readonly from: Outcome; readonly to: Outcome }
  | {
      readonly _tag: "CorrectionObserved"
      readonly code: "CORRECTION_OBSERVED"
      /** The decision that stands. */
      readonly stands: Outcome
      /** What would have been decided. */
      readonly counterfactual: Outcome
    }

/**
 * Decides what a correction means for one customer's month.
 *
 * **Outcomes, first match wins**
 * 1. `BeyondRetention` — refused and logged
 * 2. `NotYetDecided` — the gate is open; the decision will see the corrected balance
 * 3. `Unchanged` — the outcome is the same; the report is restated if a figure changed
 * 4. `CorrectionObserved` — the message was marked, or the month is closed: the decision stands,
 *    an item with the counterfactual goes to operations, nothing is sent or retracted
 * 5. `Redecide` — the decision is replaced, and with it the intent to send
 *
 * **Source** — product rules, "Days": corrections; fault list of the bank feed, late correction.
 */
export const meaningOf = <Outcome extends string>(
  progress: MonthProgress<Outcome>
): Meaning<Outcome> => {
  const { decided, corrected } = progress
  if (!progress.withinRetention) return { _tag: "BeyondRetention" }
  if (decided === undefined) return { _tag: "NotYetDecided" }
  if (decided === corrected) return { _tag: "Unchanged" }
  if (progress.marked || progress.closed) {
    return {
      _tag: "CorrectionObserved",
      code: "CORRECTION_OBSERVED",
      stands: decided,
      counterfactual: corrected
    }
  }
  return { _tag: "Redecide", from: decided, to: corrected }
}
