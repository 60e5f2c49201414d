/**
 * A policy's templates, read once and ready to render.
 *
 * Everything that can be wrong with a policy's messages is found here, at start, so that rendering
 * a million messages has only the customer's data left to doubt.
 */
import * as Consent from "../recipient/Consent.ts"
import * as FirstName from "./FirstName.ts"
import * as Language from "./Language.ts"
import { type MessagePolicy, receivesReplies } from "./MessagePolicy.ts"
import * as MessageTemplate from "./MessageTemplate.ts"
import * as SmsAlphabet from "./SmsAlphabet.ts"

/** The two templates of a language. */
export type Variants = {
  readonly named: MessageTemplate.MessageTemplate
  readonly nameless: MessageTemplate.MessageTemplate
}

/** Templates of every language that has them, with the policy they came from. */
export type MessageSet = {
  readonly _tag: "MessageSet"
  readonly variants: { readonly [L in Language.Language]?: Variants }
  readonly policy: MessagePolicy
}

/** Which text of a policy a problem is in. */
export type Variant = "named" | "nameless"

/** What is wrong with a policy's messages; all of it is reported, in this order. */
export type PolicyProblem =
  | Consent.ClassProblem
  | { readonly _tag: "SenderInvalid" }
  | { readonly _tag: "SizeInvalid" }
  | { readonly _tag: "BankNameInvalid"; readonly reason: FirstName.NameRefusal }
  | { readonly _tag: "DefaultLanguageWithoutTemplate"; readonly language: Language.Language }
  | {
      readonly _tag: "TemplateInvalid"
      readonly language: Language.Language
      readonly variant: Variant
      readonly problem: MessageTemplate.TemplateProblem
    }
  | { readonly _tag: "NamelessAsksForName"; readonly language: Language.Language }
  | { readonly _tag: "BankNameMissing"; readonly language: Language.Language }

/** A policy whose messages cannot be sent. */
export type RefusedPolicy = {
  readonly _tag: "RefusedPolicy"
  readonly problems: ReadonlyArray<PolicyProblem>
}

/**
 * Reads a policy's templates, puts the legal lines around advertisements, and checks the rest.
 *
 * **Outcomes, first match wins**
 * 1. `RefusedPolicy` — with every problem, in the order of `PolicyProblem`
 * 2. `MessageSet`
 *
 * **Source** — product rules, Message and Recipient
 */
export const compile = (
  policy: Omit<MessagePolicy, "messageClass"> & Partial<Pick<MessagePolicy, "messageClass">>
): MessageSet | RefusedPolicy => {
  const problems: Array<PolicyProblem> = [...policyProblems(policy)]
  const variants: { [L in Language.Language]?: Variants } = {}
  for (const language of Language.LANGUAGES) {
    const texts = policy.templates[language]
    if (texts === undefined) continue
    const around = policy.messageClass === "advertisement" ? policy.legalLines[language] : undefined
    const wrap = (text: string) =>
      around === undefined ? text : `${around.opening}\n${text}\n${around.closing}`
    const named = MessageTemplate.parse(wrap(texts.text))
    const nameless = MessageTemplate.parse(wrap(texts.withoutName))
    if (MessageTemplate.isProblem(named)) {
      problems.push({ _tag: "TemplateInvalid", language, variant: "named", problem: named })
    }
    if (MessageTemplate.isProblem(nameless)) {
      problems.push({ _tag: "TemplateInvalid", language, variant: "nameless", problem: nameless })
    }
    if (MessageTemplate.isProblem(named) || MessageTemplate.isProblem(nameless)) continue
    if (MessageTemplate.asksForName(nameless)) {
      problems.push({ _tag: "NamelessAsksForName", language })
    }
    const fields = [...named.placeholders, ...nameless.placeholders]
    if (policy.bankName === null && fields.includes("BankName")) {
      problems.push({ _tag: "BankNameMissing", language })
    }
    variants[language] = { named, nameless }
  }
  if (problems.length > 0 || policy.messageClass === undefined) {
    return { _tag: "RefusedPolicy", problems }
  }
  return {
    _tag: "MessageSet",
    variants,
    policy: { ...policy, messageClass: policy.messageClass }
  }
}

const policyProblems = (
  policy: Omit<MessagePolicy, "messageClass"> & Partial<Pick<MessagePolicy, "messageClass">>
): ReadonlyArray<PolicyProblem> => {
  const without = Language.LANGUAGES.filter((language) => {
    const lines = policy.legalLines[language]
    // A line of blanks says nothing: the law asks for the mark and for the way out.
    const complete =
      lines !== undefined && lines.opening.trim() !== "" && lines.closing.trim() !== ""
    return policy.templates[language] !== undefined && !complete
  })
  const sender = { canReceiveReplies: receivesReplies(policy.sender) }
  const problems: Array<PolicyProblem> = [
    ...Consent.classProblems(policy.messageClass, sender, without)
  ]
  if (!isSenderId(policy.sender.id)) problems.push({ _tag: "SenderInvalid" })
  if (!isSize(policy)) problems.push({ _tag: "SizeInvalid" })
  if (policy.bankName !== null) {
    const bankName = FirstName.read(policy.bankName)
    if (bankName._tag === "Refused") {
      problems.push({ _tag: "BankNameInvalid", reason: bankName.reason })
    }
  }
  if (policy.templates[policy.defaultLanguage] === undefined) {
    problems.push({
      _tag: "DefaultLanguageWithoutTemplate",
      language: policy.defaultLanguage
    })
  }
  return problems
}

/** TS 23.040 clause 9.1.2.5: an address has at most 10 octets, 11 septets or 20 digits. */
const isSenderId = (id: string): boolean =>
  /^\+?[0-9]{3,15}$/.test(id) ||
  (/^[^\p{Cc}]{1,11}$/u.test(id) &&
    id.trim() !== "" &&
    (SmsAlphabet.encode(id)?.length ?? 12) <= 11)

const isSize = ({ size }: Pick<MessagePolicy, "size">): boolean =>
  [size.characters, size.gsm7Segments, size.ucs2Segments].every(
    (limit) => Number.isInteger(limit) && limit >= 1
  ) && Math.max(size.gsm7Segments, size.ucs2Segments) <= 255
