import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as TwoPeople from "../../src/qualification/TwoPeople.ts"

/** **Source** — product rules, "Days": waive and grant take two people; decision 0007. */
describe("TwoPeople", () => {
  describe("for every name, and every way to write it", () => {
    // Caught: `trim` left out; spaces removed instead of made one; letter case compared; NFC for
    // NFKC.
    it("never makes another person of somebody who writes the name otherwise", () => {
      fc.assert(
        fc.property(name, blank, blank, blank, (words, left, middle, right) => {
          const plain = words.join(" ")
          const other = left + words.map(wide).join(middle === "" ? " " : middle) + right
          assert.isTrue(TwoPeople.isSame(plain, other))
          assert.isTrue(TwoPeople.isSame(other, plain.toUpperCase()))
          assert.strictEqual(TwoPeople.person(other), plain.toLowerCase())
        })
      )
    })

    // Caught: words run together before they are compared; every name the same.
    it("always keeps two people apart whose names are different words", () => {
      fc.assert(
        fc.property(name, name, (one, other) => {
          const same = one.join(" ") === other.join(" ")
          assert.strictEqual(TwoPeople.isSame(one.join(" "), other.join(" ")), same)
        })
      )
    })

    // Caught: an empty name compared as any other; only the first of the two looked at.
    it("never takes an empty name for a second person, on either side", () => {
      fc.assert(
        fc.property(name, blank, (words, empty) => {
          assert.isTrue(TwoPeople.isSame(words.join(" "), empty))
          assert.isTrue(TwoPeople.isSame(empty, words.join(" ")))
        })
      )
    })
  })
})

/** ASCII letters as their full-width forms. */
function wide(word: string) {
  return word.replace(/[a-z]/gu, (letter) =>
    String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)
  )
}

const name = fc.array(fc.constantFrom("da", "na", "dana", "noa", "כהן"), {
  minLength: 1,
  maxLength: 3
})
const blank = fc.constantFrom("", " ", "\t", "\u00a0", " \n ", "\u3000")
