/**
 * What the program knows of the balances: sets of days per customer and month.
 *
 * **Source** — product rules, Days; invariants 2 and 3.
 */
import { defaultBalancePolicy } from "../../balance/BalancePolicy.ts"
import type { CapturedRow } from "../../balance/ClosingBalance.ts"
import * as Correction from "../../balance/Correction.ts"
import * as MonthDays from "../../balance/MonthDays.ts"
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { Era } from "./Era.ts"
import type { Person } from "./People.ts"
import type { SimulatedRules } from "./SimulatedRules.ts"

/** Arrays by `month * customers + customer`, and amounts by `day * customers + customer`. */
export interface Ledger {
  readonly accounts: ReadonlyMap<string, number>
  readonly ids: ReadonlyArray<string>
  readonly observed: Int32Array
  readonly met: Int32Array
  readonly conflict: Int32Array
  readonly amounts: BigInt64Array
  readonly count: number
}

export const make = (era: Era, people: ReadonlyArray<Person>, days: number): Ledger => {
  const size = era.months.length * people.length
  return {
    accounts: new Map(people.map(({ accountId }, index) => [accountId, index])),
    ids: people.map(({ accountId }) => accountId),
    observed: new Int32Array(size),
    met: new Int32Array(size),
    conflict: new Int32Array(size),
    amounts: new BigInt64Array(days * people.length),
    count: people.length
  }
}

/** Where a day lies: its month, its bit in it, its number in the era. */
export interface DayPlace {
  readonly month: number
  readonly bit: number
  readonly day: number
  readonly date: BusinessDate
}

/** Stores a captured page. */
export const capture = (
  ledger: Ledger,
  rules: SimulatedRules,
  rows: ReadonlyArray<CapturedRow>,
  place: DayPlace
): void => {
  const { accounts, amounts, conflict, count, ids, met, observed } = ledger
  const context = { businessDate: place.date, accounts }
  const checked = rules.checkPage(rows, defaultBalancePolicy, context)
  const { accountIds, minorUnits, verdicts } = checked
  for (let index = 0; index < accountIds.length; index++) {
    // Most pages tell of everybody, in order: no look-up then.
    const accountId = accountIds[index] ?? ""
    const customer = accountId === ids[index] ? index : (accounts.get(accountId) ?? 0)
    const at = place.month * count + customer
    const verdict = verdicts[index]
    if (verdict === "conflict") conflict[at] = (conflict[at] ?? 0) | place.bit
    else {
      observed[at] = (observed[at] ?? 0) | place.bit
      if (verdict === "met") met[at] = (met[at] ?? 0) | place.bit
      amounts[place.day * count + customer] = minorUnits[index] ?? 0n
    }
  }
}

/** Stores a page of which nothing is odd, by the threshold alone: one amount per customer. */
export const captureOrdinary = (
  ledger: Ledger,
  rules: SimulatedRules,
  amountOf: (customer: number) => bigint,
  place: DayPlace
): void => {
  const { amounts, count, met, observed } = ledger
  const { thresholdMinorUnits } = defaultBalancePolicy
  for (let customer = 0; customer < count; customer++) {
    const at = place.month * count + customer
    const minorUnits = amountOf(customer)
    amounts[place.day * count + customer] = minorUnits
    observed[at] = (observed[at] ?? 0) | place.bit
    if (rules.meets(minorUnits, thresholdMinorUnits)) met[at] = (met[at] ?? 0) | place.bit
  }
}

/** Stores what a later run brings. Gives whether anything changed. */
export const revise = (
  ledger: Ledger,
  rules: SimulatedRules,
  row: CapturedRow,
  place: DayPlace
): boolean => {
  const { accounts, amounts, conflict, count, met, observed } = ledger
  const customer = accounts.get(row.accountId) ?? 0
  const { minorUnits } = row
  if (typeof minorUnits !== "bigint") return false
  const at = place.month * count + customer
  const known = amounts[place.day * count + customer] ?? 0n
  const newest =
    ((observed[at] ?? 0) & place.bit) === 0
      ? undefined
      : { revision: 1, minorUnits: known, recordedAtMs: 0, source: "capture" }
  if (Correction.arrivalOf(newest, minorUnits, "later") === "repeat") return false
  const context = { businessDate: place.date, accounts }
  const checked = rules.checkPage([row], defaultBalancePolicy, context)
  if (checked.verdicts[0] === undefined) return false
  amounts[place.day * count + customer] = minorUnits
  observed[at] = (observed[at] ?? 0) | place.bit
  conflict[at] = (conflict[at] ?? 0) & ~place.bit
  met[at] = (met[at] ?? 0) & ~place.bit
  if (checked.verdicts[0] === "met") met[at] = (met[at] ?? 0) | place.bit
  return true
}

/**
 * Whether the balance of the last business day before a month met, or a later one; `null` when none
 * is known: an older balance is not carried into a month.
 */
const before = (ledger: Ledger, era: Era, customer: number, month: number): boolean | null => {
  const earlier = era.months[month - 1]
  if (earlier === undefined) return null
  const open = MonthDays.allDays(earlier.days) & ~earlier.closedBits
  const at = (month - 1) * ledger.count + customer
  const observed = ledger.observed[at] ?? 0
  const last = 31 - Math.clz32(observed)
  if (observed === 0 || last < 31 - Math.clz32(open)) return null
  return (((ledger.met[at] ?? 0) >>> last) & 1) === 1
}

/** A customer's month with its closed days filled. */
export const monthOf = (
  ledger: Ledger,
  rules: SimulatedRules,
  era: Era,
  customer: number,
  month: number
): MonthDays.MonthDays => {
  const at = month * ledger.count + customer
  const days = {
    observed: ledger.observed[at] ?? 0,
    met: ledger.met[at] ?? 0,
    derived: 0,
    waived: 0,
    conflict: ledger.conflict[at] ?? 0
  }
  const one = era.months[month]
  if (one === undefined) return days
  const last = before(ledger, era, customer, month)
  return rules.carryForward("bank-days", days, one.month, one.closedBits, last)
}
