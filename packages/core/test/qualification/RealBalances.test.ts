import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import { meets } from "../../src/balance/BalanceCheck.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Currency from "../../src/money/Currency.ts"
import * as Money from "../../src/money/Money.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"

const root =
  process.env["TIDEMARK_TEST_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data")
const folder = join(root, "real-balances")
const present = existsSync(folder)
if (!present) console.warn(`${folder} not found: 4 checks on real balances not run`)

describe.runIf(present)("Qualification over real closing balances", () => {
  for (const [month, days, open, whole, qualified] of expectedCounts()) {
    it(`counts ${month} as the independent computation does`, () => {
      const decided = decideMonth(month)
      assert.strictEqual(CalendarMonth.days(month), days)
      assert.strictEqual(decided.length, open)
      const fullMonth = decided.filter(([, { code }]) => code !== "NOT_FULL_MONTH")
      assert.strictEqual(fullMonth.length, whole)
      assert.strictEqual(qualifiedIds(decided).length, qualified)
      assert.isFalse(decided.some(([, { _tag }]) => _tag === "Undetermined"))
    })
  }

  it("qualifies in 2023-03 exactly the accounts the independent computation does", () => {
    const expected = rowsOf("expected-qualified-2023-03.csv").map(([, account = ""]) => account)
    assert.deepStrictEqual(qualifiedIds(decideMonth(monthOf("2023-03"))), expected.toSorted())
  })
})

type Decided = ReadonlyArray<readonly [string, Qualification.Decision]>

function qualifiedIds(decided: Decided) {
  return decided
    .filter(([, { _tag }]) => _tag === "Qualified")
    .map(([account]) => account)
    .toSorted()
}

function decideMonth(month: CalendarMonth.CalendarMonth): Decided {
  const decided: Array<readonly [string, Qualification.Decision]> = []
  for (const [account, balances] of balancesByAccount()) {
    const dates = [...balances.keys()]
    const opened = dates[0]
    if (opened === undefined || opened > CalendarMonth.last(month)) continue
    let observed = 0
    let met = 0
    for (const [date, minorUnits] of balances) {
      if (!CalendarMonth.contains(month, date)) continue
      const bit = MonthDays.bitOf(BusinessDate.dayOfMonth(date))
      observed |= bit
      if (meets(minorUnits, 1_500_000n)) met |= bit
    }
    const captured = { ...MonthDays.none, observed, met }
    const days = MonthDays.carryForward("none", captured, month, 0, null)
    decided.push([account, Qualification.decide({ month, opened, days })])
  }
  return decided
}

function balancesByAccount() {
  const format = { currency: Currency.parse("CZK") ?? Currency.ils }
  const accounts = new Map<string, Map<BusinessDate.BusinessDate, bigint>>()
  for (const [date = "", account = "", text = ""] of rowsOf("closing-balances-2023h1.csv.gz")) {
    const businessDate = BusinessDate.parse(date)
    const minorUnits = Money.parseMinorUnits(text, format)
    if (businessDate === undefined || typeof minorUnits !== "bigint") {
      throw new Error(`unreadable row of account ${account}`)
    }
    const balances = accounts.get(account)
    if (balances === undefined) accounts.set(account, new Map([[businessDate, minorUnits]]))
    else balances.set(businessDate, minorUnits)
  }
  return accounts
}

function expectedCounts() {
  if (!present) return []
  return rowsOf("expected-2023-02-to-04.csv").map(
    ([month = "", days, open, whole, qualified]) =>
      [monthOf(month), Number(days), Number(open), Number(whole), Number(qualified)] as const
  )
}

function monthOf(text: string) {
  const month = CalendarMonth.parse(text)
  if (month === undefined) throw new Error(`no month: ${text}`)
  return month
}

function rowsOf(file: string) {
  const bytes = readFileSync(join(folder, file))
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")
  return text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","))
}
