/**
 * The one conservation law: each qualified customer-month is in exactly one disposition.
 *
 * **Source** — product rules, Dispositions; invariant 18.
 */
import type { NotificationState } from "../delivery/Notification.ts"
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

/** What says where one customer of the month counts. */
export interface CustomerFacts {
  readonly outcome: "Qualified" | "NotQualified" | "Undetermined"
  /** `null` unless qualified. */
  readonly reach: { readonly _tag: keyof typeof unreached | "Reachable" } | null
  /** `null`: there is no message. */
  readonly message: { readonly state: NotificationState; readonly reason: string | null } | null
}

const unreached = {
  Unreachable: "unreachable",
  Excluded: "excluded",
  Unrenderable: "unrenderable"
} as const

/** A summand of `qualified`. */
export type Disposition = (typeof summands)[number]

/**
 * The disposition one customer counts under; `null` for one who is not qualified. It is where the
 * figures count the customer, so that the annex of a report can be held against it.
 *
 * 1. A message that was not withdrawn: its state; held, active and waiting are pending
 * 2. One withdrawn at submission: the word before the colon of its reason
 * 3. No message, or one withdrawn with an earlier decision: how the customer cannot be reached
 * 4. Reachable again, too late to be held again: `expired`
 *
 * A reachable customer without any message is in none; the law then does not hold.
 */
export const ofCustomer = ({ message, outcome, reach }: CustomerFacts): Disposition | null => {
  if (outcome !== "Qualified") return null
  if (message !== null && message.state !== "withdrawn") {
    const { state } = message
    return state === "held" || state === "active" || state === "waiting" ? "pending" : state
  }
  const word = message?.reason?.split(":", 1)[0]
  const withdrawn = Object.values(unreached).find(
    (each) => each === word && message?.reason !== word
  )
  if (withdrawn !== undefined) return withdrawn
  if (reach !== null && reach._tag !== "Reachable") return unreached[reach._tag]
  return message === null ? null : "expired"
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

/** Granted messages that have not come to an end; they are in no disposition. */
export const grantedPending = ({ granted }: MonthFigures): number =>
  (granted["held"] ?? 0) + (granted["active"] ?? 0) + (granted["waiting"] ?? 0)

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
