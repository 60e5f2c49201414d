/**
 * What a change of state brings with it, computed once for every store: the events that leave
 * through the outbox, the work items that are raised or closed, and whose evidence counts.
 *
 * Plain functions over values: a store calls them inside its transaction and writes what they say.
 *
 * **Source** — delivery protocol 1.1, 1.2, 1.3; 2.4, rule 1; invariants 24, 33, 40.
 */
import * as Instant from "../../calendar/Instant.ts"
import * as Attempt from "../../delivery/Attempt.ts"
import type { CarrierCapabilities } from "../../delivery/CarrierCapabilities.ts"
import type { DeliveryContext } from "../../delivery/DeliveryContext.ts"
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import type { DeliveryFact } from "../../delivery/DeliveryFact.ts"
import * as Escalation from "../../delivery/Escalation.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Receipt from "../../delivery/Receipt.ts"
import * as RetryPolicy from "../../delivery/RetryPolicy.ts"
import type { Announcement, DomainEvent } from "../../events/DomainEvent.ts"
import type { Outcome } from "./Decisions.ts"
import type { NotificationRow } from "./Deliveries.ts"

export { issueKey, issuesRaised } from "./IssueEvents.ts"
export { carrierIdWindowMs, matchReceipt, receiptEvents } from "./ReceiptMatching.ts"
export type { AttemptKey, ReceiptMatch } from "./ReceiptMatching.ts"

/** What the store writes beside the new state, in the same transaction. */
export interface Consequences {
  readonly announcements: ReadonlyArray<Announcement>
  /** Insert each unless one of the same cause is open for the notification. */
  readonly raised: ReadonlyArray<Escalation.EscalationCause>
  /** Close the open ones of these causes: two people have decided. */
  readonly resolved: ReadonlyArray<Escalation.EscalationCause>
}

const nothing: Consequences = { announcements: [], raised: [], resolved: [] }

const decidable: ReadonlyArray<Escalation.EscalationCause> = [
  "UNRESOLVABLE",
  "LOOKUP_SILENT",
  "ROWS_EXHAUSTED"
]

/**
 * The consequences of the facts one event had for one notification.
 *
 * - `NotificationSent` once per attempt, when its acceptance becomes known
 * - `DeliveryConfirmed` when the notification is delivered, failed or undeliverable; `late` when it
 *   was in another end state before
 *
 * **Shapes and units**
 * - `row`: the notification *after* the event
 * - `referenceOf`: the client reference under which attempt n was marked; empty if it never was
 *
 * **Source** — product rules, The stages; delivery protocol 1.2.
 */
export const ofFacts = (
  row: NotificationRow,
  facts: ReadonlyArray<DeliveryFact>,
  referenceOf: (n: number) => string
): Consequences => {
  if (facts.length === 0) return nothing
  const announcements: Array<Announcement> = []
  const raised: Array<Escalation.EscalationCause> = []
  const resolved: Array<Escalation.EscalationCause> = []
  const late = facts.some((fact) => fact._tag === "LateDelivery")
  for (const fact of facts) {
    const announcement = announcementOf(row, fact, referenceOf, late)
    if (announcement !== undefined) announcements.push(announcement)
    if (fact._tag === "EscalationRaised" && !raised.includes(fact.cause)) raised.push(fact.cause)
    if (fact._tag === "EscalationResolved") {
      for (const cause of decidable) {
        if (Escalation.actionsFor(cause).includes(fact.action)) resolved.push(cause)
      }
    }
  }
  return announcements.length + raised.length + resolved.length === 0
    ? nothing
    : { announcements, raised, resolved }
}

type Confirmation = "delivered" | "failed" | "undeliverable"

const confirmation = (fact: DeliveryFact): Confirmation | undefined => {
  if (fact._tag === "NotificationDelivered") return "delivered"
  if (fact._tag === "NotificationFailed") return "failed"
  return fact._tag === "NotificationUndeliverable" ? "undeliverable" : undefined
}

const announcementOf = (
  row: NotificationRow,
  fact: DeliveryFact,
  referenceOf: (n: number) => string,
  late: boolean
): Announcement | undefined => {
  const { customerId, month } = row
  const { attempts } = row.notification
  if (fact._tag === "AttemptAccepted") {
    const carrierReference = fact.carrierMessageId ?? ""
    const smsId = referenceOf(fact.n)
    return {
      type: "NotificationSent",
      businessDate: null,
      payload: { customerId, month, smsId, attempt: fact.n, carrierReference }
    }
  }
  const status = confirmation(fact)
  if (status === undefined) return undefined
  const about =
    fact._tag === "NotificationDelivered"
      ? attempts.find((attempt) => attempt.n === fact.n)
      : Notification.currentAttempt(row.notification)
  const smsId = about === undefined ? "" : referenceOf(about.n)
  const category = status === "delivered" ? null : (about?.failure?.category ?? null)
  return {
    type: "DeliveryConfirmed",
    businessDate: null,
    payload: { customerId, month, smsId, status, category, late }
  }
}

/** What the item of a correction after the mark says beside its cause. */
export const counterfactualDetail = (decided: Outcome, counterfactual: Outcome): string =>
  `decided ${decided}; by the corrected balances ${counterfactual}`

/** The event of an escalation that was really inserted. */
export const escalationRaised = (escalation: {
  readonly escalationId: string
  readonly cause: string
  readonly customerId: string | null
  readonly month: NotificationRow["month"] | null
}): Announcement => ({
  type: "EscalationRaised",
  businessDate: null,
  payload: {
    escalationId: escalation.escalationId,
    cause: escalation.cause,
    customerId: escalation.customerId,
    month: escalation.month
  }
})

/** An announcement in its envelope, as the outbox keeps it. */
export const envelope = (
  announcement: Announcement,
  stamp: {
    readonly id: string
    readonly program: string
    readonly occurredAtMs: number
    readonly correlationId: string
    readonly causationId: string
  }
): DomainEvent => {
  const { occurredAtMs, ...rest } = stamp
  return { ...rest, occurredAt: Instant.toIso(occurredAtMs), version: 1, ...announcement }
}

/** A carrier of which nothing is asked: commands do not depend on one. */
const noCarrier: CarrierCapabilities = {
  idempotency: "none",
  lookup: "none",
  validity: "none",
  receipts: { carriesClientReference: false, destructiveRead: false, retentionMs: 0 },
  notSentProof: [],
  maxBatch: 1,
  ratePerSecond: 1
}

/**
 * The context of release, withdrawal, suppression and "qualified again": commands on rows that are
 * not marked, whose outcome depends on no carrier and on no constant but D.
 *
 * **Source** — delivery protocol 1.2.
 */
export const commandContext = (nowMs: number, clockMs: number): DeliveryContext => ({
  nowMs,
  clockMs,
  policy: RetryPolicy.defaults,
  capabilities: noCarrier
})

/**
 * Whether an event counts only from the holder of the attempt's fence. What proves that the carrier
 * has the message is true whoever brings it; "refused", "not sent", "unknown" and "not found" from
 * a stale worker are worthless. Commands and time are nobody's evidence.
 *
 * **Source** — delivery protocol 2.4, rule 1; invariant 24.
 */
export const needsFence = (event: DeliveryEvent): boolean => {
  switch (event._tag) {
    case "Claimed":
    case "Marked":
    case "MarkRefused":
    case "LeaseOver":
    case "RefusalSeen":
    case "ProvenNotSent":
    case "OutcomeUnknown":
    case "KeyLost":
    case "NotFound":
    case "NoLookup":
      return true
    case "AcceptanceSeen":
    case "ReceiptSeen":
    case "Released":
    case "Withdrawn":
    case "Suppressed":
    case "QualifiedAgain":
    case "TimePassed":
    case "Resolved":
      return false
  }
}

/**
 * Whether an event may ask what has been decided about the customer since. Good news does not: as
 * long as no part of any attempt was ever called dead, an acceptance and a receipt that says
 * nothing worse lead to no retry. A store may spare the reading then, and nearly always can.
 *
 * **Source** — delivery protocol 1.2 (failed or refused: not never).
 */
export const needsStanding = (
  { attempts }: Notification.Notification,
  event: DeliveryEvent
): boolean => {
  if (event._tag === "ReceiptSeen") {
    if (Receipt.isNegativeState(event.receipt.state)) return true
  } else if (event._tag !== "AcceptanceSeen") return true
  return attempts.some((row) => Receipt.hasNegative(row.seen))
}

/** A retry comes hours after what it retries: minutes more are nothing to it. */
const scansBeforeRetry = 20

/**
 * When a row that could not be marked is worth claiming again: not in the same scan, or one worker
 * would claim and give it back for ever. What a later attempt waits for, receipts or a look-up
 * about the earlier ones, may be away for hours.
 *
 * **Source** — invariant 35 (no livelock).
 */
export const markAgainMs = ({ nowMs, policy }: DeliveryContext, n: number): number =>
  nowMs + policy.scanMs * (n === 1 ? 1 : scansBeforeRetry)

/**
 * The instant of the contact permission as the mark guard takes it. The permission is asked for in
 * process time, because sixty seconds are real seconds; its age is counted back from business time.
 *
 * **Source** — delivery protocol 1.1 (G: asked ≤ 60 s ago); architecture, Two times.
 */
export const contactAskedMs = (askedClockMs: number, context: DeliveryContext): number =>
  context.nowMs - Math.max(0, context.clockMs - askedClockMs)

/**
 * When the next receipt of an attempt is polled for, or `null` when nothing is to be polled: it was
 * not accepted, or its fate is known. Where nobody can be asked, an unknown attempt is polled too:
 * a
 * receipt is the only thing that can resolve it.
 *
 * **Source** — product rules, Delivery (polls at least every 2 h while pending).
 */
export const nextPollMs = (attempt: Attempt.Attempt, context: DeliveryContext): number | null => {
  const { capabilities, nowMs, policy } = context
  const open =
    attempt.state === "unknown"
      ? capabilities.lookup === "none"
      : attempt.state === "accepted" && Attempt.outcome(attempt) === "open"
  return open ? nowMs + policy.pollEveryMs : null
}

/**
 * Whether the fence on an attempt outlives a change of its row: marking what was claimed keeps it,
 * any other change of state takes it away, so that the worker who held it is stale from then on.
 *
 * **Source** — delivery protocol 1.1 (acceptance: fence + 1; lease over; refusal).
 */
export const keepsFence = (before: Attempt.Attempt, after: Attempt.Attempt | undefined): boolean =>
  after !== undefined &&
  (after.state === before.state || (before.state === "claimed" && after.state === "submitting"))

/** Causes of work items that stores raise themselves, beside those of the delivery rules. */
export const storeCauses = ["CORRECTION_OBSERVED", "RECEIPT_DISAGREES"] as const
