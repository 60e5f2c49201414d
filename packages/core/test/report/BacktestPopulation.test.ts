import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as BacktestPopulation from "../../src/report/BacktestPopulation.ts"

const april = CalendarMonth.parse("2023-04") ?? assert.fail("no month")
const date = (text: string) => BusinessDate.parse(text) ?? assert.fail(text)

type Row = BacktestPopulation.CustomerRow

const row = (account: number, over: Partial<Row> = {}): Row => ({
  customerId: "C",
  account,
  primary: false,
  ...over
})

/** The account that speaks for the only customer in April, or why none does. */
const speaks = (...rows: ReadonlyArray<Row>) => {
  const population = BacktestPopulation.make(rows)
  const entry = BacktestPopulation.entryOf(population, 0, april)
  if (entry === BacktestPopulation.absent) return "absent"
  if (entry === BacktestPopulation.noPrimary) return "no primary"
  return population.accounts[entry]
}

describe("BacktestPopulation.make", () => {
  it("groups the accounts of each customer, customers in ascending order of id", () => {
    const population = BacktestPopulation.make([
      row(5, { customerId: "b" }),
      row(9, { customerId: "a", primary: true, opened: date("2023-04-02") }),
      row(1, { customerId: "b", closed: date("2023-05-02") })
    ])
    assert.deepStrictEqual(population.customerIds, ["a", "b"])
    assert.deepStrictEqual(Array.from(population.starts), [0, 1, 3])
    assert.deepStrictEqual(Array.from(population.accounts), [9, 1, 5])
    assert.deepStrictEqual(Array.from(population.primary), [1, 0, 0])
    assert.deepStrictEqual(population.opened, [date("2023-04-02"), undefined, undefined])
    assert.deepStrictEqual(population.closed, [undefined, date("2023-05-02"), undefined])
  })

  it("is empty where nobody is", () => {
    const population = BacktestPopulation.make([])
    assert.deepStrictEqual(Array.from(population.starts), [0])
    assert.strictEqual(BacktestPopulation.entryOf(population, 0, april), BacktestPopulation.absent)
  })
})

describe("BacktestPopulation.entryOf (product rules, Days: population, primaryAccount)", () => {
  const table: ReadonlyArray<readonly [string, ReadonlyArray<Row>, number | string]> = [
    ["an only account speaks, primary or not", [row(1)], 1],
    ["of several the primary one", [row(1), row(2, { primary: true })], 2],
    ["of several without a primary none", [row(1), row(2)], "no primary"],
    ["of two primaries none", [row(1, { primary: true }), row(2, { primary: true })], "no primary"],
    ["closed on the first day: not there", [row(1, { closed: date("2023-04-01") })], "absent"],
    ["closed on the second: there for a day", [row(1, { closed: date("2023-04-02") })], 1],
    ["opened on the last day: there for a day", [row(1, { opened: date("2023-04-30") })], 1],
    ["opened the day after: not there", [row(1, { opened: date("2023-05-01") })], "absent"],
    [
      "the one account left, though another was primary",
      [row(1, { primary: true, closed: date("2023-03-31") }), row(2)],
      2
    ]
  ]
  for (const [name, rows, expected] of table) {
    it(name, () => assert.strictEqual(speaks(...rows), expected))
  }
})

describe("for every customers file", () => {
  // Planted: `make` that sorts by account before customer.
  it("always gives the same population, whatever the order of its rows", () => {
    fc.assert(
      fc.property(files, fc.array(fc.nat()), (rows, ranks) => {
        const shuffled = rows
          .map((each, index) => ({ each, rank: ranks[index] ?? 0 }))
          .toSorted((left, right) => left.rank - right.rank)
          .map(({ each }) => each)
        const population = BacktestPopulation.make(shuffled)
        assert.deepStrictEqual(population, BacktestPopulation.make(rows))
        assert.strictEqual(population.starts.at(-1), rows.length)
        assert.lengthOf(population.customerIds, new Set(rows.map((each) => each.customerId)).size)
      })
    )
  })
})

const files = fc
  .array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.boolean()), { maxLength: 10 })
  .map((all) => all.map(([customerId, primary], account) => row(account, { customerId, primary })))
