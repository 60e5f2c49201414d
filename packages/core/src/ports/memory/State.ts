/**
 * Everything the memory store knows: plain maps and arrays, changed in place. A verb runs in one
 * synchronous step and checks before it writes, so that it is one transaction.
 */
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import * as Breaker from "../../delivery/Breaker.ts"
import type { Incarnation } from "../../delivery/Incarnation.ts"
import type { Announcement, DomainEvent } from "../../events/DomainEvent.ts"
import type { DeclaredClosure } from "../store/Amendments.ts"
import type { DataQualityIssue, Redecision } from "../store/Captures.ts"
import * as Consequences from "../store/Consequences.ts"
import type { EscalationRow } from "../store/Deliveries.ts"
import type { PolicyRow } from "../store/PolicyRows.ts"
import type { ProposalRow } from "../store/Proposals.ts"
import type { ReportRow } from "../store/Reports.ts"
import * as MinHeap from "./MinHeap.ts"
import * as Protocol from "./Protocol.ts"
import type {
  AuditRow,
  InboxRow,
  MonthLedger,
  MonthState,
  NotificationState,
  RunRow,
  Suppression
} from "./Rows.ts"
import type { Witness } from "./Witness.ts"

export type {
  AttemptSide,
  AuditRow,
  CheckRow,
  EarlierRow,
  DecisionRow,
  InboxRow,
  MonthLedger,
  MonthState,
  NotificationState,
  RunRow,
  Suppression
} from "./Rows.ts"

export interface State {
  readonly program: string
  readonly protocol: Protocol.Protocol
  /** Outside the store: a backup of it is no backup of its witness. */
  readonly witness: Witness | undefined
  incarnation: Incarnation
  /** Business time of the last confirmed restore; `null` before any. */
  restoredMs: number | null
  nextFence: bigint
  nextId: number
  readonly runs: Map<string, RunRow>
  /** The newest run by kind and key. */
  readonly latestRuns: Map<string, RunRow>
  /** The newest finished capture of each date whose month is not closed. */
  readonly captures: Map<BusinessDate, RunRow>
  /** Every date that was ever captured, in order. */
  readonly capturedDates: Array<BusinessDate>
  readonly ledgers: Map<CalendarMonth, MonthLedger>
  readonly issues: Array<DataQualityIssue & { readonly atMs: number }>
  readonly issueKeys: Set<string>
  readonly months: Map<CalendarMonth, MonthState>
  readonly redecisions: Map<string, Redecision>
  readonly proposals: Map<string, ProposalRow>
  readonly policies: Map<string, PolicyRow>
  readonly closures: Map<BusinessDate, DeclaredClosure>
  readonly notifications: Map<string, NotificationState>
  /** Notifications of a customer, for suppression. */
  readonly notificationsOf: Map<string, Array<string>>
  readonly due: MinHeap.MinHeap
  readonly timers: MinHeap.MinHeap
  readonly polls: MinHeap.MinHeap
  /** Attempts under a lease, `id#n`. */
  readonly leased: Set<string>
  /** Attempts that are submitting or unknown, `id#n`, longest first. */
  readonly unresolved: Set<string>
  readonly byReference: Map<string, string>
  readonly byCarrierId: Map<string, Array<string>>
  readonly inbox: Map<string, InboxRow>
  /** Inbox keys by the reference a receipt names, else by the carrier's id. */
  readonly inboxByName: Map<string, Array<string>>
  readonly unfolded: Set<string>
  /** Orphan digests by reference and by carrier id, so that they are found when it appears. */
  readonly orphans: Map<string, Set<string>>
  readonly suppressions: Map<string, Suppression>
  paused: "none" | "paused" | "killed"
  carrierNotBeforeMs: number
  breaker: Breaker.Breaker
  /** Process instants and sizes of the claims of the last second. */
  claims: Array<{ readonly clockMs: number; readonly count: number }>
  readonly escalations: Map<string, EscalationRow>
  readonly openEscalations: Map<string, string>
  readonly unnotified: Set<string>
  readonly outbox: Map<string, DomainEvent>
  readonly reports: Array<ReportRow>
  readonly audit: Array<AuditRow>
}

export const make = (program: string, protocol = Protocol.real, witness?: Witness): State => ({
  program,
  protocol,
  witness,
  incarnation: { systemIdentifier: `${program} 1`, timeline: 1, number: 1 },
  restoredMs: null,
  nextFence: 1n,
  nextId: 1,
  runs: new Map(),
  latestRuns: new Map(),
  captures: new Map(),
  capturedDates: [],
  ledgers: new Map(),
  issues: [],
  issueKeys: new Set(),
  months: new Map(),
  redecisions: new Map(),
  proposals: new Map(),
  policies: new Map(),
  closures: new Map(),
  notifications: new Map(),
  notificationsOf: new Map(),
  due: MinHeap.make(),
  timers: MinHeap.make(),
  polls: MinHeap.make(),
  leased: new Set(),
  unresolved: new Set(),
  byReference: new Map(),
  byCarrierId: new Map(),
  inbox: new Map(),
  inboxByName: new Map(),
  unfolded: new Set(),
  orphans: new Map(),
  suppressions: new Map(),
  paused: "none",
  carrierNotBeforeMs: 0,
  breaker: Breaker.closed,
  claims: [],
  escalations: new Map(),
  openEscalations: new Map(),
  unnotified: new Set(),
  outbox: new Map(),
  reports: [],
  audit: []
})

/** Strictly increasing, never used again. */
export const takeFence = (state: State): bigint => {
  const fence = state.nextFence
  state.nextFence = fence + 1n
  return fence
}

/** The month's row, made when it is first touched. */
export const monthOf = (state: State, month: CalendarMonth): MonthState => {
  const known = state.months.get(month)
  if (known !== undefined) return known
  const made: MonthState = {
    month,
    status: "open",
    contentHash: null,
    decidedMs: null,
    releasedMs: null,
    closedMs: null,
    approvedBy: [],
    approved: false,
    decisions: new Map(),
    qualified: 0,
    notQualified: 0,
    customersOf: new Map(),
    waived: new Map(),
    amendedMs: null,
    held: new Set(),
    notificationIds: [],
    pending: 0,
    corrections: 0,
    correctionsObserved: 0,
    receipts: 0
  }
  state.months.set(month, made)
  return made
}

/** Puts events into the outbox, in the order of commits. */
export const announce = (
  state: State,
  announcements: ReadonlyArray<Announcement>,
  stamp: {
    readonly occurredAtMs: number
    readonly correlationId: string
    readonly causationId: string
  }
): void => {
  for (const announcement of announcements) {
    const id = `${state.program}-event-${state.nextId++}`
    const event = Consequences.envelope(announcement, { id, program: state.program, ...stamp })
    state.outbox.set(id, event)
  }
}

/** One audit row per page of work. */
export const audit = (
  state: State,
  verb: string,
  atMs: number,
  subject: string,
  by: string | null = null
): void => {
  state.audit.push({ sequence: state.audit.length + 1, verb, atMs, subject, by })
}

/** What an escalation is about; every field `null` for the program as a whole. */
export interface About {
  readonly customerId: string | null
  readonly month: CalendarMonth | null
  readonly notificationId: string | null
}

/** Opens a work item; one of the same cause open about the same thing takes the newer detail. */
export const escalate = (
  state: State,
  cause: string,
  about: About,
  nowMs: number,
  detail: string | null = null
): void => {
  const key = escalationKey(cause, about)
  const known = state.escalations.get(state.openEscalations.get(key) ?? "")
  if (known !== undefined) {
    if (detail !== null) state.escalations.set(known.escalationId, { ...known, detail })
    return
  }
  const escalationId = `${state.program}-escalation-${state.nextId++}`
  const when = { raisedMs: nowMs, resolvedMs: null }
  const row: EscalationRow = { escalationId, cause, ...about, detail, ...when }
  state.escalations.set(escalationId, row)
  state.openEscalations.set(key, escalationId)
  state.unnotified.add(escalationId)
  announce(state, [Consequences.escalationRaised(row)], {
    occurredAtMs: nowMs,
    correlationId: about.notificationId ?? escalationId,
    causationId: cause
  })
}

/** Closes the open work item of a cause, if there is one. */
export const resolveEscalation = (
  state: State,
  cause: string,
  about: About,
  nowMs: number
): void => {
  const key = escalationKey(cause, about)
  const escalationId = state.openEscalations.get(key)
  const row = escalationId === undefined ? undefined : state.escalations.get(escalationId)
  if (escalationId === undefined || row === undefined) return
  state.escalations.set(escalationId, { ...row, resolvedMs: nowMs })
  state.openEscalations.delete(key)
}

const escalationKey = (cause: string, about: About): string =>
  JSON.stringify([cause, about.notificationId, about.customerId, about.month])
