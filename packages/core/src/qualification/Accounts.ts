/**
 * One customer with several accounts: which days the rule sees.
 *
 * Guarantees that a customer with one account is decided alike under every rule.
 */
import { meets, shortfall } from "../balance/BalanceCheck.ts"
import type { CarryForward } from "../balance/BalancePolicy.ts"
import * as MonthDays from "../balance/MonthDays.ts"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { Outcome } from "./Qualification.ts"
import type { WorstDay } from "./Reason.ts"

/** One account's amounts of a month as captured, before carry-forward. */
export interface AccountMonth {
  readonly accountId: string
  /** Whether the bank names it the customer's primary account. */
  readonly primary: boolean
  readonly opened?: BusinessDate
  readonly closed?: BusinessDate
  /** Minor units by day, index 0 is day 1; `undefined` where there is no balance. */
  readonly minorUnits: ReadonlyArray<bigint | undefined>
  /** Days in conflict, as a set; their amounts are not balances. */
  readonly conflict: number
  /** The last balance before the month; `null` when there is none. */
  readonly before: bigint | null
}

/** How the days of a month without a balance are filled. */
export interface Filling {
  readonly month: CalendarMonth.CalendarMonth
  readonly mode: CarryForward
  /** Days on which the bank closes no books. */
  readonly closedBits: number
  readonly thresholdMinorUnits: bigint
}

/** The days and amounts the rule is applied to. */
export interface FilledMonth {
  readonly days: MonthDays.MonthDays
  /** By day, index 0 is day 1; `undefined` where neither observed nor derived. */
  readonly minorUnits: ReadonlyArray<bigint | undefined>
}

/**
 * Fills one account's month and compares every day with the threshold.
 *
 * **Source** — product rules, "Days" (`carryForward`).
 */
export const fill = (account: AccountMonth, filling: Filling): FilledMonth => {
  const days = CalendarMonth.days(filling.month)
  const monthBits = MonthDays.allDays(days)
  const conflict = account.conflict & monthBits
  let observed = 0
  for (let day = 1; day <= days; day++) {
    const bit = MonthDays.bitOf(day)
    if (account.minorUnits[day - 1] !== undefined && (conflict & bit) === 0) observed |= bit
  }
  const before = account.before === null ? null : true
  const { mode, closedBits, thresholdMinorUnits } = filling
  const derived = MonthDays.derivable(mode, observed, conflict, monthBits, closedBits, before)
  const amounts: Array<bigint | undefined> = []
  let last = account.before ?? undefined
  let met = 0
  for (let day = 1; day <= days; day++) {
    const bit = MonthDays.bitOf(day)
    if ((observed & bit) !== 0) last = account.minorUnits[day - 1]
    const amount = ((observed | derived) & bit) === 0 ? undefined : last
    if (amount !== undefined && meets(amount, thresholdMinorUnits)) met |= bit
    amounts.push(amount)
  }
  return { days: { observed, met, derived, waived: 0, conflict }, minorUnits: amounts }
}

/**
 * The account the rule looks at under `primaryAccount`.
 *
 * **Outcomes, first match wins** — the only account; the only one named primary; `undefined`
 * (none or several are named: a data-quality issue `NO_PRIMARY_ACCOUNT`).
 *
 * **Source** — product rules, "Days".
 */
export const primaryAccount = <A extends { readonly primary: boolean }>(
  accounts: ReadonlyArray<A>
): A | undefined => {
  if (accounts.length === 1) return accounts[0]
  const primary = accounts.filter((account) => account.primary)
  return primary.length === 1 ? primary[0] : undefined
}

/**
 * Which of the accounts speaks for the customer under `anyAccount`: the one with the best
 * outcome, the first of equals. One account must pass every day alone; days of different
 * accounts are never put together.
 *
 * **Shapes and units** — `outcomes`: of each account, in the order of their ids.
 *
 * **Outcomes** — its index; -1 without accounts.
 *
 * **Source** — product rules, "Days".
 */
export const anyAccount = (outcomes: ReadonlyArray<Outcome>): number => {
  let best = -1
  let bestOutcome = -1
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome <= bestOutcome) continue
    best = index
    bestOutcome = outcome
  }
  return best
}

const isOpenOn = (account: AccountMonth, date: BusinessDate): boolean =>
  (account.opened === undefined || account.opened <= date) &&
  (account.closed === undefined || account.closed > date)

/**
 * The customer's month under `sumOfAccounts`: each day's balances added, then compared.
 *
 * An account takes part on the days it is open. A day is known when every account open on it
 * has a balance, observed or derived; it is derived when one of them is, and in conflict when
 * one of them is. A day on which no account is open is missing.
 *
 * **Source** — product rules, "Days".
 */
export const sumOfAccounts = (
  accounts: ReadonlyArray<AccountMonth>,
  filling: Filling
): FilledMonth => {
  const filled = accounts.map((account) => ({ account, month: fill(account, filling) }))
  const days = CalendarMonth.days(filling.month)
  const amounts: Array<bigint | undefined> = []
  let observed = 0
  let derived = 0
  let conflict = 0
  let met = 0
  for (let day = 1; day <= days; day++) {
    const bit = MonthDays.bitOf(day)
    const date = CalendarMonth.dateAt(filling.month, day)
    let sum = 0n
    let open = 0
    let known = 0
    let isDerived = false
    for (const { account, month } of filled) {
      if (!isOpenOn(account, date)) continue
      open++
      if ((month.days.conflict & bit) !== 0) conflict |= bit
      if ((month.days.derived & bit) !== 0) isDerived = true
      const amount = month.minorUnits[day - 1]
      if (amount === undefined) continue
      known++
      sum += amount
    }
    if (open === 0 || known < open) {
      amounts.push(undefined)
      continue
    }
    amounts.push(sum)
    if (isDerived) derived |= bit
    else observed |= bit
    if (meets(sum, filling.thresholdMinorUnits)) met |= bit
  }
  return { days: { observed, met, derived, waived: 0, conflict }, minorUnits: amounts }
}

/**
 * The required day with the largest shortfall, the earliest of equals; `undefined` when every
 * known required day meets the threshold.
 *
 * **Source** — product rules, "Days": shortfall at the worst day.
 */
export const worstDay = (
  filled: FilledMonth,
  month: CalendarMonth.CalendarMonth,
  thresholdMinorUnits: bigint,
  waived: number
): WorstDay | undefined => {
  let worst = 0n
  let worstOn = 0
  for (const [index, amount] of filled.minorUnits.entries()) {
    if (amount === undefined || MonthDays.has(waived, index + 1)) continue
    const short = shortfall(amount, thresholdMinorUnits)
    if (short <= worst) continue
    worst = short
    worstOn = index + 1
  }
  if (worstOn === 0) return undefined
  return { date: CalendarMonth.dateAt(month, worstOn), shortfallMinorUnits: worst }
}
