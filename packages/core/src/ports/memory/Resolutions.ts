/** Escalated messages that two people decide, and items that one person ends. */
import * as Escalation from "../../delivery/Escalation.ts"
import type * as Deliveries from "../store/Deliveries.ts"
import type * as Proposals from "../store/Proposals.ts"
import * as Notifications from "./Notifications.ts"
import * as State from "./State.ts"

/** Each by the rules' own step; what they do not allow is left open. */
export const resolve = (
  state: State.State,
  {
    by,
    proposed,
    proposedMs
  }: Proposals.ProposalRow & {
    readonly proposed: Proposals.ProposedResolution
  },
  input: Proposals.ConfirmProposal,
  clockMs: number
): Proposals.ProposalRefusal | undefined => {
  const { delivery } = input.terms
  if (delivery === undefined) return "NOTHING_TO_RESOLVE"
  const { action, cause, escalationId } = proposed
  const context = { ...delivery, nowMs: input.nowMs, clockMs }
  let changed = 0
  for (const item of Array.from(state.escalations.values())) {
    const asked = escalationId === null ? item.cause === cause : item.escalationId === escalationId
    if (!asked || item.resolvedMs !== null || item.raisedMs > proposedMs) continue
    const row = state.notifications.get(item.notificationId ?? "")
    const event = { _tag: "Resolved", action, by: [by, input.by] } as const
    if (row !== undefined && Notifications.apply(state, row, event, context)) changed++
  }
  return changed === 0 ? "NOTHING_TO_RESOLVE" : undefined
}

const decidedByTwo: ReadonlyArray<string> = Escalation.decidedByTwo

export const acknowledge = (
  state: State.State,
  input: Deliveries.AcknowledgeEscalations
): { readonly acknowledged: number } => {
  let acknowledged = 0
  for (const item of Array.from(state.escalations.values())) {
    const { cause, escalationId, raisedMs, resolvedMs } = item
    const asked =
      input.escalationId === null ? cause === input.cause : escalationId === input.escalationId
    if (!asked || resolvedMs !== null || raisedMs > input.raisedUntilMs) continue
    if (decidedByTwo.includes(cause)) continue
    State.resolveEscalation(state, cause, item, input.nowMs)
    acknowledged++
  }
  const subject = `${input.escalationId ?? input.cause} ${acknowledged}`
  State.audit(state, "acknowledgeEscalations", input.nowMs, subject, input.by)
  return { acknowledged }
}
