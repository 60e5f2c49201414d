/**
 * What the program would have decided on historic balances, month by month.
 *
 * Decides by the rules of `balance` and `qualification`; it has none of its own. Balances come
 * collected from `BacktestBalances`, customers from `BacktestPopulation`.
 */
import type { CarryForward } from "../balance/BalancePolicy.ts"
import * as MonthDays from "../balance/MonthDays.ts"
import * as BankCalendar from "../calendar/BankCalendar.ts"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as Qualification from "../qualification/Qualification.ts"
import type { DecidingCode } from "../qualification/Reason.ts"
import * as BacktestBalances from "./BacktestBalances.ts"
import * as BacktestPopulation from "./BacktestPopulation.ts"

/** How balances are judged. */
export interface Rule {
  readonly carryForward: CarryForward
  readonly calendar: BankCalendar.BankCalendar
}

/**
 * Every account as a customer of its own, there from its first balance to its last.
 *
 * Where closed days take the balance before, an account whose last balance is followed only by
 * closed days is there to the end of that month: no balance can come on such a day.
 *
 * **Source** — surfaces, `backtest` without customers; product rules, "Days" (`carryForward`).
 */
export const accountsAsCustomers = (
  balances: BacktestBalances.Balances,
  rule: Rule
): BacktestPopulation.Population => {
  const rows = balances.accountIds.map((customerId, account) => {
    const nothing: { opened?: BusinessDate | undefined; closed?: BusinessDate | undefined } = {}
    return { customerId, account, primary: true, ...nothing }
  })
  for (const month of BacktestBalances.monthsOf(balances)) {
    const { observed, conflict } = BacktestBalances.columnsIn(balances, month)
    const dates = [...CalendarMonth.dates(month), CalendarMonth.first(CalendarMonth.next(month))]
    const closedBits =
      rule.carryForward === "bank-days" ? BankCalendar.closedBits(rule.calendar, month) : 0
    const monthBits = MonthDays.allDays(CalendarMonth.days(month))
    for (let account = 0; account < observed.length; account++) {
      const days =
        BacktestBalances.bitsAt(observed, account) | BacktestBalances.bitsAt(conflict, account)
      const row = rows[account]
      if (days === 0 || row === undefined) continue
      row.opened ??= dates[31 - Math.clz32(days & -days)]
      const dayAfter = 32 - Math.clz32(days)
      const open = monthBits & ~closedBits & ~MonthDays.allDays(dayAfter)
      row.closed = open === 0 ? dates.at(-1) : dates[dayAfter]
    }
  }
  return BacktestPopulation.make(rows)
}

/** One month as the program would have decided it. */
export interface MonthResult {
  readonly month: CalendarMonth.CalendarMonth
  readonly days: number
  /** Customers there on any day of the month, and on all of them. */
  readonly population: number
  readonly fullMonth: number
  readonly qualified: number
  readonly notQualified: number
  readonly undetermined: number
  /** Each customer once, under the first reason; codes that occur, in precedence order. */
  readonly reasons: Readonly<Partial<Record<DecidingCode, number>>>
  /** In ascending order. */
  readonly qualifiedCustomers: ReadonlyArray<string>
  /** Customers whose accounts name no primary one, or several; they are undetermined. */
  readonly withoutPrimary: ReadonlyArray<string>
}

/**
 * Decides months, which come in ascending order.
 *
 * A customer without a primary account has no balances anybody could use: full month, all days
 * missing, `DATA_INCOMPLETE`.
 *
 * **Source** — product rules, "Days"; surfaces, `backtest`.
 */
export const decide = (
  balances: BacktestBalances.Balances,
  population: BacktestPopulation.Population,
  months: ReadonlyArray<CalendarMonth.CalendarMonth>,
  rule: Rule
): ReadonlyArray<MonthResult> => {
  const before = new Int8Array(balances.accountIds.length).fill(unknownVerdict)
  // Every month from the first with balances on, one without any too: its last day is not known.
  let earlier = BacktestBalances.monthsOf(balances)[0]
  return months.map((month) => {
    earlier ??= month
    for (; earlier < month; earlier = CalendarMonth.next(earlier)) {
      rememberLast(BacktestBalances.columnsIn(balances, earlier), before, carriedDay(earlier, rule))
    }
    const columns = BacktestBalances.columnsIn(balances, month)
    return decideMonth(columns, population, month, rule, before)
  })
}

const unknownVerdict = -1

/**
 * The day of a month whose balance the next month's first days take: its last business day. `null`
 * where any balance does; 0 where the bank closed no books all month.
 */
const carriedDay = (month: CalendarMonth.CalendarMonth, rule: Rule): number | null => {
  if (rule.carryForward === "always") return null
  const days = MonthDays.allDays(CalendarMonth.days(month))
  return 32 - Math.clz32(days & ~BankCalendar.closedBits(rule.calendar, month))
}

/** Keeps the verdict of the balance each account carries into the month after. */
const rememberLast = (
  { observed, met }: BacktestBalances.MonthColumns,
  before: Int8Array,
  carried: number | null
): void => {
  if (carried === 0) return
  for (let account = 0; account < before.length; account++) {
    const days = BacktestBalances.bitsAt(observed, account)
    if (carried !== null && days >>> (carried - 1) === 0) {
      before[account] = unknownVerdict
      continue
    }
    if (days === 0) continue
    const last = MonthDays.bitOf(32 - Math.clz32(days))
    before[account] = (BacktestBalances.bitsAt(met, account) & last) === 0 ? 0 : 1
  }
}

const decideMonth = (
  columns: BacktestBalances.MonthColumns,
  population: BacktestPopulation.Population,
  month: CalendarMonth.CalendarMonth,
  rule: Rule,
  before: Int8Array
): MonthResult => {
  const monthBits = MonthDays.allDays(CalendarMonth.days(month))
  const closedBits = BankCalendar.closedBits(rule.calendar, month)
  const counts: Counts = { 0: 0, 1: 0, 2: 0, 3: 0 }
  const qualifiedCustomers: Array<string> = []
  const withoutPrimary: Array<string> = []
  let fullMonth = 0
  for (const [customer, customerId] of population.customerIds.entries()) {
    const entry = BacktestPopulation.entryOf(population, customer, month)
    if (entry === BacktestPopulation.absent) continue
    if (entry === BacktestPopulation.noPrimary) withoutPrimary.push(customerId)
    const account = population.accounts[entry] ?? -1
    const full = Qualification.isFullMonth(
      month,
      population.opened[entry],
      population.closed[entry]
    )
    if (full) fullMonth++
    const observed = BacktestBalances.bitsAt(columns.observed, account)
    const met = BacktestBalances.bitsAt(columns.met, account)
    const last = before[account] ?? unknownVerdict
    const verdict = last === unknownVerdict ? null : last === 1
    const conflict = BacktestBalances.bitsAt(columns.conflict, account)
    const mode = rule.carryForward
    const derived = MonthDays.derivable(mode, observed, conflict, monthBits, closedBits, verdict)
    const met2 = met | MonthDays.derivedMet(observed, met, derived, verdict)
    const outcome = Qualification.decideOutcome(full, monthBits, observed | derived, met2, 0)
    counts[outcome]++
    if (outcome === Qualification.Outcome.qualified) qualifiedCustomers.push(customerId)
  }
  return {
    month,
    days: CalendarMonth.days(month),
    ...summary(counts),
    fullMonth,
    qualifiedCustomers,
    withoutPrimary
  }
}

/** Customers by outcome. */
type Counts = Record<Qualification.Outcome, number>

const outcomes: ReadonlyArray<Qualification.Outcome> = [0, 1, 2, 3]

const summary = (counts: Counts) => {
  const reasons: Partial<Record<DecidingCode, number>> = {}
  let population = 0
  for (const outcome of outcomes) {
    const count = counts[outcome]
    population += count
    if (count > 0) reasons[Qualification.codeOf(outcome)] = count
  }
  const { notFullMonth, belowThreshold, dataIncomplete, qualified } = Qualification.Outcome
  return {
    population,
    qualified: counts[qualified],
    notQualified: counts[notFullMonth] + counts[belowThreshold],
    undetermined: counts[dataIncomplete],
    reasons
  }
}
