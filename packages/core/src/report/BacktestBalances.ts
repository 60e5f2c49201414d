/**
 * Historic balances of a back-test, collected into a few bit sets per account and month.
 *
 * Guarantees that memory grows with accounts and months, never with rows, and that the order of
 * rows changes nothing. Leaves the decision to `Backtest`.
 *
 * Bit sets cannot tell an equal repeat from a different amount, so days met twice are noted, and
 * where there are any the rows are offered once more to `compareRepeats`.
 */
import { meets } from "../balance/BalanceCheck.ts"
import * as MonthDays from "../balance/MonthDays.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"

/** Days of one month by account index, as sets; longer than there are accounts. */
export interface MonthColumns {
  observed: Int32Array
  met: Int32Array
  repeated: Int32Array
  conflict: Int32Array
}

/** The days of an account in one column; none for an account beyond its end. */
export const bitsAt = (column: Int32Array, account: number): number => column[account] ?? 0

/** Balances collected so far. Changed in place by `add` and `compareRepeats`. */
export interface Balances {
  readonly thresholdMinorUnits: bigint
  /** Only accounts registered before are collected; others are reported by `add`. */
  readonly knownOnly: boolean
  readonly accounts: Map<string, number>
  readonly accountIds: Array<string>
  readonly months: Map<CalendarMonth.CalendarMonth, MonthColumns>
  readonly amounts: Map<CalendarMonth.CalendarMonth, Map<number, bigint>>
  /** Days observed more than once, so far. */
  repeats: number
}

/** Nothing collected. */
export const empty = (thresholdMinorUnits: bigint, knownOnly = false): Balances => ({
  thresholdMinorUnits,
  knownOnly,
  accounts: new Map(),
  accountIds: [],
  months: new Map(),
  amounts: new Map(),
  repeats: 0
})

/** The index of an account, registering it where it is new. */
export const register = (balances: Balances, accountId: string): number => {
  const known = balances.accounts.get(accountId)
  if (known !== undefined) return known
  // A copy: an id cut out of a large text would keep all of that text in memory.
  const own = Array.from(accountId).join("")
  const index = balances.accountIds.push(own) - 1
  balances.accounts.set(own, index)
  return index
}

const grown = (column: Int32Array, length: number): Int32Array => {
  const larger = new Int32Array(Math.max(1_024, length, column.length * 2))
  larger.set(column)
  return larger
}

const ownColumns = (balances: Balances, month: CalendarMonth.CalendarMonth): MonthColumns => {
  const known = balances.months.get(month)
  if (known !== undefined) return known
  const none = new Int32Array(0)
  const made = { observed: none, met: none, repeated: none, conflict: none }
  balances.months.set(month, made)
  return made
}

const growTo = (columns: MonthColumns, length: number): void => {
  columns.observed = grown(columns.observed, length)
  columns.met = grown(columns.met, length)
  columns.repeated = grown(columns.repeated, length)
  columns.conflict = grown(columns.conflict, length)
}

/** Rows as parallel arrays; the first `size` entries count. */
export interface Rows {
  readonly size: number
  readonly accounts: ReadonlyArray<string>
  readonly dates: ReadonlyArray<BusinessDate.BusinessDate>
  readonly minorUnits: ReadonlyArray<bigint>
}

/**
 * Collects rows. Days already observed keep their first verdict until `compareRepeats`.
 *
 * **Outcomes** — the indices of rows whose account is not known, where only known ones are taken.
 */
export const add = (balances: Balances, rows: Rows): ReadonlyArray<number> => {
  const unknown: Array<number> = []
  const { size, accounts, dates, minorUnits } = rows
  const { thresholdMinorUnits, knownOnly } = balances
  let date: BusinessDate.BusinessDate | undefined
  let columns: MonthColumns | undefined
  let bit = 0
  for (let row = 0; row < size; row++) {
    const rowDate = dates[row]
    const amount = minorUnits[row]
    const accountId = accounts[row]
    if (rowDate === undefined || amount === undefined || accountId === undefined) continue
    const known = balances.accounts.get(accountId)
    if (known === undefined && knownOnly) {
      unknown.push(row)
      continue
    }
    if (columns === undefined || rowDate !== date) {
      date = rowDate
      columns = ownColumns(balances, CalendarMonth.of(rowDate))
      bit = MonthDays.bitOf(BusinessDate.dayOfMonth(rowDate))
    }
    const account = known ?? register(balances, accountId)
    if (account >= columns.observed.length) growTo(columns, account + 1)
    const observed = bitsAt(columns.observed, account)
    if ((observed & bit) !== 0) {
      columns.repeated[account] = bitsAt(columns.repeated, account) | bit
      balances.repeats++
      continue
    }
    columns.observed[account] = observed | bit
    if (meets(amount, thresholdMinorUnits))
      columns.met[account] = bitsAt(columns.met, account) | bit
  }
  return unknown
}

/**
 * Compares the amounts of days observed more than once. Offer all rows again, in the same order,
 * when `balances.repeats` is above zero after the last `add`.
 *
 * **Outcomes** — the indices of rows that made a day a conflict: its first amount is another.
 *
 * **Source** — product rules, "Days": two different amounts are a `CONFLICT`.
 */
export const compareRepeats = (balances: Balances, rows: Rows): ReadonlyArray<number> => {
  const conflicts: Array<number> = []
  for (let row = 0; row < rows.size; row++) {
    const date = rows.dates[row]
    const amount = rows.minorUnits[row]
    const account = balances.accounts.get(rows.accounts[row] ?? "")
    if (date === undefined || amount === undefined || account === undefined) continue
    const month = CalendarMonth.of(date)
    const day = BusinessDate.dayOfMonth(date)
    const bit = MonthDays.bitOf(day)
    const columns = ownColumns(balances, month)
    if ((bitsAt(columns.repeated, account) & bit) === 0) continue
    let amounts = balances.amounts.get(month)
    if (amounts === undefined) balances.amounts.set(month, (amounts = new Map()))
    const key = account * 32 + day
    const first = amounts.get(key)
    if (first === undefined) amounts.set(key, amount)
    if (first === undefined || first === amount) continue
    if ((bitsAt(columns.conflict, account) & bit) !== 0) continue
    columns.conflict[account] = bitsAt(columns.conflict, account) | bit
    columns.observed[account] = bitsAt(columns.observed, account) & ~bit
    columns.met[account] = bitsAt(columns.met, account) & ~bit
    conflicts.push(row)
  }
  return conflicts
}

const none = new Int32Array(0)
const noColumns: MonthColumns = { observed: none, met: none, repeated: none, conflict: none }

/** The days of a month; empty columns where it has no balances. */
export const columnsIn = (balances: Balances, month: CalendarMonth.CalendarMonth): MonthColumns =>
  balances.months.get(month) ?? noColumns

/** Months with balances, in order. */
export const monthsOf = (balances: Balances): ReadonlyArray<CalendarMonth.CalendarMonth> =>
  Array.from(balances.months.keys()).toSorted()
