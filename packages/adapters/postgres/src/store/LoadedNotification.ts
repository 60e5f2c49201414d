/** A notification in the hands of a transaction, and everything that happened to it since. */
import { type CalendarMonth, type Delivery, Notification, type NotificationRow } from "../Core.ts"
import type * as Escalations from "./Escalations.ts"
import type * as Outbox from "./Outbox.ts"

/** What the store keeps of an attempt beside the rules' own values. Changed in place. */
export interface AttemptSide {
  fence: bigint
  /** Process time; `null` while nobody holds it. */
  leaseUntilMs: number | null
  batchId: string | null
  reference: string | null
  pollMs: number | null
  askedMs: number | null
  acceptedMs: number | null
}

/** A notification under its lock. `notification` is what it has become so far. */
export interface Loaded {
  readonly notificationId: string
  readonly customerId: string
  readonly month: CalendarMonth.CalendarMonth
  /** Throws when asked before it was read. */
  standing: Delivery.Standing
  /** Two people gave it to a customer who had not qualified. */
  readonly granted: boolean
  /** Since when a restore leaves open what was sent; `null` outside a quarantine. Business time. */
  quarantineSinceMs: number | null
  readonly before: Notification.Notification
  notification: Notification.Notification
  /** Index n − 1. */
  readonly sides: Array<AttemptSide>
  /** As the row has it, which may be too early: a timer that comes too soon changes nothing. */
  readonly storedTimerMs: number | null
  timerMs: number | null
  endedMs: number | null
}

/** Notifications loaded together and everything that happened to them since. */
export interface Batch {
  readonly rows: ReadonlyMap<string, Loaded>
  /** The database's clock when they were loaded: process time of this transaction. */
  readonly clockMs: number
  readonly touched: Set<Loaded>
  readonly events: Array<Outbox.OutboxEvent>
  readonly raised: Array<Escalations.Raising>
  readonly resolved: Array<Escalations.Raising>
  /** Carrier ids and references that have become known: orphaned receipts may wait for them. */
  readonly carrierIds: Array<string>
  readonly references: Array<string>
}

/** Whether the message can still follow a new decision: not marked, not ended. */
export const isOpenToDecision = ({ notification }: Loaded): boolean =>
  notification.state === "withdrawn" ||
  ((notification.state === "held" || Notification.isLive(notification)) &&
    Notification.isUnmarked(notification))

/** The row as verbs give it. */
export const view = (row: Loaded): NotificationRow => ({
  notificationId: row.notificationId,
  customerId: row.customerId,
  month: row.month,
  notification: row.notification
})
