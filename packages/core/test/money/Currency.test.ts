import { assert, describe, it } from "vitest"
import * as Currency from "../../src/money/Currency.ts"

describe("Currency (ISO 4217:2015, list one)", () => {
  const decimals: ReadonlyArray<readonly [number, string]> = [
    [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
    [2, "ILS CZK EUR USD GBP CHF AED HUF MRU MGA XCD"],
    [3, "BHD IQD JOD KWD LYD OMR TND"],
    [4, "CLF UYW"]
  ]
  for (const [expected, codes] of decimals) {
    for (const code of codes.split(" ")) {
      it(`gives ${code} ${expected} decimals`, () => {
        const currency = Currency.parse(code)
        assert.isDefined(currency)
        if (currency !== undefined) assert.strictEqual(Currency.decimals(currency), expected)
      })
    }
  }

  it("refuses codes without a minor unit", () => {
    for (const code of "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split(" ")) {
      assert.isUndefined(Currency.parse(code), code)
    }
  })

  it("refuses what is not exactly three capital ASCII letters", () => {
    for (const text of ["", "IL", "ils", "ILSX", " ILS", "ILS\n", "₪", "I1S", "ＩＬＳ"]) {
      assert.isUndefined(Currency.parse(text), JSON.stringify(text))
    }
  })

  it("names the default program's currency", () => assert.strictEqual<string>(Currency.ils, "ILS"))
})
