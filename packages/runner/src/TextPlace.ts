/**
 * Places in a text file, as an editor counts them.
 *
 * Guarantees lines and columns from 1; a column counts UTF-16 units, as editors do.
 */
import { readFileSync, statSync } from "node:fs"
import { BadInput } from "./TerminalFailure.ts"

/** A place in a text. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** The place of a UTF-16 index. */
export const of = (text: string, index: number): TextPlace => {
  const before = text.slice(0, index).split("\n")
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 }
}

/** `file:line:column`. */
export const where = (file: string, text: string, index: number): string => {
  const { column, line } = of(text, index)
  return `${file}:${line}:${column}`
}

/** A character by its number, such as `U+2019`. */
export const codePoint = (value: number): string =>
  `U+${value.toString(16).toUpperCase().padStart(4, "0")}`

/** Larger files hold no template and no list of first names. */
const largest = 64 * 1024 * 1024

/** A text file in UTF-8, without its byte order mark; a `BadInput` where it is not there. */
export const readText = (file: string): string => {
  try {
    const size = statSync(file).size
    if (size > largest) throw new BadInput({ where: file, reason: "larger than 64 MiB" })
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file))
  } catch (error) {
    if (error instanceof BadInput) throw error
    const reason = error instanceof TypeError ? "not UTF-8 text" : "cannot be read"
    throw new BadInput({ where: file, reason })
  }
}
