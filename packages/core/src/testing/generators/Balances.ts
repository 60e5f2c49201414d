/**
 * Amounts around a threshold, and whole months of them: mostly met, so that one day decides.
 */
import fc from "fast-check"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { BusinessDate } from "../../calendar/BusinessDate.ts"

/** The largest amount the money room takes, in minor units. */
export const MOST_MINOR_UNITS = 999_999_999_999_999_999n

/** Minor units at a threshold, one beside it, at zero, at either end, and anywhere. */
export const amountsAround = (thresholdMinor: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(thresholdMinor, thresholdMinor - 1n, thresholdMinor + 1n)
    },
    { weight: 2, arbitrary: fc.constantFrom(0n, -1n, MOST_MINOR_UNITS, -MOST_MINOR_UNITS) },
    { weight: 2, arbitrary: fc.bigInt({ min: -MOST_MINOR_UNITS, max: MOST_MINOR_UNITS }) }
  )

/** What a bank holds for one day: an amount, none, or two that differ. */
export interface DayOfMonth {
  readonly date: BusinessDate
  readonly amounts: ReadonlyArray<bigint>
}

/**
 * Every day of a month: met, but for at most three days on which the amount is missing, below,
 * doubtful or exactly one unit short. Uniform days would hardly ever make a month that qualifies.
 */
export const monthOfBalances = (
  month: CalendarMonth.CalendarMonth,
  thresholdMinor: bigint
): fc.Arbitrary<ReadonlyArray<DayOfMonth>> => {
  const dates = CalendarMonth.dates(month)
  const odd = fc.oneof(
    fc.constant([]),
    fc.constant([thresholdMinor - 1n]),
    fc.constant([thresholdMinor, thresholdMinor - 1n]),
    amountsAround(thresholdMinor).map((amount) => [amount])
  )
  const exceptions = fc.array(fc.tuple(fc.nat(dates.length - 1), odd), { maxLength: 3 })
  return fc.tuple(fc.bigInt({ min: 0n, max: 500n }), exceptions).map(([above, exceptions]) => {
    const others = new Map<number, ReadonlyArray<bigint>>(exceptions)
    return dates.map((date, index) => ({
      date,
      amounts: others.get(index) ?? [thresholdMinor + above]
    }))
  })
}
