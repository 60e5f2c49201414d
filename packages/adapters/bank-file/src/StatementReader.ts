/**
 * The balances a statement file states, one by one, for `tidemark statement read` and for adapters
 * that read statements.
 */
import type { BusinessDate, ClosingBalance, Currency } from "@tidemark/core/rules"
import * as BalanceRows from "./BalanceRows.ts"
import type { RowProblem } from "./FeedFileError.ts"

/** One balance as its file states it. */
export interface StatementBalance {
  /** `null` where the file names no account. */
  readonly account: string | null
  readonly businessDate: BusinessDate.BusinessDate
  readonly kind: ClosingBalance.BalanceKind
  readonly minorUnits: bigint
  /** `null` where neither the file nor the caller states one. */
  readonly currency: Currency.Currency | null
}

/** Balances that were read together, and rows that are none. */
export interface StatementBatch {
  readonly balances: ReadonlyArray<StatementBalance>
  readonly problems: ReadonlyArray<RowProblem>
}

/**
 * Reads a statement file. CSV and NDJSON hold closing booked balances only.
 *
 * **Errors** — throws a `FeedFileError` where the file is wrong as a whole; formats not read yet
 * are
 * `UNSUPPORTED_FORMAT`.
 */
export const read = async function* (
  file: string,
  options: BalanceRows.BalanceOptions
): AsyncGenerator<StatementBatch> {
  const { currency } = options
  for await (const { size, accounts, dates, minorUnits, problems } of BalanceRows.read(
    file,
    options
  )) {
    const balances: Array<StatementBalance> = []
    for (let index = 0; index < size; index++) {
      const businessDate = dates[index]
      const amount = minorUnits[index]
      if (businessDate === undefined || amount === undefined) continue
      const account = accounts[index] ?? null
      balances.push({ account, businessDate, kind: "closingBooked", minorUnits: amount, currency })
    }
    yield { balances, problems }
  }
}
