/**
 * What was wrong with the feed of a back-test, row by row, in bounded memory.
 */
import type { BalanceRows, RowProblem } from "@tidemark/bank-file"

/** One problem as it is printed. */
export interface Issue {
  readonly code: string
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Issues collected so far. Changed in place. */
export interface Issues {
  readonly file: string
  readonly listed: Array<Issue>
  readonly unknownAccounts: Set<string>
  /** Beyond those listed. */
  more: number
}

/** More are counted, not kept: a feed of nonsense would have a million. */
const mostListed = 10_000

/** No issues. */
export const empty = (file: string): Issues => ({
  file,
  listed: [],
  unknownAccounts: new Set(),
  more: 0
})

const add = (issues: Issues, code: string, line: number, message: string): void => {
  if (issues.listed.length >= mostListed) issues.more++
  else issues.listed.push({ code, file: issues.file, line, message })
}

/** Rows that could not be read. */
export const addProblems = (issues: Issues, problems: ReadonlyArray<RowProblem>): void => {
  for (const { code, line, message } of problems) add(issues, code, line, message)
}

/** Rows of accounts the customers file does not name: each account once, at its first row. */
export const addUnknown = (
  issues: Issues,
  batch: BalanceRows.BalanceBatch,
  rows: ReadonlyArray<number>
): void => {
  for (const row of rows) {
    const account = Array.from(batch.accounts[row] ?? "").join("")
    if (issues.unknownAccounts.has(account)) continue
    issues.unknownAccounts.add(account)
    const message = "the customers file does not name this account; its rows are left out"
    add(issues, "UNKNOWN_ACCOUNT", batch.lines[row] ?? 0, message)
  }
}

/** Days with two different amounts. */
export const addConflicts = (
  issues: Issues,
  batch: BalanceRows.BalanceBatch,
  rows: ReadonlyArray<number>
): void => {
  for (const row of rows) {
    const date = batch.dates[row] ?? "date"
    const message = `another amount came before for this account and ${date}: a missing day`
    add(issues, "CONFLICT", batch.lines[row] ?? 0, message)
  }
}

/** The issues in the order of the file; a last one counts those that are not listed. */
export const inOrder = ({ file, listed, more }: Issues): ReadonlyArray<Issue> => {
  const sorted = listed.toSorted((left, right) => left.line - right.line)
  const message = `${more} more rows with issues are not listed`
  return more === 0
    ? sorted
    : [...sorted, { code: "MORE_ISSUES", file, line: sorted.at(-1)?.line ?? 0, message }]
}
