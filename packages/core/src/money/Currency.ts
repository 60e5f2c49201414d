/**
 * ISO 4217 currencies: which codes are money, and how many decimals their minor unit has.
 *
 * Guarantees that every `Currency` has a minor unit. Leaves amounts to `Money`.
 */
declare const CurrencyBrand: unique symbol

/** An ISO 4217 alphabetic code of a currency that has a minor unit, for example `"ILS"`. */
export type Currency = string & { readonly [CurrencyBrand]: "Currency" }

/**
 * Currencies whose minor unit is not a hundredth. ISO and CLDR differ here (CLDR shows what is
 * printed, ISO what is booked), so the table is written out instead of asked of `Intl`.
 */
const decimalsUnlessTwo: ReadonlyMap<string, number> = new Map(
  [
    { decimals: 0, codes: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF" },
    { decimals: 3, codes: "BHD IQD JOD KWD LYD OMR TND" },
    { decimals: 4, codes: "CLF UYW" }
  ].flatMap(({ decimals, codes }) => codes.split(" ").map((code) => [code, decimals] as const))
)

/** ISO 4217 lists these as "N.A.": metals, bond units, drawing rights, testing, no currency. */
const withoutMinorUnit: ReadonlySet<string> = new Set(
  "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split(" ")
)

const isCurrency = (text: string): text is Currency =>
  /^[A-Z]{3}$/.test(text) && !withoutMinorUnit.has(text)

/**
 * Reads an ISO 4217 alphabetic code: exactly three capital ASCII letters.
 *
 * A well-formed code that is not in a table here is taken as a currency of two decimals, so that
 * a new currency needs no release; the program compares codes, it never converts.
 *
 * **Outcomes** — the currency, or `undefined` when the text is not a code or the code has no
 * minor unit (gold, `XXX`).
 *
 * **Source** — ISO 4217:2015, list one.
 */
export const parse = (text: string): Currency | undefined => (isCurrency(text) ? text : undefined)

/**
 * How many decimals the currency's minor unit has: 0 for JPY, 2 for ILS, 3 for KWD, 4 for CLF.
 *
 * **Source** — ISO 4217:2015, list one, column "minor unit".
 */
export const decimals = (currency: Currency): number => decimalsUnlessTwo.get(currency) ?? 2

const unchecked = (text: string): Currency =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand's own constructor
  text as Currency

/** The currency of the default program: the new shekel. */
export const ils = unchecked("ILS")
