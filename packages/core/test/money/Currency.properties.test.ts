import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as Currency from "../../src/money/Currency.ts"

/** **Source** — ISO 4217:2015, list one; product rules, "Money and threshold". */
describe("Currency", () => {
  describe("for every three letters", () => {
    // Caught: `XDR` left out of those without a minor unit; `decimalsUnlessTwo` read as decimals
    // of two for `KWD`; three decimals for `JPY`.
    it("always has 0, 2, 3 or 4 decimals as ISO 4217 lists, or is no money", () => {
      for (const code of everyCode()) {
        const currency = Currency.parse(code)
        if (notMoney.has(code)) assert.isUndefined(currency, code)
        else if (currency === undefined) assert.fail(code)
        else assert.strictEqual(Currency.decimals(currency), listed.get(code) ?? 2, code)
      }
    })
  })

  describe("for every text", () => {
    // Caught: the expression without `^`, or without `$`; small letters taken.
    it("never is a currency unless it is exactly three capital letters", () => {
      fc.assert(
        fc.property(nearlyACode, (text) => {
          const letters = Array.from(text)
          const capitals = letters.every((letter) => letter >= "A" && letter <= "Z")
          const isCode = letters.length === 3 && capitals && !notMoney.has(text)
          assert.strictEqual<string | undefined>(Currency.parse(text), isCode ? text : undefined)
        }),
        { numRuns: 2_000 }
      )
    })
  })
})

/** Written out again from the standard's list, one code per line of it. */
const listed = new Map(
  [
    [0, "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"],
    [0, "VUV", "XAF", "XOF", "XPF"],
    [3, "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
    [4, "CLF", "UYW"]
  ].flatMap(([decimals, ...codes]) =>
    codes.map((code) => [String(code), Number(decimals)] as const)
  )
)

const notMoney = new Set(
  [
    "XAG",
    "XAU",
    "XBA",
    "XBB",
    "XBC",
    "XBD",
    "XDR",
    "XPD",
    "XPT",
    "XSU",
    "XTS",
    "XUA",
    "XXX"
  ].values()
)

function everyCode() {
  const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
  return letters.flatMap((one) =>
    letters.flatMap((two) => letters.map((three) => `${one}${two}${three}`))
  )
}

const nearlyACode = fc
  .array(fc.constantFrom("I", "L", "S", "X", "A", "Z", "U", "i", "@", "[", " ", "\n", "א", "1"), {
    maxLength: 4
  })
  .map((letters) => letters.join(""))
