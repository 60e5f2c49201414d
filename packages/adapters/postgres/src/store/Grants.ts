/** A message for a wronged customer: the one the customer's month never had, and never a second. */
import * as Effect from "effect/Effect"
import {
  type ConfirmProposal,
  Consequences,
  type ProposalRefusal,
  type ProposedGrant
} from "../Core.ts"
import * as Decisions from "./Decisions.ts"
import * as Months from "./Months.ts"
import * as Notifications from "./Notifications.ts"
import * as Restores from "./Restores.ts"
import type { Store } from "./Store.ts"

/** The first reason against it, or the message is held. */
export const grant = Effect.fnUntraced(function* (
  store: Store,
  { customerId, month, notificationId }: ProposedGrant,
  { nowMs, terms }: ConfirmProposal
) {
  const status = yield* Months.lock(store, month)
  if (status === undefined || status === "open" || status === "complete") {
    return refused("MONTH_NOT_DECIDED")
  }
  if (status === "closed") return refused("MONTH_CLOSED")
  const [decision] = yield* Decisions.current(store, month, [customerId])
  if (decision === undefined) return refused("UNKNOWN_CUSTOMER")
  if (decision.outcome === "Qualified") return refused("QUALIFIED")
  const batch = yield* Notifications.loadCustomers(store, month, [customerId])
  const row = [...batch.rows.values()][0]
  if (row !== undefined && row.notification.state !== "withdrawn") return refused("HAS_MESSAGE")
  if (terms.expiryMs !== null && nowMs >= terms.expiryMs) return refused("MESSAGES_EXPIRED")
  if (row === undefined) {
    yield* store.sql`
      INSERT INTO notification (program, notification_id, month, customer_id, granted,
        quarantine_since)
      VALUES (${store.program}, ${notificationId}, ${month}, ${customerId}, true,
        (${Restores.since(store, month)}))`
    return undefined
  }
  const context = Consequences.commandContext(nowMs, batch.clockMs)
  row.standing = { ...row.standing, withdrawnReason: null }
  if (!Notifications.apply(batch, row, { _tag: "QualifiedAgain" }, context)) {
    return refused("MESSAGES_EXPIRED")
  }
  yield* Notifications.save(store, batch, nowMs)
  yield* store.sql`
    UPDATE notification SET granted = true
    WHERE program = ${store.program} AND notification_id = ${row.notificationId}`
  return undefined
})

const refused = (reason: ProposalRefusal): ProposalRefusal => reason
