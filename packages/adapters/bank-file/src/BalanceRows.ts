/**
 * Rows of a feed file as dated amounts: what the closing-balances port, the statement reader and a
 * back-test are made of.
 *
 * Guarantees that every amount is exact minor units of one currency, that a row that cannot be read
 * is a problem with its line, and that no message holds an amount.
 */
import { BusinessDate, type Currency, Money } from "@tidemark/core/rules"
import * as FeedFile from "./FeedFile.ts"
import { FeedFileError, type RowProblem } from "./FeedFileError.ts"

/** Balances that were read together, as parallel arrays of `size` entries. */
export interface BalanceBatch {
  readonly size: number
  readonly lines: ReadonlyArray<number>
  readonly accounts: ReadonlyArray<string>
  readonly dates: ReadonlyArray<BusinessDate.BusinessDate>
  readonly minorUnits: ReadonlyArray<bigint>
  readonly problems: ReadonlyArray<RowProblem>
  /** How much of the file is behind these rows; 0 to 1. */
  readonly done: number
}

/** How to read a file of balances. */
export interface BalanceOptions extends FeedFile.ReadOptions {
  readonly currency: Currency.Currency
  /** Absent: amounts have no thousands separators. */
  readonly thousandsSeparator?: Money.ThousandsSeparator | undefined
}

/** Few dates come in a file, each a thousand times; more than this is a file of nonsense. */
const mostDates = 20_000

/** Remembers the dates already read; `null` is no date. */
export const dateReader = (): ((text: string) => BusinessDate.BusinessDate | null) => {
  const known = new Map<string, BusinessDate.BusinessDate | null>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    if (known.size >= mostDates) known.clear()
    const date = BusinessDate.parse(text) ?? null
    known.set(text, date)
    return date
  }
}

const amountWords: Readonly<Record<Money.MalformedReason, string>> = {
  Empty: "closing_balance is empty",
  UnexpectedCharacter: "closing_balance is no amount: unexpected character",
  MissingDigits: "closing_balance is no amount: digits are missing",
  MisplacedSeparator: "closing_balance is no amount: misplaced thousands separator",
  TooManyDecimals: "closing_balance has more decimals than the currency",
  OutOfRange: "closing_balance is out of range"
}

/** What is wrong with an amount, in words that do not hold it. */
export const amountProblem = (reason: Money.MalformedReason): string => amountWords[reason]

const row = (
  rows: FeedFile.FeedRows,
  index: number,
  currency: string,
  date: BusinessDate.BusinessDate | null,
  amount: bigint | Money.MalformedAmount
): Pick<RowProblem, "code" | "message"> | undefined => {
  if (date === null) {
    return { code: "MALFORMED_DATE", message: "date is no calendar date of the form YYYY-MM-DD" }
  }
  const stated = rows.currencies[index] ?? ""
  if (stated !== "" && stated !== currency) {
    const named = /^[A-Z]{3}$/.test(stated) ? stated : "not a currency code"
    return { code: "WRONG_CURRENCY", message: `currency is ${named}, not ${currency}` }
  }
  if (typeof amount === "bigint") return undefined
  return { code: "MALFORMED_AMOUNT", message: amountProblem(amount.reason) }
}

/**
 * Reads the balances of a file, batch by batch, in the order of the file.
 *
 * **Outcomes of a row, first match wins** — `MALFORMED_ROW`, `MISSING_FIELD`, `MALFORMED_DATE`,
 * `WRONG_CURRENCY` (only where the file states one), `MALFORMED_AMOUNT`, a balance.
 *
 * **Errors** — throws a `FeedFileError` where the file is wrong as a whole; also when it has rows
 * and not one of them is a balance (`NO_BALANCES`, with the first row's problem).
 */
export const read = async function* (
  file: string,
  options: BalanceOptions
): AsyncGenerator<BalanceBatch> {
  const { currency, thousandsSeparator } = options
  const format = { currency, ...(thousandsSeparator === undefined ? {} : { thousandsSeparator }) }
  const readDate = dateReader()
  let firstProblem: RowProblem | undefined
  let balances = 0
  for await (const rows of FeedFile.read(file, options)) {
    const lines: Array<number> = []
    const accounts: Array<string> = []
    const dates: Array<BusinessDate.BusinessDate> = []
    const minorUnits: Array<bigint> = []
    const problems: Array<RowProblem> = [...rows.problems]
    for (let index = 0; index < rows.size; index++) {
      const date = readDate(rows.dates[index] ?? "")
      const amount = Money.parseMinorUnits(rows.amounts[index] ?? "", format)
      const line = rows.lines[index] ?? 0
      const problem = row(rows, index, currency, date, amount)
      if (problem === undefined && date !== null && typeof amount === "bigint") {
        lines.push(line)
        accounts.push(rows.accounts[index] ?? "")
        dates.push(date)
        minorUnits.push(amount)
      } else if (problem !== undefined) problems.push({ ...problem, file, line })
    }
    balances += lines.length
    firstProblem ??= problems[0]
    yield { size: lines.length, lines, accounts, dates, minorUnits, problems, done: rows.done }
  }
  if (balances > 0) return
  if (firstProblem === undefined) throw new FeedFileError("EMPTY", file, "the file has no rows")
  const { code, message, line } = firstProblem
  throw new FeedFileError("NO_BALANCES", file, `no row is a balance: ${code}, ${message}`, line)
}
