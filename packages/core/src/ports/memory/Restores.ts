/**
 * A store that two people take for the program's own after a restore: a new life begins, and
 * whatever may have been sent without its rows knowing is asked about before anything is sent.
 *
 * **Source** — delivery protocol 1.4; rules: core's Incarnation and Restore.
 */
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Incarnation from "../../delivery/Incarnation.ts"
import type * as Deliveries from "../store/Deliveries.ts"
import type * as Proposals from "../store/Proposals.ts"
import * as Notifications from "./Notifications.ts"
import type * as State from "./State.ts"

const dayMs = 86_400_000

/** Whether a message in this state may have been sent, or be sent yet. */
const isOpen = ({ notification: { state } }: State.NotificationState): boolean =>
  state === "active" || state === "waiting" || state === "escalated"

/** Begins the next life of the store and tells the witness, or says that there is no need. */
export const restore = (
  state: State.State,
  { nowMs, terms }: Proposals.ConfirmProposal,
  clockMs: number
): Proposals.ProposalRefusal | undefined => {
  const { witness } = state
  if (witness === undefined || terms.delivery === undefined) return "NOT_RESTORED"
  const known = witness.read()
  if (Incarnation.mismatch(state.incarnation, known) === undefined) return "NOT_RESTORED"
  state.incarnation = Incarnation.next(state.incarnation, known)
  state.nextFence = Incarnation.fenceAfter(state.nextFence)
  state.restoredMs = nowMs
  const context = { ...terms.delivery, nowMs, clockMs }
  for (const row of state.notifications.values()) {
    // One that was withdrawn may be held again.
    const waits = row.notification.state === "held" || row.notification.state === "withdrawn"
    if (!waits && !isOpen(row)) continue
    row.quarantineSinceMs = nowMs
    if (isOpen(row)) Notifications.quarantine(state, row, context)
  }
  witness.write(state.incarnation)
  return undefined
}

/**
 * Since when a new message of a month is in quarantine, or `null`: a restore may have lost one of
 * the same name that was sent. None of a month after the restore can have been.
 */
export const since = (
  { restoredMs }: State.State,
  month: CalendarMonth.CalendarMonth
): number | null => {
  if (restoredMs === null) return null
  const lost = CalendarMonth.of(BusinessDate.fromEpochDay(Math.floor(restoredMs / dayMs)))
  return month <= lost ? restoredMs : null
}

/** Ends the quarantine where one look-up found neither this reference nor any later one. */
export const lift = (
  state: State.State,
  row: State.NotificationState,
  { event, n, notFound }: Deliveries.Evidence,
  context: Deliveries.RecordEvidence["context"]
): void => {
  if (row.quarantineSinceMs === null || event._tag !== "NotFound" || notFound === undefined) return
  if (Notifications.isReconciled(state, row, n, notFound, context)) row.quarantineSinceMs = null
}

/** A reference that the restore had lost: polls and receipts need it. */
export const rememberReference = (
  state: State.State,
  row: State.NotificationState,
  { n, reference }: Deliveries.Evidence
): void => {
  if (reference === undefined) return
  const side = Notifications.sideOf(row, n)
  if (side.reference !== "") return
  side.reference = reference.reference
  state.byReference.set(side.reference, Notifications.keyOf(row.notificationId, n))
  Notifications.wakeOrphans(state, `reference ${side.reference}`)
}
