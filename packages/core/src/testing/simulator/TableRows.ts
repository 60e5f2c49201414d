/**
 * Which rows of the delivery tables a run has taken: an event with the first thing that followed
 * from it, and why where the table tells several ways.
 *
 * **Source** — delivery protocol 1.1, 1.2; simulation, coverage marks.
 */
import type * as Delivery from "../../delivery/Delivery.ts"
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import type { DeliveryFact } from "../../delivery/DeliveryFact.ts"

/** `ProvenNotSent: AttemptReturned NOT_SENT`; `undefined` for an event without a row. */
const rowOf = (event: DeliveryEvent, facts: ReadonlyArray<DeliveryFact>): string | undefined => {
  const [first] = facts
  if (first === undefined || first._tag === "Ignored") return undefined
  const via = event._tag === "AcceptanceSeen" ? ` by ${event.via}` : ""
  return `${event._tag}${via}: ${wordOf(first)}`
}

/** The same step, with every row it takes counted. */
export const watched =
  (step: typeof Delivery.step, counts: Map<string, number>): typeof Delivery.step =>
  (notification, event, context) => {
    const taken = step(notification, event, context)
    const row = rowOf(event, taken.facts)
    if (row !== undefined) counts.set(row, (counts.get(row) ?? 0) + 1)
    return taken
  }

const wordOf = (fact: DeliveryFact): string => {
  if (fact._tag === "AttemptReturned") return `${fact._tag} ${fact.cause}`
  return fact._tag === "ReceiptFolded" ? `${fact._tag} ${fact.outcome}` : fact._tag
}

/** The rows a campaign of either level must take. */
const shared: ReadonlyArray<string> = [
  "Claimed: AttemptClaimed",
  "Marked: AttemptMarked",
  "MarkRefused: AttemptReturned MARK_REFUSED",
  "MarkRefused: AttemptUnknown",
  "MarkRefused: AttemptCancelled",
  "LeaseOver: AttemptReturned LEASE_OVER",
  "LeaseOver: AttemptUnknown",
  "AcceptanceSeen by answer: AttemptAccepted",
  "AcceptanceSeen by lookup: AttemptAccepted",
  "AcceptanceSeen by receipt: AttemptAccepted",
  "RefusalSeen: AttemptRefused",
  "RefusalSeen: AttemptUnknown",
  "ProvenNotSent: AttemptReturned NOT_SENT",
  "ProvenNotSent: AttemptUnknown",
  "OutcomeUnknown: AttemptUnknown",
  "NotFound: AttemptReturned REPLAY",
  "NotFound: AttemptVoid",
  "NoLookup: AttemptReturned REPLAY",
  "NoLookup: AttemptEscalated",
  "ReceiptSeen: ReceiptFolded open",
  "ReceiptSeen: ReceiptFolded delivered",
  "ReceiptSeen: ReceiptFolded failed",
  "ReceiptSeen: ReceiptFolded partial",
  "TimePassed: AttemptClosed",
  "Released: AttemptAdded",
  "Suppressed: AttemptCancelled"
]

/**
 * The rows a campaign must take, by level. At level 2 the bank corrects nothing and no operator
 * resolves anything; at level 1 a look-up that fails is soon answered.
 */
export const rowsAt: Readonly<Record<1 | 2, ReadonlyArray<string>>> = {
  1: [
    ...shared,
    "TimePassed: AttemptCancelled",
    "Withdrawn: AttemptCancelled",
    "Resolved: EscalationResolved"
  ],
  2: [...shared, "TimePassed: AttemptEscalated"]
}
