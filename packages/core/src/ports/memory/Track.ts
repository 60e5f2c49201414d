/** Evidence, leases, reconciliation, polls and timers. */
import * as Breaker from "../../delivery/Breaker.ts"
import type * as Delivery from "../../delivery/Delivery.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Consequences from "../store/Consequences.ts"
import type * as Deliveries from "../store/Deliveries.ts"
import * as MinHeap from "./MinHeap.ts"
import * as Notifications from "./Notifications.ts"
import * as Restores from "./Restores.ts"
import * as State from "./State.ts"

export const recordEvidence = (
  state: State.State,
  input: Deliveries.RecordEvidence,
  clockMs: number
): Deliveries.RecordedEvidence => {
  const context = { ...input.context, clockMs }
  let changed = 0
  let ignored = 0
  for (const one of input.evidence) {
    const { event, n, notificationId } = one
    const row = state.notifications.get(notificationId)
    const counts = row !== undefined && isHeard(state, row, n, event, input.fence)
    if (counts) {
      Restores.rememberReference(state, row, one)
      Restores.lift(state, row, one, context)
    }
    if (counts && Notifications.apply(state, row, event, context)) changed++
    else ignored++
  }
  if (input.carrierNotBeforeMs !== null) {
    state.carrierNotBeforeMs = Math.max(state.carrierNotBeforeMs, input.carrierNotBeforeMs)
  }
  hear(state, input.heard, context)
  State.audit(state, "recordEvidence", context.nowMs, `${changed} changed, ${ignored} ignored`)
  return { changed, ignored }
}

const hear = (
  state: State.State,
  heard: Deliveries.CarrierHeard | undefined,
  context: Delivery.DeliveryContext
): void => {
  if (heard === undefined) return
  const change =
    heard === "answer"
      ? Breaker.onAnswer(state.breaker)
      : Breaker.onFailure(state.breaker, context.clockMs, context.breaker ?? Breaker.defaults)
  state.breaker = change?.next ?? state.breaker
}

const isHeard = (
  state: State.State,
  row: State.NotificationState,
  n: number,
  event: Delivery.DeliveryEvent,
  fence: bigint | null
): boolean => {
  if (!state.protocol.needsFence(event)) return true
  return fence !== null && row.sides[n - 1]?.fence === fence
}

export const sweepLeases = (
  state: State.State,
  input: Deliveries.ApplyTimers,
  clockMs: number
): { readonly swept: number } => {
  const context = { ...input.context, clockMs }
  let swept = 0
  for (const key of state.leased) {
    if (swept >= input.limit) break
    const { n, notificationId } = Notifications.parseKey(key)
    const row = state.notifications.get(notificationId)
    const side = row?.sides[n - 1]
    if (row === undefined || side === undefined || side.leaseUntilMs > clockMs) continue
    const now = Notification.attemptAt(row.notification, n)?.state
    state.leased.delete(key)
    if (now !== "claimed" && now !== "submitting") continue
    if (Notifications.apply(state, row, { _tag: "LeaseOver", n }, context)) swept++
  }
  if (swept > 0) State.audit(state, "sweepLeases", context.nowMs, `${swept}`)
  return { swept }
}

export const claimUnresolved = (
  state: State.State,
  input: Deliveries.ClaimUnresolved,
  clockMs: number
): Deliveries.UnresolvedBatch => {
  const context = { ...input.context, clockMs }
  const fence = State.takeFence(state)
  const attempts: Array<Deliveries.UnresolvedBatch["attempts"][number]> = []
  for (const key of state.unresolved) {
    if (attempts.length >= input.limit) break
    const { n, notificationId } = Notifications.parseKey(key)
    const row = state.notifications.get(notificationId)
    const attempt = row && Notification.attemptAt(row.notification, n)
    if (row === undefined || attempt === undefined || attempt.state !== "unknown") continue
    const side = Notifications.sideOf(row, n)
    if (side.leaseUntilMs > clockMs) continue
    if (state.protocol.reconcile(row.notification, attempt, context)._tag === "Wait") continue
    side.fence = fence
    side.leaseUntilMs = clockMs + context.policy.leaseMs
    const { frozen, reference } = side
    const quarantined = row.quarantineSinceMs !== null
    attempts.push({ ...Notifications.view(row), n, frozen, reference, quarantined })
  }
  // What was just taken goes to the end, so that a small limit starves nobody.
  for (const { n, notificationId } of attempts) {
    const key = Notifications.keyOf(notificationId, n)
    state.unresolved.delete(key)
    state.unresolved.add(key)
  }
  return { fence, attempts }
}

export const claimPolls = (
  state: State.State,
  input: Deliveries.ClaimPolls,
  clockMs: number
): ReadonlyArray<Deliveries.PollDue> => {
  const context = { ...input.context, clockMs }
  const polls: Array<Deliveries.PollDue> = []
  while (polls.length < input.limit) {
    const dueMs = MinHeap.earliest(state.polls)
    if (dueMs === undefined || dueMs > context.nowMs) break
    const key = MinHeap.pop(state.polls) ?? ""
    const { n, notificationId } = Notifications.parseKey(key)
    const row = state.notifications.get(notificationId)
    const side = row?.sides[n - 1]
    if (row === undefined || side === undefined || side.pollDueMs !== dueMs) continue
    const attempt = Notification.attemptAt(row.notification, n)
    const next = attempt === undefined ? null : Consequences.nextPollMs(attempt, context)
    side.pollDueMs = next
    if (next === null) continue
    MinHeap.push(state.polls, next, key)
    polls.push({ notificationId, n, reference: side.reference })
  }
  return polls
}

export const applyTimers = (
  state: State.State,
  input: Deliveries.ApplyTimers,
  clockMs: number
): { readonly applied: number } => {
  const context = { ...input.context, clockMs }
  const { capabilities, nowMs, policy } = context
  let applied = 0
  while (applied < input.limit) {
    const timerMs = MinHeap.earliest(state.timers)
    if (timerMs === undefined || timerMs > nowMs) break
    const row = state.notifications.get(MinHeap.pop(state.timers) ?? "")
    if (row === undefined || row.timerMs !== timerMs) continue
    row.timerMs = null
    const changed = Notifications.apply(state, row, { _tag: "TimePassed" }, context)
    if (changed) applied++
    const next = Notification.nextTimerMs(row.notification, policy, capabilities)
    // A timer set by a command did not know the policy; one that changed nothing must not return.
    if (changed || next === null || next > nowMs) Notifications.setTimer(state, row, next)
  }
  if (applied > 0) State.audit(state, "applyTimers", nowMs, `${applied}`)
  return { applied }
}
