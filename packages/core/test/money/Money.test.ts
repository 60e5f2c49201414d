import { assert, describe, it } from "vitest"
import * as Currency from "../../src/money/Currency.ts"
import * as Money from "../../src/money/Money.ts"

const currency = (code: string) => Currency.parse(code) ?? Currency.ils
const read = (text: string, code = "ILS", thousandsSeparator?: Money.ThousandsSeparator) => {
  const format = { currency: currency(code) }
  const declared = thousandsSeparator === undefined ? format : { ...format, thousandsSeparator }
  const amount = Money.parseMinorUnits(text, declared)
  return typeof amount === "bigint" ? amount : amount.reason
}

describe("Money.parseMinorUnits (product rules, Money and threshold)", () => {
  const amounts: ReadonlyArray<readonly [string, string, bigint]> = [
    ["15000.00", "ILS", 1_500_000n],
    ["15000", "ILS", 1_500_000n],
    ["15000.5", "ILS", 1_500_050n],
    ["+0.01", "ILS", 1n],
    ["-0.01", "ILS", -1n],
    ["0", "ILS", 0n],
    ["-0", "ILS", 0n],
    ["-0.00", "ILS", 0n],
    ["007.50", "ILS", 750n],
    ["15000", "JPY", 15_000n],
    ["1.234", "KWD", 1_234n],
    ["1.2345", "CLF", 12_345n],
    // Around the digits a double holds exactly.
    ["9999999999999.99", "ILS", 999_999_999_999_999n],
    ["99999999999999.99", "ILS", 9_999_999_999_999_999n],
    ["-90071992547409.93", "ILS", -9_007_199_254_740_993n],
    ["90071992547409930", "JPY", 90_071_992_547_409_930n],
    ["999999999999999", "ILS", 99_999_999_999_999_900n],
    ["1000000000000000", "ILS", 100_000_000_000_000_000n],
    // The range, in each number of decimals.
    ["9999999999999999.99", "ILS", Money.maxMinorUnits],
    ["-9999999999999999.99", "ILS", -Money.maxMinorUnits],
    ["999999999999999.999", "KWD", Money.maxMinorUnits],
    ["999999999999999999", "JPY", Money.maxMinorUnits],
    [`${"0".repeat(40)}1`, "ILS", 100n]
  ]
  for (const [text, code, expected] of amounts) {
    it(`reads ${text} ${code}`, () => assert.strictEqual(read(text, code), expected))
  }

  it("says what is malformed by its tag, and repeats no part of the text", () => {
    const amount = Money.parseMinorUnits("15,00O", { currency: Currency.ils })
    assert.deepStrictEqual(amount, { _tag: "MalformedAmount", reason: "UnexpectedCharacter" })
  })

  const malformed: ReadonlyArray<readonly [string, Money.MalformedReason]> = [
    ["", "Empty"],
    ["1\u0001000", "UnexpectedCharacter"],
    ["NaN", "UnexpectedCharacter"],
    ["Infinity", "UnexpectedCharacter"],
    ["null", "UnexpectedCharacter"],
    ["1.5e4", "UnexpectedCharacter"],
    ["15e3", "UnexpectedCharacter"],
    ["15,000", "UnexpectedCharacter"],
    ["15 000", "UnexpectedCharacter"],
    [" 15000", "UnexpectedCharacter"],
    ["15000 ", "UnexpectedCharacter"],
    ["15000\n", "UnexpectedCharacter"],
    ["₪15000", "UnexpectedCharacter"],
    ["15000-", "UnexpectedCharacter"],
    ["--1", "UnexpectedCharacter"],
    ["1.2.3", "UnexpectedCharacter"],
    ["1/1", "UnexpectedCharacter"],
    ["1:1", "UnexpectedCharacter"],
    ["1./", "UnexpectedCharacter"],
    ["1.:", "UnexpectedCharacter"],
    ["0x10", "UnexpectedCharacter"],
    ["١٥٠٠٠", "UnexpectedCharacter"],
    ["１５０００", "UnexpectedCharacter"],
    ["\u200f15000", "UnexpectedCharacter"],
    ["\ufeff15000", "UnexpectedCharacter"],
    ["\u221215000", "UnexpectedCharacter"],
    ["-", "MissingDigits"],
    ["+", "MissingDigits"],
    [".", "MissingDigits"],
    [".5", "MissingDigits"],
    ["-.5", "MissingDigits"],
    ["15000.", "MissingDigits"],
    ["15000.005", "TooManyDecimals"],
    ["15000.000", "TooManyDecimals"],
    ["10000000000000000.00", "OutOfRange"],
    ["10000000000000000", "OutOfRange"],
    ["-10000000000000000", "OutOfRange"],
    ["1000000000000000000.01", "OutOfRange"],
    ["9".repeat(400), "OutOfRange"]
  ]
  for (const [text, reason] of malformed) {
    it(`refuses ${JSON.stringify(text).slice(0, 40)}: ${reason}`, () => {
      assert.strictEqual(read(text), reason)
    })
  }

  it("judges decimals by the currency", () => {
    assert.strictEqual(read("1.0", "JPY"), "TooManyDecimals")
    assert.strictEqual(read("1.", "JPY"), "MissingDigits")
    assert.strictEqual(read("1.2345", "KWD"), "TooManyDecimals")
    assert.strictEqual(read("1000000000000000.000", "KWD"), "OutOfRange")
  })

  const separated: ReadonlyArray<readonly [string, bigint | Money.MalformedReason]> = [
    ["15,000.00", 1_500_000n],
    ["-1,234,567.8", -123_456_780n],
    ["15000.00", 1_500_000n],
    ["1,000", 100_000n],
    ["999", 99_900n],
    ["9,999,999,999,999,999.99", Money.maxMinorUnits],
    ["10,000,000,000,000,000", "OutOfRange"],
    [",000", "MisplacedSeparator"],
    ["1,", "MisplacedSeparator"],
    ["1,00", "MisplacedSeparator"],
    ["1,0000", "MisplacedSeparator"],
    ["1,,000", "MisplacedSeparator"],
    ["1000,000", "MisplacedSeparator"],
    ["1,00,000", "MisplacedSeparator"],
    ["1,00.00", "MisplacedSeparator"],
    ["1.00,0", "UnexpectedCharacter"],
    ["1.000,00", "TooManyDecimals"],
    ["1'000", "UnexpectedCharacter"]
  ]
  for (const [text, expected] of separated) {
    it(`with declared commas, ${text} gives ${expected}`, () => {
      assert.strictEqual(read(text, "ILS", ","), expected)
    })
  }

  it("takes every mark that may be declared", () => {
    for (const mark of [",", "'", "\u2019", " ", "\u00a0", "\u202f"] as const) {
      assert.strictEqual(read(`15${mark}000.00`, "ILS", mark), 1_500_000n)
    }
  })

  it("says which values are malformed", () => {
    assert.isTrue(Money.isMalformed(Money.parseMinorUnits("x", { currency: Currency.ils })))
    assert.isFalse(Money.isMalformed(1n))
  })
})

describe("Money.format", () => {
  const written: ReadonlyArray<readonly [bigint, string, string, string]> = [
    [-1_500_000n, "ILS", "-15000.00", "-15,000.00"],
    [1_500_000n, "ILS", "15000.00", "15,000.00"],
    [0n, "ILS", "0.00", "0.00"],
    [5n, "ILS", "0.05", "0.05"],
    [-5n, "KWD", "-0.005", "-0.005"],
    [99_999n, "ILS", "999.99", "999.99"],
    [100_000n, "ILS", "1000.00", "1,000.00"],
    [1_234_567n, "JPY", "1234567", "1,234,567"],
    [12_345_678n, "CLF", "1234.5678", "1,234.5678"],
    [Money.maxMinorUnits, "ILS", "9999999999999999.99", "9,999,999,999,999,999.99"]
  ]
  for (const [minorUnits, code, plain, grouped] of written) {
    it(`writes ${plain} ${code}, and ${grouped} for people`, () => {
      assert.strictEqual(Money.format(minorUnits, currency(code)), plain)
      assert.strictEqual(Money.formatGrouped(minorUnits, currency(code)), grouped)
    })
  }
})
