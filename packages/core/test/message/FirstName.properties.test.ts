import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as FirstName from "../../src/message/FirstName.ts"
import * as Messages from "../../src/testing/generators/Messages.ts"

/**
 * **Source** — design, Message: values are never re-interpreted; OWASP ASVS 5.0 1.3.7, 1.3.10; UAX
 * #9 (explicit directional formatting)
 */
describe("for every text a bank may hold as a name", () => {
  // Caught: U+2067 left out of the refused controls; line breaks stripped instead of refused; a
  // scheme without "www." let through.
  it("never prints a control, an override, half a character, a link, or more than 64 characters", () => {
    fc.assert(
      fc.property(Messages.firstNames, (name) => {
        const read = FirstName.read(name)
        if (read._tag === "Refused") return
        assert.notMatch(read.text, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]|:\/\/|www\./iu)
        assert.isTrue(read.text.isWellFormed())
        assert.isAtMost(Array.from(read.text).length, 64)
        assert.strictEqual(read.text, read.text.trim())
        assert.isNotEmpty(read.text)
      }),
      { numRuns: 2_000 }
    )
  })

  // Caught: "R." taken for the end of a domain; the joiner of a Persian name removed.
  it("always prints what it printed before, and a usable name as it is", () => {
    fc.assert(
      fc.property(Messages.firstNames, Messages.usableNames, (name, usable) => {
        const read = FirstName.read(name)
        if (read._tag === "Usable") assert.deepStrictEqual(FirstName.read(read.text), read)
        assert.deepStrictEqual(FirstName.read(usable), { _tag: "Usable", text: usable })
      }),
      { numRuns: 1_000 }
    )
  })

  // Caught: "www." looked for at the beginning alone; the isolates left out.
  it("never prints a name that carries what is refused, wherever it stands", () => {
    fc.assert(
      fc.property(Messages.refusedNames, (name) => {
        assert.strictEqual(FirstName.read(name)._tag, "Refused")
      }),
      { numRuns: 500 }
    )
  })
})

/** **Source** — design, Message (≤ 306 characters); Unicode, chapter 3 (a code point is a scalar) */
describe("for every text, whole or broken", () => {
  // Caught: the low half of a pair counted; a lone low surrogate not counted.
  it("always counts what walking the text by characters counts", () => {
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 12 }), (text) => {
        assert.strictEqual(FirstName.codePoints(text), Array.from(text).length)
      }),
      { numRuns: 1_000 }
    )
  })
})

const pieces = fc.constantFrom("a", "א", "\u{1f310}", "\ud83c", "\udf10", "\udf10\ud83c")
