/** How a back-test is told: JSON lines, a table for people, `backtest.json`. */
import { mkdir, rename, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { type BalancePolicy, type Currency, Money } from "@tidemark/core/rules"
import type { Backtest, BacktestBalances } from "@tidemark/core/rules/report"
import { BadInput, oneLine } from "../TerminalFailure.ts"
import * as TerminalOutput from "../TerminalOutput.ts"
import type { Issue } from "./BacktestIssues.ts"

/** Everything a back-test has to tell. */
export interface Told {
  readonly flags: {
    readonly feed: string
    readonly list: boolean
    readonly carryForward: BalancePolicy.CarryForward
  }
  readonly currency: Currency.Currency
  readonly threshold: bigint
  readonly rows: number
  readonly balances: BacktestBalances.Balances
  readonly results: ReadonlyArray<Backtest.MonthResult>
  readonly issues: ReadonlyArray<Issue>
}

/** A month in the form of the public contract. **Source** — surfaces, "JSON lines". */
const monthJson = (result: Backtest.MonthResult, list: boolean) => {
  const { month, days, population, fullMonth, qualified, notQualified, undetermined } = result
  return {
    month,
    days,
    population,
    fullMonth,
    qualified,
    notQualified,
    undetermined,
    reasons: result.reasons,
    ...(list ? { qualifiedCustomers: result.qualifiedCustomers } : {})
  }
}

/** Issues first, then one object per month. */
export const json = (
  { flags, results, issues }: Told,
  out: TerminalOutput.TerminalOutput
): void => {
  for (const issue of issues) out.json({ issue })
  for (const result of results) out.json(monthJson(result, flags.list))
}

/** The folder and those above it. Node's own way never returns on some virtual file systems. */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined
    if (code === "EEXIST") return
    if (code !== "ENOENT" || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder)
  }
}

/** Writes `backtest.json`, whole or not at all. */
export const write = async (folder: string, told: Told): Promise<void> => {
  const { flags, results, issues } = told
  const report = {
    feed: flags.feed,
    thresholdMinor: told.threshold.toString(),
    currency: told.currency,
    carryForward: flags.carryForward,
    balances: told.rows,
    accounts: told.balances.accountIds.length,
    months: results.map((result) => monthJson(result, flags.list)),
    issues
  }
  const path = join(folder, "backtest.json")
  const unfinished = `${path}.${process.pid}.part`
  try {
    await makeFolder(folder)
    await writeFile(unfinished, `${JSON.stringify(report, null, 2)}\n`)
    await rename(unfinished, path)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown"
    throw new BadInput({ where: `--report ${folder}`, reason: `cannot be written (${code})` })
  }
  process.stderr.write(`report written: ${oneLine(path)}\n`)
}

const bars = 24

const bar = ({ qualified, population }: Backtest.MonthResult): string => {
  const full = population === 0 ? 0 : Math.round((bars * qualified) / population)
  // Somebody qualified, or somebody did not: the bar never hides it.
  const shown =
    qualified === 0 ? 0 : qualified === population ? bars : Math.min(bars - 1, Math.max(1, full))
  return "█".repeat(shown) + "░".repeat(bars - shown)
}

const words: Readonly<Record<string, string>> = {
  NOT_FULL_MONTH: "not a customer for the whole month",
  BELOW_THRESHOLD: "below the threshold on at least one day",
  DATA_INCOMPLETE: "no balance for at least one day, and none below the threshold"
}

const carried: Readonly<Record<BalancePolicy.CarryForward, string>> = {
  none: "every calendar day must be in the feed",
  "bank-days": "days the bank was closed take the balance before",
  always: "every day without a balance takes the balance before"
}

const mostIssuesShown = 10

const number = (value: number): string => value.toLocaleString("en-US")

/** A table, what its columns mean, why customers did not qualify, issues, the next command. */
export const text = (told: Told, out: TerminalOutput.TerminalOutput): void => {
  const { flags, results, issues, balances } = told
  const threshold = `${Money.formatGrouped(told.threshold, told.currency)} ${told.currency}`
  const accounts = number(balances.accountIds.length)
  out.line(`${oneLine(flags.feed)}: ${number(told.rows)} balances of ${accounts} accounts`)
  out.line(`At least ${threshold} on every calendar day; ${carried[flags.carryForward]}.`)
  out.line("")
  const header = ["month", "customers", "whole month", "qualified", "not qualified", "undetermined"]
  const rows = results.map((result) => [
    result.month,
    result.population,
    result.fullMonth,
    result.qualified,
    result.notQualified,
    result.undetermined,
    bar(result)
  ])
  for (const line of TerminalOutput.table([...header, "qualified of customers"], rows)) {
    out.line(line)
  }
  out.line("")
  out.line("customers     there on at least one day of the month; whole month: on all of them")
  out.line("qualified     at or above the threshold on every day: one SMS each, if reachable")
  out.line("undetermined  a day's balance is missing, so nobody can say: no SMS")
  reasons(results, out)
  tellIssues(issues, out)
  if (flags.list) list(results, out)
  out.line("")
  const feed = shellWord(flags.feed)
  out.line(
    flags.list
      ? `Next: tidemark backtest --feed ${feed} --report reports`
      : `Next: tidemark backtest --feed ${feed} --list    (who qualified)`
  )
}

/** A word for a POSIX shell, quoted where it needs to be. */
const shellWord = (text: string): string =>
  /^[\w./:@%+=-]+$/.test(text) ? text : `'${oneLine(text).replaceAll("'", `'\\''`)}'`

const reasons = (
  results: ReadonlyArray<Backtest.MonthResult>,
  out: TerminalOutput.TerminalOutput
): void => {
  const totals = new Map<string, number>()
  for (const result of results) {
    for (const [code, count] of Object.entries(result.reasons)) {
      if (words[code] !== undefined) totals.set(code, (totals.get(code) ?? 0) + count)
    }
  }
  if (totals.size === 0) return
  out.line("")
  out.line("Why not, over all months, each customer and month once:")
  const rows = Array.from(totals, ([code, count]) => [`  ${code}`, count, words[code] ?? ""])
  for (const line of TerminalOutput.table(["  reason", "customers", ""], rows)) out.line(line)
}

const tellIssues = (issues: ReadonlyArray<Issue>, out: TerminalOutput.TerminalOutput): void => {
  if (issues.length === 0) return
  out.line("")
  out.line(`${number(issues.length)} issues in the feed; the days concerned count as missing:`)
  for (const { code, file, line, message } of issues.slice(0, mostIssuesShown)) {
    out.line(`  ${oneLine(`${file}:${line}`)}  ${code}  ${message}`)
  }
  const more = issues.length - mostIssuesShown
  if (more > 0) out.line(`  … and ${number(more)} more (--json lists them)`)
}

const list = (
  results: ReadonlyArray<Backtest.MonthResult>,
  out: TerminalOutput.TerminalOutput
): void => {
  for (const { month, qualifiedCustomers } of results) {
    out.line("")
    out.line(`${month} qualified: ${qualifiedCustomers.map(oneLine).join(", ") || "nobody"}`)
  }
}
