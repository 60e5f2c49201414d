/** Decisions of a month, their revisions, and the notifications they make or withdraw. */
import * as Notification from "../../delivery/Notification.ts"
import type * as Captures from "../store/Captures.ts"
import * as Consequences from "../store/Consequences.ts"
import { renewedHash } from "../store/RenewedHash.ts"
import type * as Decisions from "../store/Decisions.ts"
import * as Notifications from "./Notifications.ts"
import * as Restores from "./Restores.ts"
import { advance, heldRun } from "./Runs.ts"
import * as State from "./State.ts"

/** The month's row with its counts. */
export const monthRow = (month: State.MonthState): Decisions.MonthRow => {
  const population = month.decisions.size
  const { notQualified, qualified } = month
  return {
    month: month.month,
    status: month.status,
    contentHash: month.contentHash,
    decidedMs: month.decidedMs,
    releasedMs: month.releasedMs,
    closedMs: month.closedMs,
    amendedMs: month.amendedMs,
    approvedBy: [...month.approvedBy],
    population,
    qualified,
    notQualified,
    undetermined: population - qualified - notQualified
  }
}

const sameBytes = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index])

const sameEvidence = (left: Decisions.DecisionRecord, right: Decisions.DecisionRecord): boolean =>
  left.outcome === right.outcome && sameBytes(left.evidenceHash, right.evidenceHash)

/** Whether the message of a customer can still follow a new decision. */
export const isOpenToDecision = (row: State.NotificationState | undefined): boolean => {
  if (row === undefined) return true
  const { notification } = row
  if (notification.state === "withdrawn") return true
  return (
    (notification.state === "held" || Notification.isLive(notification)) &&
    Notification.isUnmarked(notification)
  )
}

const count = (
  month: State.MonthState,
  outcome: Decisions.Outcome | undefined,
  by: 1 | -1
): void => {
  if (outcome === "Qualified") month.qualified += by
  else if (outcome === "NotQualified") month.notQualified += by
}

/** Stores a revision as the current one, and brings the notification in line with it. */
const put = (
  state: State.State,
  month: State.MonthState,
  decision: Decisions.DecisionRecord,
  stamp: { readonly policyHash: string; readonly nowMs: number; readonly clockMs: number }
): void => {
  const known = month.decisions.get(decision.customerId)
  count(month, known?.decision.outcome, -1)
  count(month, decision.outcome, 1)
  month.decisions.set(decision.customerId, {
    decision,
    revision: (known?.revision ?? 0) + 1,
    decidedMs: stamp.nowMs,
    policyHash: stamp.policyHash
  })
  for (const accountId of decision.accountIds) {
    const customers = month.customersOf.get(accountId)
    if (customers === undefined) month.customersOf.set(accountId, [decision.customerId])
    else if (!customers.includes(decision.customerId)) customers.push(decision.customerId)
  }
  const row = Notifications.find(state, decision.customerId, month.month)
  const wanted =
    decision.outcome === "Qualified" &&
    decision.reach?._tag === "Reachable" &&
    decision.notificationId !== null
  if (row === undefined) {
    const since = Restores.since(state, month.month)
    const { customerId, notificationId } = decision
    if (wanted) Notifications.hold(state, month, customerId, notificationId, since)
    return
  }
  const context = Consequences.commandContext(stamp.nowMs, stamp.clockMs)
  // Of a customer who qualifies after all the message is the program's own.
  if (decision.outcome === "Qualified") row.granted = false
  if (row.granted) return
  if (!wanted) {
    const reason = decision.outcome === "Qualified" ? "REACH_CHANGED" : "NOT_QUALIFIED"
    Notifications.apply(state, row, { _tag: "Withdrawn", reason }, context)
  } else if (row.notification.state === "withdrawn") {
    Notifications.apply(state, row, { _tag: "QualifiedAgain" }, context)
  }
}

export const recordDecisions = (
  state: State.State,
  input: Decisions.RecordDecisions,
  clockMs: number
): { readonly _tag: "Recorded" } | Captures.StaleRun => {
  const run = heldRun(state, input.run)
  if (run === undefined) return { _tag: "StaleRun" }
  if (input.page < run.page) return { _tag: "Recorded" }
  const month = State.monthOf(state, input.month)
  const stamp = { policyHash: input.policyHash, nowMs: input.nowMs, clockMs }
  for (const decision of input.decisions) {
    const known = month.decisions.get(decision.customerId)
    if (known !== undefined && sameEvidence(known.decision, decision)) continue
    const row = Notifications.find(state, decision.customerId, input.month)
    if (known !== undefined && !isOpenToDecision(row)) continue
    put(state, month, decision, stamp)
  }
  advance(run, input.page, input.nextCursor, clockMs + input.leaseMs)
  State.audit(state, "recordDecisions", input.nowMs, `${run.runId}#${input.page}`)
  return { _tag: "Recorded" }
}

export const completeMonth = (
  state: State.State,
  input: { readonly month: State.MonthState["month"]; readonly nowMs: number }
): Decisions.MonthRow => {
  const month = State.monthOf(state, input.month)
  if (month.status === "open") {
    month.status = "complete"
    State.audit(state, "completeMonth", input.nowMs, input.month)
  }
  return monthRow(month)
}

/**
 * Under a stale fence, or after the release, nothing is written and the month is given as it
 * stands. A further run before the release replaces the hash, and approvals of the old one go.
 */
export const finishQualification = (
  state: State.State,
  input: Decisions.FinishQualification & Decisions.Announced
): Decisions.MonthRow => {
  const month = State.monthOf(state, input.month)
  const run = heldRun(state, input.run)
  if (run === undefined) return monthRow(month)
  run.finishedMs = input.nowMs
  const first = month.status === "open" || month.status === "complete"
  if (!first && month.status !== "decided") return monthRow(month)
  if (first) {
    month.status = "decided"
    month.decidedMs = input.nowMs
  }
  if (month.contentHash !== input.contentHash) {
    month.contentHash = input.contentHash
    month.approvedBy = []
    month.approved = false
  }
  State.announce(state, input.announcements, {
    occurredAtMs: input.nowMs,
    correlationId: run.correlationId,
    causationId: run.runId
  })
  State.audit(state, "finishQualification", input.nowMs, input.month)
  return monthRow(month)
}

export const pendingRedecisions = (
  state: State.State,
  input: { readonly limit: number }
): ReadonlyArray<Captures.Redecision> => {
  const page: Array<Captures.Redecision> = []
  for (const redecision of state.redecisions.values()) {
    if (page.length >= input.limit) break
    if (isUndecided(state, redecision)) continue
    page.push(redecision)
  }
  return page
}

/** Its first decision is still being made: what was changed meanwhile is looked at afterwards. */
const isUndecided = (state: State.State, { month }: Captures.Redecision): boolean => {
  const status = state.months.get(month)?.status ?? "open"
  return status === "open" || status === "complete"
}

/** How many customers wait to be decided again. */
export const countRedecisions = (state: State.State): number => {
  let waiting = 0
  for (const redecision of state.redecisions.values()) {
    if (!isUndecided(state, redecision)) waiting++
  }
  return waiting
}

export const recordRedecision = (
  state: State.State,
  input: Decisions.RecordRedecision,
  clockMs: number
): Decisions.RedecisionOutcome => {
  const { decision } = input
  const { customerId } = decision
  const key = JSON.stringify([customerId, input.month])
  const queued = state.redecisions.get(key)
  if (input.ticket === undefined || queued?.ticket === input.ticket) state.redecisions.delete(key)
  const month = State.monthOf(state, input.month)
  const known = month.decisions.get(customerId)
  const row = Notifications.find(state, customerId, input.month)
  const open = isOpenToDecision(row) && month.status !== "closed"
  if (known !== undefined) {
    const sameOutcome = known.decision.outcome === decision.outcome
    if (sameOutcome && (!open || sameEvidence(known.decision, decision))) {
      return { _tag: "Unchanged" }
    }
    if (!open) {
      observe(state, month, known.decision, decision, input, row?.notificationId ?? null)
      return { _tag: "Observed" }
    }
  }
  put(state, month, decision, { policyHash: input.policyHash, nowMs: input.nowMs, clockMs })
  month.corrections++
  if (month.status === "decided") {
    month.contentHash = renewedHash(month.contentHash ?? "", decision)
    month.approvedBy = []
    month.approved = false
  }
  State.audit(state, "recordRedecision", input.nowMs, `${customerId} ${input.month}`)
  return { _tag: "Redecided" }
}

/** After the mark the decision stands; people get the counterfactual. */
const observe = (
  state: State.State,
  month: State.MonthState,
  stands: Decisions.DecisionRecord,
  counterfactual: Decisions.DecisionRecord,
  input: Decisions.RecordRedecision,
  notificationId: string | null
): void => {
  const { customerId } = stands
  month.correctionsObserved++
  State.announce(
    state,
    [
      {
        type: "CorrectionObserved",
        businessDate: null,
        payload: {
          customerId,
          month: month.month,
          decided: stands.outcome,
          counterfactual: counterfactual.outcome
        }
      }
    ],
    {
      occurredAtMs: input.nowMs,
      correlationId: `${customerId} ${month.month}`,
      causationId: input.cause
    }
  )
  const about = { customerId, month: month.month, notificationId }
  const detail = Consequences.counterfactualDetail(stands.outcome, counterfactual.outcome)
  State.escalate(state, "CORRECTION_OBSERVED", about, input.nowMs, detail)
  State.audit(state, "recordRedecision", input.nowMs, `${customerId} ${month.month} observed`)
}
