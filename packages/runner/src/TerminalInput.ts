/**
 * Lines from stdin as they come, and NDJSON objects from lines.
 *
 * Guarantees the line number of every line, blank lines counted; a bad line is a `BadInput` that
 * names it and never quotes it.
 */
import type { Readable } from "node:stream"
import { TextDecoder } from "node:util"
import { BadInput } from "./TerminalFailure.ts"
import type { TerminalOutput } from "./TerminalOutput.ts"

/** Lines that arrived together; `first` is the number of the first one, from 1. */
export interface LineBatch {
  readonly first: number
  readonly lines: ReadonlyArray<string>
}

/** A longer line is no record of ours, and would otherwise grow until memory ends. */
const longestLine = 16 * 1024 * 1024

const utf8 = (
  decoder: TextDecoder,
  chunk: Uint8Array | undefined,
  name: string,
  line: number
): string => {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch {
    const readable = new TextDecoder("utf-8").decode(chunk).split("\ufffd", 1)[0] ?? ""
    const where = `${name}:${line + readable.split("\n").length - 1}`
    throw new BadInput({ where, reason: "not UTF-8 text" })
  }
}

/** Splits a byte stream into lines; a final line without line feed counts. */
export const lineBatches = async function* (
  stream: Readable,
  name: string
): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  let rest = ""
  let number = 1
  for await (const chunk of stream) {
    // oxlint-disable-next-line typescript/no-unsafe-argument -- a byte stream without encoding
    const text = rest + utf8(decoder, chunk, name, number)
    const end = text.lastIndexOf("\n")
    rest = end === -1 ? text : text.slice(end + 1)
    if (rest.length > longestLine) {
      throw new BadInput({ where: `${name}:${number}`, reason: "the line is longer than 16 MiB" })
    }
    if (end === -1) continue
    const lines = text.slice(0, end).split("\n")
    yield { first: number, lines }
    number += lines.length
  }
  rest += utf8(decoder, undefined, name, number)
  if (rest !== "") yield { first: number, lines: [rest] }
}

/** An NDJSON object with the id to echo and where it stands. */
export interface InputRecord {
  readonly where: string
  readonly id: string | number
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Gives each object of stdin to `answer`, blank lines skipped, and lets the reader of `out` keep
 * up. Stops at the first bad line; what came before it is answered.
 */
export const eachRecord = async (
  out: TerminalOutput,
  answer: (record: InputRecord) => void
): Promise<void> => {
  for await (const { first, lines } of lineBatches(process.stdin, "stdin")) {
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index] ?? ""
      if (line.trim() === "") continue
      const where = `stdin:${first + index}`
      const fields = objectOf(line, where)
      answer({ where, id: idOf(fields, where), fields })
    }
    await out.drain()
  }
}

/** The object a line holds; anything else is a `BadInput` at `where`. */
const objectOf = (line: string, where: string): Readonly<Record<string, unknown>> => {
  const value = parsed(line, where)
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadInput({ where, reason: "not a JSON object" })
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a JSON object has string keys
  return value as Readonly<Record<string, unknown>>
}

const parsed = (line: string, where: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    throw new BadInput({ where, reason: "not valid JSON" })
  }
}

/** The id to echo: text or a number. */
const idOf = (record: Readonly<Record<string, unknown>>, where: string): string | number => {
  const id = record["id"]
  if (typeof id === "string" || typeof id === "number") return id
  throw new BadInput({ where, reason: `"id" must be a string` })
}

/** A text field. */
export const textOf = (
  record: Readonly<Record<string, unknown>>,
  field: string,
  where: string
): string => {
  const text = record[field]
  if (typeof text === "string") return text
  throw new BadInput({ where, reason: `"${field}" must be a string` })
}
