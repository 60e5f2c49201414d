/** `tidemark backtest`: what the program would have decided on historic balances. */
import { BalanceRows, CustomersFile, FeedFileError } from "@tidemark/bank-file"
import {
  BankCalendar,
  type BalancePolicy,
  CalendarMonth,
  Currency,
  Money
} from "@tidemark/core/rules"
import { Backtest, BacktestBalances, BacktestPopulation } from "@tidemark/core/rules/report"
import * as Option from "effect/Option"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"
import * as TerminalProgress from "../TerminalProgress.ts"
import * as BacktestIssues from "./BacktestIssues.ts"
import * as BacktestOutput from "./BacktestOutput.ts"

/** The flags as the command line gives them. */
export interface Flags {
  readonly feed: string
  readonly feedFormat: Option.Option<string>
  readonly customers: Option.Option<string>
  readonly from: Option.Option<string>
  readonly to: Option.Option<string>
  readonly threshold: string
  readonly currency: string
  readonly carryForward: BalancePolicy.CarryForward
  readonly list: boolean
  readonly report: Option.Option<string>
}

/** A longer back-test comes of a mistyped year in the feed. */
const mostMonths = 600

const month = (flag: string, value: Option.Option<string>) => {
  if (Option.isNone(value)) return undefined
  const parsed = CalendarMonth.parse(value.value)
  if (parsed !== undefined) return parsed
  throw new BadInput({ reason: `--${flag}: not a month of the form YYYY-MM` })
}

const settingsOf = (flags: Flags) => {
  const currency = Currency.parse(flags.currency)
  if (currency === undefined) {
    throw new BadInput({ reason: "--currency: not a currency code of ISO 4217, such as ILS" })
  }
  const threshold = Money.parseMinorUnits(flags.threshold, { currency })
  if (typeof threshold !== "bigint") {
    const why = threshold.reason
    const reason = `--threshold: not an amount in ${currency} (${why}), such as 15000.00`
    throw new BadInput({ reason })
  }
  const from = month("from", flags.from)
  const to = month("to", flags.to)
  if (from !== undefined && to !== undefined && from > to) {
    throw new BadInput({ reason: "--from is after --to" })
  }
  return { currency, threshold, from, to }
}

/** What is wrong with a file is the caller's to put right. */
const badInput = (error: unknown): unknown => {
  if (!(error instanceof FeedFileError)) return error
  const { file, line, reason } = error
  return new BadInput({ where: line === undefined ? file : `${file}:${line}`, reason })
}

/** Reads everything before it prints anything. */
export const backtest = async (flags: Flags, context: CommandContext): Promise<void> => {
  const settings = settingsOf(flags)
  const collected = await collect(flags, settings, context).catch((error: unknown) => {
    throw badInput(error)
  })
  const { balances, issues } = collected
  const rule = { carryForward: flags.carryForward, calendar: BankCalendar.israel() }
  const population = collected.population ?? Backtest.accountsAsCustomers(balances, rule)
  const months = monthsBetween(balances, settings.from, settings.to)
  const results = Backtest.decide(balances, population, months, rule)
  const told = { flags, ...settings, rows: collected.rows, balances, results, issues }
  const report = Option.getOrUndefined(flags.report)
  if (report !== undefined) await BacktestOutput.write(report, told)
  if (context.json) BacktestOutput.json(told, context.out)
  else BacktestOutput.text(told, context.out)
}

const collect = async (
  flags: Flags,
  { currency, threshold }: ReturnType<typeof settingsOf>,
  { signal }: CommandContext
) => {
  const customersFile = Option.getOrUndefined(flags.customers)
  const balances = BacktestBalances.empty(threshold, customersFile !== undefined)
  const population =
    customersFile === undefined ? undefined : await readCustomers(customersFile, balances, signal)
  const issues = BacktestIssues.empty(flags.feed)
  const format = Option.getOrUndefined(flags.feedFormat)
  const options = { currency, format, signal }
  let rows = 0
  const reading = TerminalProgress.make("reading balances", process.stderr)
  for await (const batch of BalanceRows.read(flags.feed, options)) {
    const unknown = BacktestBalances.add(balances, batch)
    BacktestIssues.addUnknown(issues, batch, unknown)
    BacktestIssues.addProblems(issues, batch.problems)
    rows += batch.size
    reading.at(batch.done, `${rows.toLocaleString("en-US")} rows`)
  }
  reading.end()
  if (balances.repeats > 0) {
    const comparing = TerminalProgress.make("comparing repeated days", process.stderr)
    for await (const batch of BalanceRows.read(flags.feed, options)) {
      const conflicts = BacktestBalances.compareRepeats(balances, batch)
      BacktestIssues.addConflicts(issues, batch, conflicts)
      comparing.at(batch.done, `${balances.repeats.toLocaleString("en-US")} repeated days`)
    }
    comparing.end()
  }
  return { balances, population, issues: BacktestIssues.inOrder(issues), rows }
}

const readCustomers = async (
  file: string,
  balances: BacktestBalances.Balances,
  signal: AbortSignal
): Promise<BacktestPopulation.Population> => {
  const rows = await CustomersFile.read(file, signal)
  return BacktestPopulation.make(
    rows.map(({ customerId, accountId, primary, opened, closed }) => {
      const account = BacktestBalances.register(balances, accountId)
      return { customerId, account, primary, opened, closed }
    })
  )
}

const monthsBetween = (
  balances: BacktestBalances.Balances,
  from: CalendarMonth.CalendarMonth | undefined,
  to: CalendarMonth.CalendarMonth | undefined
): ReadonlyArray<CalendarMonth.CalendarMonth> => {
  const found = BacktestBalances.monthsOf(balances)
  const first = from ?? found[0]
  const last = to ?? found.at(-1)
  if (first === undefined || last === undefined) return []
  const months: Array<CalendarMonth.CalendarMonth> = []
  for (let at = first; at <= last; at = CalendarMonth.next(at)) {
    if (months.push(at) > mostMonths) {
      const reason = `more than ${mostMonths} months from ${first} to ${last}: name --from and --to`
      throw new BadInput({ reason })
    }
  }
  return months
}
