/**
 * The message room's part of a programme's policy.
 *
 * Plain values only: a policy is stored as bytes and hashed over them. `messageClass` has no
 * default;
 * a policy without it is refused with an explanation.
 */
import type { MessageClass } from "../recipient/Consent.ts"
import * as BuiltInTemplates from "./BuiltInTemplates.ts"
import type { Language } from "./Language.ts"

/**
 * How large a message may become.
 *
 * - `characters`: Unicode code points, whatever the encoding
 * - `gsm7Segments`, `ucs2Segments`: billed segments of each encoding
 */
export type SizePolicy = {
  readonly characters: number
  readonly gsm7Segments: number
  readonly ucs2Segments: number
}

/**
 * Whom messages come from.
 *
 * - `id`: 1–11 GSM-7 characters, or up to 15 digits
 * - `canReceiveReplies`: a reply reaches the programme; counts only where the id is a number
 */
export type Sender = { readonly id: string; readonly canReceiveReplies: boolean }

/**
 * Whether a reply to a sender arrives: the bank says so, and the sender is a number. A reply to a
 * name has no address to go to, whatever the bank says.
 *
 * **Source** — design, Recipient: a sender that can receive replies; 3GPP TS 23.040 clause 9.1.2.5
 * (an alphanumeric address cannot be dialled)
 */
export const receivesReplies = (sender: Sender): boolean =>
  sender.canReceiveReplies && /^\+?[0-9]+$/.test(sender.id)

/** What the law puts around an advertisement in one language: its mark, and how to refuse. */
export type LegalLines = { readonly opening: string; readonly closing: string }

/**
 * What is sent, in which words and how large.
 *
 * - `bankName`: value of `{BankName}`; `null` when no template asks for it
 * - `legalLines`: put on a line of their own around advertisements; service messages ignore them
 * - `smartEncoding`: replace typography by GSM-7 when a message is too large
 */
export type MessagePolicy = {
  readonly messageClass: MessageClass
  readonly defaultLanguage: Language
  readonly templates: BuiltInTemplates.TemplateSet
  readonly bankName: string | null
  readonly legalLines: { readonly [L in Language]?: LegalLines }
  readonly size: SizePolicy
  readonly smartEncoding: boolean
  readonly sender: Sender
}

/**
 * The original's "306 characters": two concatenated GSM-7 segments of 153; five segments in UCS-2.
 *
 * **Source** — product rules, Message; original architecture § 3.3
 */
export const DEFAULT_SIZE: SizePolicy = { characters: 306, gsm7Segments: 2, ucs2Segments: 5 }

/** Everything but `messageClass`, which the bank must state. **Source** — product rules, Message */
export const DEFAULTS: Omit<MessagePolicy, "messageClass"> = {
  defaultLanguage: "he",
  templates: BuiltInTemplates.DEFAULT,
  bankName: null,
  legalLines: {},
  size: DEFAULT_SIZE,
  smartEncoding: true,
  sender: { id: "Tidemark", canReceiveReplies: false }
}
