/**
 * Work items for people: what raises one, what may be decided about it, and by whom.
 *
 * An escalation stays open through later states until a decision is recorded; there is at most one
 * per cause and notification.
 *
 * **Source** — delivery protocol 1.2; invariant 33; product rules, Dispositions.
 */
import { isSame, person } from "../qualification/TwoPeople.ts"
import type { ResolveAction } from "./DeliveryEvent.ts"

/**
 * - `UNRESOLVABLE`: nobody can be asked whether the carrier took it, and no replay is possible
 * - `LOOKUP_SILENT`: the look-up gave no answer until 72 h + grace
 * - `ROWS_EXHAUSTED`: the fifth row is void: something keeps messages from leaving
 * - `PERMANENT_FAILURE`, `FIX_NEEDED`, `RETRIES_EXHAUSTED`, `PARTIAL_DELIVERY`, `RETRY_BARRED`: the
 *   last attempt failed, for this reason
 * - `EXPIRED_AFTER_FAILURE`: too late for the attempt after a failed one
 * - `DUPLICATE_DELIVERY`: two attempts arrived
 * - `CONFLICTING_CARRIER_ID`: one attempt has two ids at the carrier
 */
export type EscalationCause =
  | "UNRESOLVABLE"
  | "LOOKUP_SILENT"
  | "ROWS_EXHAUSTED"
  | "PERMANENT_FAILURE"
  | "FIX_NEEDED"
  | "RETRIES_EXHAUSTED"
  | "PARTIAL_DELIVERY"
  | "RETRY_BARRED"
  | "EXPIRED_AFTER_FAILURE"
  | "DUPLICATE_DELIVERY"
  | "CONFLICTING_CARRIER_ID"

/** `resend` and `close` move the notification and need two people; `acknowledge` ends the item. */
export type EscalationAction = ResolveAction | "acknowledge"

const allowed: Readonly<Record<EscalationCause, ReadonlyArray<EscalationAction>>> = {
  UNRESOLVABLE: ["resend", "close"],
  LOOKUP_SILENT: ["resend", "close"],
  ROWS_EXHAUSTED: ["close"],
  PERMANENT_FAILURE: ["acknowledge"],
  FIX_NEEDED: ["acknowledge"],
  RETRIES_EXHAUSTED: ["acknowledge"],
  PARTIAL_DELIVERY: ["acknowledge"],
  RETRY_BARRED: ["acknowledge"],
  EXPIRED_AFTER_FAILURE: ["acknowledge"],
  DUPLICATE_DELIVERY: ["acknowledge"],
  CONFLICTING_CARRIER_ID: ["acknowledge"]
}

/** What may be decided about a cause, the safest last. */
export const actionsFor = (cause: EscalationCause): ReadonlyArray<EscalationAction> =>
  allowed[cause]

/** The causes whose message two people must decide about: nobody ends them alone. */
export const decidedByTwo: ReadonlyArray<EscalationCause> = [
  "UNRESOLVABLE",
  "LOOKUP_SILENT",
  "ROWS_EXHAUSTED"
]

/** How many different people an action takes. */
export const peopleNeeded = (action: EscalationAction): 1 | 2 => (action === "acknowledge" ? 1 : 2)

export type DecisionProblem = "ACTION_NOT_ALLOWED" | "PERSON_MISSING" | "SAME_PERSON"

/** Whether two names are there and are not one name written in two ways. */
export const areTwoPeople = (by: readonly [string, string]): boolean => !isSame(by[0], by[1])

/**
 * Whether these people may decide this about such an escalation; `undefined` when they may.
 *
 * **Outcomes, first match wins**
 * 1. `ACTION_NOT_ALLOWED` — the cause does not offer the action
 * 2. `PERSON_MISSING` — fewer names than the action needs
 * 3. `SAME_PERSON` — the names do not differ, letter case and spaces aside
 *
 * **Source** — delivery protocol 1.2, invariant 33 (two-person rule).
 */
export const problem = (
  cause: EscalationCause,
  action: EscalationAction,
  by: ReadonlyArray<string>
): DecisionProblem | undefined => {
  if (!allowed[cause].includes(action)) return "ACTION_NOT_ALLOWED"
  const needed = peopleNeeded(action)
  const names = by.map(person).filter((name) => name !== "")
  if (names.length < needed) return "PERSON_MISSING"
  return new Set(names).size < needed ? "SAME_PERSON" : undefined
}
