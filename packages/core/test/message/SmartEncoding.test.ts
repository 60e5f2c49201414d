import { assert, describe, it } from "vitest"
import * as SmartEncoding from "../../src/message/SmartEncoding.ts"

describe("SmartEncoding.encode", () => {
  it("leaves a GSM-7 text alone", () => {
    assert.deepStrictEqual(SmartEncoding.encode("Zoë".replace("ë", "é")), { _tag: "AlreadyGsm7" })
    assert.deepStrictEqual(SmartEncoding.encode(""), { _tag: "AlreadyGsm7" })
  })

  it("spells typography and reports each replacement where it stood", () => {
    assert.deepStrictEqual(SmartEncoding.encode("you\u2019ve \u2014 thanks\u2026\ufeff"), {
      _tag: "Encoded",
      text: "you've - thanks...",
      replacements: [
        { position: 3, from: "\u2019", to: "'" },
        { position: 7, from: "\u2014", to: "-" },
        { position: 15, from: "\u2026", to: "..." },
        { position: 16, from: "\ufeff", to: "" }
      ]
    })
  })

  it("composes an accent the alphabet has, as spelling and not transliteration", () => {
    assert.deepStrictEqual(SmartEncoding.encode("Rene\u0301"), {
      _tag: "Encoded",
      text: "René",
      replacements: [{ position: 3, from: "e\u0301", to: "é" }]
    })
  })

  for (const [text, position, character] of [
    ["Franc\u0327ois", 4, "c\u0327"],
    ["Fran\u00e7ois", 4, "\u00e7"],
    ["\u2019\u05d3", 1, "\u05d3"],
    ["\u0301", 0, "\u0301"],
    ["100\u20aa", 3, "\u20aa"],
    ["a\ud83c", 1, "\ud83c"]
  ] as const) {
    it(`does nothing to ${JSON.stringify(text)}: letters are never transliterated`, () => {
      assert.deepStrictEqual(SmartEncoding.encode(text), {
        _tag: "NotPossible",
        position,
        character
      })
    })
  }

  it("writes ₪ as NIS only when asked to", () => {
    assert.deepStrictEqual(SmartEncoding.encode("5₪", SmartEncoding.SHEKEL_AS_NIS), {
      _tag: "Encoded",
      text: "5NIS",
      replacements: [{ position: 1, from: "₪", to: "NIS" }]
    })
  })

  it("does nothing where an opt-in replacement is itself outside GSM-7", () => {
    const extra = new Map([["ç", "ć"]])
    assert.strictEqual(SmartEncoding.encode("ça", extra)._tag, "NotPossible")
  })

  it("knows typography only", () => {
    assert.strictEqual(SmartEncoding.replacementOf("\u2019"), "'")
    assert.isUndefined(SmartEncoding.replacementOf("ç"))
  })
})
