/**
 * A customer's first name as it may stand in a message.
 *
 * A name is foreign text: it may carry line breaks that forge a second message, direction controls
 * that turn a text around, or a link. Such a name is refused and the message goes without it;
 * harmless invisible marks are removed.
 */

/** Why a name is not used, first match wins. */
export type NameRefusal =
  | "ABSENT"
  | "LONE_SURROGATE"
  | "CONTROL_CHARACTER"
  | "BIDI_CONTROL"
  | "LINK"
  | "TOO_LONG"

/** The name to print, or why there is none. */
export type FirstName =
  | { readonly _tag: "Usable"; readonly text: string }
  | { readonly _tag: "Refused"; readonly reason: NameRefusal }

/** Longest name printed, in Unicode code points. */
export const MOST_CODE_POINTS = 64

/**
 * Decides what of a name is printed.
 *
 * Direction marks (LRM, RLM, ALM), zero-width spaces, soft hyphens and byte order marks are removed
 * and blanks around the name with them; joiners stay, Persian names need them. Braces stay as they
 * are: filling never reads a value.
 *
 * **Outcomes, first match wins**
 * 1. `ABSENT` — `null`, or nothing left
 * 2. `LONE_SURROGATE`
 * 3. `CONTROL_CHARACTER` — line breaks, tabs, escapes and other controls, U+2028, U+2029
 * 4. `BIDI_CONTROL` — embeddings, overrides and isolates
 * 5. `LINK` — a scheme, `www.`, or a word that ends like a domain
 * 6. `TOO_LONG` — more than 64 code points
 * 7. `Usable`
 *
 * **Source** — product rules, Message; OWASP ASVS 5.0 1.3.7, 1.3.10; UAX #9
 */
export const read = (name: string | null): FirstName => {
  if (name === null) return refused("ABSENT")
  const text = name.replace(INVISIBLE, "").replace(BLANKS_AROUND, "")
  if (text === "") return refused("ABSENT")
  if (!text.isWellFormed()) return refused("LONE_SURROGATE")
  if (CONTROL.test(text)) return refused("CONTROL_CHARACTER")
  if (BIDI_CONTROL.test(text)) return refused("BIDI_CONTROL")
  if (LINK.test(text)) return refused("LINK")
  if (codePoints(text) > MOST_CODE_POINTS) return refused("TOO_LONG")
  return { _tag: "Usable", text }
}

/** The number of Unicode code points of a text: what a reader would call characters. */
export const codePoints = (text: string): number => {
  let count = text.length
  for (let at = 1; at < text.length; at++) {
    if (
      (text.charCodeAt(at) & 0xfc00) === 0xdc00 &&
      (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
    ) {
      count--
    }
  }
  return count
}

const refused = (reason: NameRefusal): FirstName => ({ _tag: "Refused", reason })

const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff]/gu
const BLANKS_AROUND = /^\p{Zs}+|\p{Zs}+$/gu
const CONTROL = /[\p{Cc}\u2028\u2029]/u
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/u
const LINK = /:\/\/|www\.|[\p{L}\p{N}]\.\p{L}{2,}/iu
