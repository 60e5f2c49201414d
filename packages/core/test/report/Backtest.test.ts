import { assert, describe, it } from "vitest"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Backtest from "../../src/report/Backtest.ts"
import * as BacktestBalances from "../../src/report/BacktestBalances.ts"
import * as BacktestPopulation from "../../src/report/BacktestPopulation.ts"

type Row = readonly [account: string, date: string, minorUnits: bigint]

const month = (text: string) => CalendarMonth.parse(text) ?? assert.fail(text)

/** Saturdays and Sundays closed: 30 April 2023 is a Sunday, 1 April a Saturday. */
const calendar = BankCalendar.weekdays({ weekend: [0, 6], holidays: [] })
const threshold = 1_000n

const columns = (rows: ReadonlyArray<Row>): BacktestBalances.Rows => ({
  size: rows.length,
  accounts: rows.map(([account]) => account),
  dates: rows.map(([, date]) => BusinessDate.parse(date) ?? assert.fail(date)),
  minorUnits: rows.map(([, , minorUnits]) => minorUnits)
})

const collected = (rows: ReadonlyArray<Row>) => {
  const balances = BacktestBalances.empty(threshold)
  BacktestBalances.add(balances, columns(rows))
  const conflicts = BacktestBalances.compareRepeats(balances, columns(rows))
  return { balances, conflicts }
}

/** One row for every date from `from` to `to`, both included. */
const every = (
  account: string,
  from: string,
  to: string,
  minorUnits: (date: BusinessDate.BusinessDate) => bigint | null = () => threshold
): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  for (
    let date = BusinessDate.parse(from) ?? assert.fail(from);
    date <= to;
    date = BusinessDate.addDays(date, 1)
  ) {
    const amount = minorUnits(date)
    if (amount !== null) rows.push([account, date, amount])
  }
  return rows
}

const decided = (
  rows: ReadonlyArray<Row>,
  months: ReadonlyArray<string>,
  carryForward: Backtest.Rule["carryForward"] = "none"
) => {
  const { balances } = collected(rows)
  const rule = { carryForward, calendar }
  const population = Backtest.accountsAsCustomers(balances, rule)
  return Backtest.decide(balances, population, months.map(month), rule)
}

const openDays = (date: BusinessDate.BusinessDate) =>
  BankCalendar.isBusinessDay(calendar, date) ? threshold : null

describe("accounts as customers", () => {
  it("decides on every calendar day, exactly at the threshold included", () => {
    const [april] = decided(
      [
        ...every("met", "2023-03-15", "2023-05-02"),
        ...every("once below", "2023-04-01", "2023-05-02", (date) =>
          date === "2023-04-30" ? threshold - 1n : threshold
        ),
        ...every("opened late", "2023-04-02", "2023-05-02"),
        ...every("closed early", "2023-03-15", "2023-04-29"),
        ...every("a gap", "2023-04-01", "2023-05-02", (date) =>
          date === "2023-04-13" ? null : threshold
        ),
        ...every("elsewhere", "2023-05-01", "2023-05-02")
      ],
      ["2023-04"]
    )
    assert.deepStrictEqual(april, {
      month: month("2023-04"),
      days: 30,
      population: 5,
      fullMonth: 3,
      qualified: 1,
      notQualified: 3,
      undetermined: 1,
      reasons: { NOT_FULL_MONTH: 2, BELOW_THRESHOLD: 1, DATA_INCOMPLETE: 1, MET_EVERY_DAY: 1 },
      qualifiedCustomers: ["met"],
      withoutPrimary: []
    })
  })

  it("fills closed days from the day before, over the turn of a month too", () => {
    const rows = every("A", "2023-03-31", "2023-05-02", openDays)
    assert.strictEqual(decided(rows, ["2023-04"], "bank-days")[0]?.qualified, 1)
    assert.strictEqual(decided(rows, ["2023-04"], "none")[0]?.undetermined, 1)
  })

  it("fills any gap where the rule is always", () => {
    const rows: ReadonlyArray<Row> = [
      ["A", "2023-03-20", threshold],
      ["A", "2023-05-20", threshold],
      ["B", "2023-03-20", threshold - 1n],
      ["B", "2023-05-20", threshold]
    ]
    const [april] = decided(rows, ["2023-04"], "always")
    assert.deepStrictEqual(april?.qualifiedCustomers, ["A"])
    assert.deepStrictEqual(april?.reasons, { BELOW_THRESHOLD: 1, MET_EVERY_DAY: 1 })
    // 1 April, a Saturday, takes the balance of 31 March, which nobody knows; not an older one.
    const reasons = { DATA_INCOMPLETE: 2 }
    assert.deepStrictEqual(decided(rows, ["2023-04"], "bank-days")[0]?.reasons, reasons)
  })

  it("keeps an account to the end of a month that ends on closed days", () => {
    const rows = every("A", "2023-03-31", "2023-04-28", openDays)
    const [april, may] = decided(rows, ["2023-04", "2023-05"], "bank-days")
    assert.strictEqual(april?.qualified, 1)
    assert.strictEqual(may?.population, 0)
    assert.strictEqual(decided(rows, ["2023-04"], "none")[0]?.notQualified, 1)
  })

  // Caught: the verdict of the last closed day, or of an older month, carried into the next.
  it("carries the last business day's balance only, over a month without any balance too", () => {
    const missing = every("A", "2023-03-28", "2023-05-02", (date) =>
      date === "2023-03-31" ? null : openDays(date)
    )
    assert.deepStrictEqual(decided(missing, ["2023-04"], "bank-days")[0]?.reasons, {
      DATA_INCOMPLETE: 1
    })
    // 1 July 2023 is a Saturday; nothing is known of 30 June, and nothing was asked of June.
    const gap = [
      ...every("A", "2023-05-01", "2023-05-31", openDays),
      ...every("A", "2023-07-01", "2023-08-01", openDays)
    ]
    assert.deepStrictEqual(decided(gap, ["2023-07"], "bank-days")[0]?.reasons, {
      DATA_INCOMPLETE: 1
    })
  })

  // Caught: a month in which the bank closed no books taken for a month of unknown balances.
  it("carries a balance over a month in which the bank was closed all along", () => {
    const holidays = every("", "2023-04-01", "2023-05-01").map(([, day]) => ({
      date: BusinessDate.parse(day) ?? assert.fail(day),
      name: "closed"
    }))
    const closed = BankCalendar.weekdays({ weekend: [0, 6], holidays })
    const rows = [
      ...every("A", "2023-03-31", "2023-03-31"),
      ...every("A", "2023-05-02", "2023-06-01", openDays)
    ]
    const rule = { carryForward: "bank-days", calendar: closed } as const
    const { balances } = collected(rows)
    const population = Backtest.accountsAsCustomers(balances, rule)
    const [may] = Backtest.decide(balances, population, [month("2023-05")], rule)
    assert.strictEqual(may?.qualified, 1)
  })

  it("reports months without balances, and none that were not asked for", () => {
    const results = decided(every("A", "2023-04-01", "2023-04-30"), ["2022-12", "2023-06"])
    assert.deepStrictEqual(
      results.map(({ month, population, reasons }) => [month, population, reasons]),
      [
        [month("2022-12"), 0, {}],
        [month("2023-06"), 0, {}]
      ]
    )
    assert.deepStrictEqual(decided([], []), [])
  })
})

describe("days met twice", () => {
  it("ignores equal repeats; another amount takes the day away, once", () => {
    const rows: ReadonlyArray<Row> = [
      ...every("equal", "2023-04-01", "2023-04-30"),
      ...every("other", "2023-04-01", "2023-04-30"),
      ["equal", "2023-04-07", threshold],
      ["other", "2023-04-07", threshold + 1n],
      ["other", "2023-04-07", threshold + 2n]
    ]
    const { balances, conflicts } = collected(rows)
    assert.strictEqual(balances.repeats, 3)
    assert.deepStrictEqual(conflicts, [61])
    const [april] = decided([...rows, ...every("equal", "2023-05-01", "2023-05-01")], ["2023-04"])
    assert.deepStrictEqual(april?.qualifiedCustomers, ["equal"])
    assert.deepStrictEqual(april?.reasons, { DATA_INCOMPLETE: 1, MET_EVERY_DAY: 1 })
  })

  it("never fills a day in conflict", () => {
    const rows: ReadonlyArray<Row> = [
      ...every("A", "2023-04-01", "2023-05-01"),
      ["A", "2023-04-08", 5_000n]
    ]
    assert.strictEqual(decided(rows, ["2023-04"], "always")[0]?.undetermined, 1)
  })
})

describe("customers of a file", () => {
  const balances = BacktestBalances.empty(threshold, true)
  const account = (id: string) => BacktestBalances.register(balances, id)
  const date = (text: string) => BusinessDate.parse(text) ?? assert.fail(text)
  const row = (customerId: string, id: string, primary = true) => ({
    customerId,
    account: account(id),
    primary
  })
  const population = BacktestPopulation.make([
    row("two primary", "P1"),
    row("C", "C1", false),
    row("C", "C2", true),
    { ...row("late", "L"), opened: date("2023-04-02") },
    { ...row("gone", "G"), closed: date("2023-04-01") },
    { ...row("leaves", "V"), closed: date("2023-05-01") },
    row("two primary", "P2"),
    row("silent", "S", false),
    { ...row("moved", "M1"), closed: date("2023-03-20") },
    row("moved", "M2")
  ])
  const rows = ["C2", "L", "G", "V", "M2", "unknown"].flatMap((id) =>
    every(id, "2023-04-01", "2023-04-30")
  )

  // Caught: the second account of all taken where a customer names none.
  it("decides nothing from the accounts of a customer who names no primary one", () => {
    const known = BacktestBalances.empty(threshold)
    BacktestBalances.add(
      known,
      columns(["A", "B"].flatMap((id) => every(id, "2023-04-01", "2023-04-30")))
    )
    const both = [0, 1].map((account) => ({ customerId: "C", account, primary: false }))
    const rule = { carryForward: "none", calendar } as const
    const months = [month("2023-04")]
    const [april] = Backtest.decide(known, BacktestPopulation.make(both), months, rule)
    assert.deepStrictEqual(april?.reasons, { DATA_INCOMPLETE: 1 })
  })

  it("looks at the primary account and leaves unknown ones out", () => {
    const unknown = BacktestBalances.add(balances, columns(rows))
    assert.lengthOf(unknown, 30)
    assert.deepStrictEqual(balances.accountIds.includes("unknown"), false)
    const rule = { carryForward: "none", calendar } as const
    const [april] = Backtest.decide(balances, population, [month("2023-04")], rule)
    assert.deepStrictEqual(april, {
      month: month("2023-04"),
      days: 30,
      population: 6,
      fullMonth: 5,
      qualified: 3,
      notQualified: 1,
      undetermined: 2,
      reasons: { NOT_FULL_MONTH: 1, DATA_INCOMPLETE: 2, MET_EVERY_DAY: 3 },
      qualifiedCustomers: ["C", "leaves", "moved"],
      withoutPrimary: ["two primary"]
    })
  })
})
