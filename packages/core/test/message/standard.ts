/**
 * The sizes of texts, read from the standard a second time and by other means than `SmsSegments`:
 * by characters instead of UTF-16 units, and by every way to cut instead of the greedy one.
 *
 * **Source** — 3GPP TS 23.038 clauses 4 and 6.2.1 (tables as printed, by row); TS 23.040 clause
 * 9.2.3.24.1
 */
import type * as SmsSegments from "../../src/message/SmsSegments.ts"

const PRINTED = new Set(
  [
    [
      0x40, 0xa3, 0x24, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0x0a, 0xd8, 0xf8, 0x0d, 0xc5, 0xe5
    ],
    [0x394, 0x5f, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e],
    [0xc6, 0xe6, 0xdf, 0xc9, 0x20, 0x21, 0x22, 0x23, 0xa4, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a],
    [0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39],
    [0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf],
    [0xe4, 0xf6, 0xf1, 0xfc, 0xe0],
    Array.from({ length: 26 }, (_, letter) => 0x41 + letter),
    Array.from({ length: 26 }, (_, letter) => 0x61 + letter)
  ].flat()
)
const EXTENDED = new Set([0x0c, 0x5e, 0x7b, 0x7d, 0x5c, 0x5b, 0x7e, 0x5d, 0x7c, 0x20ac])

/** The encoding of a text, and what each of its characters costs. */
const costsOf = (text: string) => {
  let gsm7 = true
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (!PRINTED.has(code) && !EXTENDED.has(code)) gsm7 = false
  }
  const costs: Array<number> = []
  let units = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const cost = (gsm7 ? EXTENDED.has(code) : code > 0xffff) ? 2 : 1
    costs.push(cost)
    units += cost
  }
  return { encoding: gsm7 ? ("GSM-7" as const) : ("UCS-2" as const), costs, units }
}

/** Units of a message that travels alone: 140 octets of 7 or 16 bits. */
export const alone = (encoding: SmsSegments.Encoding): number =>
  Math.floor((140 * 8) / (encoding === "GSM-7" ? 7 : 16))

/** Units of a part: 140 octets less the 6 of the concatenation header. */
export const part = (encoding: SmsSegments.Encoding): number =>
  Math.floor(((140 - 6) * 8) / (encoding === "GSM-7" ? 7 : 16))

/** What `SmsSegments.measure` must answer. */
export const measure = (text: string): SmsSegments.SmsMeasure => {
  const { encoding, costs, units } = costsOf(text)
  if (units === 0) return { encoding, units, segments: 0, parts: [] }
  if (units <= alone(encoding)) return { encoding, units, segments: 1, parts: [units] }
  const parts = [0]
  for (const cost of costs) {
    const last = parts.length - 1
    const used = parts[last] ?? 0
    if (used + cost <= part(encoding)) parts[last] = used + cost
    else parts.push(cost)
  }
  return { encoding, units, segments: parts.length, parts }
}

/**
 * The fewest parts of any way to cut: dynamic programming over every place for the last cut. The
 * places that leave a part within its limit are a window that slides; `least` keeps its minima.
 */
export const fewestParts = (text: string): number => {
  const { encoding, costs, units } = costsOf(text)
  if (units <= alone(encoding)) return units === 0 ? 0 : 1
  const fewest = [0]
  const least = [0]
  let [used, from, head] = [0, 0, 0]
  for (const [at, cost] of costs.entries()) {
    used += cost
    while (used > part(encoding)) used -= costs[from++] ?? 0
    while ((least[head] ?? 0) < from) head++
    const best = 1 + (fewest[least[head] ?? 0] ?? 0)
    fewest.push(best)
    while (least.length > head && (fewest[least.at(-1) ?? 0] ?? 0) >= best) least.pop()
    least.push(at + 1)
  }
  return fewest[costs.length] ?? 0
}
