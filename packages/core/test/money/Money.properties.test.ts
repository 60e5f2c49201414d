import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as Currency from "../../src/money/Currency.ts"
import * as Money from "../../src/money/Money.ts"

describe("Money", () => {
  describe("for every currency and every amount in range", () => {
    // Caught: `padStart` one digit short; the fast path kept up to seventeen digits; the sign
    // lost on amounts of more than fifteen digits.
    it("always reads back what it writes, with and without separators", () => {
      fc.assert(
        fc.property(currency, minorUnits, (currency, minorUnits) => {
          const plain = Money.format(minorUnits, currency)
          assert.strictEqual(Money.parseMinorUnits(plain, { currency }), minorUnits)
          const grouped = Money.formatGrouped(minorUnits, currency)
          const declared = { currency, thousandsSeparator: "," } as const
          assert.strictEqual(Money.parseMinorUnits(grouped, declared), minorUnits)
          assert.strictEqual(Money.parseMinorUnits(plain, declared), minorUnits)
        }),
        { numRuns: 2_000 }
      )
    })

    // Caught: missing decimals not filled with zeros.
    it("always reads fewer decimals as if zeros followed", () => {
      fc.assert(
        fc.property(currency, minorUnits, (currency, minorUnits) => {
          const full = Money.format(minorUnits, currency)
          const short = full.includes(".") ? full.replace(/\.?0+$/, "") : full
          assert.strictEqual(Money.parseMinorUnits(short, { currency }), minorUnits)
        }),
        { numRuns: 1_000 }
      )
    })
  })

  describe("for every text", () => {
    // Caught: digits tested by `code <= nine` alone; a comma accepted before the point;
    // `significant` counting leading zeros.
    it("always reads exactly what the written grammar reads", () => {
      fc.assert(
        fc.property(currency, text, (currency, text) => {
          const amount = Money.parseMinorUnits(text, { currency })
          const expected = byGrammar(text, Currency.decimals(currency))
          assert.strictEqual(typeof amount === "bigint" ? amount : undefined, expected)
        }),
        { numRuns: 5_000 }
      )
    })
  })
})

/** The grammar as one expression, and exact arithmetic without a fast path. */
function byGrammar(text: string, decimals: number) {
  const match = /^([+-]?)([0-9]+)(?:\.([0-9]+))?$/.exec(text)
  if (match === null) return undefined
  const [, sign, integer = "", fraction = ""] = match
  if (fraction.length > decimals || text.endsWith("\n")) return undefined
  const magnitude =
    BigInt(integer) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0"))
  if (magnitude > Money.maxMinorUnits) return undefined
  return sign === "-" ? -magnitude : magnitude
}

const currency = fc
  .constantFrom("ILS", "JPY", "KWD", "CLF", "USD")
  .map((code) => Currency.parse(code) ?? Currency.ils)

/** All magnitudes alike, and the neighbourhood of each power of ten. */
const minorUnits = fc.oneof(
  fc.bigInt({ min: -Money.maxMinorUnits, max: Money.maxMinorUnits }),
  fc
    .tuple(fc.integer({ min: 0, max: 17 }), fc.bigInt({ min: -11n, max: 11n }), fc.boolean())
    .map(([digits, near, negative]) => (negative ? -1n : 1n) * (10n ** BigInt(digits) + near))
    .filter((amount) => amount <= Money.maxMinorUnits && amount >= -Money.maxMinorUnits)
)

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[0-9]{1,10}$/) },
  { weight: 2, arbitrary: fc.constantFrom(".", "-", "+", "0", "00") },
  { weight: 1, arbitrary: fc.constantFrom(",", " ", "e", "/", ":", "\n", "٣", "\u200f", "") }
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join("")),
  fc
    .tuple(fc.constantFrom("", "-", "+"), fc.stringMatching(/^[0-9]{1,19}$/), fc.nat(5))
    .map(([sign, digits, decimals]) => `${sign}${digits}.${"123456".slice(0, decimals)}`)
)
