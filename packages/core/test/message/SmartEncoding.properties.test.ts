import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as SmartEncoding from "../../src/message/SmartEncoding.ts"
import * as SmsAlphabet from "../../src/message/SmsAlphabet.ts"

describe("for every text", () => {
  // Planted: an unknown character dropped instead of refused; the position counted in the result.
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

  // Planted: "ç" added to the replacements as "c".
  it("never changes a letter", () => {
    const letters = (text: string) => text.normalize("NFC").replace(/[^\p{L}]/gu, "")
    fc.assert(
      fc.property(text, (text) => {
        const encoded = SmartEncoding.encode(text)
        if (encoded._tag === "Encoded") assert.strictEqual(letters(encoded.text), letters(text))
      })
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
