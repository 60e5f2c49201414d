/**
 * Exact money: signed `bigint` minor units, read from text by a grammar and written back.
 *
 * Guarantees that an amount is either read exactly or named as malformed; nothing is rounded and
 * no amount is ever a JavaScript `number`. Leaves to others what an amount means.
 */
import * as Currency from "./Currency.ts"

/**
 * The largest magnitude of an amount in minor units: eighteen digits, which is
 * 9,999,999,999,999,999.99 in a currency of two decimals and fits a signed 64-bit column in any.
 *
 * **Source** — product rules, "Money and threshold".
 */
export const maxMinorUnits = 999_999_999_999_999_999n

/** Marks that a feed may declare between groups of three integer digits. */
export type ThousandsSeparator = "," | "'" | "\u2019" | " " | "\u00a0" | "\u202f"

/** How the text of one feed is to be read. Build it once per feed, not once per row. */
export interface AmountFormat {
  readonly currency: Currency.Currency
  /** Absent: the text has no thousands separators. */
  readonly thousandsSeparator?: ThousandsSeparator
}

/**
 * Why a text is no amount. The reason belongs to the first character, from the left, at which
 * the text leaves the grammar; `OutOfRange` is only said of texts that follow the grammar.
 */
export type MalformedReason =
  | "Empty"
  | "UnexpectedCharacter"
  | "MissingDigits"
  | "MisplacedSeparator"
  | "TooManyDecimals"
  | "OutOfRange"

/** A text that is no amount. Carries no part of the text: it may be a balance. */
export interface MalformedAmount {
  readonly _tag: "MalformedAmount"
  readonly reason: MalformedReason
}

const malformed = (reason: MalformedReason): MalformedAmount => ({
  _tag: "MalformedAmount",
  reason
})

// One value per reason, so that a feed of a million bad rows allocates nothing.
const empty = malformed("Empty")
const unexpectedCharacter = malformed("UnexpectedCharacter")
const missingDigits = malformed("MissingDigits")
const misplacedSeparator = malformed("MisplacedSeparator")
const tooManyDecimals = malformed("TooManyDecimals")
const outOfRange = malformed("OutOfRange")

const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39

/** Fifteen decimal digits are always exact in a double; one more may not be. */
const exactDigits = 15

/**
 * Reads an amount as minor units of the feed's currency.
 *
 * Grammar: `[+-] digits [ "." digits ]`, ASCII only, at least one digit before the point and
 * after it, at most the currency's decimals after it (fewer are filled with zeros). No exponent,
 * blanks, currency signs, NaN or Infinity. Leading zeros are allowed (fixed-width exports).
 * Where the feed declares a thousands separator the integer digits are either without any, or
 * in complete groups of three after a first group of one to three. `-0.00` is zero: banks print
 * it for a debit rounded away, and integers have one zero.
 *
 * **Outcomes** — the minor units, else `MalformedAmount` with the first reason met.
 *
 * **Source** — product rules, "Money and threshold".
 *
 * @example
 * ```ts
 * import { Currency } from "@tidemark/core/rules"
 * Money.parseMinorUnits("15000", { currency: Currency.ils }) // => 1500000n
 * ```
 */
export const parseMinorUnits = (text: string, format: AmountFormat): bigint | MalformedAmount => {
  const length = text.length
  if (length === 0) return empty
  const separator = format.thousandsSeparator?.charCodeAt(0) ?? -1
  const first = text.charCodeAt(0)
  const start = first === minus || first === plus ? 1 : 0

  let value = 0
  let significant = 0
  let group = 0
  let groups = 0
  let position = start
  let code = -1
  for (; position < length; position++) {
    code = text.charCodeAt(position)
    if (code >= zero && code <= nine) {
      if (significant > 0 || code !== zero) significant++
      if (significant <= exactDigits) value = value * 10 + (code - zero)
      group++
    } else if (code === separator) {
      if (group === 0 || group > 3 || (groups > 0 && group !== 3)) return misplacedSeparator
      groups++
      group = 0
    } else break
  }
  if (position < length && code !== point) return unexpectedCharacter
  if (groups > 0 && group !== 3) return misplacedSeparator
  if (group === 0) return missingDigits

  const decimals = Currency.decimals(format.currency)
  let fraction = 0
  if (position < length) {
    for (position++; position < length; position++) {
      code = text.charCodeAt(position)
      if (code < zero || code > nine) return unexpectedCharacter
      if (fraction === decimals) return tooManyDecimals
      if (significant > 0 || code !== zero) significant++
      if (significant <= exactDigits) value = value * 10 + (code - zero)
      fraction++
    }
    if (fraction === 0) return missingDigits
  }
  if (significant === 0) return 0n
  if (significant + decimals - fraction > 18) return outOfRange
  if (significant + decimals - fraction <= exactDigits) {
    for (; fraction < decimals; fraction++) value *= 10
    return BigInt(first === minus ? -value : value)
  }
  return longAmount(text, first === minus, decimals - fraction)
}

/** The same for more digits than a double holds; the text is known to follow the grammar. */
const longAmount = (text: string, negative: boolean, missingDecimals: number): bigint => {
  const magnitude = BigInt(text.replace(/[^0-9]/g, "") + "0".repeat(missingDecimals))
  return negative ? -magnitude : magnitude
}

const parts = (minorUnits: bigint, currency: Currency.Currency) => {
  const decimals = Currency.decimals(currency)
  const digits = (minorUnits < 0n ? -minorUnits : minorUnits).toString().padStart(decimals + 1, "0")
  return {
    sign: minorUnits < 0n ? "-" : "",
    integer: digits.slice(0, digits.length - decimals),
    fraction: decimals === 0 ? "" : `.${digits.slice(digits.length - decimals)}`
  }
}

/**
 * Writes an amount for machines: `"-15000.00"`, all decimals of the currency, no separators.
 * `parseMinorUnits` always reads it back to the same minor units.
 *
 * **Source** — product rules, "Money and threshold".
 */
export const format = (minorUnits: bigint, currency: Currency.Currency): string => {
  const { sign, integer, fraction } = parts(minorUnits, currency)
  return sign + integer + fraction
}

/**
 * Writes an amount for people: `"-15,000.00"`, commas between groups of three integer digits.
 *
 * **Source** — product rules, "Money and threshold".
 */
export const formatGrouped = (minorUnits: bigint, currency: Currency.Currency): string => {
  const { sign, integer, fraction } = parts(minorUnits, currency)
  return sign + integer.replace(/\B(?=(?:\d{3})+$)/g, ",") + fraction
}

/** Whether an amount read from a feed is malformed. */
export const isMalformed = (amount: bigint | MalformedAmount): amount is MalformedAmount =>
  typeof amount !== "bigint"
