/**
 * The balances of a date as the sandbox bank's feed gives them: from when on, which rows, and their
 * totals, with the scripted faults of dates and rows.
 *
 * **Source** — product rules, "Days"; fault list, bank feed.
 */
import * as BankCalendar from "../calendar/BankCalendar.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import * as Bank from "./SandboxBank.ts"
import * as Script from "./SandboxScript.ts"

/** One balance on the wire. `amount` is a number only under the fault that makes it one. */
export interface BalanceItem {
  readonly accountId: string
  readonly amount: string | number
  readonly currency: string
  readonly kind: "closingBooked"
}

type DateFault = Extract<Script.BankFault, { on: "date" }>

/** The fault of this kind that concerns a date, if the script has one. */
export const dateFault = (
  bank: Bank.Bank,
  kind: DateFault["kind"],
  date: string
): DateFault | undefined => {
  for (const rule of bank.options.script) {
    if (rule.on === "date" && rule.kind === kind && (rule.only ?? date) === date) return rule
  }
  return undefined
}

/** The instant from which the balances of a date can be asked for. */
export const readyMs = (bank: Bank.Bank, date: BusinessDate.BusinessDate): number => {
  const { calendar, zone } = bank.options
  const day = BankCalendar.dayAt(calendar, date)
  const minute = day.kind === "business" ? day.endsAtMinute : calendar.endsAtMinute
  const late = dateFault(bank, "late", date)?.hours ?? 0
  return ZonedTime.instantMsAt(date, minute, zone) + late * 3_600_000
}

type RowFault = Extract<Script.BankFault, { on: "row" }>

const never = Script.counters()

const rowFault = (
  bank: Bank.Bank,
  index: number,
  rules: ReadonlyArray<readonly [number, RowFault]>
): RowFault | undefined => {
  for (const [place, rule] of rules) {
    const customer = Bank.customerId(index)
    if (Script.fires(rule, place, bank.options.seed, index + 1, customer, never)) return rule
  }
  return undefined
}

/** The row faults of a date with their places in the script. */
export const rowRules = (
  bank: Bank.Bank,
  date: string
): ReadonlyArray<readonly [number, RowFault]> => {
  const rules: Array<readonly [number, RowFault]> = []
  bank.options.script.forEach((rule, index) => {
    if (rule.on === "row" && rule.date === date) rules.push([index, rule])
  })
  return rules
}

/** A correction becomes known three days after the date it is about. */
const correctionDays = 3

/** Before the bank corrects it, a balance lacks this much. */
const correctionMinor = 6_000_000

/** A balance as the feed gives it, and what it is worth. */
export interface Row {
  readonly item: BalanceItem
  readonly minorUnits: bigint
}

/** The rows of one customer as the feed gives them. */
export const rowsOf = (
  bank: Bank.Bank,
  index: number,
  date: BusinessDate.BusinessDate,
  rules: ReadonlyArray<readonly [number, RowFault]>,
  nowMs: number,
  currency: Currency.Currency
): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  const row = (account: 1 | 2, minor: number, change: Partial<BalanceItem> = {}): Row => {
    const minorUnits = BigInt(minor)
    const amount = Money.format(minorUnits, currency)
    const accountId = Bank.accountId(index, account)
    return { item: { accountId, amount, currency, kind: "closingBooked", ...change }, minorUnits }
  }
  if (Bank.isOpen(Bank.lifeOf(bank, index), date)) {
    const minor = Bank.balanceMinor(bank, index, date)
    const fault = rules.length === 0 ? undefined : rowFault(bank, index, rules)
    rows.push(...primaryRows(bank, fault, minor, date, nowMs, row))
  }
  if (Bank.hasSecondAccount(bank, index)) {
    rows.push(row(2, Bank.secondBalanceMinor(bank, index, date)))
  }
  return rows
}

const primaryRows = (
  bank: Bank.Bank,
  fault: RowFault | undefined,
  minor: number,
  date: BusinessDate.BusinessDate,
  nowMs: number,
  row: (account: 1 | 2, minor: number, change?: Partial<BalanceItem>) => Row
): ReadonlyArray<Row> => {
  switch (fault?.kind) {
    case "malformed-amount":
      return [row(1, minor, { amount: "15,000.00" })]
    case "number-amount":
      return [row(1, minor, { amount: minor / 100 })]
    case "wrong-currency":
      return [row(1, minor, { currency: bank.options.currency === "USD" ? "EUR" : "USD" })]
    case "conflict":
      return [row(1, minor), row(1, minor + 1)]
    case "repeat":
      return [row(1, minor), row(1, minor)]
    case "missing":
      return []
    case "correction": {
      const known = readyMs(bank, BusinessDate.addDays(date, correctionDays))
      return [row(1, nowMs < known ? minor - correctionMinor : minor)]
    }
    case undefined:
      return [row(1, minor)]
  }
}

const shekel = Currency.parse("ILS")

/** The currency of the program's accounts at the bank. */
export const currencyOf = (bank: Bank.Bank): Currency.Currency | undefined =>
  Currency.parse(bank.options.currency) ?? shekel

/** Count and sum over all pages as the bank booked them: a row the feed lost is counted here. */
export const totalsOf = (
  bank: Bank.Bank,
  date: BusinessDate.BusinessDate,
  nowMs: number,
  currency: Currency.Currency
) => {
  const rules = rowRules(bank, date)
  const known = rules.length === 0 ? bank.totals.get(date) : undefined
  if (known !== undefined) return known
  let count = 0
  let sumMinor = 0n
  for (let index = 0; index < bank.options.customers; index++) {
    const rows = rowsOf(bank, index, date, rules, nowMs, currency)
    for (const { minorUnits } of rows) {
      count++
      sumMinor += minorUnits
    }
    const lost = rules.length > 0 && rowFault(bank, index, rules)?.kind === "missing"
    if (lost && Bank.isOpen(Bank.lifeOf(bank, index), date)) {
      count++
      sumMinor += BigInt(Bank.balanceMinor(bank, index, date))
    }
  }
  const totals = { count, sumMinor }
  if (rules.length === 0) bank.totals.set(date, totals)
  return totals
}
