/**
 * Joins who was active in a month with what the ledger knows of them, in plain loops over a page.
 *
 * **Source** — product rules, Days (several accounts, carry-forward, not a full month).
 */
import * as BankCalendar from "../calendar/BankCalendar.ts"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as MonthDays from "../balance/MonthDays.ts"
import * as BalanceCheck from "../balance/BalanceCheck.ts"
import type { EvidenceRequest, MonthEvidence } from "../ports/BalanceHistory.ts"
import type { ActiveCustomer, CustomerAccount } from "../ports/Customers.ts"
import type { AccountRule } from "../qualification/QualificationPolicy.ts"
import type { WorstDay } from "../qualification/Reason.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"

/** A customer's month, ready to be decided. */
export interface CustomerEvidence {
  readonly customerId: string
  readonly accountIds: ReadonlyArray<string>
  readonly opened: BusinessDate | undefined
  readonly closed: BusinessDate | undefined
  readonly days: MonthDays.MonthDays
  readonly worst: WorstDay | undefined
  readonly ledgerHash: Uint8Array
}

export interface EvidencePage {
  readonly customers: ReadonlyArray<CustomerEvidence>
  readonly nextCursor: string | null
}

/** The accounts the rule looks at; none when a single primary account cannot be told. */
const ruled = (
  accounts: ReadonlyArray<CustomerAccount>,
  rule: AccountRule
): ReadonlyArray<CustomerAccount> => {
  if (rule !== "primaryAccount" || accounts.length === 1) return accounts
  const primary = accounts.filter((account) => account.primary)
  return primary.length === 1 ? primary : []
}

/** What to ask the history for a page of customers. */
export const evidenceRequest = (
  month: CalendarMonth.CalendarMonth,
  customers: ReadonlyArray<ActiveCustomer>,
  { policy }: PinnedPolicy
): EvidenceRequest => ({
  month,
  thresholdMinor: policy.balance.thresholdMinorUnits,
  combine: policy.qualification.accounts,
  customers: customers.map((customer) => ({
    customerId: customer.customerId,
    accountIds: ruled(customer.accounts, policy.qualification.accounts).map(
      (account) => account.accountId
    )
  }))
})

/** The customer was there from the first account's opening to the last one's closing. */
const present = (
  accounts: ReadonlyArray<CustomerAccount>
): { readonly opened: BusinessDate | undefined; readonly closed: BusinessDate | undefined } => {
  let opened: BusinessDate | undefined = accounts[0]?.openedOn ?? undefined
  let closed: BusinessDate | undefined = accounts[0]?.closedOn ?? undefined
  for (const account of accounts) {
    if (account.openedOn === null) opened = undefined
    else if (opened !== undefined && account.openedOn < opened) opened = account.openedOn
    if (account.closedOn === null) closed = undefined
    else if (closed !== undefined && account.closedOn > closed) closed = account.closedOn
  }
  return { opened, closed }
}

/** One entry per customer of the page, in its order; carried forward by the month's policy. */
export const join = (
  month: CalendarMonth.CalendarMonth,
  customers: ReadonlyArray<ActiveCustomer>,
  request: EvidenceRequest,
  evidence: ReadonlyArray<MonthEvidence>,
  { calendar, policy }: PinnedPolicy
): ReadonlyArray<CustomerEvidence> => {
  const closedBits = BankCalendar.closedBits(calendar, month)
  const { carryForward, thresholdMinorUnits } = policy.balance
  const joined: Array<CustomerEvidence> = []
  for (let i = 0; i < customers.length; i++) {
    const customer = customers[i]
    const asked = request.customers[i]
    const found = evidence[i]
    if (customer === undefined || asked === undefined || found === undefined) continue
    const accounts = ruled(customer.accounts, policy.qualification.accounts)
    const observed = { ...MonthDays.none, ...bits(found) }
    joined.push({
      customerId: customer.customerId,
      accountIds: asked.accountIds,
      ...present(accounts.length > 0 ? accounts : customer.accounts),
      days: MonthDays.carryForward(carryForward, observed, month, closedBits, found.before),
      worst: worstOf(found, month, thresholdMinorUnits),
      ledgerHash: found.ledgerHash
    })
  }
  return joined
}

const bits = ({ conflict, met, observed }: MonthEvidence) => ({
  observed: observed & ~conflict,
  met: met & observed & ~conflict,
  conflict
})

const worstOf = (
  { worst }: MonthEvidence,
  month: CalendarMonth.CalendarMonth,
  thresholdMinorUnits: bigint
): WorstDay | undefined => {
  if (worst === null) return undefined
  const shortfallMinorUnits = BalanceCheck.shortfall(worst.minorUnits, thresholdMinorUnits)
  if (shortfallMinorUnits === 0n) return undefined
  return { date: CalendarMonth.dateAt(month, worst.day), shortfallMinorUnits }
}
