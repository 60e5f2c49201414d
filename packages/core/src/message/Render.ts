/**
 * One customer's message: chosen language, chosen variant, a size that was checked.
 *
 * A message is never cut. What does not fit is first spelled in GSM-7, then written without the
 * name,
 * and at last reported as a data-quality issue.
 */
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as FirstName from "./FirstName.ts"
import * as Language from "./Language.ts"
import type { SizePolicy } from "./MessagePolicy.ts"
import type { MessageSet } from "./MessageSet.ts"
import * as MessageTemplate from "./MessageTemplate.ts"
import * as SmartEncoding from "./SmartEncoding.ts"
import * as SmsSegments from "./SmsSegments.ts"

/** What one message is made for; `language` is the bank's tag, `null` when it has none. */
export type Addressee = {
  readonly firstName: string | null
  readonly language: string | null
  readonly month: CalendarMonth
}

/** Why the name was left out: the name itself, or the size it made. */
export type NameOmitted = FirstName.NameRefusal | "MADE_TOO_LONG" | "NOT_ASKED_FOR"

/**
 * A message ready to submit.
 *
 * - `nameOmitted`: `null` when the text carries the name
 * - `replacements`: what smart encoding changed; empty when it was not needed
 */
export type Rendered = {
  readonly _tag: "Rendered"
  readonly text: string
  readonly language: Language.Language
  readonly size: SmsSegments.SmsMeasure
  readonly nameOmitted: NameOmitted | null
  readonly replacements: ReadonlyArray<SmartEncoding.Replacement>
}

/** No message can be made: a data-quality issue, never a shortened text. */
export type Unrenderable =
  | { readonly _tag: "Unrenderable"; readonly reason: "NO_TEMPLATE" }
  | {
      readonly _tag: "Unrenderable"
      readonly reason: "MISSING_VALUE"
      readonly placeholder: MessageTemplate.Placeholder
    }
  | {
      readonly _tag: "Unrenderable"
      readonly reason: "TOO_LONG"
      readonly size: SmsSegments.SmsMeasure
    }

/**
 * Renders one message.
 *
 * The customer's language when it has templates, else the policy's.
 *
 * **Outcomes, first match wins**
 * 1. `Unrenderable(NO_TEMPLATE)` — neither language has a template
 * 2. `Rendered` with the name, as it is
 * 3. `Rendered` with the name, typography spelled in GSM-7
 * 4. `Rendered` without the name, as it is, then spelled in GSM-7
 * 5. `Unrenderable(MISSING_VALUE)`, `Unrenderable(TOO_LONG)`
 *
 * 2 and 3 are left out when the name is absent or refused.
 *
 * **Source** — product rules, Message; 3GPP TS 23.038 and 23.040 for the sizes
 */
export const render = (
  set: MessageSet,
  to: Addressee,
  size: SizePolicy = set.policy.size
): Rendered | Unrenderable => {
  const asked = Language.parse(to.language)
  const language =
    asked !== undefined && set.variants[asked] !== undefined ? asked : set.policy.defaultLanguage
  const variants = set.variants[language]
  if (variants === undefined) return { _tag: "Unrenderable", reason: "NO_TEMPLATE" }
  const values = {
    MonthName: Language.monthName(language, to.month),
    ...(set.policy.bankName === null ? {} : { BankName: set.policy.bankName })
  }
  const smart = set.policy.smartEncoding
  let nameOmitted: NameOmitted = "NOT_ASKED_FOR"
  if (MessageTemplate.asksForName(variants.named)) {
    const name = FirstName.read(to.firstName)
    if (name._tag === "Usable") {
      const withName = { ...values, CustomerFirstName: name.text }
      const made = attempt(variants.named, withName, size, smart)
      if (made._tag === "Made") return rendered(made, language, null)
      nameOmitted = "MADE_TOO_LONG"
    } else nameOmitted = name.reason
  }
  const made = attempt(variants.nameless, values, size, smart)
  return made._tag === "Made" ? rendered(made, language, nameOmitted) : made
}

/**
 * Whether a text of a size is within a policy.
 *
 * **Source** — product rules, Message: ≤ 306 characters and ≤ 2 GSM-7 / 5 UCS-2 segments
 */
export const fits = (text: string, size: SmsSegments.SmsMeasure, policy: SizePolicy): boolean =>
  size.segments <= (size.encoding === "GSM-7" ? policy.gsm7Segments : policy.ucs2Segments) &&
  (text.length <= policy.characters || FirstName.codePoints(text) <= policy.characters)

type Made = {
  readonly _tag: "Made"
  readonly text: string
  readonly size: SmsSegments.SmsMeasure
  readonly replacements: ReadonlyArray<SmartEncoding.Replacement>
}

const attempt = (
  template: MessageTemplate.MessageTemplate,
  values: MessageTemplate.FieldValues,
  policy: SizePolicy,
  smart: boolean
): Made | Unrenderable => {
  const text = MessageTemplate.fill(template, values)
  if (typeof text !== "string") {
    return { _tag: "Unrenderable", reason: "MISSING_VALUE", placeholder: text.placeholder }
  }
  const size = SmsSegments.measure(text)
  if (fits(text, size, policy)) return { _tag: "Made", text, size, replacements: [] }
  const encoded = smart ? SmartEncoding.encode(text) : undefined
  if (encoded?._tag === "Encoded") {
    const spelled = SmsSegments.measure(encoded.text)
    if (fits(encoded.text, spelled, policy)) {
      return {
        _tag: "Made",
        text: encoded.text,
        size: spelled,
        replacements: encoded.replacements
      }
    }
  }
  return { _tag: "Unrenderable", reason: "TOO_LONG", size }
}

const rendered = (
  made: Made,
  language: Language.Language,
  nameOmitted: NameOmitted | null
): Rendered => ({
  _tag: "Rendered",
  text: made.text,
  language,
  size: made.size,
  nameOmitted,
  replacements: made.replacements
})
