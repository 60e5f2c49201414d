/**
 * Who must not be written to: the suppression list, and the exclusions a bank declares.
 *
 * A suppression is found by the customer or by the number; either is enough. An exclusion is a fact
 * about the customer (deceased, legal hold) that outranks every suppression and every consent.
 */
import type { MessageClass } from "./Consent.ts"
import type { Msisdn } from "./Msisdn.ts"

/** What is suppressed: one customer whatever the number, or one number whoever holds it. */
export type Subject =
  | { readonly _tag: "Customer"; readonly customerId: string }
  | { readonly _tag: "Number"; readonly msisdn: Msisdn }

/** Why: the recipient said so, the carrier blocks the number, or the bank decided. */
export type SuppressionReason = "OPTED_OUT" | "CARRIER_BLOCKED" | "COMPLAINT" | "OPERATOR"

/** What a suppression holds back: everything, or advertisements only. */
export type SuppressionScope = "all" | "advertisement"

/**
 * One line of the suppression list.
 *
 * - `sinceMs`: epoch milliseconds from which it holds
 * - `evidenceId`: the inbound message or operator's record that proves it; never its text
 */
export type Suppression = {
  readonly subject: Subject
  readonly reason: SuppressionReason
  readonly scope: SuppressionScope
  readonly sinceMs: number
  readonly evidenceId: string
}

/** Facts about a customer that exclude them, in precedence order. */
export type Exclusion = "DECEASED" | "LEGAL_HOLD" | "ERASED" | "FLAGGED"

/** Every exclusion in precedence order. */
export const EXCLUSIONS: ReadonlyArray<Exclusion> = ["DECEASED", "LEGAL_HOLD", "ERASED", "FLAGGED"]

/**
 * Finds the suppression that holds back a message.
 *
 * The list is the one already narrowed to this recipient; lines about others are ignored. A line
 * that starts after `atMs` does not hold yet.
 *
 * **Outcomes, first match wins**
 * 1. the earliest line that names the customer or the number and covers the message's class; of
 *    two at the same instant the first in the list
 * 2. `undefined` — nothing holds the message back
 *
 * **Source** — product rules, Recipient (`mayContact`)
 */
export const find = (
  list: ReadonlyArray<Suppression>,
  recipient: {
    readonly customerId: string
    readonly msisdn: Msisdn
    readonly messageClass: MessageClass
    readonly atMs: number
  }
): Suppression | undefined => {
  let found: Suppression | undefined
  for (const line of list) {
    if (line.sinceMs > recipient.atMs || !covers(line.scope, recipient.messageClass)) continue
    if (!names(line.subject, recipient.customerId, recipient.msisdn)) continue
    if (found === undefined || line.sinceMs < found.sinceMs) found = line
  }
  return found
}

/**
 * The suppression a reply creates: opt-outs hold for the number and for every class of message.
 *
 * **Source** — product rules, Recipient: takes effect before the next mark
 */
export const fromOptOut = (
  msisdn: Msisdn,
  receivedAtMs: number,
  evidenceId: string
): Suppression => ({
  subject: { _tag: "Number", msisdn },
  reason: "OPTED_OUT",
  scope: "all",
  sinceMs: receivedAtMs,
  evidenceId
})

/**
 * Whether an explicit opt-in ends a suppression: only the recipient's own opt-out of that number,
 * and only one older than the opt-in. What the bank or the carrier decided stays.
 */
export const endedByOptIn = (line: Suppression, msisdn: Msisdn, receivedAtMs: number): boolean =>
  line.reason === "OPTED_OUT" &&
  line.sinceMs <= receivedAtMs &&
  line.subject._tag === "Number" &&
  line.subject.msisdn === msisdn

/** The exclusion that counts when several hold; `undefined` when none does. */
export const strongestExclusion = (held: ReadonlyArray<Exclusion>): Exclusion | undefined =>
  EXCLUSIONS.find((exclusion) => held.includes(exclusion))

const covers = (scope: SuppressionScope, messageClass: MessageClass): boolean =>
  scope === "all" || messageClass === "advertisement"

const names = (subject: Subject, customerId: string, msisdn: Msisdn): boolean =>
  subject._tag === "Customer" ? subject.customerId === customerId : subject.msisdn === msisdn
