/**
 * The amounts a simulated bank states, as its feed writes them and as the grammar reads them.
 *
 * **Source** — product rules, Money and threshold; fault list B6 and B7.
 */
import * as Currency from "../../money/Currency.ts"
import * as Money from "../../money/Money.ts"

const edges = {
  good: [
    "15000.00",
    "15000",
    "15000.0",
    "+15000.00",
    "015000.00",
    "15000.01",
    "9999999999999999.99"
  ],
  bad: ["14999.99", "14999.9", "0.00", "-0.00", "-15000.00", "-9999999999999999.99", "1500.00"]
}

/** How many texts each half of the pool has; a power of two. */
export const half = 128

const textOf = (minor: number): string =>
  `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, "0")}`

const band = (these: ReadonlyArray<string>, from: number, step: number): ReadonlyArray<string> =>
  Array.from({ length: half }, (_, n) => these[n] ?? textOf(from + n * step))

/** The first half is at or above the threshold, the second below it. */
export const texts: ReadonlyArray<string> = [
  ...band(edges.good, 1_500_002, 98_765),
  ...band(edges.bad, 1_499_998 - half * 9_999, 9_999)
]

/** What the production grammar makes of each text. */
export const minorUnits: ReadonlyArray<bigint> = texts.map((text) => {
  const read = Money.parseMinorUnits(text, { currency: Currency.ils })
  if (Money.isMalformed(read)) throw new Error(`the grammar refuses an amount: ${read.reason}`)
  return read
})

/** What the grammar says of a text that is no amount. */
export const malformed: bigint | Money.MalformedAmount = Money.parseMinorUnits("15,000.00", {
  currency: Currency.ils
})
