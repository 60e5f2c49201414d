/**
 * The one conservation law: each qualified customer-month is in exactly one disposition.
 *
 * **Source** — product rules, Dispositions; invariant 18.
 */
import type { MonthFigures } from "./MonthFigures.ts"

/** Counts of one month. `accepted` is no summand: it counts messages the carrier took. */
export interface Dispositions {
  readonly population: number
  readonly qualified: number
  readonly notQualified: number
  readonly undetermined: number
  readonly unreachable: number
  readonly excluded: number
  readonly unrenderable: number
  readonly suppressed: number
  readonly expired: number
  readonly delivered: number
  readonly failed: number
  readonly undeliverable: number
  readonly escalated: number
  readonly pending: number
  readonly accepted: number
}

/** One equation of the law with both of its sides. */
export interface ConservationCheck {
  readonly law: string
  readonly left: number
  readonly right: number
  readonly holds: boolean
}

/** The summands of `qualified`, in the order every table shows them. */
export const summands = [
  "unreachable",
  "excluded",
  "unrenderable",
  "suppressed",
  "expired",
  "delivered",
  "failed",
  "undeliverable",
  "escalated",
  "pending"
] as const

const sum = (counts: Readonly<Record<string, number>>): number => {
  let total = 0
  for (const count of Object.values(counts)) total += count
  return total
}

/**
 * A message withdrawn at submission because the customer turned out unreachable, excluded or
 * unrenderable keeps that word before a colon in its reason; it counts there.
 */
const withdrawnAs = (figures: MonthFigures, word: string): number => {
  let total = 0
  for (const [reason, count] of Object.entries(figures.stateReasons["withdrawn"] ?? {})) {
    if (reason.startsWith(`${word}:`)) total += count
  }
  return total
}

/** Sorts a month's figures into the dispositions. */
export const of = (figures: MonthFigures): Dispositions => {
  const state = (name: string): number => figures.states[name] ?? 0
  return {
    population: figures.population,
    qualified: figures.qualified,
    notQualified: figures.notQualified,
    undetermined: figures.undetermined,
    unreachable: sum(figures.unreachable) + withdrawnAs(figures, "unreachable"),
    excluded: sum(figures.excluded) + withdrawnAs(figures, "excluded"),
    unrenderable: sum(figures.unrenderable) + withdrawnAs(figures, "unrenderable"),
    suppressed: state("suppressed"),
    expired: state("expired"),
    delivered: state("delivered"),
    failed: state("failed"),
    undeliverable: state("undeliverable"),
    escalated: state("escalated"),
    pending: state("held") + state("active") + state("waiting"),
    accepted: figures.accepted
  }
}

/** Both equations; a report whose checks do not hold is never final. */
export const checks = (counts: Dispositions): ReadonlyArray<ConservationCheck> => {
  let disposed = 0
  for (const name of summands) disposed += counts[name]
  const decided = counts.qualified + counts.notQualified + counts.undetermined
  return [
    {
      law: "population = qualified + notQualified + undetermined",
      left: counts.population,
      right: decided,
      holds: counts.population === decided
    },
    {
      law: `qualified = ${summands.join(" + ")}`,
      left: counts.qualified,
      right: disposed,
      holds: counts.qualified === disposed
    }
  ]
}
