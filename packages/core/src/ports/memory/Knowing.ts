/** What the ledger knows, for planning, reporting and explaining. */
import * as Attempt from "../../delivery/Attempt.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Notification from "../../delivery/Notification.ts"
import type { MonthFigures } from "../../report/MonthFigures.ts"
import type * as Reports from "../store/Reports.ts"
import { countAt } from "./Captures.ts"
import { countRedecisions, monthRow } from "./Decisions.ts"
import * as MinHeap from "./MinHeap.ts"
import { checksOf } from "./MonthEvidence.ts"
import * as Notifications from "./Notifications.ts"
import { outdatedReports } from "./OutdatedReports.ts"
import { receiptsOf } from "./Receipts.ts"
import * as State from "./State.ts"
import * as Witness from "./Witness.ts"

/** The earliest instant of a heap whose entry still holds; entries that do not are dropped. */
const earliest = (
  heap: MinHeap.MinHeap,
  holds: (id: string, instantMs: number) => boolean
): number | null => {
  for (;;) {
    const instantMs = MinHeap.earliest(heap)
    const id = MinHeap.peek(heap)
    if (instantMs === undefined || id === undefined) return null
    if (holds(id, instantMs)) return instantMs
    MinHeap.pop(heap)
  }
}

const dueInstants = (state: State.State) => {
  const sideOf = (key: string) => {
    const { n, notificationId } = Notifications.parseKey(key)
    const row = state.notifications.get(notificationId)
    return {
      attempt: row && Notification.attemptAt(row.notification, n),
      side: row?.sides[n - 1]
    }
  }
  return {
    submitDueMs: earliest(state.due, (key, instantMs) => {
      const { attempt } = sideOf(key)
      return attempt?.state === "pending" && attempt.dueMs === instantMs
    }),
    timerDueMs: earliest(
      state.timers,
      (id, instantMs) => state.notifications.get(id)?.timerMs === instantMs
    ),
    pollDueMs: earliest(state.polls, (key, instantMs) => sideOf(key).side?.pollDueMs === instantMs)
  }
}

/** What the ledger knows of captures, months and reports: what takes long to put together. */
export type Standing = Pick<
  Reports.LedgerView,
  "captures" | "months" | "pendingMonths" | "heldMonths" | "reports" | "outdatedReports"
>

export const standing = (state: State.State): Standing => {
  const months = Array.from(state.months.values()).toSorted((left, right) =>
    left.month < right.month ? -1 : 1
  )
  const captures = Array.from(state.captures.keys()).toSorted()
  return {
    captures: captures.flatMap((businessDate) => {
      const run = state.captures.get(businessDate)
      if (run === undefined) return []
      const { finishedMs, sequence } = run
      const count = countAt(state, businessDate)
      return [{ businessDate, sequence, finishedMs: finishedMs ?? 0, count }]
    }),
    months: months.map(monthRow),
    pendingMonths: months.flatMap(({ month, pending }) => (pending > 0 ? [month] : [])),
    heldMonths: months.flatMap(({ held, month }) => (held.size > 0 ? [month] : [])),
    reports: state.reports.map(({ month, version }) => ({ month, version })),
    outdatedReports: outdatedReports(state)
  }
}

/** An attempt under a lease may be unresolved as well: it counts once. */
const countUnresolved = ({ leased, unresolved }: State.State): number => {
  let count = unresolved.size
  for (const key of leased) if (!unresolved.has(key)) count++
  return count
}

/** The ledger with what it knows of months, which whoever asks may have kept. */
export const ledger = (state: State.State, known: Standing): Reports.LedgerView => ({
  ...known,
  paused: state.paused,
  breaker: state.breaker,
  witness: Witness.standing(state),
  delivery: {
    ...dueInstants(state),
    unresolved: countUnresolved(state),
    unfoldedReceipts: state.unfolded.size
  },
  redecisions: countRedecisions(state),
  unpublished: state.outbox.size,
  unnotifiedEscalations: state.unnotified.size
})

type Counts = Record<string, number>

const add = (counts: Counts, key: string, by = 1): void => {
  counts[key] = (counts[key] ?? 0) + by
}

/** A message withdrawn at submission keeps the word it counts under before a colon. */
const withdrawnWord = /^(unreachable|excluded|unrenderable):/

const countDecisions = (state: State.State, month: State.MonthState) => {
  const reasons: Counts = {}
  const reach: Record<string, Counts> = { Unreachable: {}, Excluded: {}, Unrenderable: {} }
  for (const { decision } of month.decisions.values()) {
    const first = decision.reasons[0]
    if (first !== undefined) add(reasons, first.code)
    const found = decision.reach
    if (decision.outcome !== "Qualified" || found === null || found._tag === "Reachable") continue
    const notification = Notifications.find(state, decision.customerId, month.month)?.notification
    const counted =
      notification === undefined ||
      (notification.state === "withdrawn" && !withdrawnWord.test(notification.reason ?? ""))
    const counts = reach[found._tag]
    if (counted && counts !== undefined) add(counts, found.reason)
  }
  return { reasons, reach }
}

/**
 * Where a notification counts; `undefined` for one withdrawn with its customer's qualification,
 * even if a late receipt says that it arrived. One whose customer qualified again too late to be
 * held again is expired.
 */
const stateOf = (month: State.MonthState, row: State.NotificationState): string | undefined => {
  const { reason, state } = row.notification
  const decision = month.decisions.get(row.customerId)?.decision
  if (decision?.outcome !== "Qualified") return undefined
  if (state !== "withdrawn") return state
  if (withdrawnWord.test(reason ?? "")) return state
  return decision.reach?._tag === "Reachable" ? "expired" : undefined
}

const isPending = ({ notification: { state } }: State.NotificationState): boolean =>
  state === "held" || state === "active" || state === "waiting"

const countNotifications = (state: State.State, month: State.MonthState) => {
  const states: Counts = {}
  const stateReasons: Record<string, Counts> = {}
  const byState: Counts = {}
  const failuresByCategory: Counts = {}
  const granted: Counts = {}
  const totals = { accepted: 0, acceptedPending: 0, total: 0, consumed: 0, segments: 0 }
  let firstAcceptedMs: number | null = null
  let lastFinalMs: number | null = null
  for (const notificationId of month.notificationIds) {
    const row = state.notifications.get(notificationId)
    if (row === undefined) continue
    const counted = row.granted ? undefined : stateOf(month, row)
    if (row.granted) add(granted, row.notification.state)
    else if (counted !== undefined) {
      add(states, counted)
      const { reason } = row.notification
      if (reason !== null) add((stateReasons[counted] ??= {}), reason)
    } else if (row.notification.state !== "withdrawn") {
      add((stateReasons["withdrawn"] ??= {}), `${row.notification.state.toUpperCase()}_LATE`)
    }
    if (row.firstAcceptedMs !== null) {
      if (!row.granted) totals.accepted++
      if (!row.granted && isPending(row)) totals.acceptedPending++
      firstAcceptedMs = Math.min(firstAcceptedMs ?? row.firstAcceptedMs, row.firstAcceptedMs)
    }
    if (row.finalMs !== null) lastFinalMs = Math.max(lastFinalMs ?? row.finalMs, row.finalMs)
    for (const attempt of row.notification.attempts) {
      totals.total++
      if (Attempt.isConsumed(attempt)) totals.consumed++
      totals.segments += attempt.parts
      add(byState, attempt.state)
      if (attempt.failure !== null) add(failuresByCategory, attempt.failure.category)
    }
  }
  const { accepted, acceptedPending, ...counts } = totals
  const attempts = { ...counts, byState, failuresByCategory }
  return {
    states,
    stateReasons,
    granted,
    accepted,
    acceptedPending,
    attempts,
    firstAcceptedMs,
    lastFinalMs
  }
}

const countCaptures = (state: State.State, month: CalendarMonth.CalendarMonth) => {
  const finishedMs: Record<string, number> = {}
  for (const run of state.runs.values()) {
    if (run.kind !== "capture" || !run.key.startsWith(month) || run.finishedMs === null) continue
    finishedMs[run.key] = Math.min(finishedMs[run.key] ?? run.finishedMs, run.finishedMs)
  }
  let balances = 0
  for (const count of state.ledgers.get(month)?.inForce ?? []) balances += count ?? 0
  return { balances, finishedMs }
}

export const monthFigures = (
  state: State.State,
  input: { readonly month: CalendarMonth.CalendarMonth }
): MonthFigures => {
  const month = State.monthOf(state, input.month)
  const { population, qualified, notQualified, undetermined } = monthRow(month)
  const { reach, reasons } = countDecisions(state, month)
  const { firstAcceptedMs, lastFinalMs, ...delivery } = countNotifications(state, month)
  const openEscalations: Counts = {}
  for (const row of state.escalations.values()) {
    if (row.month === input.month && row.resolvedMs === null) add(openEscalations, row.cause)
  }
  const issues: Counts = {}
  for (const { businessDate, code } of state.issues) {
    if (businessDate !== null && CalendarMonth.of(businessDate) === input.month) add(issues, code)
  }
  let orphans = 0
  for (const inbox of state.inbox.values()) {
    if (inbox.state === "orphan" || inbox.state === "held") orphans++
  }
  const { corrections, correctionsObserved, decidedMs, receipts, releasedMs } = month
  return {
    month: input.month,
    population,
    qualified,
    notQualified,
    undetermined,
    reasons,
    unreachable: reach["Unreachable"] ?? {},
    excluded: reach["Excluded"] ?? {},
    unrenderable: reach["Unrenderable"] ?? {},
    ...delivery,
    openEscalations,
    issues,
    corrections,
    correctionsObserved,
    captures: countCaptures(state, input.month),
    receipts: { stored: receipts, orphans },
    timings: { decidedMs, releasedMs, firstAcceptedMs, lastFinalMs }
  }
}

export const customerMonth = (
  state: State.State,
  input: { readonly customerId: string; readonly month: CalendarMonth.CalendarMonth }
): Reports.CustomerMonth => {
  const { customerId, month } = input
  const decided = state.months.get(month)?.decisions.get(customerId)
  const row = Notifications.find(state, customerId, month)
  return {
    customerId,
    month,
    decision: decided?.decision ?? null,
    revision: decided?.revision ?? 0,
    decidedMs: decided?.decidedMs ?? null,
    policyHash: decided?.policyHash ?? null,
    checks: checksOf(state, decided?.decision.accountIds ?? [], month),
    notification: row === undefined ? null : Notifications.view(row),
    references: row?.sides.map((side) => side.reference).filter((text) => text !== "") ?? [],
    receipts: row === undefined ? [] : receiptsOf(state, row),
    escalations: Array.from(state.escalations.values()).filter(
      (escalation) => escalation.customerId === customerId && escalation.month === month
    )
  }
}
