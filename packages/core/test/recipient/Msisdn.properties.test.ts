import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Msisdn from "../../src/recipient/Msisdn.ts"

describe("for every text and region", () => {
  // Planted: `reachable` always true for a valid number.
  it("always says reachable exactly when no reason is given, and never without a number", () => {
    fc.assert(
      fc.property(written, region, (text, region) => {
        const check = Msisdn.check(text, region)
        assert.strictEqual(check.reachable, check.reason === null)
        assert.strictEqual(check.valid, check.e164 !== null)
        assert.strictEqual(check.valid, check.type !== null)
        if (check.e164 !== null) assert.strictEqual(Msisdn.fromE164(check.e164), check.e164)
      })
    )
  })

  // Planted: the national number returned instead of E.164.
  it("always gives the same answer for the number it returned", () => {
    fc.assert(
      fc.property(written, region, (text, region) => {
        const check = Msisdn.check(text, region)
        if (check.e164 !== null) assert.deepStrictEqual(Msisdn.check(check.e164, null), check)
      })
    )
  })

  // Planted: only U+200F removed.
  it("never lets an invisible character change the answer", () => {
    fc.assert(
      fc.property(written, region, invisible, fc.nat(40), (text, region, mark, at) => {
        const marked = text.slice(0, at) + mark + text.slice(at)
        assert.deepStrictEqual(Msisdn.check(marked, region), Msisdn.check(text, region))
      })
    )
  })
})

describe("for every stored number", () => {
  // Planted: one star fewer.
  it("never shows more than six characters of it, and keeps its length", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9][0-9]{6,14}$/), (text) => {
        const msisdn = Msisdn.fromE164(text)
        assert.isDefined(msisdn)
        const masked = Msisdn.mask(msisdn)
        assert.strictEqual(masked.length, text.length)
        assert.strictEqual(masked.replaceAll("*", "").length, 6)
      })
    )
  })
})

const invisible = fc.constantFrom("\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\ufeff")
const region = fc.constantFrom("IL", "US", "GB", "ZZ", null)
const digits = (min: number, max: number) =>
  fc.array(fc.nat(9), { minLength: min, maxLength: max }).map((digits) => digits.join(""))
const written = fc.oneof(
  { weight: 4, arbitrary: digits(7, 7).map((rest) => `05${rest}0`) },
  { weight: 4, arbitrary: digits(7, 7).map((rest) => `+97252${rest}`) },
  { weight: 4, arbitrary: digits(4, 4).map((rest) => `03602${rest}`) },
  { weight: 2, arbitrary: digits(10, 10).map((rest) => `+1${rest}`) },
  { weight: 1, arbitrary: digits(1, 18) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }) }
)
