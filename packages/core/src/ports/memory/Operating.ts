/** What people do: suppress, pause, look at escalations; and the outbox and the reports. */
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { Announcement, DomainEvent } from "../../events/DomainEvent.ts"
import type { ProgramStoreVerbs } from "../store/ProgramStoreVerbs.ts"
import * as Consequences from "../store/Consequences.ts"
import type { EscalationRow } from "../store/Deliveries.ts"
import type * as Reports from "../store/Reports.ts"
import * as Notifications from "./Notifications.ts"
import * as State from "./State.ts"
import * as Witness from "./Witness.ts"

type Input<Verb extends keyof ProgramStoreVerbs> = ProgramStoreVerbs[Verb] extends (
  input: infer I
) => unknown
  ? I
  : never

/**
 * What is not marked yet ends at once; what is marked meets the suppression at its next mark. In a
 * store its witness does not know the suppression is kept and nothing ends: its rows may have
 * forgotten what was sent.
 */
export const suppress = (
  state: State.State,
  input: Input<"suppress">,
  clockMs: number
): { readonly added: number } => {
  const { by, nowMs, reason } = input
  const context = Consequences.commandContext(nowMs, clockMs)
  const isKnown = Witness.refusal(state) === undefined
  let added = 0
  for (const customerId of input.customerIds) {
    if (state.suppressions.has(customerId)) continue
    state.suppressions.set(customerId, { reason, by, sinceMs: nowMs })
    added++
    if (!isKnown) continue
    for (const notificationId of state.notificationsOf.get(customerId) ?? []) {
      const row = state.notifications.get(notificationId)
      if (row === undefined) continue
      Notifications.apply(state, row, { _tag: "Suppressed", reason }, context)
    }
  }
  State.audit(state, "suppress", nowMs, `${added}`, by)
  return { added }
}

export const unsuppress = (
  state: State.State,
  input: Input<"unsuppress">
): { readonly removed: number } => {
  let removed = 0
  for (const customerId of input.customerIds) {
    if (state.suppressions.delete(customerId)) removed++
  }
  State.audit(state, "unsuppress", input.nowMs, `${removed}`, input.by)
  return { removed }
}

export const suppressions = (state: State.State, input: Input<"suppressions">) =>
  Array.from(state.suppressions, ([customerId, { reason, sinceMs }]) => ({
    customerId,
    reason,
    sinceMs
  }))
    .filter(({ customerId }) => input.after === null || customerId > input.after)
    .toSorted((left, right) => (left.customerId < right.customerId ? -1 : 1))
    .slice(0, input.limit)

export const setPause = (state: State.State, input: Input<"setPause">): void => {
  state.paused = input.state
  State.audit(state, "setPause", input.nowMs, input.state, input.by)
}

export const escalations = (
  state: State.State,
  input: Input<"escalations">
): ReadonlyArray<EscalationRow> => {
  const page: Array<EscalationRow> = []
  let found = input.after === null
  for (const row of state.escalations.values()) {
    if (page.length >= input.limit) break
    if (found && (!input.openOnly || row.resolvedMs === null)) page.push(row)
    if (row.escalationId === input.after) found = true
  }
  return page
}

export const unnotifiedEscalations = (
  state: State.State,
  input: { readonly limit: number }
): ReadonlyArray<EscalationRow> => {
  const page: Array<EscalationRow> = []
  for (const escalationId of state.unnotified) {
    if (page.length >= input.limit) break
    const row = state.escalations.get(escalationId)
    if (row !== undefined) page.push(row)
  }
  return page
}

export const escalationsNotified = (
  state: State.State,
  input: Input<"escalationsNotified">
): void => {
  for (const escalationId of input.escalationIds) state.unnotified.delete(escalationId)
}

export const outbox = (
  state: State.State,
  input: { readonly limit: number }
): Reports.OutboxPage => {
  const events: Array<DomainEvent> = []
  for (const event of state.outbox.values()) {
    if (events.length >= input.limit) break
    events.push(event)
  }
  return { events }
}

export const outboxPublished = (state: State.State, input: Input<"outboxPublished">): void => {
  for (const eventId of input.eventIds) state.outbox.delete(eventId)
}

/** A version once recorded stays as it is; recording it again changes nothing. */
export const recordReport = (
  state: State.State,
  input: Reports.RecordReport & { readonly announcements: ReadonlyArray<Announcement> }
): void => {
  const { hash, json, month, nowMs, version } = input
  if (state.reports.some((known) => known.month === month && known.version === version)) return
  state.reports.push({ month, version, hash, json, issuedMs: nowMs })
  const row = State.monthOf(state, month)
  if (input.closesMonth && row.status !== "closed") {
    row.status = "closed"
    row.closedMs = nowMs
    for (const date of CalendarMonth.dates(month)) state.captures.delete(date)
  }
  State.announce(state, input.announcements, {
    occurredAtMs: nowMs,
    correlationId: `report ${month}`,
    causationId: version
  })
  State.audit(state, "recordReport", nowMs, `${month} ${version}`)
}

export const recordAccess = (state: State.State, input: Reports.RecordAccess): void =>
  State.audit(state, input.what, input.nowMs, input.subject, input.by)

export const report = (state: State.State, input: Input<"report">): Reports.ReportRow | null =>
  state.reports.findLast(
    (row) => row.month === input.month && (input.version === null || row.version === input.version)
  ) ?? null
