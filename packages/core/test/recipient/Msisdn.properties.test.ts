import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Recipients from "../../src/testing/generators/Recipients.ts"

/**
 * **Source** — design, Recipient: E.164 through libphonenumber-js `max` metadata, default region
 * IL; qualification and reachability are separate axes; ITU-T E.164
 */
describe("for every text and region", () => {
  // Caught: `reachable` always true for a valid number.
  it("always says reachable exactly when no reason is given, and never without a number", () => {
    fc.assert(
      fc.property(Recipients.writtenPhones, Recipients.regions, (text, region) => {
        const check = Msisdn.check(text, region)
        assert.strictEqual(check.reachable, check.reason === null)
        assert.strictEqual(check.valid, check.e164 !== null)
        assert.strictEqual(check.valid, check.type !== null)
        if (check.e164 !== null) assert.strictEqual(Msisdn.fromE164(check.e164), check.e164)
      })
    )
  })

  // Caught: the national number returned instead of E.164.
  it("always gives the same answer for the number it returned", () => {
    fc.assert(
      fc.property(Recipients.writtenPhones, Recipients.regions, (text, region) => {
        const check = Msisdn.check(text, region)
        if (check.e164 !== null) assert.deepStrictEqual(Msisdn.check(check.e164, null), check)
      })
    )
  })

  // Caught: only U+200F removed.
  it("never lets an invisible character change the answer", () => {
    fc.assert(
      fc.property(
        Recipients.writtenPhones,
        Recipients.regions,
        invisible,
        fc.nat(40),
        (text, region, mark, at) => {
          const marked = text.slice(0, at) + mark + text.slice(at)
          assert.deepStrictEqual(Msisdn.check(marked, region), Msisdn.check(text, region))
        }
      )
    )
  })
})

/** **Source** — design, Words: never a phone number in a log line; an answer shows a mask */
describe("for every stored number", () => {
  // Caught: one star fewer.
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
