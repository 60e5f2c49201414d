/**
 * The delivery protocol as a state machine: one notification, one event, what follows.
 *
 * Guarantees that an event without a row in the tables changes nothing, that facts alone make the
 * state, and that an attempt that did not change keeps its object identity (a store writes back the
 * rows whose reference changed). Leaves fence, lease and the atomicity of the mark to the store.
 *
 * **Source** — delivery protocol 1.1 to 1.3.
 */
import * as AttemptTable from "./AttemptTable.ts"
import type { DeliveryContext } from "./DeliveryContext.ts"
import type { DeliveryEvent } from "./DeliveryEvent.ts"
import type { DeliveryFact, IgnoredReason } from "./DeliveryFact.ts"
import { begin, type Draft, ignore } from "./Draft.ts"
import * as Notification from "./Notification.ts"
import * as NotificationTable from "./NotificationTable.ts"
import * as Reconcile from "./Reconcile.ts"

export type { DeliveryContext, Quarantine, Standing } from "./DeliveryContext.ts"
export type { AcceptanceVia, DeliveryEvent, ResolveAction } from "./DeliveryEvent.ts"
export type { DeliveryFact, FailedReason, IgnoredReason, ReturnCause } from "./DeliveryFact.ts"
export { evolve } from "./Evolve.ts"
export { guard, type GuardFailure, type MarkFacts } from "./MarkGuard.ts"

/** The notification after an event, and what changed, in order. */
export interface Step {
  readonly notification: Notification.Notification
  readonly facts: ReadonlyArray<DeliveryFact>
}

/**
 * Decides an event and applies what follows.
 *
 * **Outcomes, first match wins**
 * 1. the first applicable row of the tables, with everything that follows from it in the same
 *    transaction
 * 2. the same notification and one `Ignored` fact: to be counted
 *
 * **Source** — delivery protocol 1.1 ("The first applicable row wins; an event with no row changes
 * nothing and is counted").
 */
export const step = (
  notification: Notification.Notification,
  event: DeliveryEvent,
  context: DeliveryContext
): Step => {
  const draft = begin(notification, context)
  const because = "n" in event ? onAttempt(draft, event) : onNotification(draft, event)
  if (because !== undefined) ignore(draft, event._tag, "n" in event ? event.n : null, because)
  return { notification: draft.notification, facts: draft.facts }
}

/** The facts of an event, in order: `step` without the state. */
export const decide = (
  notification: Notification.Notification,
  event: DeliveryEvent,
  context: DeliveryContext
): ReadonlyArray<DeliveryFact> => step(notification, event, context).facts

type AttemptEvent = Extract<DeliveryEvent, { readonly n: number }>

const onNotification = (
  draft: Draft,
  event: Exclude<DeliveryEvent, AttemptEvent>
): IgnoredReason | undefined => {
  switch (event._tag) {
    case "Released":
      return NotificationTable.release(draft, event.expiryMs)
    case "Withdrawn":
      return NotificationTable.withdraw(draft, event.reason)
    case "Suppressed":
      return NotificationTable.suppress(draft, event.reason)
    case "QualifiedAgain":
      return NotificationTable.hold(draft)
    case "TimePassed":
      return AttemptTable.passTime(draft)
    case "Resolved":
      return NotificationTable.resolve(draft, event)
  }
}

const onAttempt = (draft: Draft, event: AttemptEvent): IgnoredReason | undefined => {
  const { notification, context } = draft
  const row = Notification.attemptAt(notification, event.n)
  if (row === undefined) return "NO_SUCH_ATTEMPT"
  switch (event._tag) {
    case "Claimed":
      return AttemptTable.claim(draft, row)
    case "Marked":
      return AttemptTable.mark(draft, row, event)
    case "MarkRefused":
      return AttemptTable.refuseMark(draft, row, event.notBeforeMs ?? null)
    case "LeaseOver":
      return AttemptTable.endLease(draft, row)
    case "AcceptanceSeen":
      return AttemptTable.accept(draft, row, event.carrierMessageId, event.via)
    case "RefusalSeen":
      return AttemptTable.refuse(draft, row, event)
    case "ProvenNotSent":
      return AttemptTable.returnUnsent(draft, row, event)
    case "OutcomeUnknown":
      return AttemptTable.loseOutcome(draft, row)
    case "KeyLost":
      return AttemptTable.loseKey(draft, row)
    case "NotFound":
      return AttemptTable.reconcile(draft, row, Reconcile.afterNotFound(notification, row, context))
    case "NoLookup":
      return AttemptTable.reconcile(draft, row, Reconcile.withoutLookup(notification, row, context))
    case "ReceiptSeen":
      return AttemptTable.receive(draft, row, event.receipt)
  }
}
