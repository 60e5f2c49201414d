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
import type { WaivedDays } from "../ports/store/Amendments.ts"
import type { ActiveCustomer, CustomerAccount } from "../ports/Customers.ts"
import * as Accounts from "../qualification/Accounts.ts"
import * as Qualification from "../qualification/Qualification.ts"
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
  if (rule !== "primaryAccount") return accounts
  const primary = Accounts.primaryAccount(accounts)
  return primary === undefined ? [] : [primary]
}

/**
 * What to ask the history for a page of customers. Under `anyAccount` each account is asked for by
 * itself: days of different accounts are never put together.
 */
export const evidenceRequest = (
  month: CalendarMonth.CalendarMonth,
  customers: ReadonlyArray<ActiveCustomer>,
  pinned: PinnedPolicy
): EvidenceRequest => {
  const { policy } = pinned
  const rule = policy.qualification.accounts
  const asked: Array<EvidenceRequest["customers"][number]> = []
  for (const { accounts, customerId } of customers) {
    const accountIds = ruled(accounts, rule).map((account) => account.accountId)
    // Without an account nothing is known, and the customer is still one of the population.
    if (rule !== "anyAccount" || accountIds.length === 0) asked.push({ customerId, accountIds })
    else for (const accountId of accountIds) asked.push({ customerId, accountIds: [accountId] })
  }
  const { thresholdMinorUnits } = policy.balance
  const carried = carriedFrom(month, pinned)
  return {
    month,
    thresholdMinor: thresholdMinorUnits,
    combine: rule,
    customers: asked,
    ...(carried !== undefined && { carriesFrom: carried })
  }
}

/**
 * The date whose balance the closed days at the beginning of a month take: the last business day
 * before it. Where that balance is missing, those days miss theirs. Only a policy that carries over
 * any gap looks further back.
 *
 * **Source** — product rules, Days (`carryForward`).
 */
export const carriedFrom = (
  month: CalendarMonth.CalendarMonth,
  { calendar, policy }: PinnedPolicy
): BusinessDate | undefined =>
  policy.balance.carryForward === "always"
    ? undefined
    : BankCalendar.previousBusinessDay(calendar, CalendarMonth.first(month))

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
  waivers: ReadonlyArray<WaivedDays>,
  pinned: PinnedPolicy
): ReadonlyArray<CustomerEvidence> => {
  const waivedOf = new Map(waivers.map(({ customerId, waived }) => [customerId, waived]))
  const byCustomer = new Map<string, Array<CustomerEvidence>>()
  const accountsOf = new Map(customers.map((customer) => [customer.customerId, customer.accounts]))
  for (let i = 0; i < request.customers.length; i++) {
    const asked = request.customers[i]
    const found = evidence[i]
    if (asked === undefined || found === undefined) continue
    const accounts = accountsOf.get(asked.customerId) ?? []
    const waived = waivedOf.get(asked.customerId) ?? 0
    const entry = entryOf(month, asked, accounts, found, waived, pinned)
    const entries = byCustomer.get(asked.customerId)
    if (entries === undefined) byCustomer.set(asked.customerId, [entry])
    else entries.push(entry)
  }
  const joined: Array<CustomerEvidence> = []
  for (const { customerId } of customers) {
    const entries = byCustomer.get(customerId) ?? []
    const best = Accounts.anyAccount(entries.map((entry) => outcomeOf(month, entry)))
    const entry = entries[best]
    if (entry !== undefined) joined.push(entry)
  }
  return joined
}

const entryOf = (
  month: CalendarMonth.CalendarMonth,
  { accountIds, customerId }: EvidenceRequest["customers"][number],
  accounts: ReadonlyArray<CustomerAccount>,
  found: MonthEvidence,
  waived: number,
  { calendar, policy }: PinnedPolicy
): CustomerEvidence => {
  const { carryForward, thresholdMinorUnits } = policy.balance
  const closedBits = BankCalendar.closedBits(calendar, month)
  const observed = { ...MonthDays.none, ...bits(found), waived }
  const counted = accounts.filter((account) => accountIds.includes(account.accountId))
  return {
    customerId,
    accountIds,
    ...present(counted.length > 0 ? counted : accounts),
    days: MonthDays.carryForward(carryForward, observed, month, closedBits, found.before),
    worst: worstOf(found, month, thresholdMinorUnits),
    ledgerHash: found.ledgerHash
  }
}

const outcomeOf = (
  month: CalendarMonth.CalendarMonth,
  { closed, days, opened }: CustomerEvidence
): Qualification.Outcome =>
  Qualification.decideOutcome(
    Qualification.isFullMonth(month, opened, closed),
    MonthDays.allDays(CalendarMonth.days(month)),
    MonthDays.known(days),
    days.met,
    days.waived
  )

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
