/**
 * The rows of a feed file as it streams by, as text: knows columns, no money and no dates.
 *
 * Guarantees that memory does not grow with the file, that every row is either in a batch or a
 * problem with its line, and that a file that is wrong as a whole is a `FeedFileError`.
 */
import * as CsvLines from "./CsvLines.ts"
import { FeedFileError, type RowProblem } from "./FeedFileError.ts"
import * as NdjsonLines from "./NdjsonLines.ts"
import * as TextFile from "./TextFile.ts"

/** Formats that are read. */
export type FeedFormat = "csv" | "ndjson"

/** Formats that are known, and refused until they are read. */
export const formatsToCome: ReadonlyArray<string> = ["camt053", "mt940", "berlin"]

/** Rows that were read together, as parallel arrays of `size` entries. */
export interface FeedRows {
  readonly size: number
  /** Line of each row, from 1. */
  readonly lines: ReadonlyArray<number>
  readonly dates: ReadonlyArray<string>
  readonly accounts: ReadonlyArray<string>
  readonly amounts: ReadonlyArray<string>
  /** `""` where the row states none. */
  readonly currencies: ReadonlyArray<string>
  readonly problems: ReadonlyArray<RowProblem>
  /** How much of the file, as it lies on the disk, is behind these rows; 0 to 1. */
  readonly done: number
}

/** How to read a file. */
export interface ReadOptions {
  /** Default: by the name's ending, `.gz` aside; CSV when it says nothing. */
  readonly format?: string | undefined
  /** Rows in a batch. */
  readonly batchRows?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const defaultBatchRows = 5_000

const byEnding: ReadonlyArray<readonly [ending: RegExp, format: string]> = [
  [/\.csv$/i, "csv"],
  [/\.(ndjson|jsonl)$/i, "ndjson"],
  [/\.xml$/i, "camt053"],
  [/\.(mt940|sta|940)$/i, "mt940"],
  [/\.json$/i, "berlin"]
]

/**
 * The format of a file: the one named, else by the name's ending, else CSV.
 *
 * **Outcomes** — the format; a `FeedFileError` `UNSUPPORTED_FORMAT` for one not read yet or
 * unknown.
 */
export const formatOf = (file: string, named: string | undefined): FeedFormat => {
  const plain = file.replace(/\.gz$/i, "")
  const format = named ?? byEnding.find(([ending]) => ending.test(plain))?.[1] ?? "csv"
  if (format === "csv" || format === "ndjson") return format
  const reason = formatsToCome.includes(format)
    ? `not supported yet: ${format} (csv and ndjson are)`
    : `not a known format (csv and ndjson are)`
  throw new FeedFileError("UNSUPPORTED_FORMAT", file, reason)
}

/** Rows collected for the next batch. */
interface Collector {
  readonly lines: Array<number>
  readonly dates: Array<string>
  readonly accounts: Array<string>
  readonly amounts: Array<string>
  readonly currencies: Array<string>
  readonly problems: Array<RowProblem>
}

const emptyCollector = (): Collector => ({
  lines: [],
  dates: [],
  accounts: [],
  amounts: [],
  currencies: [],
  problems: []
})

/** Takes blocks of whole lines; says how many it dealt with. */
interface LineReader {
  readonly read: (lines: ReadonlyArray<string>, first: number, final: boolean) => number
  readonly take: () => Collector
  readonly pending: () => number
  /** Whether anything but blank lines came by. */
  readonly begun: () => boolean
}

interface Columns {
  readonly count: number
  readonly date: number
  readonly account: number
  readonly amount: number
  /** -1 without such a column. */
  readonly currency: number
}

const needed = ["date", "account_id", "closing_balance"] as const

const columnsOf = (fields: ReadonlyArray<string>, file: string, line: number): Columns => {
  const names = fields.map((field) => field.trim().toLowerCase())
  const missing = needed.filter((name) => !names.includes(name))
  if (missing.length > 0) {
    const reason = `the header has no column ${missing.join(", ")} (needed: ${needed.join(",")})`
    throw new FeedFileError("MISSING_COLUMN", file, reason, line)
  }
  const twice = [...needed, "currency"].find(
    (name) => names.indexOf(name) !== names.lastIndexOf(name)
  )
  if (twice !== undefined) {
    throw new FeedFileError("MISSING_COLUMN", file, `the header has ${twice} twice`, line)
  }
  return {
    count: names.length,
    date: names.indexOf("date"),
    account: names.indexOf("account_id"),
    amount: names.indexOf("closing_balance"),
    currency: names.indexOf("currency")
  }
}

const csvReader = (file: string): LineReader => {
  let columns: Columns | undefined
  let into = emptyCollector()
  const refuse = (line: number, message: string) => {
    into.problems.push({ code: "MALFORMED_ROW", file, line, message })
  }
  const record = (fields: ReadonlyArray<string>, line: number) => {
    if (columns === undefined) {
      columns = columnsOf(fields, file, line)
      return
    }
    if (fields.length !== columns.count) {
      refuse(line, `${fields.length} fields where the header has ${columns.count}`)
      return
    }
    const account = fields[columns.account] ?? ""
    if (account === "") {
      into.problems.push({ code: "MISSING_FIELD", file, line, message: "account_id is empty" })
      return
    }
    into.lines.push(line)
    into.dates.push(fields[columns.date] ?? "")
    into.accounts.push(account)
    into.amounts.push(fields[columns.amount] ?? "")
    into.currencies.push(fields[columns.currency] ?? "")
  }
  const spans = (fields: ReadonlyArray<string>) => {
    if (columns === undefined) return true
    const { count, date, account, amount } = columns
    // A note may hold a line break; what is needed never does.
    const broken = [date, account, amount].some((column) => fields[column]?.includes("\n") === true)
    return fields.length === count && !broken
  }
  const sink = { record, refuse, spans }
  return {
    read: (lines, first, final) => CsvLines.read(lines, first, final, sink),
    take: () => {
      const taken = into
      into = emptyCollector()
      return taken
    },
    pending: () => into.lines.length,
    begun: () => columns !== undefined
  }
}

const ndjsonReader = (file: string): LineReader => {
  let begun = false
  let into = emptyCollector()
  const row = (text: string, line: number) => {
    const fields = NdjsonLines.read(text)
    if (fields === undefined) {
      into.problems.push({ code: "MALFORMED_ROW", file, line, message: "not a JSON object" })
      return
    }
    const { date, account, amount, currency } = fields
    if (date === undefined || account === undefined || account === "" || amount === undefined) {
      const lacks = date === undefined ? "date" : amount === undefined ? needed[2] : needed[1]
      const message = `${lacks} is missing`
      into.problems.push({ code: "MISSING_FIELD", file, line, message })
      return
    }
    into.lines.push(line)
    into.dates.push(date)
    into.accounts.push(account)
    into.amounts.push(amount)
    into.currencies.push(currency ?? "")
  }
  return {
    read: (lines, first) => {
      for (let index = 0; index < lines.length; index++) {
        const text = lines[index] ?? ""
        if (text.trim() === "") continue
        begun = true
        row(text, first + index)
      }
      return lines.length
    },
    take: () => {
      const taken = into
      into = emptyCollector()
      return taken
    },
    pending: () => into.lines.length,
    begun: () => begun
  }
}

/**
 * Batches of rows in the order of the file.
 *
 * **Errors** — throws a `FeedFileError`: those of `TextFile.blocks`, `MISSING_COLUMN`, and `EMPTY`
 * where all lines are blank.
 */
export const read = async function* (
  file: string,
  options: ReadOptions = {}
): AsyncGenerator<FeedRows> {
  const format = formatOf(file, options.format)
  const reader = format === "csv" ? csvReader(file) : ndjsonReader(file)
  const batchRows = options.batchRows ?? defaultBatchRows
  let carried: ReadonlyArray<string> = []
  for await (const block of TextFile.blocks(file, options.signal)) {
    const lines = carried.length === 0 ? block.lines : [...carried, ...block.lines]
    const dealt = reader.read(lines, block.first - carried.length, block.final)
    carried = lines.slice(dealt)
    if (reader.pending() >= batchRows || block.final) {
      yield* cut(reader.take(), batchRows, block.done)
    }
  }
  if (!reader.begun()) throw new FeedFileError("EMPTY", file, "the file has no rows")
}

/** Collected rows as batches of the size asked for. */
const cut = function* (rows: Collector, batchRows: number, done: number): Generator<FeedRows> {
  const total = rows.lines.length
  if (total <= batchRows) {
    yield { size: total, ...rows, done }
    return
  }
  for (let from = 0; from < total; from += batchRows) {
    const to = Math.min(from + batchRows, total)
    yield {
      size: to - from,
      lines: rows.lines.slice(from, to),
      dates: rows.dates.slice(from, to),
      accounts: rows.accounts.slice(from, to),
      amounts: rows.amounts.slice(from, to),
      currencies: rows.currencies.slice(from, to),
      problems: from === 0 ? rows.problems : [],
      done
    }
  }
}
