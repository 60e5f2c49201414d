/**
 * The rows of table 1.1: what claims, marks, evidence and time do to one attempt, and through it to
 * the notification.
 *
 * **Source** — delivery protocol 1.1.
 */
import * as Attempt from "./Attempt.ts"
import type { AcceptanceVia, DeliveryEvent } from "./DeliveryEvent.ts"
import type { IgnoredReason } from "./DeliveryFact.ts"
import { type Draft, emit } from "./Draft.ts"
import * as Failure from "./Failure.ts"
import * as Notification from "./Notification.ts"
import * as Table from "./NotificationTable.ts"
import * as Receipt from "./Receipt.ts"
import type * as Reconcile from "./Reconcile.ts"

type Of<Tag extends DeliveryEvent["_tag"]> = Extract<DeliveryEvent, { readonly _tag: Tag }>
type Row = Attempt.Attempt

/** pending + T2. */
export const claim = (draft: Draft, { n, state, dueMs }: Row): IgnoredReason | undefined => {
  if (state !== "pending") return "NO_TRANSITION"
  if (dueMs > draft.context.nowMs) return "NOT_DUE"
  emit(draft, { _tag: "AttemptClaimed", n })
  return undefined
}

/** claimed + T3 mark; the guard has been evaluated with it. */
export const mark = (
  draft: Draft,
  { n, state }: Row,
  { validUntilMs, parts }: Of<"Marked">
): IgnoredReason | undefined => {
  if (state !== "claimed") return "NO_TRANSITION"
  if (!Notification.isLive(draft.notification)) return "NOT_ALLOWED"
  if (!Number.isInteger(parts) || parts < 1 || parts > Receipt.maxParts) return "MALFORMED"
  emit(draft, { _tag: "AttemptMarked", n, atMs: draft.context.nowMs, validUntilMs, parts })
  Table.activate(draft)
  return undefined
}

/** claimed + T3 refused. */
export const refuseMark = (
  draft: Draft,
  row: Row,
  notBeforeMs: number | null
): IgnoredReason | undefined => {
  const { n } = row
  if (row.state !== "claimed") return "NO_TRANSITION"
  if (row.ambiguous) {
    const sinceClockMs = row.unknownSinceMs ?? draft.context.clockMs
    emit(draft, { _tag: "AttemptUnknown", n, sinceClockMs, dueMs: notBeforeMs })
    return undefined
  }
  if (Table.settleUnmarked(draft)) return undefined
  if (!Notification.isLive(draft.notification)) {
    emit(draft, { _tag: "AttemptCancelled", n })
    return undefined
  }
  const dueMs = Math.max(row.dueMs, notBeforeMs ?? row.dueMs)
  emit(draft, { _tag: "AttemptReturned", n, dueMs, cause: "MARK_REFUSED", code: null })
  return undefined
}

/** claimed or submitting + lease over. */
export const endLease = (draft: Draft, row: Row): IgnoredReason | undefined => {
  const { n, dueMs } = row
  if (row.state === "submitting") return loseOutcome(draft, row)
  if (row.state !== "claimed") return "NO_TRANSITION"
  emit(draft, { _tag: "AttemptReturned", n, dueMs, cause: "LEASE_OVER", code: null })
  return undefined
}

/** any + acceptance. */
export const accept = (
  draft: Draft,
  row: Row,
  carrierMessageId: string | null,
  via: AcceptanceVia
): IgnoredReason | undefined => {
  const { n } = row
  if (row.state !== "accepted") {
    emit(draft, { _tag: "AttemptAccepted", n, atMs: draft.context.nowMs, carrierMessageId, via })
    Table.reopen(draft, n)
  }
  const known = row.carrierMessageId
  if (carrierMessageId === null || known === carrierMessageId) {
    return row.state === "accepted" ? "DUPLICATE" : undefined
  }
  if (known !== null) {
    emit(draft, { _tag: "EscalationRaised", cause: "CONFLICTING_CARRIER_ID", n })
  } else if (row.state === "accepted") {
    emit(draft, { _tag: "AttemptIdentified", n, carrierMessageId })
  }
  return undefined
}

/** A refusal or a not-sent proof speaks for one request: only the stored answer speaks for all. */
const speaksForAll = ({ context }: Draft, row: Row, stored: boolean): boolean =>
  !row.ambiguous ||
  (stored && Attempt.isKeyOpen(row, context.nowMs, context.policy, context.capabilities))

/** submitting + refusal. */
export const refuse = (
  draft: Draft,
  row: Row,
  { failure, stored }: Of<"RefusalSeen">
): IgnoredReason | undefined => {
  if (row.state !== "submitting") return "NO_TRANSITION"
  if (!speaksForAll(draft, row, stored)) return loseOutcome(draft, row)
  emit(draft, { _tag: "AttemptRefused", n: row.n, atMs: draft.context.nowMs, failure })
  Table.concludeFailure(draft, row.n)
  return undefined
}

/** submitting + proven not sent; what may not be sent any more ends at once. */
export const returnUnsent = (
  draft: Draft,
  row: Row,
  { code, notBeforeMs, stored }: Of<"ProvenNotSent">
): IgnoredReason | undefined => {
  if (row.state !== "submitting") return "NO_TRANSITION"
  if (!speaksForAll(draft, row, stored)) return loseOutcome(draft, row)
  const { n } = row
  const dueMs = Math.max(draft.context.nowMs, notBeforeMs ?? 0)
  emit(draft, { _tag: "AttemptReturned", n, dueMs, cause: "NOT_SENT", code })
  if (!Table.settleUnmarked(draft) && !Notification.isLive(draft.notification)) {
    emit(draft, { _tag: "AttemptCancelled", n })
  }
  return undefined
}

/** submitting + anything else. */
export const loseOutcome = (draft: Draft, { n, state }: Row): IgnoredReason | undefined => {
  if (state !== "submitting") return "NO_TRANSITION"
  const sinceClockMs = draft.context.clockMs
  emit(draft, { _tag: "AttemptUnknown", n, sinceClockMs, dueMs: null })
  return undefined
}

/** The key protects no replay any more; what is not marked yet was never under it. */
export const loseKey = (draft: Draft, row: Row): IgnoredReason | undefined => {
  if (row.keyClosed || (row.state !== "submitting" && !row.ambiguous)) return "NO_TRANSITION"
  emit(draft, { _tag: "AttemptKeyClosed", n: row.n })
  return undefined
}

/** unknown + not found, or no look-up: whatever `Reconcile` says. */
export const reconcile = (
  draft: Draft,
  { n }: Row,
  action: Reconcile.Resolution
): IgnoredReason | undefined => {
  const { nowMs } = draft.context
  switch (action._tag) {
    case "Replay":
      emit(draft, { _tag: "AttemptReturned", n, dueMs: nowMs, cause: "REPLAY", code: null })
      return undefined
    case "Void":
      emit(draft, { _tag: "AttemptVoid", n, atMs: nowMs })
      Table.replaceVoid(draft, n)
      return undefined
    case "Escalate":
      emit(draft, { _tag: "AttemptEscalated", n })
      Table.escalate(draft, n, "UNRESOLVABLE")
      return undefined
    case "Wait":
      return waitReasons[action.because]
  }
}

const waitReasons: Readonly<Record<Reconcile.WaitReason, IgnoredReason>> = {
  NOT_UNKNOWN: "NO_TRANSITION",
  NOT_SETTLED: "NOT_SETTLED",
  REPLAY_NOT_DUE: "NOT_DUE",
  VALIDITY_OPEN: "NOT_RESOLVABLE_YET",
  CLOSING: "NOT_RESOLVABLE_YET",
  OTHER_CLASS: "NOT_ALLOWED"
}

/** accepted + receipt; a receipt of an attempt not accepted yet is its acceptance as well. */
export const receive = (
  draft: Draft,
  row: Row,
  given: Receipt.Receipt
): IgnoredReason | undefined => {
  if (!Receipt.isWellFormed(given)) return "MALFORMED"
  const { n } = row
  const accepted = accept(draft, row, null, "receipt")
  const before = Notification.attemptAt(draft.notification, n) ?? row
  const receipt = Failure.readReceipt(given)
  const seen = Receipt.fold(before.seen, receipt)
  const failure = Failure.worse(before.failure, receipt.failure)
  if (seen === before.seen && failure === before.failure) return accepted
  const outcome = Receipt.outcome(seen, row.parts)
  emit(draft, { _tag: "ReceiptFolded", n, atMs: draft.context.nowMs, receipt, outcome })
  if (Receipt.contradictions(seen, row.parts) > Receipt.contradictions(before.seen, row.parts)) {
    emit(draft, { _tag: "ContradictoryReceipt", n })
  }
  if (outcome !== Attempt.outcome(before)) conclude(draft, n, outcome)
  return undefined
}

const conclude = (draft: Draft, n: number, outcome: Receipt.Outcome): void => {
  if (outcome === "delivered") Table.deliver(draft, n)
  else if (outcome !== "open") Table.concludeFailure(draft, n)
}

/** Expiry of an unmarked row, S + 72 h, S + 72 h + grace: whatever is due. */
export const passTime = (draft: Draft): IgnoredReason | undefined => {
  const { nowMs, policy, capabilities } = draft.context
  const found = draft.facts.length
  for (const row of draft.notification.attempts) {
    const timer = Notification.attemptTimerMs(draft.notification, row, policy, capabilities)
    if (timer === null || nowMs < timer) continue
    if (row.state === "unknown" && capabilities.lookup !== "none") {
      emit(draft, { _tag: "AttemptEscalated", n: row.n })
      Table.escalate(draft, row.n, "LOOKUP_SILENT")
    } else {
      emit(draft, { _tag: "AttemptClosed", n: row.n, failure: null })
      Table.concludeClosed(draft, row.n)
    }
  }
  const expiry = Notification.expiryTimerMs(draft.notification, policy)
  if (expiry !== null && nowMs >= expiry) Table.settleUnmarked(draft)
  return draft.facts.length === found ? "NOT_DUE" : undefined
}
