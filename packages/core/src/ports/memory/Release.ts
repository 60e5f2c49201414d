/** Approval by people, and release page by page. */
import * as TwoPeople from "../../qualification/TwoPeople.ts"
import * as Consequences from "../store/Consequences.ts"
import type * as Decisions from "../store/Decisions.ts"
import * as Notifications from "./Notifications.ts"
import * as State from "./State.ts"

export const approve = (
  state: State.State,
  input: Decisions.Approve
): Decisions.ApprovalOutcome => {
  const month = state.months.get(input.month)
  if (month === undefined || month.status === "open" || month.status === "complete") {
    return { _tag: "NotDecided" }
  }
  if (month.status !== "decided") return { _tag: "AlreadyReleased" }
  const contentHash = month.contentHash ?? ""
  if (contentHash !== input.hash) return { _tag: "HashMismatch", contentHash }
  if (month.approved) return { _tag: "Approved" }
  if (month.approvedBy.some((by) => TwoPeople.isSame(by, input.by))) return { _tag: "SamePerson" }
  month.approvedBy.push(input.by)
  month.approved = month.approvedBy.length >= input.required
  State.audit(state, "approve", input.nowMs, input.month, input.by)
  return month.approved ? { _tag: "Approved" } : { _tag: "NeedsSecondPerson" }
}

export const releasePage = (
  state: State.State,
  input: Decisions.ReleasePage,
  clockMs: number
): { readonly released: number } => {
  const month = state.months.get(input.month)
  if (month === undefined || !month.approved || month.status === "closed") return { released: 0 }
  const context = Consequences.commandContext(input.nowMs, clockMs)
  const event = { _tag: "Released", expiryMs: input.expiryMs } as const
  let released = 0
  for (const notificationId of month.held) {
    if (released >= input.limit) break
    month.held.delete(notificationId)
    const row = state.notifications.get(notificationId)
    if (row === undefined) continue
    Notifications.apply(state, row, event, context)
    released++
  }
  if (released === 0 && month.status === "decided") {
    month.status = "released"
    month.releasedMs = input.nowMs
    State.audit(state, "releaseMonth", input.nowMs, input.month)
  } else if (released > 0) {
    State.audit(state, "releasePage", input.nowMs, `${input.month} ${released}`)
  }
  return { released }
}
