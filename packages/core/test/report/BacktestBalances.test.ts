import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as BacktestBalances from "../../src/report/BacktestBalances.ts"

type Row = readonly [account: string, date: string, minorUnits: bigint]

const threshold = 1_000n
const month = (text: string) => CalendarMonth.parse(text) ?? assert.fail(text)
const april = month("2023-04")

const rowsOf = (rows: ReadonlyArray<Row>): BacktestBalances.Rows => ({
  size: rows.length,
  accounts: rows.map(([account]) => account),
  dates: rows.map(([, date]) => BusinessDate.parse(date) ?? assert.fail(date)),
  minorUnits: rows.map(([, , minorUnits]) => minorUnits)
})

/** Everything offered once, and once more where days were met twice. */
const collect = (rows: ReadonlyArray<Row>) => {
  const balances = BacktestBalances.empty(threshold)
  BacktestBalances.add(balances, rowsOf(rows))
  const conflicts =
    balances.repeats === 0 ? [] : BacktestBalances.compareRepeats(balances, rowsOf(rows))
  return { balances, conflicts }
}

/** Days of an account in a month, as sets. */
const daysOf = (balances: BacktestBalances.Balances, account: string, of = april) => {
  const index = balances.accounts.get(account) ?? assert.fail(`no account ${account}`)
  const { conflict, met, observed } = BacktestBalances.columnsIn(balances, of)
  return [observed[index] ?? 0, met[index] ?? 0, conflict[index] ?? 0]
}

describe("BacktestBalances.add", () => {
  // A reader fills arrays it uses again: of a row that is not whole, nothing is taken.
  it("takes the first rows only, and none of which a part is missing", () => {
    const whole = rowsOf([
      ["A", "2023-04-01", threshold],
      ["A", "2023-04-01", threshold + 1n],
      ["A", "2023-04-02", threshold]
    ])
    for (const [part, of] of [
      ["accounts", whole],
      ["dates", whole],
      ["minorUnits", whole]
    ] as const) {
      const cut = { ...of, [part]: of[part].slice(0, 1) }
      const balances = BacktestBalances.empty(threshold)
      assert.deepStrictEqual(BacktestBalances.add(balances, cut), [])
      assert.deepStrictEqual(daysOf(balances, "A"), [0b1, 0b1, 0])
      assert.strictEqual(balances.repeats, 0)
      BacktestBalances.add(balances, { ...whole, size: 2 })
      assert.deepStrictEqual(BacktestBalances.compareRepeats(balances, cut), [])
      assert.deepStrictEqual(daysOf(balances, "A"), [0b1, 0b1, 0])
      const { repeats } = balances
      assert.strictEqual(repeats, 2)
    }
  })

  it("meets at exactly the threshold, each day its own bit, each month its own columns", () => {
    const { balances } = collect([
      ["A", "2023-04-01", threshold],
      ["A", "2023-04-02", threshold - 1n],
      ["A", "2023-04-30", threshold + 1n],
      ["A", "2023-05-01", -5n]
    ])
    const last = 1 << 29
    assert.deepStrictEqual(daysOf(balances, "A"), [0b11 | last, 0b01 | last, 0])
    assert.deepStrictEqual(daysOf(balances, "A", month("2023-05")), [1, 0, 0])
    assert.deepStrictEqual(BacktestBalances.monthsOf(balances), [april, month("2023-05")])
  })

  it("reports rows of unknown accounts, and registers none, where only known ones count", () => {
    const balances = BacktestBalances.empty(threshold, true)
    assert.strictEqual(BacktestBalances.register(balances, "A"), 0)
    assert.strictEqual(BacktestBalances.register(balances, "A"), 0)
    const unknown = BacktestBalances.add(
      balances,
      rowsOf([
        ["X", "2023-04-01", 1n],
        ["A", "2023-04-01", 1n],
        ["Y", "2023-04-01", 1n]
      ])
    )
    assert.deepStrictEqual(unknown, [0, 2])
    assert.deepStrictEqual(balances.accountIds, ["A"])
  })

  it("counts only the first `size` rows of arrays that are used again", () => {
    const balances = BacktestBalances.empty(threshold)
    const rows = rowsOf([
      ["A", "2023-04-01", 1n],
      ["B", "2023-04-01", 1n]
    ])
    BacktestBalances.add(balances, { ...rows, size: 1 })
    assert.deepStrictEqual(balances.accountIds, ["A"])
  })

  it("keeps the days of more accounts than a column first has room for", () => {
    const rows = Array.from({ length: 3_000 }, (_, n): Row => [`A${n}`, "2023-04-07", BigInt(n)])
    const { balances } = collect(rows)
    assert.deepStrictEqual(daysOf(balances, "A2999"), [1 << 6, 1 << 6, 0])
    assert.deepStrictEqual(daysOf(balances, "A0"), [1 << 6, 0, 0])
  })

  // Caught: room made for two accounts too few.
  it("keeps the day of a late account that is the first of its month", () => {
    const rows = Array.from({ length: 2_050 }, (_, n): Row => [`A${n}`, "2023-04-07", threshold])
    const { balances } = collect([...rows, ["A2049", "2023-05-07", threshold]])
    assert.deepStrictEqual(daysOf(balances, "A2049", month("2023-05")), [1 << 6, 1 << 6, 0])
  })

  it("has empty columns for a month without balances", () => {
    const { balances } = collect([])
    assert.lengthOf(BacktestBalances.columnsIn(balances, april).observed, 0)
    assert.deepStrictEqual(BacktestBalances.monthsOf(balances), [])
  })
})

describe("BacktestBalances.compareRepeats (product rules, Days: CONFLICT)", () => {
  it("takes an equal repeat for the same balance, and another amount for a conflict", () => {
    const { balances, conflicts } = collect([
      ["A", "2023-04-01", threshold],
      ["A", "2023-04-02", threshold],
      ["A", "2023-04-01", threshold],
      ["A", "2023-04-02", threshold + 1n],
      ["A", "2023-04-02", threshold + 2n]
    ])
    assert.deepStrictEqual(conflicts, [3])
    assert.deepStrictEqual(daysOf(balances, "A"), [0b01, 0b01, 0b10])
  })

  // Caught: one row after the last compared; repeats of one account held against another's.
  it("compares the first `size` rows, each with the same account and day", () => {
    const accounts = Array.from({ length: 33 }, (_, n): Row => [`A${n}`, "2023-04-03", threshold])
    const { conflicts } = collect([
      ...accounts,
      ["A0", "2023-04-02", 5n],
      ["A0", "2023-04-02", 5n],
      ["A32", "2023-04-01", 7n],
      ["A32", "2023-04-01", 7n]
    ])
    assert.deepStrictEqual(conflicts, [])
    const balances = BacktestBalances.empty(threshold)
    const rows = rowsOf([
      ["A", "2023-04-01", 1n],
      ["A", "2023-04-01", 1n],
      ["A", "2023-04-01", 2n]
    ])
    BacktestBalances.add(balances, { ...rows, size: 2 })
    assert.deepStrictEqual(BacktestBalances.compareRepeats(balances, { ...rows, size: 2 }), [])
  })

  it("leaves out rows of accounts that were never collected", () => {
    const balances = BacktestBalances.empty(threshold, true)
    const rows = rowsOf([["X", "2023-04-01", 1n]])
    BacktestBalances.add(balances, rows)
    assert.deepStrictEqual(BacktestBalances.compareRepeats(balances, rows), [])
  })
})

describe("for every set of rows in any order", () => {
  // Planted: `compareRepeats` that leaves the day met; `add` that forgets the verdict of a day met
  // twice.
  it("always observes a day of one amount, and calls two amounts a conflict, never both", () => {
    fc.assert(
      fc.property(rowsInAnyOrder, (rows) => {
        const { balances } = collect(rows)
        for (const account of balances.accountIds) {
          let expected: ReadonlyArray<number> = [0, 0, 0]
          for (let day = 1; day <= 4; day++) {
            const amounts = new Set(
              rows
                .filter(([id, date]) => id === account && date.endsWith(`0${day}`))
                .map((r) => r[2])
            )
            const [amount] = amounts
            const bit = 1 << (day - 1)
            const single = amounts.size === 1
            const met = single && amount !== undefined && amount >= threshold
            const sets = [single, met, amounts.size > 1].map((is) => (is ? bit : 0))
            expected = expected.map((bits, index) => bits | (sets[index] ?? 0))
          }
          assert.deepStrictEqual(daysOf(balances, account), expected)
        }
      })
    )
  })
})

const rowsInAnyOrder = fc.array(
  fc.tuple(
    fc.constantFrom("A", "B"),
    fc.integer({ min: 1, max: 4 }).map((day) => `2023-04-0${day}`),
    fc.constantFrom(threshold - 1n, threshold, threshold)
  ),
  { maxLength: 12 }
)
