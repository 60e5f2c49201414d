/**
 * Customers and their accounts from a CSV file.
 *
 * Guarantees whole rows or an error: a population with holes would make every count wrong, so the
 * first bad row refuses the file. Contact columns are recognised and not read here.
 *
 * **Source** — surfaces, customers CSV.
 */
import type { BusinessDate } from "@tidemark/core/rules"
import { dateReader } from "./BalanceRows.ts"
import * as CsvLines from "./CsvLines.ts"
import { FeedFileError } from "./FeedFileError.ts"
import * as TextFile from "./TextFile.ts"

/** One account of a customer. */
export interface CustomerAccountRow {
  readonly customerId: string
  readonly accountId: string
  readonly primary: boolean
  /** First day the account is there; absent where the file says nothing. */
  readonly opened: BusinessDate.BusinessDate | undefined
  /** First day it is no longer there. */
  readonly closed: BusinessDate.BusinessDate | undefined
  readonly line: number
}

const yes: ReadonlySet<string> = new Set(["true", "1", "yes", "y"])
const no: ReadonlySet<string> = new Set(["false", "0", "no", "n"])

interface Columns {
  readonly count: number
  readonly customer: number
  readonly account: number
  readonly primary: number
  readonly opened: number
  readonly closed: number
}

const columnsOf = (fields: ReadonlyArray<string>, file: string, line: number): Columns => {
  const names = fields.map((field) => field.trim().toLowerCase())
  const missing = ["customer_id", "account_id"].filter((name) => !names.includes(name))
  if (missing.length > 0) {
    const reason = `the header has no column ${missing.join(", ")}`
    throw new FeedFileError("MISSING_COLUMN", file, reason, line)
  }
  return {
    count: names.length,
    customer: names.indexOf("customer_id"),
    account: names.indexOf("account_id"),
    primary: names.indexOf("primary"),
    opened: names.indexOf("opened"),
    closed: names.indexOf("closed")
  }
}

const rowReader = (file: string, columns: Columns) => {
  const readDate = dateReader()
  const bad = (line: number, reason: string) =>
    new FeedFileError("MALFORMED_ROW", file, reason, line)
  const date = (text: string, name: string, line: number) => {
    if (text === "") return undefined
    const read = readDate(text)
    if (read === null) throw bad(line, `${name} is no calendar date of the form YYYY-MM-DD`)
    return read
  }
  return (fields: ReadonlyArray<string>, line: number): CustomerAccountRow => {
    if (fields.length !== columns.count) {
      throw bad(line, `${fields.length} fields where the header has ${columns.count}`)
    }
    const customerId = fields[columns.customer] ?? ""
    const accountId = fields[columns.account] ?? ""
    if (customerId === "") throw bad(line, "customer_id is empty")
    if (accountId === "") throw bad(line, "account_id is empty")
    const primary = (fields[columns.primary] ?? "").trim().toLowerCase()
    if (primary !== "" && !yes.has(primary) && !no.has(primary)) {
      throw bad(line, "primary is neither true nor false")
    }
    const opened = date(fields[columns.opened] ?? "", "opened", line)
    const closed = date(fields[columns.closed] ?? "", "closed", line)
    if (opened !== undefined && closed !== undefined && closed < opened) {
      throw bad(line, "closed before it was opened")
    }
    return { customerId, accountId, primary: yes.has(primary), opened, closed, line }
  }
}

/** A name may hold a line break; a row with the wrong number of fields is refused anyway. */
const spans = () => true

/**
 * Reads a customers file, in the order of the file. `customer_id` and `account_id` are needed;
 * `primary` (true or false), `opened` and `closed` may be empty or absent; other columns are
 * ignored.
 *
 * **Errors** — throws a `FeedFileError`: those of `TextFile.blocks`, `MISSING_COLUMN`,
 * `MALFORMED_ROW` with its line, `EMPTY` where there is no row.
 */
export const read = async (
  file: string,
  signal?: AbortSignal
): Promise<ReadonlyArray<CustomerAccountRow>> => {
  const rows: Array<CustomerAccountRow> = []
  let row: ReturnType<typeof rowReader> | undefined
  const sink: CsvLines.CsvSink = {
    record: (fields, line) => {
      if (row === undefined) row = rowReader(file, columnsOf(fields, file, line))
      else rows.push(row(fields, line))
    },
    refuse: (line, message) => {
      throw new FeedFileError("MALFORMED_ROW", file, message, line)
    },
    spans
  }
  let carried: ReadonlyArray<string> = []
  for await (const block of TextFile.blocks(file, signal)) {
    const lines = carried.length === 0 ? block.lines : [...carried, ...block.lines]
    const dealt = CsvLines.read(lines, block.first - carried.length, block.final, sink)
    carried = lines.slice(dealt)
  }
  if (rows.length === 0) throw new FeedFileError("EMPTY", file, "the file has no rows")
  return rows
}
