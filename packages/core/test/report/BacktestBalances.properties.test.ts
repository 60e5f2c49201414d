import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as BacktestBalances from "../../src/report/BacktestBalances.ts"

/**
 * **Source** — design, Days: count distinct dates, never rows; two different amounts for one
 * account and date are a `CONFLICT`; a day passes when balance ≥ threshold
 */
describe("for all rows of a few accounts, in pages of any size", () => {
  // Caught: `meets` asked of the last amount of a day; the conflict's bit kept in `observed`; a
  // repeat in a later page not seen; months of one account written into another's.
  it("always collects, day by day, what a map of all amounts says", () => {
    fc.assert(
      fc.property(rows, pageSize, fc.boolean(), (rows, size, knownOnly) => {
        const balances = BacktestBalances.empty(threshold, knownOnly)
        if (knownOnly) BacktestBalances.register(balances, "A-0")
        const pages = Array.from({ length: Math.ceil(rows.length / size) }, (_, page) =>
          columns(rows.slice(page * size, (page + 1) * size))
        )
        const unknown = pages.map((page) => BacktestBalances.add(balances, page).length)
        for (const page of pages) BacktestBalances.compareRepeats(balances, page)
        const taken = rows.filter(({ account }) => !knownOnly || account === "A-0")
        assert.strictEqual(
          unknown.reduce((sum, each) => sum + each, 0),
          rows.length - taken.length
        )
        const months = BacktestBalances.monthsOf(balances)
        assert.deepStrictEqual(
          months,
          Array.from(new Set(taken.map(({ date }) => CalendarMonth.of(date)))).toSorted()
        )
        for (const month of months) {
          const found = BacktestBalances.columnsIn(balances, month)
          for (const [index, account] of balances.accountIds.entries()) {
            assert.deepStrictEqual(
              {
                observed: found.observed[index] ?? 0,
                met: found.met[index] ?? 0,
                conflict: found.conflict[index] ?? 0
              },
              byAmounts(taken, account, month)
            )
          }
        }
      }),
      { numRuns: 500 }
    )
  })

  // Caught: every row of a conflicting day reported; equal repeats reported; an unknown account's
  // row compared.
  it("always reports each conflict once, at the first row that differs from the day's first", () => {
    fc.assert(
      fc.property(rows, (rows) => {
        const balances = BacktestBalances.empty(threshold)
        BacktestBalances.add(balances, columns(rows))
        const seen = new Map<string, bigint>()
        const told = new Set<string>()
        const expected = rows.flatMap(({ account, date, minorUnits }, index) => {
          const key = `${account} ${date}`
          const first = seen.get(key)
          if (first === undefined) seen.set(key, minorUnits)
          if (first === undefined || first === minorUnits || told.has(key)) return []
          told.add(key)
          return [index]
        })
        const stranger = { account: "A-9", date: start, minorUnits: 1n }
        assert.deepStrictEqual(
          BacktestBalances.compareRepeats(balances, columns([...rows, stranger, stranger])),
          expected
        )
        assert.strictEqual(balances.repeats, rows.length - seen.size)
      }),
      { numRuns: 500 }
    )
  })
})

interface Row {
  readonly account: string
  readonly date: BusinessDate.BusinessDate
  readonly minorUnits: bigint
}

const threshold = 1_000n
const start = BusinessDate.unchecked("2026-01-25")

const columns = (rows: ReadonlyArray<Row>): BacktestBalances.Rows => ({
  size: rows.length,
  accounts: rows.map(({ account }) => account),
  dates: rows.map(({ date }) => date),
  minorUnits: rows.map(({ minorUnits }) => minorUnits)
})

const byAmounts = (
  rows: ReadonlyArray<Row>,
  account: string,
  month: CalendarMonth.CalendarMonth
) => {
  const bits = { observed: 0, met: 0, conflict: 0 }
  for (const date of CalendarMonth.dates(month)) {
    const amounts = new Set(
      rows
        .filter((row) => row.account === account && row.date === date)
        .map((row) => row.minorUnits)
    )
    const bit = MonthDays.bitOf(BusinessDate.dayOfMonth(date))
    const [first] = amounts
    if (first === undefined) continue
    if (amounts.size > 1) bits.conflict |= bit
    else bits.observed |= bit
    if (amounts.size === 1 && first >= threshold) bits.met |= bit
  }
  return bits
}

/** Two weeks over the end of a month: few days, so that they repeat. */
const rows: fc.Arbitrary<ReadonlyArray<Row>> = fc.array(
  fc.record({
    account: fc.constantFrom("A-0", "A-1", "A-2"),
    date: fc.integer({ min: 0, max: 13 }).map((days) => BusinessDate.addDays(start, days)),
    minorUnits: fc.constantFrom(threshold, threshold, threshold - 1n, threshold + 1n, -1n)
  }),
  { maxLength: 40, size: "max" }
)
const pageSize = fc.integer({ min: 1, max: 20 })
