/**
 * Typographic characters written in GSM-7.
 *
 * All or nothing: either every character of the text ends in the GSM-7 alphabet, and each
 * replacement is reported, or the text is left exactly as it was. Letters are never transliterated
 * and ₪ becomes "NIS" only when the caller asks for it.
 */
import * as SmsAlphabet from "./SmsAlphabet.ts"

/**
 * One character replaced: UTF-16 index in the text that was given, what stood there, what stands.
 */
export type Replacement = {
  readonly position: number
  readonly from: string
  readonly to: string
}

/** What smart encoding did, or why it did nothing. */
export type SmartEncoded =
  | { readonly _tag: "AlreadyGsm7" }
  | { readonly _tag: "NotPossible"; readonly position: number; readonly character: string }
  | {
      readonly _tag: "Encoded"
      readonly text: string
      readonly replacements: ReadonlyArray<Replacement>
    }

/** Opt-in replacement of the shekel sign, for `extra`. */
export const SHEKEL_AS_NIS: ReadonlyMap<string, string> = new Map([["₪", "NIS"]])

const GROUPS: ReadonlyArray<readonly [to: string, from: string]> = [
  ["'", "\u2018\u2019\u201a\u201b\u2032\u2035\u02bb\u02bc\u02b9\u00b4\u0060\uff07\u2039\u203a"],
  ['"', "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\uff02\u301d\u301e"],
  ["-", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d"],
  [
    " ",
    "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
  ],
  ["...", "\u2026"],
  ["*", "\u2022\u2217\u00b7\u2219"],
  ["/", "\u2044\u2215"],
  ["!!", "\u203c"],
  ["\n", "\u0085\u2028\u2029"],
  ["1/4", "\u00bc"],
  ["1/2", "\u00bd"],
  ["3/4", "\u00be"],
  // Invisible: zero-width space and no-break space, word joiner, soft hyphen, direction marks.
  ["", "\u200b\ufeff\u2060\u00ad\u200e\u200f\u061c"]
]

const REPLACEMENTS: ReadonlyMap<string, string> = new Map(
  GROUPS.flatMap(([to, from]) => Array.from(from, (character) => [character, to] as const))
)

const NONE: ReadonlyMap<string, string> = new Map()

/** The GSM-7 replacement of one typographic character; `undefined` for letters and all else. */
export const replacementOf = (character: string): string | undefined => REPLACEMENTS.get(character)

/**
 * Replaces typography until the text is GSM-7, or leaves it alone.
 *
 * A letter followed by combining accents is composed when the composed letter is in the alphabet
 * (`e` + U+0301 is the same letter as `é`, so this spells, it does not transliterate).
 *
 * **Shapes and units**
 * - `extra`: further replacements the caller opted into, tried first; one character each, to GSM-7
 *
 * **Outcomes, first match wins**
 * 1. `AlreadyGsm7` — nothing to do
 * 2. `NotPossible` — the first character, by UTF-16 index, that has no replacement
 * 3. `Encoded` — the GSM-7 text and every replacement in order
 *
 * **Source** — product rules, Message; 3GPP TS 23.038 clause 6.2.1
 */
export const encode = (text: string, extra: ReadonlyMap<string, string> = NONE): SmartEncoded => {
  if (SmsAlphabet.isGsm7(text)) return { _tag: "AlreadyGsm7" }
  const replacements: Array<Replacement> = []
  let encoded = ""
  for (const match of text.matchAll(CLUSTER)) {
    const from = match[0]
    if (SmsAlphabet.isGsm7(from)) {
      encoded += from
      continue
    }
    const to = extra.get(from) ?? REPLACEMENTS.get(from) ?? from.normalize("NFC")
    if (!SmsAlphabet.isGsm7(to)) {
      return { _tag: "NotPossible", position: match.index, character: from }
    }
    replacements.push({ position: match.index, from, to })
    encoded += to
  }
  return { _tag: "Encoded", text: encoded, replacements }
}

/** A character with the combining marks that follow it. */
const CLUSTER = /\P{M}\p{M}*|\p{M}+/gsu
