/**
 * The closing-balances port over files a bank puts down: one file per business date, or one file of
 * history.
 *
 * **Guarantee** — a page is whole or an error: a file is read to its end before its first page is
 * given. **Ordering** — the order of the file; the cursor is a row number. **Limits** — a file of
 * history is kept in memory by date until it changes on disk (about 150 bytes a row, so some ten
 * million rows); one file per date keeps one date. A date later than all of a file's rows is
 * `NotReady`; an earlier one without rows is an empty page. Files hold no control totals.
 *
 * **Source** — ports, ClosingBalances; original architecture §3.1.
 */
import { promises } from "node:fs"
import {
  ClosingBalances,
  ClosingBalancesError,
  type BalancePage,
  type FeedProblem
} from "@tidemark/core/effect"
import { BusinessDate, type ClosingBalance, Money } from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { classifyError } from "./classifyError.ts"
import type { BankFileOptions } from "./Config.ts"
import * as FeedFile from "./FeedFile.ts"
import type { RowProblem } from "./FeedFileError.ts"

/** A file as it was read. */
interface ReadFile {
  readonly file: string
  /** Modification time and size: when they are others the file is read again. */
  readonly version: string
  readonly byDate: ReadonlyMap<string, ReadonlyArray<ClosingBalance.CapturedRow>>
  readonly problems: ReadonlyArray<FeedProblem>
  /** The latest date of its rows, as text. */
  readonly latest: string
}

const defaultPageRows = 5_000

/** The file of a business date: `{date}` in the path stands for `YYYY-MM-DD`. */
export const fileOf = (path: string, businessDate: BusinessDate.BusinessDate): string =>
  path.replaceAll("{date}", businessDate)

const portProblem = ({ code, file, line, message }: RowProblem): FeedProblem => ({
  code: code === "MISSING_FIELD" ? "MISSING_FIELD" : "MALFORMED",
  accountId: null,
  where: `${file}:${line}`,
  message
})

const versionOf = async (file: string): Promise<string> => {
  const { mtimeMs, size } = await promises.stat(file)
  return `${mtimeMs}/${size}`
}

const readWhole = async (
  file: string,
  options: BankFileOptions,
  signal: AbortSignal
): Promise<ReadFile> => {
  const { currency, thousandsSeparator, format } = options
  const amounts = { currency, ...(thousandsSeparator === undefined ? {} : { thousandsSeparator }) }
  const version = await versionOf(file)
  const byDate = new Map<string, Array<ClosingBalance.CapturedRow>>()
  const problems: Array<FeedProblem> = []
  let latest = ""
  for await (const rows of FeedFile.read(file, { format, signal })) {
    for (let index = 0; index < rows.size; index++) {
      const stated = rows.currencies[index] ?? ""
      const businessDate = rows.dates[index] ?? ""
      if (businessDate > latest && BusinessDate.parse(businessDate) !== undefined) {
        latest = businessDate
      }
      const row: ClosingBalance.CapturedRow = {
        accountId: rows.accounts[index] ?? "",
        businessDate,
        minorUnits: Money.parseMinorUnits(rows.amounts[index] ?? "", amounts),
        currency: stated === "" ? currency : stated,
        kind: "closingBooked"
      }
      const found = byDate.get(businessDate)
      if (found === undefined) byDate.set(businessDate, [row])
      else found.push(row)
    }
    for (const problem of rows.problems) problems.push(portProblem(problem))
  }
  return { file, version, byDate, problems, latest }
}

/** Rows of the date; of a file that is for one date, all of them: core says which are stale. */
const rowsOf = (
  read: ReadFile,
  businessDate: BusinessDate.BusinessDate,
  oneDate: boolean
): ReadonlyArray<ClosingBalance.CapturedRow> =>
  oneDate ? Array.from(read.byDate.values()).flat() : (read.byDate.get(businessDate) ?? [])

const pageOf = (
  rows: ReadonlyArray<ClosingBalance.CapturedRow>,
  problems: ReadonlyArray<FeedProblem>,
  from: number,
  pageRows: number
): BalancePage => {
  const to = from + pageRows
  return {
    balances: rows.slice(from, to),
    problems: from === 0 ? problems : [],
    nextCursor: to < rows.length ? String(to) : null,
    controlTotals: null
  }
}

const cursorRow = (cursor: string | null): number | undefined => {
  if (cursor === null) return 0
  return /^[0-9]{1,12}$/.test(cursor) ? Number(cursor) : undefined
}

/** The port over the files of `options.path`. */
export const make = (options: BankFileOptions): ClosingBalances["Service"] => {
  const pageRows = options.pageRows ?? defaultPageRows
  const oneDate = options.path.includes("{date}")
  let last: ReadFile | undefined
  const page = async (
    businessDate: BusinessDate.BusinessDate,
    from: number,
    signal: AbortSignal
  ): Promise<BalancePage> => {
    const file = fileOf(options.path, businessDate)
    const version = await versionOf(file)
    if (last?.file !== file || last.version !== version) {
      last = await readWhole(file, options, signal)
    }
    if (!oneDate && businessDate > last.latest) {
      const detail = `${file}: no balances yet for ${businessDate}`
      throw new ClosingBalancesError({ reason: "NotReady", detail })
    }
    return pageOf(rowsOf(last, businessDate, oneDate), last.problems, from, pageRows)
  }
  return ClosingBalances.of({
    page: Effect.fnUntraced(function* (businessDate, cursor) {
      const file = fileOf(options.path, businessDate)
      const from = cursorRow(cursor)
      if (from === undefined) {
        const detail = `${file}: not a cursor of this file`
        return yield* new ClosingBalancesError({ reason: "Malformed", detail })
      }
      return yield* Effect.tryPromise({
        try: (signal) => page(businessDate, from, signal),
        catch: (error) => classifyError(error, file)
      })
    })
  })
}

/** The port as a layer. */
export const layer = (options: BankFileOptions): Layer.Layer<ClosingBalances> =>
  Layer.succeed(ClosingBalances, make(options))
