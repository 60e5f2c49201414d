/**
 * What the sandbox bank answers: pages of balances and customers, contacts and permissions, with
 * the scripted faults.
 *
 * **Source** — product rules, "Days", "Recipient"; fault list, bank feed.
 */
import * as BankCalendar from "../calendar/BankCalendar.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as Money from "../money/Money.ts"
import * as Bank from "./SandboxBank.ts"
import * as Rows from "./SandboxBankRows.ts"
import * as People from "./SandboxPeople.ts"
import * as Reply from "./SandboxReply.ts"
import * as Script from "./SandboxScript.ts"

export { readyMs } from "./SandboxBankRows.ts"
export type { BalanceItem } from "./SandboxBankRows.ts"

export interface BalancesAnswer {
  readonly businessDate: string
  readonly items: ReadonlyArray<Rows.BalanceItem>
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
  const currency = Rows.currencyOf(bank)
  if (start === undefined || currency === undefined) return Reply.status(400, "BAD_CURSOR")
  const fault = requestFault(bank, "balances", date)
  const ready = Rows.readyMs(bank, businessDate)
  if (fault === undefined && nowMs < ready) {
    return Reply.status(409, "NOT_READY", Math.ceil((ready - nowMs) / 1000))
  }
  const { pageSize, customers } = bank.options
  const end = Math.min(start + pageSize, customers)
  const items: Array<Rows.BalanceItem> = []
  const open = BankCalendar.isBusinessDay(bank.options.calendar, businessDate)
  const empty = !open || Rows.dateFault(bank, "empty", date) !== undefined
  if (!empty) {
    const rules = Rows.rowRules(bank, date)
    for (let index = start; index < end; index++) {
      for (const { item } of Rows.rowsOf(bank, index, businessDate, rules, nowMs, currency)) {
        items.push(item)
      }
    }
  }
  const last = empty || end === customers
  const totals = !last
    ? null
    : empty
      ? { count: 0, sumMinor: 0n }
      : Rows.totalsOf(bank, businessDate, nowMs, currency)
  const off = Rows.dateFault(bank, "wrong-totals", date) === undefined ? 0 : 1
  const stuck = Rows.dateFault(bank, "stuck-cursor", date) !== undefined
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
