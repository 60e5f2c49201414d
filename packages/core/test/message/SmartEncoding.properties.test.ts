import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as SmartEncoding from "../../src/message/SmartEncoding.ts"
import * as SmsAlphabet from "../../src/message/SmsAlphabet.ts"

/**
 * **Source** — design, Message: smart encoding, all-or-nothing, reported; 3GPP TS 23.038 clause
 * 6.2.1
 */
describe("for every text", () => {
  // Caught: an unknown character dropped instead of refused; the position counted in the result.
  it("always ends wholly in GSM-7 or untouched, and the report rebuilds the result", () => {
    fc.assert(
      fc.property(text, (text) => {
        const encoded = SmartEncoding.encode(text)
        assert.strictEqual(encoded._tag === "AlreadyGsm7", SmsAlphabet.isGsm7(text))
        if (encoded._tag === "NotPossible") {
          assert.isTrue(text.startsWith(encoded.character, encoded.position))
          assert.isFalse(SmsAlphabet.isGsm7(encoded.character))
        }
        if (encoded._tag !== "Encoded") return
        assert.isTrue(SmsAlphabet.isGsm7(encoded.text))
        let rebuilt = text
        for (const { position, from, to } of encoded.replacements.toReversed()) {
          assert.isTrue(text.startsWith(from, position))
          rebuilt = rebuilt.slice(0, position) + to + rebuilt.slice(position + from.length)
        }
        assert.strictEqual(rebuilt, encoded.text)
      })
    )
  })

  // Caught: "ç" added to the replacements as "c".
  it("never changes a letter", () => {
    const letters = (text: string) => text.normalize("NFC").replace(/[^\p{L}]/gu, "")
    fc.assert(
      fc.property(text, (text) => {
        const encoded = SmartEncoding.encode(text)
        if (encoded._tag === "Encoded") assert.strictEqual(letters(encoded.text), letters(text))
      })
    )
  })

  // Caught: `extra` tried after the built-in replacements; "₪" replaced without being asked to.
  it("always takes what the caller opted into first, and never replaces ₪ on its own", () => {
    fc.assert(
      fc.property(text, fc.nat(12), (text, at) => {
        const priced = `${text.slice(0, at)}₪${text.slice(at)}`
        assert.strictEqual(SmartEncoding.encode(priced)._tag, "NotPossible")
        const extra = new Map([...SmartEncoding.SHEKEL_AS_NIS, ["\u2019", "''"], ["\u2014", "--"]])
        const encoded = SmartEncoding.encode(priced, extra)
        if (encoded._tag !== "Encoded") return
        assert.include(encoded.text, "NIS")
        for (const { from, to } of encoded.replacements) {
          assert.strictEqual(to, extra.get(from) ?? SmartEncoding.replacementOf(from) ?? to)
        }
      }),
      { numRuns: 500 }
    )
  })

  // Caught: the reason given for the last character instead of the first.
  it("never encodes twice what it encoded once, and always names the first that cannot be", () => {
    fc.assert(
      fc.property(text, (text) => {
        const encoded = SmartEncoding.encode(text)
        if (encoded._tag === "Encoded") {
          assert.deepStrictEqual(SmartEncoding.encode(encoded.text), { _tag: "AlreadyGsm7" })
        }
        if (encoded._tag === "NotPossible") {
          const before = text.slice(0, encoded.position)
          assert.notStrictEqual(SmartEncoding.encode(before)._tag, "NotPossible")
        }
      }),
      { numRuns: 1_000 }
    )
  })
})

const text = fc.string({
  unit: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom("a", "e", "n", " ", "é", "€") },
    { weight: 6, arbitrary: fc.constantFrom("\u2019", "\u2014", "\u2026", "\u200b", "\u0301") },
    { weight: 1, arbitrary: fc.constantFrom("ç", "א", "\u{1f310}", "\u0327") }
  ),
  maxLength: 12
})
