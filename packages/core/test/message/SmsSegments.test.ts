import { assert, describe, it } from "vitest"
import * as SmsSegments from "../../src/message/SmsSegments.ts"

// Limits: TS 23.038 clause 4 (160 septets, 70 UCS-2 characters in one message), TS 23.040 clause
// 9.2.3.24.1 (153 and 67 beside the concatenation header; no escape or character is split).
const CASES: ReadonlyArray<
  readonly [name: string, text: string, "GSM-7" | "UCS-2", parts: ReadonlyArray<number>]
> = [
  ["nothing", "", "GSM-7", []],
  ["one character", "a", "GSM-7", [1]],
  ["160 septets", "a".repeat(160), "GSM-7", [160]],
  ["161 septets", "a".repeat(161), "GSM-7", [153, 8]],
  ["an escape pair over 160", `${"a".repeat(159)}€`, "GSM-7", [153, 8]],
  ["an escape pair at 160", `${"a".repeat(158)}€`, "GSM-7", [160]],
  ["306 septets", "a".repeat(306), "GSM-7", [153, 153]],
  ["307 septets", "a".repeat(307), "GSM-7", [153, 153, 1]],
  ["an escape pair over 153", `${"a".repeat(152)}€${"a".repeat(20)}`, "GSM-7", [152, 22]],
  ["an escape pair ending at 153", `${"a".repeat(151)}€${"a".repeat(20)}`, "GSM-7", [153, 20]],
  ["80 euro signs", "€".repeat(80), "GSM-7", [160]],
  ["153 euro signs: 306 septets in three", "€".repeat(153), "GSM-7", [152, 152, 2]],
  ["two of 152a€: 308 septets", `${"a".repeat(152)}€`.repeat(2), "GSM-7", [152, 153, 3]],
  ["255 full parts", "a".repeat(39_015), "GSM-7", Array.from({ length: 255 }, () => 153)],
  ["line feeds and returns", "\r\n".repeat(80), "GSM-7", [160]],
  ["70 Hebrew letters", "א".repeat(70), "UCS-2", [70]],
  ["71 Hebrew letters", "א".repeat(71), "UCS-2", [67, 4]],
  ["134 Hebrew letters", "א".repeat(134), "UCS-2", [67, 67]],
  ["135 Hebrew letters", "א".repeat(135), "UCS-2", [67, 67, 1]],
  ["brackets cost one beside Hebrew", `א${"[".repeat(69)}`, "UCS-2", [70]],
  ["an emoji at 70", `${"א".repeat(68)}\u{1f310}`, "UCS-2", [70]],
  ["an emoji over 70", `${"א".repeat(69)}\u{1f310}`, "UCS-2", [67, 4]],
  ["a pair over 67", `${"א".repeat(66)}\u{1f310}אאא`, "UCS-2", [66, 5]],
  ["67 globes: 134 units in three", "\u{1f310}".repeat(67), "UCS-2", [66, 66, 2]],
  ["a lone high surrogate at 67", `${"א".repeat(66)}\ud83cאאאא`, "UCS-2", [67, 4]],
  ["a lone low surrogate at 68", `${"א".repeat(67)}\udf10אאא`, "UCS-2", [67, 4]],
  ["a raw escape", "a\u001b", "UCS-2", [2]],
  ["one invisible mark", `${"a".repeat(70)}\u200e`, "UCS-2", [67, 4]],
  ["a decomposed accent", "e\u0301", "UCS-2", [2]]
]

describe("SmsSegments.measure and split", () => {
  for (const [name, text, encoding, parts] of CASES) {
    it(`sizes ${name}`, () => {
      const units = parts.reduce((sum, part) => sum + part, 0)
      assert.deepStrictEqual(SmsSegments.measure(text), {
        encoding,
        units,
        segments: parts.length,
        parts
      })
    })
    it(`splits ${name}`, () => {
      const pieces = SmsSegments.split(text)
      assert.isTrue(Array.isArray(pieces))
      if (!("_tag" in pieces)) assert.strictEqual(pieces.join(""), text)
    })
  }

  // TS 23.040 clause 9.2.3.24.1: "39015 (255*153)" is the most default alphabet characters.
  it("refuses 256 parts, and still counts them", () => {
    const text = "a".repeat(39_016)
    assert.deepStrictEqual(SmsSegments.split(text), { _tag: "TooManyParts", segments: 256 })
    assert.strictEqual(SmsSegments.measure(text).segments, 256)
  })
})

describe("SmsSegments.hasLoneSurrogate", () => {
  it("sees half a pair, and only half", () => {
    assert.isTrue(SmsSegments.hasLoneSurrogate("a\ud83c"))
    assert.isFalse(SmsSegments.hasLoneSurrogate("\u{1f310}"))
  })
})
