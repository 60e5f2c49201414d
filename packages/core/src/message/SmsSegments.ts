/**
 * How a text is cut into short messages.
 *
 * Guarantees the fewest parts, the same ones every time, that joined give the text back; no escape
 * sequence and no surrogate pair is ever cut. A grapheme of several characters may be cut: the
 * handset joins the parts before it shows them. The text is never normalised or shortened here.
 */
import * as SmsAlphabet from "./SmsAlphabet.ts"

/** Septets of a message that travels alone. TS 23.038 clause 4: floor(140 × 8 / 7). */
export const GSM7_SINGLE = 160
/** Septets of each part beside the 6-octet concatenation header. TS 23.040 clause 9.2.3.24.1. */
export const GSM7_PART = 153
/** UTF-16 units of a message that travels alone. TS 23.038 clause 4: floor(140 / 2). */
export const UCS2_SINGLE = 70
/** UTF-16 units of each part: floor((140 − 6) / 2). TS 23.040 clause 9.2.3.24.1. */
export const UCS2_PART = 67
/** Most parts one reference can number. TS 23.040 clause 9.2.3.24.1: one octet, from 1. */
export const MOST_PARTS = 255

// A constant of this module: measurably faster in the loop than the other module's binding.
const { SEPTETS } = SmsAlphabet

/** How the characters travel: septets of TS 23.038, or UTF-16 units. */
export type Encoding = "GSM-7" | "UCS-2"

/**
 * The size of a text on the air.
 *
 * **Shapes and units**
 * - `units`: septets for GSM-7 (extension characters are two), UTF-16 units for UCS-2
 * - `segments`: messages the carrier bills; 0 for an empty text, which is nothing to send
 * - `parts`: units of each segment, in order; their sum is `units`
 */
export type SmsMeasure = {
  readonly encoding: Encoding
  readonly units: number
  readonly segments: number
  readonly parts: ReadonlyArray<number>
}

/** The text needs more parts than one reference can number; it must be refused, never cut short. */
export type TooManyParts = { readonly _tag: "TooManyParts"; readonly segments: number }

/**
 * Decides encoding and size of a text.
 *
 * GSM-7 when every character is in the default or extension table, otherwise UCS-2 for the whole
 * text. A lone surrogate counts one unit. Beyond 255 parts the count is still given; `split`
 * refuses.
 *
 * **Source** — product rules, Message; 3GPP TS 23.038 clauses 4 and 6.2.1; TS 23.040 9.2.3.24.1
 *
 * @example
 * ```ts
 * SmsSegments.measure("€".repeat(153)).parts // => [152, 152, 2]
 * ```
 */
export const measure = (text: string): SmsMeasure => {
  // One pass, for a million messages: parts are cut as if the text were long, and joined again when
  // it turns out to fit one message. Greedy is optimal: a part that ends earlier can only push more
  // into the parts after it.
  const length = text.length
  const parts: Array<number> = []
  let units = 0
  let at = 0
  while (at < length) {
    let used = 0
    // No part holds more characters than septets: the inner loop need not ask for the text's end.
    const end = Math.min(length, at + GSM7_PART)
    for (; at < end; at++) {
      const cost = SEPTETS[text.charCodeAt(at)]
      if (!cost) return sized("UCS-2", length, ucs2Parts(text))
      if (used + cost > GSM7_PART) break
      used += cost
    }
    parts.push(used)
    units += used
  }
  return sized("GSM-7", units, parts.length < 2 || units > GSM7_SINGLE ? parts : [units])
}

/**
 * The parts of a text in order, each within the limit of its encoding; an empty text has none.
 *
 * **Outcomes, first match wins**
 * 1. `TooManyParts` — more than 255 parts
 * 2. the parts; joined they are the text
 *
 * **Source** — 3GPP TS 23.040 clause 9.2.3.24.1
 */
export const split = (text: string): ReadonlyArray<string> | TooManyParts => {
  const { encoding, segments, parts } = measure(text)
  if (segments > MOST_PARTS) return { _tag: "TooManyParts", segments }
  const pieces: Array<string> = []
  let from = 0
  for (const units of parts) {
    const to = encoding === "UCS-2" ? from + units : afterSeptets(text, from, units)
    pieces.push(text.slice(from, to))
    from = to
  }
  return pieces
}

/** Whether a text carries half of a surrogate pair, which no carrier's JSON can transport. */
export const hasLoneSurrogate = (text: string): boolean => !text.isWellFormed()

const sized = (encoding: Encoding, units: number, parts: ReadonlyArray<number>): SmsMeasure => ({
  encoding,
  units,
  segments: parts.length,
  parts
})

const ucs2Parts = (text: string): ReadonlyArray<number> => {
  const length = text.length
  if (length <= UCS2_SINGLE) return [length]
  const parts: Array<number> = []
  let from = 0
  while (length - from > UCS2_PART) {
    const units = cutsPair(text, from + UCS2_PART) ? UCS2_PART - 1 : UCS2_PART
    parts.push(units)
    from += units
  }
  parts.push(length - from)
  return parts
}

const cutsPair = (text: string, at: number): boolean =>
  (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(at) & 0xfc00) === 0xdc00

const afterSeptets = (text: string, from: number, units: number): number => {
  let at = from
  for (let left = units; left > 0; at++) {
    left -= SmsAlphabet.septets(text.charCodeAt(at))
  }
  return at
}
