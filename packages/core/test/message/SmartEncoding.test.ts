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

  // Caught: a group of typographic characters, or what stands for it, left out.
  for (const [to, ...codes] of [
    ["'", 0x2018, 0x201b, 0x2032, 0x2035, 0x02b9, 0x02bb, 0x02bc, 0x00b4, 0x0060, 0xff07],
    ["'", 0x2039, 0x203a],
    ['"', 0x201c, 0x201f, 0x2033, 0x2036, 0x00ab, 0x00bb, 0xff02, 0x301d, 0x301e],
    ["-", 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x2043, 0xfe58, 0xfe63, 0xff0d],
    [" ", 0x0009, 0x00a0, 0x2000, 0x2005, 0x200a, 0x202f, 0x205f, 0x3000],
    ["...", 0x2026],
    ["*", 0x2022, 0x2217, 0x00b7, 0x2219],
    ["/", 0x2044, 0x2215],
    ["!!", 0x203c],
    ["\n", 0x0085, 0x2028, 0x2029],
    ["1/4", 0x00bc],
    ["1/2", 0x00bd],
    ["3/4", 0x00be],
    ["", 0x200b, 0xfeff, 0x2060, 0x00ad, 0x200e, 0x200f, 0x061c]
  ] as const) {
    it(`spells ${codes.length} characters as ${JSON.stringify(to)}`, () => {
      for (const code of codes) {
        const from = String.fromCharCode(code)
        assert.deepStrictEqual(SmartEncoding.encode(`a${from}b`), {
          _tag: "Encoded",
          text: `a${to}b`,
          replacements: [{ position: 1, from, to }]
        })
      }
    })
  }

  // Caught: each mark without a letter before it taken for itself.
  it("names marks without a letter before them together", () => {
    assert.deepStrictEqual(SmartEncoding.encode("\u0327\u0301a"), {
      _tag: "NotPossible",
      position: 0,
      character: "\u0327\u0301"
    })
  })

  it("knows typography only", () => {
    assert.strictEqual(SmartEncoding.replacementOf("\u2019"), "'")
    assert.isUndefined(SmartEncoding.replacementOf("ç"))
  })
})
