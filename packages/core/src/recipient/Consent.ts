/**
 * What kind of message a programme sends, and which consent that kind needs.
 *
 * The class has no default on purpose: whether a thank-you for a balance is a service message or an
 * advertisement is a legal decision the bank must state.
 */

/** How the law sees the message; the policy must say it. */
export type MessageClass = "service" | "advertisement"

/** Why consent holds a message back: nothing on record is not consent. */
export type ConsentRefusal = "CONSENT_UNKNOWN"

/**
 * Decides whether consent allows a message of a class.
 *
 * **Shapes and units**
 * - `consentKnown`: the bank has a consent to advertisements on record that was not withdrawn
 *
 * **Outcomes, first match wins**
 * 1. `undefined` — a service message, which needs no consent
 * 2. `CONSENT_UNKNOWN`
 * 3. `undefined` — given
 *
 * **Source** — product rules, Recipient; Israeli Communications Law section 30A
 */
export const refusal = (
  messageClass: MessageClass,
  consentKnown: boolean
): ConsentRefusal | undefined =>
  messageClass === "service" || consentKnown ? undefined : "CONSENT_UNKNOWN"

/** What a policy lacks before it may send its class of message, in the order it is reported. */
export type ClassProblem =
  | { readonly _tag: "MessageClassMissing" }
  | { readonly _tag: "SenderCannotReceiveReplies" }
  | { readonly _tag: "LegalLinesMissing"; readonly languages: ReadonlyArray<string> }

/**
 * Decides whether a programme may send its class of message at all; asked once, at start.
 *
 * **Shapes and units**
 * - `messageClass`: `undefined` where the policy does not say
 * - `languagesWithoutLegalLines`: languages that have a template but no legal lines
 *
 * **Outcomes** — every problem, in the order of the type; none for a service message
 *
 * **Source** — product rules, Recipient: advertisement needs known consent, a sender that can
 * receive replies, and the legal lines
 */
export const classProblems = (
  messageClass: MessageClass | undefined,
  sender: { readonly canReceiveReplies: boolean },
  languagesWithoutLegalLines: ReadonlyArray<string>
): ReadonlyArray<ClassProblem> => {
  if (messageClass === undefined) return [{ _tag: "MessageClassMissing" }]
  if (messageClass === "service") return []
  const problems: Array<ClassProblem> = []
  if (!sender.canReceiveReplies) problems.push({ _tag: "SenderCannotReceiveReplies" })
  if (languagesWithoutLegalLines.length > 0) {
    problems.push({ _tag: "LegalLinesMissing", languages: languagesWithoutLegalLines })
  }
  return problems
}
