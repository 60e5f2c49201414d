/**
 * What a restore leaves of a notification. Rows it lost come back clean, so nothing that could have
 * been sent since the backup is believed unsent until the carrier was asked.
 *
 * **Source** — delivery protocol 1.4.
 */
import type * as Attempt from "./Attempt.ts"
import * as DeliveryContext from "./DeliveryContext.ts"
import type { Step } from "./Delivery.ts"
import { begin, emit } from "./Draft.ts"
import * as Notification from "./Notification.ts"
import * as Reconcile from "./Reconcile.ts"

/** Whether a message of this row may have been sent since the backup without the row knowing. */
const isSendable = ({ state }: Attempt.Attempt): boolean =>
  state === "pending" || state === "claimed" || state === "submitting" || state === "unknown"

/**
 * The notification as it enters the quarantine: every row that could have been sent is `unknown,
 * amb, K closed`. An ended notification is left alone; rows added later start in the same way while
 * `context.quarantine` is set.
 *
 * **Outcomes, first match wins**
 * 1. no quarantine in the context, or nothing sendable: the same notification, no facts
 * 2. the rows unknown, and a waiting notification active: its current row is to be reconciled
 *
 * **Source** — delivery protocol 1.4.
 */
export const quarantine = (
  notification: Notification.Notification,
  context: DeliveryContext.DeliveryContext
): Step => {
  const draft = begin(notification, context)
  const held = context.quarantine
  if (held === undefined || Notification.isTerminal(notification.state)) {
    return { notification, facts: draft.facts }
  }
  const start = DeliveryContext.restored(held, context)
  for (const { dueMs, n, ...row } of notification.attempts) {
    if (!isSendable({ dueMs, n, ...row })) continue
    emit(draft, { _tag: "AttemptAdded", n, dueMs, restored: start })
    if (draft.notification.state === "waiting") {
      emit(draft, { _tag: "NotificationActivated", expiryMs: null })
    }
  }
  return { notification: draft.notification, facts: draft.facts }
}

/**
 * Whether a quarantine is over for a notification: row `n` can be proven void now, and the same
 * look-up found no later reference either. Later rows then start clean.
 *
 * **Shapes and units**
 * - `notFound`: the numbers of the attempts whose references one look-up did not find
 *
 * **Source** — delivery protocol 1.4 ("its references n and all later n not found, settled, after
 * V").
 */
export const isReconciled = (
  notification: Notification.Notification,
  n: number,
  notFound: ReadonlyArray<number>,
  context: DeliveryContext.DeliveryContext
): boolean => {
  const row = Notification.attemptAt(notification, n)
  if (row === undefined || !row.keyClosed) return false
  for (let later = n; later <= context.policy.maxRows; later++) {
    if (!notFound.includes(later)) return false
  }
  return Reconcile.afterNotFound(notification, row, context)._tag === "Void"
}
