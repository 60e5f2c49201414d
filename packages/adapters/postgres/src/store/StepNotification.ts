/** What an event makes of a loaded notification: the rules' own step and its consequences. */
import { Consequences, Delivery, Notification } from "../Core.ts"
import * as Ids from "../Ids.ts"
import { type AttemptSide, type Batch, type Loaded, view } from "./LoadedNotification.ts"

/**
 * Lets an event happen to a notification, in memory; `save` writes it. Gives whether anything
 * changed. Process time is the database's.
 */
export const apply = (
  batch: Batch,
  row: Loaded,
  event: Delivery.DeliveryEvent,
  shared: Delivery.DeliveryContext
): boolean => {
  return change(batch, row, event._tag, shared, (notification, context) =>
    Delivery.step(notification, event, context)
  )
}

/** What every notification of a batch has in common. */
export type Shared = Delivery.DeliveryContext

/** The same for what is no event of the tables: a step of another rule, by its name. */
export const change = (
  batch: Batch,
  row: Loaded,
  causationId: string,
  shared: Shared,
  step: (
    notification: Notification.Notification,
    context: Delivery.DeliveryContext
  ) => Delivery.Step
): boolean => {
  const context = contextOf(batch, row, shared)
  const before = row.notification
  const { facts, notification } = step(before, context)
  row.notification = notification
  for (const fact of facts) {
    if (fact._tag === "AttemptAccepted") accepted(batch, row, fact)
    if (fact._tag === "AttemptIdentified") batch.carrierIds.push(fact.carrierMessageId)
  }
  if (notification !== before) changed(batch, row, before, context)
  const follows = Consequences.ofFacts(view(row), facts, (n) => row.sides[n - 1]?.reference ?? "")
  for (const announcement of follows.announcements) {
    batch.events.push({
      id: Ids.uuid(context.clockMs),
      correlationId: row.notificationId,
      causationId,
      announcement
    })
  }
  const { customerId, month, notificationId } = row
  for (const cause of follows.raised) {
    batch.raised.push({ cause, customerId, month, notificationId })
  }
  for (const cause of follows.resolved) {
    batch.resolved.push({ cause, customerId, month, notificationId })
  }
  return notification !== before
}

/** The context of one notification. Process time is the database's. */
export const contextOf = (
  { clockMs }: Pick<Batch, "clockMs">,
  { quarantineSinceMs: sinceMs, standing }: Loaded,
  shared: Shared
): Delivery.DeliveryContext => ({
  ...shared,
  clockMs,
  standing,
  ...(sinceMs === null ? {} : { quarantine: { sinceMs } })
})

const accepted = (
  batch: Batch,
  row: Loaded,
  fact: Extract<Delivery.DeliveryFact, { readonly _tag: "AttemptAccepted" }>
): void => {
  const side = row.sides[fact.n - 1]
  if (side !== undefined) side.acceptedMs ??= fact.atMs
  if (side?.reference != null) batch.references.push(side.reference)
  if (fact.carrierMessageId !== null) batch.carrierIds.push(fact.carrierMessageId)
}

const freshSide = (): AttemptSide => ({
  fence: 0n,
  leaseUntilMs: null,
  batchId: null,
  reference: null,
  pollMs: null,
  askedMs: null,
  acceptedMs: null
})

/**
 * When to look again. What is not marked yet is looked at no later than it could be closed if it
 * were marked this instant: so the mark, and the acceptance after it, need not move the timer.
 */
const timerOf = (
  notification: Notification.Notification,
  { capabilities, nowMs, policy }: Delivery.DeliveryContext
): number | null => {
  const next = Notification.nextTimerMs(notification, policy, capabilities)
  return next !== null && Notification.isLive(notification) && Notification.isUnmarked(notification)
    ? Math.min(next, nowMs + policy.confirmationWindowMs)
    : next
}

const changed = (
  batch: Batch,
  row: Loaded,
  before: Notification.Notification,
  context: Delivery.DeliveryContext
): void => {
  const { notification } = row
  for (let i = 0; i < notification.attempts.length; i++) {
    const attempt = notification.attempts[i]
    const old = before.attempts[i]
    if (attempt === undefined || attempt === old) continue
    const side = (row.sides[i] ??= freshSide())
    if (old !== undefined && !Consequences.keepsFence(old, attempt)) {
      side.fence = 0n
      side.leaseUntilMs = null
      side.batchId = null
    }
    const poll = Consequences.nextPollMs(attempt, context)
    side.pollMs = poll === null ? null : (side.pollMs ?? poll)
  }
  if (notification.state !== before.state && Notification.isTerminal(notification.state)) {
    row.endedMs = context.nowMs
  }
  row.timerMs = timerOf(notification, context)
  batch.touched.add(row)
}
