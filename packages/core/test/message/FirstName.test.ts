import { assert, describe, it } from "vitest"
import * as FirstName from "../../src/message/FirstName.ts"

// Caught: one blank only taken from the end; a digit before the point taken for no link.
describe("FirstName.read", () => {
  for (const [name, printed] of [
    ["דנה", "דנה"],
    ["  Dana  ", "Dana"],
    ["\u200fדנה\u200e", "דנה"],
    ["Jeanne d\u2019Arc", "Jeanne d\u2019Arc"],
    ["{MonthName}", "{MonthName}"],
    ["J.R.", "J.R."],
    ["نور\u200cالدين", "نور\u200cالدين"],
    ["\u{1f469}\u200d\u{1f4bb}", "\u{1f469}\u200d\u{1f4bb}"],
    ["x".repeat(64), "x".repeat(64)],
    ["\u{1f310}".repeat(64), "\u{1f310}".repeat(64)]
  ] as const) {
    it(`prints ${JSON.stringify(name.slice(0, 12))}`, () => {
      assert.deepStrictEqual(FirstName.read(name), { _tag: "Usable", text: printed })
    })
  }

  // OWASP ASVS 5.0 1.3.7, 1.3.10: control characters and links in a value are refused.
  for (const [name, reason] of [
    [null, "ABSENT"],
    ["", "ABSENT"],
    [" \u200f\u00a0", "ABSENT"],
    ["\ud83c", "LONE_SURROGATE"],
    ["Dana\nYour account is locked", "CONTROL_CHARACTER"],
    ["Dana\u001b[31m", "CONTROL_CHARACTER"],
    ["Dana\t", "CONTROL_CHARACTER"],
    ["Dana\u2028", "CONTROL_CHARACTER"],
    ["\u202eanaD", "BIDI_CONTROL"],
    ["\u2066Dana\u2069", "BIDI_CONTROL"],
    ["http://x", "LINK"],
    ["WWW.bank", "LINK"],
    ["bank.example", "LINK"],
    ["7.example", "LINK"],
    ["x".repeat(65), "TOO_LONG"],
    ["\u{1f310}".repeat(65), "TOO_LONG"]
  ] as const) {
    it(`refuses ${JSON.stringify(name?.slice(0, 12) ?? null)} as ${reason}`, () => {
      assert.deepStrictEqual(FirstName.read(name), { _tag: "Refused", reason })
    })
  }
})

describe("FirstName.codePoints", () => {
  for (const text of [
    "",
    "a",
    "\u{1f310}",
    "a\u{1f310}b\u{1f310}",
    "\ud83c",
    "\udf10",
    "\udf10\ud83c"
  ]) {
    it(`counts ${JSON.stringify(text)} as a reader does`, () => {
      assert.strictEqual(FirstName.codePoints(text), Array.from(text).length)
    })
  }
})
