/** Policies as data, append-only. */
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type * as PolicyRows from "../store/PolicyRows.ts"
import * as State from "./State.ts"

const keyOf = ({ effectiveFrom, hash }: PolicyRows.PolicyRow): string => `${effectiveFrom} ${hash}`

/** Whether a month from this one on has begun: a date was captured, or a month decided. */
const hasBegun = (state: State.State, from: CalendarMonth.CalendarMonth): boolean => {
  for (const run of state.runs.values()) {
    const captured = run.kind === "capture" && run.finishedMs !== null
    if (captured && run.key >= CalendarMonth.first(from)) return true
  }
  for (const row of state.months.values()) {
    if (row.month >= from && row.status !== "open") return true
  }
  return false
}

/** The first policies of a program are taken as they are: it was started before it kept any. */
export const recordPolicies = (
  state: State.State,
  { nowMs, policies }: PolicyRows.RecordPolicies
): PolicyRows.RecordPoliciesOutcome => {
  const added = policies.filter((policy) => !state.policies.has(keyOf(policy)))
  const changed =
    state.policies.size === 0
      ? undefined
      : added.find(({ effectiveFrom }) => hasBegun(state, effectiveFrom))
  if (changed !== undefined) return { _tag: "InForce", effectiveFrom: changed.effectiveFrom }
  for (const policy of added) {
    state.policies.set(keyOf(policy), policy)
    State.audit(state, "recordPolicy", nowMs, keyOf(policy))
  }
  return { _tag: "Recorded", added: added.length }
}

export const policyRow = (
  state: State.State,
  input: { readonly hash: string }
): PolicyRows.PolicyRow | null => {
  for (const policy of state.policies.values()) if (policy.hash === input.hash) return policy
  return null
}
