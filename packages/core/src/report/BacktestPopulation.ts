/**
 * Who a back-test decides about: customers and their accounts as compact arrays.
 *
 * Guarantees a few bytes per account, so that a million customers fit beside their balances.
 * Leaves the rule for several accounts to `qualification`; a back-test looks at the primary one.
 */
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"

/** One row of a customers file. */
export interface CustomerRow {
  readonly customerId: string
  /** Index of the account among the accounts of the back-test. */
  readonly account: number
  readonly primary: boolean
  /** First day the account is there; absent: before anything known. */
  readonly opened?: BusinessDate | undefined
  /** First day it is no longer there; absent: still open. */
  readonly closed?: BusinessDate | undefined
}

/** Customers in ascending order of id, each with a run of accounts. */
export interface Population {
  readonly customerIds: ReadonlyArray<string>
  /** Where each customer's accounts begin; one entry more than customers. */
  readonly starts: Int32Array
  readonly accounts: Int32Array
  readonly primary: Uint8Array
  readonly opened: ReadonlyArray<BusinessDate | undefined>
  readonly closed: ReadonlyArray<BusinessDate | undefined>
}

/**
 * Groups the rows of a customers file by customer. Rows may come in any order; the result does not
 * depend on it.
 *
 * **Source** — surfaces, customers CSV; product rules, "Days".
 */
export const make = (rows: ReadonlyArray<CustomerRow>): Population => {
  const sorted = rows.toSorted((a, b) =>
    a.customerId === b.customerId ? a.account - b.account : a.customerId < b.customerId ? -1 : 1
  )
  const customerIds: Array<string> = []
  const starts: Array<number> = []
  const accounts = new Int32Array(rows.length)
  const primary = new Uint8Array(rows.length)
  const opened: Array<BusinessDate | undefined> = []
  const closed: Array<BusinessDate | undefined> = []
  for (const [position, row] of sorted.entries()) {
    if (customerIds.at(-1) !== row.customerId) {
      customerIds.push(row.customerId)
      starts.push(position)
    }
    accounts[position] = row.account
    primary[position] = row.primary ? 1 : 0
    opened.push(row.opened)
    closed.push(row.closed)
  }
  starts.push(rows.length)
  return { customerIds, starts: Int32Array.from(starts), accounts, primary, opened, closed }
}

const isActive = (
  population: Population,
  entry: number,
  first: BusinessDate,
  last: BusinessDate
): boolean => {
  const opened = population.opened[entry]
  const closed = population.closed[entry]
  if (opened !== undefined && closed !== undefined && closed <= opened) return false
  return (opened === undefined || opened <= last) && (closed === undefined || closed > first)
}

/** A customer who was not there on any day of the month. */
export const absent = -1
/** A customer whose accounts name no primary one, or several. */
export const noPrimary = -2

/**
 * The entry (of `accounts`, `opened`, `closed`) that speaks for a customer in a month.
 *
 * **Outcomes, first match wins** — `absent`: no account was open on any day of the month; the only
 * account that was; the only one of them named primary; `noPrimary`.
 *
 * **Source** — product rules, "Days": population, `primaryAccount`.
 */
export const entryOf = (
  population: Population,
  customer: number,
  month: CalendarMonth.CalendarMonth
): number => {
  const first = CalendarMonth.first(month)
  const last = CalendarMonth.last(month)
  const from = population.starts[customer] ?? 0
  const to = population.starts[customer + 1] ?? from
  let active = 0
  let only = absent
  let primaries = 0
  let primary = noPrimary
  for (let entry = from; entry < to; entry++) {
    if (!isActive(population, entry, first, last)) continue
    active++
    only = entry
    if (population.primary[entry] !== 1) continue
    primaries++
    primary = entry
  }
  if (active <= 1) return only
  return primaries === 1 ? primary : noPrimary
}
