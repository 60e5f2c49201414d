/**
 * Telephone numbers as the carriers know them, and whether a short message can reach one.
 *
 * The only module that knows the numbering plans of the world. A valid number is not always a
 * reachable one: a landline is both valid and unreachable by SMS.
 */
import {
  type CountryCode,
  isSupportedCountry,
  type NumberType,
  parsePhoneNumberFromString
} from "libphonenumber-js/max"

/** A valid number in E.164 form: `+`, country code, subscriber; 7 to 15 digits. ITU-T E.164. */
export type Msisdn = string & { readonly Msisdn: unique symbol }

/** What a numbering plan says a number is for. */
export type LineType = Exclude<NumberType, undefined>

/**
 * Why a short message cannot reach a number, first match wins.
 *
 * 1. `NO_PHONE` — nothing is left after invisible characters and blanks are removed
 * 2. `INVALID` — not one dialable number of the region or of a named country
 * 3. the line's type: only mobile lines, and those a plan cannot tell from mobile, take SMS
 */
export type UnreachableLine =
  | "NO_PHONE"
  | "INVALID"
  | "LANDLINE"
  | "VOIP"
  | "TOLL_FREE"
  | "PREMIUM_RATE"
  | "SHARED_COST"
  | "PERSONAL_NUMBER"
  | "PAGER"
  | "UAN"
  | "VOICEMAIL"

/**
 * The answer about one written number.
 *
 * **Shapes and units**
 * - `e164`: `null` unless `valid`; an extension is dropped
 * - `type`: `null` unless `valid`
 * - `reason`: `null` exactly when `reachable`
 */
export type PhoneCheck = {
  readonly e164: Msisdn | null
  readonly type: LineType | null
  readonly valid: boolean
  readonly reachable: boolean
  readonly reason: UnreachableLine | null
}

/** The region whose national form is understood when a bank declares none. */
export const DEFAULT_REGION = "IL"

/**
 * Ranges sold for "kosher" handsets, which may refuse short messages, as E.164 prefixes.
 *
 * Kept from the operators' usual prefixes; since numbers may be ported the carrier decides, and a
 * bank replaces the list by its carrier's own.
 */
export const KOSHER_PREFIXES: ReadonlyArray<string> = [
  "+9725041",
  "+9725271",
  "+9725276",
  "+9725331",
  "+9725341",
  "+9725484",
  "+9725485",
  "+9725832"
]

/**
 * Decides what a written number is and whether a short message can reach it.
 *
 * Direction marks and other invisible characters are removed first: numbers copied from a Hebrew
 * page carry them. A label "Tel:" before and words behind the number are ignored. Stricter than the
 * library where it guesses: other text before the number or a second plus sign is `INVALID`.
 *
 * **Shapes and units**
 * - `region`: ISO 3166-1 alpha-2, for numbers in national form; `null` or unknown accepts only
 *   international form
 *
 * **Source** — product rules, Recipient; ITU-T E.164; libphonenumber numbering plans
 *
 * @example
 * ```ts
 * Msisdn.check("03-6023456", "IL").reason // => "LANDLINE"
 * ```
 */
export const check = (text: string, region: string | null): PhoneCheck => {
  const written = text.replace(INVISIBLE, "").trim()
  if (written === "") return unusable("NO_PHONE")
  if (written.length > MOST_CHARACTERS) return unusable("INVALID")
  const dialled = written.replace(LABELS, "")
  if (!WRITTEN_NUMBER.test(dialled)) return unusable("INVALID")
  const country = supported(region)
  const number = parsePhoneNumberFromString(dialled, {
    ...(country === undefined ? {} : { defaultCountry: country }),
    extract: false
  })
  // A number is valid where its plan has a type for it: asking both would search the plan twice.
  const type = number?.getType()
  const e164 = number === undefined || type === undefined ? undefined : fromE164(number.number)
  if (e164 === undefined || type === undefined) return unusable("INVALID")
  const reason = REASONS[type]
  return {
    e164,
    type,
    valid: true,
    reachable: reason === null,
    reason
  }
}

/**
 * Takes back a number this program stored: only the E.164 grammar is checked, no numbering plan.
 *
 * A plan changes with every metadata release; a number accepted once stays readable.
 *
 * **Outcomes** — the number, or `undefined` when the text is not in E.164 form
 */
export const fromE164 = (text: string): Msisdn | undefined =>
  E164.test(text) ? (text as Msisdn) : undefined

/** Whether a number lies in one of the given ranges; by default those sold for kosher handsets. */
export const isKosher = (
  msisdn: Msisdn,
  prefixes: ReadonlyArray<string> = KOSHER_PREFIXES
): boolean => prefixes.some((prefix) => msisdn.startsWith(prefix))

/** A number fit for an answer or a log line: country start and the last two digits only. */
export const mask = (msisdn: Msisdn): string =>
  `${msisdn.slice(0, 4)}${"*".repeat(msisdn.length - 6)}${msisdn.slice(-2)}`

/** Characters that show nothing: direction marks, joiners, byte order marks, soft hyphens. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

/** A label before the number and words without digits behind it, as people write "נייד". */
const LABELS = /^tel[:.]?\s*|(?:\s+\p{L}+[.:]?)+$/giu

/** A digit of any script, one plus sign or a bracket comes first; no plus sign comes after. */
const WRITTEN_NUMBER = /^\(?[+\uff0b]?[\s(]*\p{Nd}[^+\uff0b]*$/u

/** No number written by a person is longer; a longer text is not worth parsing. */
const MOST_CHARACTERS = 64

const E164 = /^\+[1-9][0-9]{6,14}$/

const REASONS: Readonly<Record<LineType, UnreachableLine | null>> = {
  MOBILE: null,
  // Where a plan does not tell mobile from fixed (North America), the carrier has to find out.
  FIXED_LINE_OR_MOBILE: null,
  FIXED_LINE: "LANDLINE",
  VOIP: "VOIP",
  TOLL_FREE: "TOLL_FREE",
  PREMIUM_RATE: "PREMIUM_RATE",
  SHARED_COST: "SHARED_COST",
  PERSONAL_NUMBER: "PERSONAL_NUMBER",
  PAGER: "PAGER",
  UAN: "UAN",
  VOICEMAIL: "VOICEMAIL"
}

const supported = (region: string | null): CountryCode | undefined =>
  region !== null && isSupportedCountry(region) ? region : undefined

const unusable = (reason: "NO_PHONE" | "INVALID"): PhoneCheck => ({
  e164: null,
  type: null,
  valid: false,
  reachable: false,
  reason
})
