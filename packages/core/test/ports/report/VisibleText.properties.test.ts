import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { visible } from "../../../src/ports/report/VisibleText.ts"

/** Any UTF-16 unit, half of them special on purpose. */
const text = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x9f }),
      fc.integer({ min: 0x2000, max: 0x2070 }),
      fc.integer({ min: 0xd7fe, max: 0xe001 }),
      fc.integer({ min: 0xfff0, max: 0xffff }),
      fc.integer({ min: 0, max: 0xffff })
    )
  )
  .map((codes) => codes.map((code) => String.fromCharCode(code)).join(""))

describe("for every text", () => {
  // Planted: U+2028 left out of the table. Seen: a line separator came through.
  it("what is shown never hides, reorders or breaks anything", () => {
    fc.assert(
      fc.property(text, (given) => {
        const shown = visible(given)
        assert.isTrue(shown.isWellFormed())
        assert.notMatch(shown, /[\p{Cc}\p{Zl}\p{Zp}]/u)
        assert.notMatch(shown, /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u061c]/)
      })
    )
  })

  // Planted: `‹` itself written out. Seen: a second pass changed the text again.
  it("showing it again always changes nothing", () => {
    fc.assert(
      fc.property(text, (given) => {
        assert.strictEqual(visible(visible(given)), visible(given))
      })
    )
  })

  // Planted: characters dropped instead of written out. Seen: two ids looked the same.
  it("a hidden character never disappears", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        for (const hidden of ["\u0000", "\r", "\u202e", "\u200b", "\ufeff"]) {
          assert.notStrictEqual(visible(before + hidden + after), visible(before + after))
        }
      })
    )
  })
})

describe("text a report really has", () => {
  it("stays as it is", () => {
    for (const plain of ["premium-retail", "C-0001", "דנה", "BELOW_THRESHOLD", "=1+1", "🙂", "é"]) {
      assert.strictEqual(visible(plain), plain)
    }
  })

  it("shows what an auditor must know of", () => {
    assert.strictEqual(visible("a\r\n\u0000b"), "a‹U+000D›‹U+000A›‹U+0000›b")
    assert.strictEqual(visible("C-\u202e21"), "C-‹U+202E›21")
    assert.strictEqual(visible("\ud800x🙂"), "‹U+D800›x🙂")
  })
})
