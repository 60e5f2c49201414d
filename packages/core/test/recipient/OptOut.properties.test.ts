import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as OptOut from "../../src/recipient/OptOut.ts"

const words = OptOut.keywords(OptOut.DEFAULT_KEYWORDS)

describe("for every configured word", () => {
  // Planted: niqqud not removed; case not folded; the first NFKC left out.
  it("always matches it however it is dressed", () => {
    fc.assert(
      fc.property(keyword, dress, blank, blank, (keyword, dress, before, after) => {
        const dressed = before + dress(keyword.word) + after
        assert.deepStrictEqual(OptOut.match(dressed, words), {
          action: keyword.action,
          keyword: keyword.word,
          language: keyword.language
        })
      })
    )
  })

  // Planted: `match` looking the first word of the text up.
  it("never matches it inside a longer sentence", () => {
    fc.assert(
      fc.property(keyword, fc.constantFrom("texting", "אלי", "x", "3"), (keyword, other) => {
        assert.isUndefined(OptOut.match(`${keyword.word} ${other}`, words))
        assert.isUndefined(OptOut.match(`${other} ${keyword.word}`, words))
      })
    )
  })
})

describe("for every text", () => {
  // Planted: the second NFKC left out.
  it("always normalises to a text that normalises to itself", () => {
    fc.assert(
      fc.property(text, (text) => {
        const once = OptOut.normalise(text)
        assert.strictEqual(OptOut.normalise(once), once)
      }),
      { numRuns: 1_000 }
    )
  })
})

// Letters whose accents compose only once the invisible mark between them is gone.
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("e", "\u0301", "\u200b", "\u05b8", "Σ", "İ", "ﬃ", "´", " ", ".", "ſ", "'")
  })
)
const keyword = fc.constantFrom(...OptOut.DEFAULT_KEYWORDS)
const between = (mark: string) => (word: string) => Array.from(word).join(mark)
const wide = (word: string) =>
  word.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))
const bold = (word: string) =>
  word.replace(/[A-Z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0x1d3bf))
const dress = fc.constantFrom<(word: string) => string>(
  (word) => word,
  (word) => word.toLowerCase(),
  wide,
  bold,
  between("\u200f"),
  between("\u05b8"),
  (word) => `"${word}"`,
  (word) => word.replaceAll(" ", " \n\t "),
  (word) => `\u202b${word}\u202c!`
)
const blank = fc.constantFrom("", " ", "\n", "\u00a0", "\u200f", " . ")
