/**
 * The one place where a notification changes: the rules' step, its consequences and the indexes.
 */
import type * as Attempt from "../../delivery/Attempt.ts"
import type * as Delivery from "../../delivery/Delivery.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Consequences from "../store/Consequences.ts"
import type { NotificationRow } from "../store/Deliveries.ts"
import * as MinHeap from "./MinHeap.ts"
import * as State from "./State.ts"

/** An attempt's key in the indexes. */
export const keyOf = (notificationId: string, n: number): string => `${notificationId}#${n}`

/** The notification and attempt number of a key. */
export const parseKey = (key: string): { readonly notificationId: string; readonly n: number } => {
  const at = key.lastIndexOf("#")
  return { notificationId: key.slice(0, at), n: Number(key.slice(at + 1)) }
}

export const find = (
  state: State.State,
  customerId: string,
  month: State.MonthState["month"]
): State.NotificationState | undefined => {
  for (const notificationId of state.notificationsOf.get(customerId) ?? []) {
    const row = state.notifications.get(notificationId)
    if (row?.month === month) return row
  }
  return undefined
}

/** The row as verbs give it. */
export const view = (row: State.NotificationState): NotificationRow => ({
  notificationId: row.notificationId,
  customerId: row.customerId,
  month: row.month,
  notification: row.notification
})

/** Makes the one notification of a customer and month; `quarantineSinceMs`: after a restore. */
export const hold = (
  state: State.State,
  month: State.MonthState,
  customerId: string,
  notificationId: string | null,
  quarantineSinceMs: number | null
): void => {
  if (notificationId === null || state.notifications.has(notificationId)) return
  state.notifications.set(notificationId, {
    notificationId,
    customerId,
    month: month.month,
    notification: Notification.held,
    sides: [],
    timerMs: null,
    finalMs: null,
    firstAcceptedMs: null,
    granted: false,
    quarantineSinceMs
  })
  const known = state.notificationsOf.get(customerId)
  if (known === undefined) state.notificationsOf.set(customerId, [notificationId])
  else known.push(notificationId)
  month.held.add(notificationId)
  month.pending++
  month.notificationIds.push(notificationId)
}

/** What has been decided about the customer since the notification was made, and restored. */
const contextOf = (
  state: State.State,
  row: State.NotificationState,
  shared: Delivery.DeliveryContext
): Delivery.DeliveryContext => {
  const sinceMs = row.quarantineSinceMs
  const context = sinceMs === null ? shared : { ...shared, quarantine: { sinceMs } }
  const decision = state.months.get(row.month)?.decisions.get(row.customerId)?.decision
  const qualified =
    row.granted || (decision?.outcome === "Qualified" && decision.reach?._tag === "Reachable")
  const suppression = state.suppressions.get(row.customerId)
  if (qualified && suppression === undefined) return context
  return {
    ...context,
    standing: {
      withdrawnReason: qualified ? null : "NOT_QUALIFIED",
      suppressedReason: suppression?.reason ?? null
    }
  }
}

/** The first condition of the mark guard that does not hold. */
export const guard = (
  state: State.State,
  row: State.NotificationState,
  n: number,
  context: Delivery.DeliveryContext,
  facts: Delivery.MarkFacts
): Delivery.GuardFailure | undefined =>
  state.protocol.guard(row.notification, n, contextOf(state, row, context), facts)

/** Whether a quarantine is over: see `Restore.isReconciled`. */
export const isReconciled = (
  state: State.State,
  row: State.NotificationState,
  n: number,
  notFound: ReadonlyArray<number>,
  context: Delivery.DeliveryContext
): boolean =>
  state.protocol.isReconciled(row.notification, n, notFound, contextOf(state, row, context))

const freshSide = (): State.AttemptSide => ({
  fence: 0n,
  leaseUntilMs: 0,
  batchId: null,
  frozen: null,
  reference: "",
  pollDueMs: null
})

export const sideOf = (row: State.NotificationState, n: number): State.AttemptSide => {
  let side = row.sides[n - 1]
  if (side === undefined) row.sides[n - 1] = side = freshSide()
  return side
}

/**
 * Lets an event happen to a notification, with everything that follows from it. Gives whether the
 * notification changed.
 */
export const apply = (
  state: State.State,
  row: State.NotificationState,
  event: Delivery.DeliveryEvent,
  context: Delivery.DeliveryContext
): boolean => {
  const step = state.protocol.step(row.notification, event, contextOf(state, row, context))
  return change(state, row, step, event._tag, context)
}

/** What a restore leaves of a notification: see `Restore.quarantine`. */
export const quarantine = (
  state: State.State,
  row: State.NotificationState,
  context: Delivery.DeliveryContext
): boolean => {
  const step = state.protocol.quarantine(row.notification, contextOf(state, row, context))
  return change(state, row, step, "Restored", context)
}

/** Stores a decision with all that follows from it. Gives whether the notification changed. */
const change = (
  state: State.State,
  row: State.NotificationState,
  step: Delivery.Step,
  causationId: string,
  context: Delivery.DeliveryContext
): boolean => {
  const before = row.notification
  row.notification = step.notification
  for (const fact of step.facts) {
    if (fact._tag === "AttemptAccepted" && row.firstAcceptedMs === null) {
      row.firstAcceptedMs = fact.atMs
    }
    if (fact._tag === "AttemptAccepted" || fact._tag === "AttemptIdentified") {
      indexCarrierId(state, row, fact.n, fact.carrierMessageId)
    }
  }
  if (step.notification !== before) reindex(state, row, before, context)
  settle(state, row, step.facts, causationId, context.nowMs)
  return step.notification !== before
}

/** Events, work items: what leaves the store with the change. */
const settle = (
  state: State.State,
  row: State.NotificationState,
  facts: ReadonlyArray<Delivery.DeliveryFact>,
  causationId: string,
  nowMs: number
): void => {
  const referenceOf = (n: number): string => row.sides[n - 1]?.reference ?? ""
  const consequences = Consequences.ofFacts(view(row), facts, referenceOf)
  const { customerId, month, notificationId } = row
  State.announce(state, consequences.announcements, {
    occurredAtMs: nowMs,
    correlationId: notificationId,
    causationId
  })
  const about = { customerId, month, notificationId }
  for (const cause of consequences.resolved) State.resolveEscalation(state, cause, about, nowMs)
  for (const cause of consequences.raised) State.escalate(state, cause, about, nowMs)
}

const indexCarrierId = (
  state: State.State,
  row: State.NotificationState,
  n: number,
  carrierMessageId: string | null
): void => {
  if (carrierMessageId === null) return
  const key = keyOf(row.notificationId, n)
  const known = state.byCarrierId.get(carrierMessageId)
  if (known === undefined) state.byCarrierId.set(carrierMessageId, [key])
  else if (!known.includes(key)) known.push(key)
  wakeOrphans(state, `id ${carrierMessageId}`)
}

/** Receipts that waited for this name are looked at again. */
export const wakeOrphans = (state: State.State, name: string): void => {
  const digests = state.orphans.get(name)
  if (digests === undefined) return
  state.orphans.delete(name)
  for (const digest of digests) {
    const inbox = state.inbox.get(digest)
    if (inbox?.state === "orphan") state.unfolded.add(digest)
  }
}

const isPending = (notification: Notification.Notification): 0 | 1 =>
  Notification.disposition(notification) === "pending" ? 1 : 0

const reindex = (
  state: State.State,
  row: State.NotificationState,
  before: Notification.Notification,
  context: Delivery.DeliveryContext
): void => {
  const { notification, notificationId } = row
  for (let i = 0; i < notification.attempts.length; i++) {
    const attempt = notification.attempts[i]
    const old = before.attempts[i]
    if (attempt !== undefined && attempt !== old) reindexAttempt(state, row, old, attempt, context)
  }
  const month = State.monthOf(state, row.month)
  if (notification.state === "held") month.held.add(notificationId)
  else if (before.state === "held") month.held.delete(notificationId)
  month.pending += isPending(notification) - isPending(before)
  if (notification.state !== before.state && Notification.isTerminal(notification.state)) {
    row.finalMs = context.nowMs
  }
  const { capabilities, policy } = context
  setTimer(state, row, Notification.nextTimerMs(notification, policy, capabilities))
}

/** Keeps one valid entry per notification in the timer heap. */
export const setTimer = (
  state: State.State,
  row: State.NotificationState,
  timerMs: number | null
): void => {
  if (timerMs === row.timerMs) return
  row.timerMs = timerMs
  if (timerMs !== null) MinHeap.push(state.timers, timerMs, row.notificationId)
}

const reindexAttempt = (
  state: State.State,
  row: State.NotificationState,
  old: Attempt.Attempt | undefined,
  attempt: Attempt.Attempt,
  context: Delivery.DeliveryContext
): void => {
  const side = sideOf(row, attempt.n)
  const key = keyOf(row.notificationId, attempt.n)
  if (old !== undefined && !Consequences.keepsFence(old, attempt)) {
    side.fence = 0n
    side.leaseUntilMs = 0
    side.batchId = null
    state.leased.delete(key)
  }
  if (attempt.state === "pending") {
    if (attempt.firstMarkMs === null) side.frozen = null
    MinHeap.push(state.due, attempt.dueMs, key)
  }
  if (attempt.state === "submitting" || attempt.state === "unknown") state.unresolved.add(key)
  else state.unresolved.delete(key)
  const poll = Consequences.nextPollMs(attempt, context)
  if (poll === null) side.pollDueMs = null
  else if (side.pollDueMs === null) {
    side.pollDueMs = poll
    MinHeap.push(state.polls, poll, key)
  }
}
