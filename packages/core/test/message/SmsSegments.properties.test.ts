import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as SmsSegments from "../../src/message/SmsSegments.ts"

describe("for every text", () => {
  // Planted: parts sliced by units where an extension character stood.
  it("always gives the text back when the parts are joined", () => {
    fc.assert(
      fc.property(text, (text) => {
        assert.strictEqual(split(text).join(""), text)
      })
    )
  })

  // Planted: the surrogate check left out; `used > 153` written `used > 154`.
  it("never cuts a pair, never makes a part over its limit or empty", () => {
    fc.assert(
      fc.property(text, (text) => {
        const { encoding, segments, units } = SmsSegments.measure(text)
        const limit = limitOf(encoding, segments)
        let total = 0
        for (const part of split(text)) {
          const measured = SmsSegments.measure(part)
          const partUnits = encoding === "UCS-2" ? part.length : measured.units
          assert.isAtLeast(partUnits, 1)
          assert.isAtMost(partUnits, limit)
          if (text.isWellFormed()) assert.isTrue(part.isWellFormed())
          total += partUnits
        }
        assert.strictEqual(total, units)
      })
    )
  })

  // Planted: `used > 153` written `used >= 153`.
  it("never makes more parts than the best way to cut", () => {
    fc.assert(
      fc.property(text, (text) => {
        const { encoding, segments } = SmsSegments.measure(text)
        assert.strictEqual(segments, fewestParts(text, encoding))
      }),
      { numRuns: 200 }
    )
  })

  // Planted: 160 written 161; 70 written 71; ] left out of the extension table.
  it("always agrees with a second reading of the standard", () => {
    fc.assert(
      fc.property(text, (text) => {
        assert.deepStrictEqual(SmsSegments.measure(text), fromTheStandard(text))
      }),
      { numRuns: 500 }
    )
  })

  // Planted: the last part left out when it is full.
  it("never has fewer segments after a character is added, unless the encoding changes", () => {
    fc.assert(
      fc.property(text, character, (text, character) => {
        const before = SmsSegments.measure(text)
        const after = SmsSegments.measure(text + character)
        assert.isAtLeast(after.units, before.units === 0 ? 1 : Math.min(before.units, text.length))
        if (before.encoding === after.encoding) {
          assert.isAtLeast(after.segments, before.segments)
          assert.isAtMost(after.segments, before.segments + 1)
        }
      })
    )
  })
})

const split = (text: string): ReadonlyArray<string> => {
  const pieces = SmsSegments.split(text)
  return "_tag" in pieces ? [] : pieces
}

const limitOf = (encoding: SmsSegments.Encoding, segments: number): number =>
  encoding === "GSM-7" ? (segments <= 1 ? 160 : 153) : segments <= 1 ? 70 : 67

// A second implementation, from the tables as TS 23.038 prints them: code points by row.
const PRINTED = [
  [0x40, 0xa3, 0x24, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0x0a, 0xd8, 0xf8, 0x0d, 0xc5, 0xe5],
  [0x394, 0x5f, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e],
  [0xc6, 0xe6, 0xdf, 0xc9, 0x20, 0x21, 0x22, 0x23, 0xa4, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a],
  [0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39],
  [0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf],
  [0xe4, 0xf6, 0xf1, 0xfc, 0xe0],
  Array.from({ length: 26 }, (_, letter) => 0x41 + letter),
  Array.from({ length: 26 }, (_, letter) => 0x61 + letter)
].flat()
const EXTENDED = [0x0c, 0x5e, 0x7b, 0x7d, 0x5c, 0x5b, 0x7e, 0x5d, 0x7c, 0x20ac]

const unitsOf = (text: string) => {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const gsm7 = characters.every((code) => PRINTED.includes(code) || EXTENDED.includes(code))
  const units = characters.map((code) =>
    gsm7 ? (EXTENDED.includes(code) ? 2 : 1) : code > 0xffff ? 2 : 1
  )
  return { gsm7, units }
}

const fromTheStandard = (text: string): SmsSegments.SmsMeasure => {
  const { gsm7, units } = unitsOf(text)
  const sum = units.reduce((total, cost) => total + cost, 0)
  const encoding = gsm7 ? "GSM-7" : "UCS-2"
  if (sum === 0) return { encoding, units: 0, segments: 0, parts: [] }
  if (sum <= (gsm7 ? 160 : 70)) return { encoding, units: sum, segments: 1, parts: [sum] }
  const limit = gsm7 ? 153 : 67
  const parts = [0]
  for (const cost of units) {
    const last = parts.length - 1
    if ((parts[last] ?? 0) + cost <= limit) parts[last] = (parts[last] ?? 0) + cost
    else parts.push(cost)
  }
  return { encoding, units: sum, segments: parts.length, parts }
}

/** Dynamic programming over every place a text may be cut. */
const fewestParts = (text: string, encoding: SmsSegments.Encoding): number => {
  const { units } = unitsOf(text)
  const sum = units.reduce((total, cost) => total + cost, 0)
  if (sum === 0) return 0
  if (sum <= (encoding === "GSM-7" ? 160 : 70)) return 1
  const limit = encoding === "GSM-7" ? 153 : 67
  const fewest = [0]
  for (let end = 1; end <= units.length; end++) {
    let best = Number.POSITIVE_INFINITY
    let used = 0
    for (let start = end - 1; start >= 0; start--) {
      used += units[start] ?? 0
      if (used > limit) break
      best = Math.min(best, 1 + (fewest[start] ?? Number.POSITIVE_INFINITY))
    }
    fewest.push(best)
  }
  return fewest[units.length] ?? 0
}

// Runs long enough that texts end around the limits, of characters of every cost.
const length = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 85 }) },
  { weight: 1, arbitrary: fc.integer({ min: 145, max: 165 }) }
)
const runs = (character: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(character, length), { maxLength: 7, size: "max" })
    .map((runs) => runs.map(([character, length]) => character.repeat(length)).join(""))
const gsm7 = fc.constantFrom("a", "Z", "@", "\n", "à", "Ξ", "€", "[", "]", "~", "|", "\f")
const ucs2 = fc.constantFrom("א", "ж", "a", "€", "\u{1f310}", "\u200f", "ç")
const broken = fc.constantFrom("\ud83c", "\udf10", "א", "\u{1f310}")
const character = fc.oneof(gsm7, ucs2)
// Filled up to a limit, or one beside it: the length left after a few characters of every cost.
const filled = (character: fc.Arbitrary<string>, filler: string, limits: ReadonlyArray<number>) =>
  fc
    .tuple(
      fc.array(character, { maxLength: 20 }),
      fc.constantFrom(...limits),
      fc.integer({ min: -1, max: 2 })
    )
    .map(([characters, limit, beside]) => {
      const start = characters.join("")
      const { units } = SmsSegments.measure(start + filler)
      return start + filler.repeat(Math.max(1, limit + beside - units + 1))
    })
const text = fc.oneof(
  { weight: 2, arbitrary: filled(gsm7, "a", [153, 160, 306, 459]) },
  { weight: 2, arbitrary: filled(ucs2, "א", [67, 70, 134, 201]) },
  { weight: 5, arbitrary: runs(gsm7) },
  { weight: 4, arbitrary: runs(ucs2) },
  { weight: 1, arbitrary: runs(broken) }
)
