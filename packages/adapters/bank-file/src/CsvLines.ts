/**
 * Takes whole lines of CSV apart.
 *
 * Guarantees that a bad line costs no other: csv-parse alone would read on to the next quotation
 * mark, or to the end of the file. Lines without quotation marks, which is nearly all there is in
 * balance files, are split here, ten times faster; csv-parse knows the quoted ones.
 *
 * **Source** — RFC 4180.
 */
import { parse } from "csv-parse/sync"

/** Where records and lines that are none go. Lines are counted from 1. */
export interface CsvSink {
  readonly record: (fields: ReadonlyArray<string>, line: number) => void
  readonly refuse: (line: number, message: string) => void
  /** Whether fields found across several lines are one record, and not two stray marks. */
  readonly spans: (fields: ReadonlyArray<string>) => boolean
}

/** A quoted field may hold line breaks; a record of more lines is a quotation mark left open. */
const mostLinesOfRecord = 50

const withoutReturn = (line: string): string =>
  line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line

const options = {
  relax_column_count: true,
  record_delimiter: ["\r\n", "\n"],
  skip_empty_lines: true
}

/** The records csv-parse finds, or `undefined` where it finds an error. */
const quoted = (text: string): Array<Array<string>> | undefined => {
  try {
    return parse(text, options)
  } catch {
    return undefined
  }
}

/** All at once, where the block holds exactly one record for each line that is not blank. */
const wholeBlock = (lines: ReadonlyArray<string>, first: number, sink: CsvSink): boolean => {
  const records = quoted(`${lines.join("\n")}\n`)
  if (records === undefined) return false
  const numbers: Array<number> = []
  for (let index = 0; index < lines.length; index++) {
    if (withoutReturn(lines[index] ?? "") !== "") numbers.push(first + index)
  }
  if (records.length !== numbers.length) return false
  for (let index = 0; index < records.length; index++) {
    sink.record(records[index] ?? [], numbers[index] ?? first)
  }
  return true
}

const hasOddQuotes = (line: string): boolean => {
  let odd = false
  for (let at = line.indexOf('"'); at !== -1; at = line.indexOf('"', at + 1)) odd = !odd
  return odd
}

/**
 * Takes a block of lines apart and tells the sink, in order.
 *
 * **Shapes and units** — `first`: number of the first line; `final`: no lines come after.
 *
 * **Outcomes** — how many lines were dealt with. Fewer than given only where the last record
 * may go on in the next block; give the rest again with it.
 */
export const read = (
  lines: ReadonlyArray<string>,
  first: number,
  final: boolean,
  sink: CsvSink
): number => {
  if (!lines.some((line) => line.includes('"'))) {
    for (let index = 0; index < lines.length; index++) {
      const line = withoutReturn(lines[index] ?? "")
      if (line !== "") sink.record(line.split(","), first + index)
    }
    return lines.length
  }
  if (wholeBlock(lines, first, sink)) return lines.length
  return lineByLine(lines, first, final, sink)
}

const lineByLine = (
  lines: ReadonlyArray<string>,
  first: number,
  final: boolean,
  sink: CsvSink
): number => {
  for (let index = 0; index < lines.length; index++) {
    const line = withoutReturn(lines[index] ?? "")
    if (line === "") continue
    if (!line.includes('"')) sink.record(line.split(","), first + index)
    else if (!hasOddQuotes(line)) oneRecord(line, first + index, sink)
    else {
      const last = closingLine(lines, index)
      if (last === -1 && !final && lines.length - index < mostLinesOfRecord) return index
      const text = withoutReturn(lines.slice(index, last + 1).join("\n"))
      const record = last === -1 ? undefined : quoted(text)
      const fields = record?.length === 1 ? (record[0] ?? []) : undefined
      if (fields !== undefined && sink.spans(fields)) {
        sink.record(fields, first + index)
        index = last
      } else sink.refuse(first + index, "a quotation mark is not closed")
    }
  }
  return lines.length
}

const oneRecord = (line: string, number: number, sink: CsvSink): void => {
  const record = quoted(line)?.[0]
  if (record === undefined) sink.refuse(number, "quotation marks inside a field")
  else sink.record(record, number)
}

/** The line on which a record's open quotation mark is closed; -1 when it is not. */
const closingLine = (lines: ReadonlyArray<string>, from: number): number => {
  const to = Math.min(lines.length, from + mostLinesOfRecord)
  for (let index = from + 1; index < to; index++) {
    if (hasOddQuotes(lines[index] ?? "")) return index
  }
  return -1
}
