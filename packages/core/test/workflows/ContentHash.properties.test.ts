import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as CaptureCursor from "../../src/workflows/CaptureCursor.ts"
import * as ContentHash from "../../src/workflows/ContentHash.ts"

describe("for every place at which a run may stop", () => {
  // Planted: an empty cursor of the bank written like the end of the month.
  it("a qualification always goes on where it stopped", () => {
    fc.assert(
      fc.property(qualifying(), (progress) => {
        assert.deepStrictEqual(ContentHash.decode(ContentHash.encode(progress)), progress)
      })
    )
  })

  // Planted: a cursor read up to its first colon; the sign of the sum dropped.
  it("a capture always goes on where it stopped, with the totals it had", () => {
    fc.assert(
      fc.property(capturing(), (progress) => {
        assert.deepStrictEqual(CaptureCursor.decode(CaptureCursor.encode(progress)), progress)
      })
    )
  })
})

describe("for every text", () => {
  // Planted: `BigInt` of a sum that is none.
  it("a cursor nobody wrote always starts the date anew, and never fails", () => {
    fc.assert(
      fc.property(texts(), (text) => {
        const decoded = CaptureCursor.decode(text)
        const isOurs = /^\d+:-?\d+:(>|$)/.test(text)
        if (!isOurs) assert.deepStrictEqual(decoded, CaptureCursor.decode(null))
      })
    )
  })
})

/** Cursors are the bank's: empty, with our own marks in them, and with line breaks. */
const cursors = fc.oneof(
  fc.constantFrom("", ":", ".", ">", "a:b", "\n", "0:0:", "x".repeat(300)),
  fc.string({ unit: "binary" })
)

const counts = fc.nat({ max: 10_000_000 })

const qualifying = (): fc.Arbitrary<ContentHash.QualifyProgress> =>
  fc
    .record({
      bankCursor: fc.option(cursors, { nil: null }),
      begun: fc.boolean(),
      hash: fc.stringMatching(/^[0-9a-f]{64}$/),
      counts: fc.record({
        population: counts,
        qualified: counts,
        notQualified: counts,
        undetermined: counts
      })
    })
    .map(({ begun, ...progress }) => ({
      ...progress,
      complete: begun && progress.bankCursor === null
    }))

const capturing = (): fc.Arbitrary<CaptureCursor.CaptureProgress> =>
  fc.record({
    bankCursor: fc.option(cursors, { nil: null }),
    rows: counts,
    sumMinor: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
  })

const texts = (): fc.Arbitrary<string> =>
  fc.oneof(fc.string(), fc.constantFrom("1:x:>a", "1:2", "-1:2:>a", "1:2:a", "1.5:2:>", "1:--2:>"))
