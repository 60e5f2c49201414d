import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as SmsAlphabet from "../../src/message/SmsAlphabet.ts"
import * as SmsSegments from "../../src/message/SmsSegments.ts"
import { smsTexts } from "../../src/testing/generators/Texts.ts"
import * as standard from "./standard.ts"

/**
 * **Source** — 3GPP TS 23.038 clauses 4 and 6.2.1; TS 23.040 clause 9.2.3.24.1 (153 and 67 units to
 * a part, 255 parts; no escape sequence and no character is cut); design, Message; original
 * architecture § 3.3 ("160 standard, 306")
 */
describe("for each of 100,000 texts at the limits and beside them", () => {
  // Caught: the last part left out when it is full.
  it("always gives the text back when the parts are joined", () => {
    everyText((text) => {
      assert.strictEqual(split(text).join(""), text)
    })
  })

  // Caught: `used > GSM7_PART + 1`; parts cut by characters where they are measured in septets; a
  // full UCS-2 text given an empty part more.
  it("never makes a part over its limit, nor an empty one, and always as many as it measured", () => {
    everyText((text) => {
      const { encoding, segments, parts, units } = SmsSegments.measure(text)
      const limit = segments <= 1 ? standard.alone(encoding) : standard.part(encoding)
      const sizes = split(text).map((piece) => unitsIn(piece, encoding))
      if (sizes.join() !== parts.join()) assert.deepStrictEqual(sizes, [...parts])
      let total = 0
      for (const size of sizes) {
        if (size < 1 || size > limit) assert.fail(`${size} of ${limit}: ${JSON.stringify(text)}`)
        total += size
      }
      assert.strictEqual(total, units)
      assert.strictEqual(sizes.length, segments)
    })
  })

  // Caught: a part always 67 units, pair or not; an extension character one septet in `split`.
  it("never cuts a surrogate pair, nor an escape from the code it announces", () => {
    everyText((text) => {
      const whole = SmsAlphabet.encode(text)
      let septets = 0
      for (const piece of split(text)) {
        if (text.isWellFormed() && !piece.isWellFormed()) assert.fail(JSON.stringify(text))
        const encoded = SmsAlphabet.encode(piece)
        if (whole === undefined || encoded === undefined) continue
        septets += encoded.length
        if (encoded.length > 160 || encoded.at(-1) === SmsAlphabet.ESCAPE) {
          assert.fail(`an escape cut: ${JSON.stringify(text)}`)
        }
      }
      if (whole !== undefined) assert.strictEqual(septets, whole.length)
    })
  })

  // Caught: `used >= GSM7_PART`; a part that ends before a pair closed at 65 units.
  it("never makes more parts than the best of all ways to cut", () => {
    everyText((text) => {
      const fewest = standard.fewestParts(text)
      if (SmsSegments.measure(text).segments !== fewest) {
        assert.fail(`${fewest} parts would do: ${JSON.stringify(text)}`)
      }
    })
  })

  // Caught: 160 written 161; 70 written 71; "]" left out of the extension table.
  it("always agrees with a second reading of the standard", () => {
    everyText((text) => {
      const [measured, expected] = [SmsSegments.measure(text), standard.measure(text)]
      if (JSON.stringify(measured) !== JSON.stringify(expected)) {
        assert.deepStrictEqual(measured, expected, JSON.stringify(text))
      }
    })
  })

  // Caught: the last part left out when it is full.
  it("never has fewer segments after one more character of its own encoding", () => {
    everyText((text, index) => {
      const more = text + (["a", "€", "א", "\u{1f310}"][index % 4] ?? "")
      const before = SmsSegments.measure(text)
      const after = SmsSegments.measure(more)
      if (before.encoding !== after.encoding || !text.isWellFormed()) return
      const grown = after.segments - before.segments
      if (grown < 0 || grown > 1 || after.units <= before.units) {
        assert.fail(`${grown} segments more: ${JSON.stringify(more)}`)
      }
    })
  })

  // Caught: texts generated from runs alone, which stood at 67 or 201 units a few times only.
  it("always meets every limit from both sides, in each encoding", () => {
    const met = new Map<string, number>()
    everyText((text) => {
      const { encoding, units, segments } = SmsSegments.measure(text)
      for (const key of [`${encoding} ${units}`, `${encoding} in ${segments}`]) {
        met.set(key, (met.get(key) ?? 0) + 1)
      }
    })
    for (const [encoding, limits] of [
      ["GSM-7", [153, 154, 160, 161, 306, 307, 459, 460]],
      ["UCS-2", [67, 68, 70, 71, 134, 135, 201, 202]]
    ] as const) {
      for (const limit of limits) assert.isAbove(met.get(`${encoding} ${limit}`) ?? 0, 2 * batches)
      for (const segments of [1, 2, 3, 4]) {
        assert.isAbove(met.get(`${encoding} in ${segments}`) ?? 0, 2 * batches)
      }
    }
  })
})

/** **Source** — 3GPP TS 23.040 clause 9.2.3.24.1 (one octet numbers the parts); design, Message */
describe("for every text of about 255 parts", () => {
  // Caught: `segments > MOST_PARTS` written `>=`; the text cut to 255 parts.
  it("always refuses the 256th part, with the true count, and never shortens", () => {
    fc.assert(
      fc.property(character, fc.integer({ min: -3, max: 3 }), (character, beside) => {
        const { encoding } = SmsSegments.measure(character)
        const limit = standard.part(encoding)
        const perPart = Math.floor(limit / unitsIn(character, encoding))
        const text = character.repeat(255 * perPart + beside)
        const pieces = SmsSegments.split(text)
        if (beside <= 0) assert.strictEqual("_tag" in pieces ? "" : pieces.join(""), text)
        else assert.deepStrictEqual(pieces, { _tag: "TooManyParts", segments: 256 })
      }),
      { numRuns: 60 }
    )
  })
})

const split = (text: string): ReadonlyArray<string> => {
  const pieces = SmsSegments.split(text)
  return "_tag" in pieces ? assert.fail("too many parts") : pieces
}

const unitsIn = (piece: string, encoding: SmsSegments.Encoding): number =>
  piece.length + (encoding === "UCS-2" ? 0 : (piece.match(/[\f^{}\\[~\]|€]/g)?.length ?? 0))

const texts = smsTexts(500)

/** 200 batches are 100,000 texts; to kill a mutant, over and over, 2 do. */
const batches = process.env["TIDEMARK_MUTATION_ROOM"] === undefined ? 200 : 2

/** The law over every text of the batches, each of which comes from a seed of its own. */
const everyText = (law: (text: string, index: number) => void): void => {
  let checked = 0
  fc.assert(
    fc.property(texts, (batch) => {
      for (const text of batch) law(text, checked++)
    }),
    { numRuns: batches }
  )
  assert.strictEqual(checked, batches * 500)
}

const character = fc.constantFrom("a", "€", "א", "\u{1f310}")
