/**
 * What the sandbox bank answers: pages of balances and customers, contacts and permissions, with
 * the scripted faults.
 *
 * **Source** — product rules, "Days", "Recipient"; fault list, bank feed.
 */
import * as BankCalendar from "../calendar/BankCalendar.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import * as Bank from "./SandboxBank.ts"
import * as People from "./SandboxPeople.ts"
import * as Reply from "./SandboxReply.ts"
import * as Script from "./SandboxScript.ts"

/** One balance on the wire. `amount` is a number only under the fault that makes it one. */
export interface BalanceItem {
  readonly accountId: string
  readonly amount: string | number
  readonly currency: string
  readonly kind: "closingBooked"
}

export interface BalancesAnswer {
  readonly businessDate: string
  readonly items: ReadonlyArray<BalanceItem>
  readonly nextCursor: string | null
  readonly controlTotals: { readonly count: number; readonly sum: string } | null
}

export interface CustomersAnswer {
  readonly customers: ReadonlyArray<{
    readonly customerId: string
    readonly accounts: ReadonlyArray<{
      readonly accountId: string
      readonly primary: boolean
      readonly openedOn: string | null
      readonly closedOn: string | null
    }>
  }>
  readonly nextCursor: string | null
}

/** The site of a request-level fault. */
type Site = "balances" | "customers" | "contact" | "permissions"

const requestFault = (
  bank: Bank.Bank,
  on: Site,
  subject: string
): ((body: unknown) => Reply.Reply<never>) | undefined => {
  const occurrence = Script.meet(bank.counters, on)
  const { script, seed } = bank.options
  for (let index = 0; index < script.length; index++) {
    const rule = script[index]
    if (rule === undefined || rule.on !== on) continue
    if (!Script.fires(rule, index, seed, occurrence, subject, bank.counters)) continue
    Script.fire(bank.counters, index)
    switch (rule.kind) {
      case "timeout":
        return () => ({ _tag: "Silence" })
      case "reset":
        return () => ({ _tag: "Reset" })
      case "5xx":
        return () => Reply.status(503, "UNAVAILABLE")
      case "429":
        return () => Reply.status(429, "TOO_MANY_REQUESTS", 1)
      case "401":
        return () => Reply.status(401, "UNAUTHORIZED")
      case "truncated":
        // A body of the wrong type is never read: the answer is cut before it is whole.
        return (body) => ({ _tag: "Answer", body: body as never, cut: "truncated" })
      case "malformed":
        return (body) => ({ _tag: "Answer", body: body as never, cut: "unreadable" })
    }
  }
  return undefined
}

type DateFault = Extract<Script.BankFault, { on: "date" }>

const dateFault = (
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

const rowRules = (bank: Bank.Bank, date: string): ReadonlyArray<readonly [number, RowFault]> => {
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

interface Row {
  readonly item: BalanceItem
  readonly minorUnits: bigint
}

/** The rows of one customer as the feed gives them. */
const rowsOf = (
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

const currencyOf = (bank: Bank.Bank): Currency.Currency | undefined =>
  Currency.parse(bank.options.currency) ?? shekel

/** Count and sum over all pages as the bank booked them: a row the feed lost is counted here. */
const totalsOf = (
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

const startOf = (bank: Bank.Bank, cursor: string | null): number | undefined => {
  if (cursor === null) return 0
  const start = /^[0-9]{1,7}$/.test(cursor) ? Number(cursor) : -1
  return start >= 0 && start < bank.options.customers ? start : undefined
}

/**
 * A page of the balances of a date.
 *
 * **Outcomes, first match wins**
 * 1. a request fault · 2. 400 `BAD_DATE`, `BAD_CURSOR` · 3. 409 `NOT_READY` before the end of the
 * business day · 4. a page; on a day the bank is closed an empty one
 */
export const balances = (
  bank: Bank.Bank,
  date: string,
  cursor: string | null,
  nowMs: number
): Reply.Reply<BalancesAnswer> => {
  const businessDate = BusinessDate.parse(date)
  if (businessDate === undefined) return Reply.status(400, "BAD_DATE")
  const start = startOf(bank, cursor)
  const currency = currencyOf(bank)
  if (start === undefined || currency === undefined) return Reply.status(400, "BAD_CURSOR")
  const fault = requestFault(bank, "balances", date)
  const ready = readyMs(bank, businessDate)
  if (fault === undefined && nowMs < ready) {
    return Reply.status(409, "NOT_READY", Math.ceil((ready - nowMs) / 1000))
  }
  const { pageSize, customers } = bank.options
  const end = Math.min(start + pageSize, customers)
  const items: Array<BalanceItem> = []
  const open = BankCalendar.isBusinessDay(bank.options.calendar, businessDate)
  const empty = !open || dateFault(bank, "empty", date) !== undefined
  if (!empty) {
    const rules = rowRules(bank, date)
    for (let index = start; index < end; index++) {
      for (const { item } of rowsOf(bank, index, businessDate, rules, nowMs, currency)) {
        items.push(item)
      }
    }
  }
  const last = empty || end === customers
  const totals = !last
    ? null
    : empty
      ? { count: 0, sumMinor: 0n }
      : totalsOf(bank, businessDate, nowMs, currency)
  const off = dateFault(bank, "wrong-totals", date) === undefined ? 0 : 1
  const stuck = dateFault(bank, "stuck-cursor", date) !== undefined
  const body: BalancesAnswer = {
    businessDate: date,
    items,
    nextCursor: stuck ? String(start) : last ? null : String(end),
    controlTotals:
      totals === null
        ? null
        : { count: totals.count + off, sum: Money.format(totals.sumMinor, currency) }
  }
  return fault === undefined ? Reply.answer(body) : fault(body)
}

/** A page of the customers active on any day of a month, in ascending order of id. */
export const customers = (
  bank: Bank.Bank,
  monthText: string,
  cursor: string | null
): Reply.Reply<CustomersAnswer> => {
  const month = CalendarMonth.parse(monthText)
  const start = startOf(bank, cursor)
  if (month === undefined || start === undefined) return Reply.status(400, "BAD_REQUEST")
  const fault = requestFault(bank, "customers", monthText)
  const first = CalendarMonth.first(month)
  const last = CalendarMonth.last(month)
  const end = Math.min(start + bank.options.pageSize, bank.options.customers)
  const found: Array<CustomersAnswer["customers"][number]> = []
  for (let index = start; index < end; index++) {
    const life = Bank.lifeOf(bank, index)
    if (life.openedOn !== null && life.openedOn > last) continue
    if (life.closedOn !== null && life.closedOn < first) continue
    const accounts = [{ accountId: Bank.accountId(index, 1), primary: true, ...life }]
    if (Bank.hasSecondAccount(bank, index)) {
      const accountId = Bank.accountId(index, 2)
      accounts.push({ accountId, primary: false, openedOn: null, closedOn: null })
    }
    found.push({ customerId: Bank.customerId(index), accounts })
  }
  const nextCursor = end === bank.options.customers ? null : String(end)
  const body = { customers: found, nextCursor }
  return fault === undefined ? Reply.answer(body) : fault(body)
}

/** Contacts of known customers; an unknown id is left out. */
export const contact = (
  bank: Bank.Bank,
  ids: ReadonlyArray<string>
): Reply.Reply<{ readonly contacts: ReadonlyArray<People.Contact> }> => {
  const fault = requestFault(bank, "contact", ids[0] ?? "")
  const contacts: Array<People.Contact> = []
  for (const id of ids) {
    const index = Bank.indexOf(bank, id)
    if (index !== undefined) contacts.push(People.contactOf(bank, index))
  }
  const body = { contacts }
  return fault === undefined ? Reply.answer(body) : fault(body)
}

/** Whether known customers may be contacted now; an unknown id is left out. */
export const permissions = (
  bank: Bank.Bank,
  ids: ReadonlyArray<string>
): Reply.Reply<{ readonly permissions: ReadonlyArray<People.Permission> }> => {
  const fault = requestFault(bank, "permissions", ids[0] ?? "")
  const permissions: Array<People.Permission> = []
  for (const id of ids) {
    const index = Bank.indexOf(bank, id)
    if (index !== undefined) permissions.push(People.permissionOf(bank, index))
  }
  const body = { permissions }
  return fault === undefined ? Reply.answer(body) : fault(body)
}
