import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as BacktestPopulation from "../../src/report/BacktestPopulation.ts"

/**
 * **Source** — design, Days: population = customers active on any day of the month; several
 * accounts: `primaryAccount`; surfaces, customers CSV
 */
describe("for every customers file and every month", () => {
  // Caught: `closed > first` written `>=`; of two primaries the first taken; an account closed
  // before the month counted beside an open one; the last customer's accounts cut off.
  it("always speaks for a customer by the account that a reading of the rule names", () => {
    fc.assert(
      fc.property(rows, month, (rows, month) => {
        const population = BacktestPopulation.make(rows)
        const ids = Array.from(new Set(rows.map(({ customerId }) => customerId))).toSorted()
        assert.deepStrictEqual(population.customerIds, ids)
        for (const [customer, customerId] of ids.entries()) {
          const entry = BacktestPopulation.entryOf(population, customer, month)
          const account = entry < 0 ? entry : population.accounts[entry]
          assert.strictEqual(account, byTheRule(rows, customerId, month))
        }
        for (const beyond of [ids.length, ids.length + 9]) {
          const none = BacktestPopulation.entryOf(population, beyond, month)
          assert.strictEqual(none, BacktestPopulation.absent)
        }
      }),
      { numRuns: 1_000 }
    )
  })

  // Caught: the order by account left out of the sort.
  it("never depends on the order of the rows", () => {
    fc.assert(
      fc.property(shuffled, ([rows, again]) => {
        assert.deepStrictEqual(BacktestPopulation.make(again), BacktestPopulation.make(rows))
      }),
      { numRuns: 300 }
    )
  })
})

const byTheRule = (
  rows: ReadonlyArray<BacktestPopulation.CustomerRow>,
  customerId: string,
  month: CalendarMonth.CalendarMonth
): number => {
  const active = rows.filter(
    ({ opened = "0000", closed = "9999", ...row }) =>
      row.customerId === customerId &&
      CalendarMonth.dates(month).some((date) => opened <= date && date < closed)
  )
  if (active.length === 0) return BacktestPopulation.absent
  if (active.length === 1) return active[0]?.account ?? BacktestPopulation.absent
  const primary = active.filter((row) => row.primary)
  return primary.length === 1
    ? (primary[0]?.account ?? BacktestPopulation.absent)
    : BacktestPopulation.noPrimary
}

const month = fc.constantFrom(
  ...["2026-01", "2026-02", "2026-03"].flatMap((text) => CalendarMonth.parse(text) ?? [])
)
const date = fc
  .oneof(fc.constantFrom(-1, 0, 30, 31, 58, 59), fc.integer({ min: -5, max: 100 }))
  .map((days) => BusinessDate.addDays(BusinessDate.unchecked("2026-01-01"), days))
const rows = fc.uniqueArray(
  fc.record({
    customerId: fc.constantFrom("C-1", "C-2", "C-3"),
    account: fc.nat(9),
    primary: fc.boolean(),
    opened: fc.option(date, { nil: undefined }),
    closed: fc.option(date, { nil: undefined })
  }),
  { maxLength: 8, size: "max", selector: ({ account }) => account }
)
const shuffled = rows.chain((rows) =>
  fc.tuple(
    fc.constant(rows),
    fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length })
  )
)
