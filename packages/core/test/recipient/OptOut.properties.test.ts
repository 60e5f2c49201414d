import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as OptOut from "../../src/recipient/OptOut.ts"

const words = () => OptOut.keywords(OptOut.DEFAULT_KEYWORDS)

/**
 * **Source** — design, Recipient: STOP / הסר and configured words match the whole normalised
 * message (NFKC, bidi marks and niqqud removed, case folded)
 */
describe("for every configured word", () => {
  // Caught: niqqud not removed; case not folded; the first NFKC left out.
  it("always matches it however it is dressed", () => {
    fc.assert(
      fc.property(keyword, dress, blank, blank, (keyword, dress, before, after) => {
        const dressed = before + dress(keyword.word) + after
        assert.deepStrictEqual(OptOut.match(dressed, words()), {
          action: keyword.action,
          keyword: keyword.word,
          language: keyword.language
        })
      })
    )
  })

  // Caught: `match` looking the first word of the text up.
  it("never matches it inside a longer sentence", () => {
    fc.assert(
      fc.property(keyword, fc.constantFrom("texting", "אלי", "x", "3"), (keyword, other) => {
        assert.isUndefined(OptOut.match(`${keyword.word} ${other}`, words()))
        assert.isUndefined(OptOut.match(`${other} ${keyword.word}`, words()))
      })
    )
  })
})

/** **Source** — design, Recipient: the whole normalised message; Unicode UAX #15 (NFKC) */
describe("for every text", () => {
  // Caught: the second NFKC left out.
  it("always normalises to a text that normalises to itself", () => {
    fc.assert(
      fc.property(text, (text) => {
        const once = OptOut.normalise(text)
        assert.strictEqual(OptOut.normalise(once), once)
      }),
      { numRuns: 1_000 }
    )
  })

  // Caught: upper case before lower case, under which ẞ and ß were two letters; the niqqud kept.
  it("never changes with niqqud, direction marks, case or spelling of any one character", () => {
    for (const code of letters) {
      const character = String.fromCodePoint(code)
      const form = OptOut.normalise(character)
      for (const dressed of [`\u200f${character}\u05b8`, ` ${character}\u2069\n`]) {
        if (OptOut.normalise(dressed) !== form) assert.fail(code.toString(16))
      }
      if (OptOut.normalise(form) !== form) assert.fail(`not once and for all: ${code.toString(16)}`)
      for (const spelled of [
        character.normalize("NFKD"),
        character.toUpperCase(),
        character.toLowerCase()
      ]) {
        if (OptOut.normalise(spelled) !== form) assert.fail(code.toString(16))
      }
    }
  })
})

/** **Source** — design, Recipient: configured words */
describe("for every list of configured words", () => {
  // Caught: the later of two alike winning; a word of blanks kept, which an empty reply matched.
  it("always answers with the first that reads alike, and never to an empty reply", () => {
    fc.assert(
      fc.property(configured, text, (configured, reply) => {
        const known = OptOut.keywords(configured)
        const form = OptOut.normalise(reply)
        const first = configured.find(({ word }) => OptOut.normalise(word) === form)
        const expected =
          first === undefined || form === ""
            ? undefined
            : { action: first.action, keyword: first.word, language: first.language }
        assert.deepStrictEqual(OptOut.match(reply, known), expected)
      }),
      { numRuns: 1_000 }
    )
  })
})

/** Every alphabet with case, points or compatibility forms; Han and Hangul have none of them. */
const letters = [
  [0x21, 0x30ff],
  [0xa640, 0xabff],
  [0xf900, 0xffff],
  [0x1_d400, 0x1_d7ff]
].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, at) => from + at))

// Letters whose accents compose only once the invisible mark between them is gone.
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("e", "\u0301", "\u200b", "\u05b8", "Σ", "İ", "ﬃ", "´", " ", ".", "ſ", "'")
  })
)
const configured = fc.array(
  fc.record({
    action: fc.constantFrom<OptOut.OptOutAction>("stop", "start", "help"),
    language: fc.constantFrom("en", "he"),
    word: fc.oneof(text, fc.constantFrom("e", "E", " e. ", "é", "Σ", " \u200f."))
  }),
  { maxLength: 5 }
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
