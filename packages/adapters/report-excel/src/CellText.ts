/**
 * Text as a cell may hold it. A cell's type says what it is, so `=1+1` in a text cell is four
 * characters; what is left to guard are the format's own escapes and its limits.
 *
 * **Source** — ECMA-376 part 1, 22.9.2.19 (`ST_Xstring`) and 18.18.11 (`ST_CellType`); OWASP ASVS
 * 1.2.10.
 */
import { visible } from "@tidemark/core/effect"

/** UTF-16 units in a cell; Excel calls a longer one damage and repairs the file. */
export const mostUnits = 32_767

/** `_x000D_` in a cell reads as a carriage return, so the underscore before it is escaped itself. */
const escape = /_(?=x[0-9A-Fa-f]{4}_)/g

/** The longest beginning that cuts no surrogate pair, with a mark that something is missing. */
const cut = (text: string): string =>
  text.length <= mostUnits ? text : `${text.slice(0, mostUnits - 1).toWellFormed()}…`

/**
 * The text to write for a text: hidden characters written out, cut where a cell ends, escapes of
 * the format escaped.
 */
export const cellText = (text: string): string => cut(visible(text)).replace(escape, "_x005F_")
