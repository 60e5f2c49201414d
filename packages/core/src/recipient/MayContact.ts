/**
 * The last question before a message is marked for submission: may this customer be written to now?
 *
 * The answer is a value with the instant it was asked for, and it goes stale: an opt-out or a death
 * recorded since must be seen. No answer, or a stale one, sends nothing.
 */
import * as Consent from "./Consent.ts"
import type { Msisdn } from "./Msisdn.ts"
import * as Suppression from "./Suppression.ts"

/** How long before the mark an answer may have been asked for, in milliseconds: 60 s. */
export const FRESH_FOR_MS = 60_000

/** The line of the conservation law a refused notification is counted under. */
export type RefusedAs = "excluded" | "suppressed"

/** What the bank says of one customer; the port's answer has this shape. */
export type BankAnswer =
  | { readonly _tag: "MayContact"; readonly consentKnown: boolean }
  | { readonly _tag: "MayNotContact"; readonly kind: RefusedAs; readonly reason: string }

/**
 * What the answer is made from.
 *
 * - `bank`: `undefined` when the bank did not answer for this customer
 * - `exclusions`, `suppressions`: the programme's own, already narrowed to this recipient
 */
export type ContactFacts = {
  readonly customerId: string
  readonly msisdn: Msisdn
  readonly bank: BankAnswer | undefined
  readonly exclusions: ReadonlyArray<Suppression.Exclusion>
  readonly suppressions: ReadonlyArray<Suppression.Suppression>
}

/**
 * The answer for one customer and one class of message.
 *
 * - `askedAtMs`: epoch milliseconds just before the facts were read, so that age is never
 *   understated
 * - `reason`: the bank's own code, or a `Suppression` or `Consent` reason
 */
export type MayContact =
  | { readonly _tag: "NoAnswer"; readonly askedAtMs: number }
  | {
      readonly _tag: "Refused"
      readonly askedAtMs: number
      readonly as: RefusedAs
      readonly reason: string
    }
  | { readonly _tag: "Allowed"; readonly askedAtMs: number }

/**
 * Decides whether a customer may be written to.
 *
 * **Outcomes, first match wins**
 * 1. `NoAnswer` — the bank did not answer, so nothing can be said
 * 2. `Refused(excluded)` — by the bank, else by the programme: deceased, legal hold, erased,
 *    flagged
 * 3. `Refused(suppressed)` — by the programme's list, else by the bank
 * 4. `Refused(suppressed)` — an advertisement without known consent
 * 5. `Allowed`
 *
 * **Source** — product rules, Recipient
 */
export const decide = (
  facts: ContactFacts,
  messageClass: Consent.MessageClass,
  askedAtMs: number
): MayContact => {
  const { customerId, msisdn, bank } = facts
  if (bank === undefined) return { _tag: "NoAnswer", askedAtMs }
  const barred = bank._tag === "MayNotContact" ? bank : undefined
  if (barred?.kind === "excluded") return refused("excluded", barred.reason, askedAtMs)
  const exclusion = Suppression.strongestExclusion(facts.exclusions)
  if (exclusion !== undefined) return refused("excluded", exclusion, askedAtMs)
  const message = { customerId, msisdn, messageClass, atMs: askedAtMs }
  const line = Suppression.find(facts.suppressions, message)
  if (line !== undefined) return refused("suppressed", line.reason, askedAtMs)
  if (bank._tag === "MayNotContact") return refused("suppressed", bank.reason, askedAtMs)
  const consent = Consent.refusal(messageClass, bank.consentKnown)
  if (consent !== undefined) return refused("suppressed", consent, askedAtMs)
  return { _tag: "Allowed", askedAtMs }
}

/** What the mark step does with an answer. */
export type AtMark =
  | { readonly _tag: "Hold"; readonly because: "NO_ANSWER" | "ASKED_IN_FUTURE" | "STALE" }
  | { readonly _tag: "Refuse"; readonly as: RefusedAs; readonly reason: string }
  | { readonly _tag: "Mark" }

/**
 * Decides at the mark step, with the answer asked for earlier in the batch.
 *
 * A stale refusal is not used either: the customer may have opted in since.
 *
 * **Shapes and units**
 * - `nowMs`: epoch milliseconds by the same clock that gave `askedAtMs`
 *
 * **Outcomes, first match wins**
 * 1. `Hold(NO_ANSWER)` — `undefined` or `NoAnswer`: the question failed or was never asked
 * 2. `Hold(ASKED_IN_FUTURE)` — the clocks disagree, so the age is unknown
 * 3. `Hold(STALE)` — asked more than 60 s ago; exactly 60 s is fresh
 * 4. `Refuse` or `Mark`, as answered
 *
 * **Source** — product rules, Recipient: at most 60 s before the mark step; delivery protocol, mark
 * guard: contactable (asked ≤ 60 s ago)
 */
export const atMark = (answer: MayContact | undefined, nowMs: number): AtMark => {
  if (answer === undefined || answer._tag === "NoAnswer") return hold("NO_ANSWER")
  if (answer.askedAtMs > nowMs) return hold("ASKED_IN_FUTURE")
  if (nowMs - answer.askedAtMs > FRESH_FOR_MS) return hold("STALE")
  if (answer._tag === "Allowed") return { _tag: "Mark" }
  return { _tag: "Refuse", as: answer.as, reason: answer.reason }
}

const refused = (as: RefusedAs, reason: string, askedAtMs: number): MayContact => ({
  _tag: "Refused",
  askedAtMs,
  as,
  reason
})

const hold = (because: "NO_ANSWER" | "ASKED_IN_FUTURE" | "STALE"): AtMark => ({
  _tag: "Hold",
  because
})
