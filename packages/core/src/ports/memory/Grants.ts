/** A message for a wronged customer: the one the customer's month never had, and never a second. */
import * as Consequences from "../store/Consequences.ts"
import type * as Proposals from "../store/Proposals.ts"
import * as Notifications from "./Notifications.ts"
import * as Restores from "./Restores.ts"
import type * as State from "./State.ts"

/** The first reason against it, or the message is held. */
export const grant = (
  state: State.State,
  { customerId, month: monthName, notificationId }: Proposals.ProposedGrant,
  { nowMs, terms }: Proposals.ConfirmProposal,
  clockMs: number
): Proposals.ProposalRefusal | undefined => {
  const month = state.months.get(monthName)
  if (month === undefined || month.status === "open" || month.status === "complete") {
    return "MONTH_NOT_DECIDED"
  }
  if (month.status === "closed") return "MONTH_CLOSED"
  const decision = month.decisions.get(customerId)?.decision
  if (decision === undefined) return "UNKNOWN_CUSTOMER"
  if (decision.outcome === "Qualified") return "QUALIFIED"
  const row = Notifications.find(state, customerId, monthName)
  if (row !== undefined && row.notification.state !== "withdrawn") return "HAS_MESSAGE"
  if (terms.expiryMs !== null && nowMs >= terms.expiryMs) return "MESSAGES_EXPIRED"
  if (row === undefined) {
    const since = Restores.since(state, monthName)
    Notifications.hold(state, month, customerId, notificationId, since)
    const made = Notifications.find(state, customerId, monthName)
    if (made !== undefined) made.granted = true
    return undefined
  }
  row.granted = true
  const context = Consequences.commandContext(nowMs, clockMs)
  if (Notifications.apply(state, row, { _tag: "QualifiedAgain" }, context)) return undefined
  row.granted = false
  return "MESSAGES_EXPIRED"
}
