/**
 * Templates with typed placeholders.
 *
 * A template is fixed text and three placeholders, nothing else: no expressions, no escapes.
 * Filling
 * is one pass over its pieces, so a value is never read as a template: a customer named
 * "{MonthName}" is greeted by that name.
 */

/** What a template may ask for. */
export type Placeholder = "CustomerFirstName" | "MonthName" | "BankName"

/** Every placeholder. */
export const PLACEHOLDERS: ReadonlyArray<Placeholder> = [
  "CustomerFirstName",
  "MonthName",
  "BankName"
]

/** One piece of a template. */
export type Piece =
  | { readonly _tag: "Fixed"; readonly text: string }
  | { readonly _tag: "Field"; readonly placeholder: Placeholder }

/** A template that was read: its pieces in order. */
export type MessageTemplate = {
  readonly pieces: ReadonlyArray<Piece>
  readonly placeholders: ReadonlyArray<Placeholder>
}

/** What is wrong with a template, by UTF-16 index, in the order it is looked for. */
export type TemplateProblem =
  | { readonly _tag: "EmptyTemplate" }
  | { readonly _tag: "LoneSurrogate" }
  | { readonly _tag: "ControlCharacter"; readonly position: number; readonly codePoint: number }
  | { readonly _tag: "UnknownPlaceholder"; readonly position: number; readonly name: string }
  | { readonly _tag: "StrayBrace"; readonly position: number }

/** What fills the placeholders; a field left out is missing. */
export type FieldValues = { readonly [Field in Placeholder]?: string }

/** A placeholder of the template has no value. */
export type MissingValue = { readonly _tag: "MissingValue"; readonly placeholder: Placeholder }

/**
 * Reads a template.
 *
 * **Outcomes, first match wins**
 * 1. `EmptyTemplate` — nothing but blanks
 * 2. `LoneSurrogate` — half a character, which no carrier can transport
 * 3. `ControlCharacter` — other than a line feed; or a bidi embedding, override or isolate
 * 4. `UnknownPlaceholder`, `StrayBrace` — the first of either; a literal brace cannot be written
 * 5. the template
 *
 * **Source** — product rules, Message: unknown is an error; OWASP ASVS 5.0 1.3.7
 */
export const parse = (text: string): MessageTemplate | TemplateProblem => {
  if (text.trim() === "") return { _tag: "EmptyTemplate" }
  if (!text.isWellFormed()) return { _tag: "LoneSurrogate" }
  const control = CONTROL.exec(text)
  if (control !== null) {
    return {
      _tag: "ControlCharacter",
      position: control.index,
      codePoint: control[0].charCodeAt(0)
    }
  }
  return pieces(text)
}

/** Whether reading a template failed. */
export const isProblem = (read: MessageTemplate | TemplateProblem): read is TemplateProblem =>
  "_tag" in read

/**
 * Fills a template; values go in as they are and are never looked at again.
 *
 * **Outcomes, first match wins**
 * 1. `MissingValue` — the first placeholder of the template without a value
 * 2. the text
 *
 * **Source** — product rules, Message: missing is an error, values are never re-interpreted
 */
export const fill = (template: MessageTemplate, values: FieldValues): string | MissingValue => {
  let text = ""
  for (const piece of template.pieces) {
    if (piece._tag === "Fixed") {
      text += piece.text
      continue
    }
    const value = values[piece.placeholder]
    if (value === undefined) return { _tag: "MissingValue", placeholder: piece.placeholder }
    text += value
  }
  return text
}

/** Whether a template asks for the customer's name. */
export const asksForName = (template: MessageTemplate): boolean =>
  template.placeholders.includes("CustomerFirstName")

/** The template as it was written. */
export const source = (template: MessageTemplate): string =>
  template.pieces
    .map((piece) => (piece._tag === "Fixed" ? piece.text : `{${piece.placeholder}}`))
    .join("")

const pieces = (text: string): MessageTemplate | TemplateProblem => {
  const read: Array<Piece> = []
  const placeholders: Array<Placeholder> = []
  let from = 0
  for (const brace of text.matchAll(BRACES)) {
    const name = brace[1]
    if (name === undefined) return { _tag: "StrayBrace", position: brace.index }
    const placeholder = PLACEHOLDERS.find((known) => known === name)
    if (placeholder === undefined) {
      return { _tag: "UnknownPlaceholder", position: brace.index, name }
    }
    if (brace.index > from) read.push({ _tag: "Fixed", text: text.slice(from, brace.index) })
    read.push({ _tag: "Field", placeholder })
    if (!placeholders.includes(placeholder)) placeholders.push(placeholder)
    from = brace.index + brace[0].length
  }
  if (from < text.length) read.push({ _tag: "Fixed", text: text.slice(from) })
  return { pieces: read, placeholders }
}

/** A placeholder, or a brace that belongs to none. */
const BRACES = /\{([^{}]*)\}|[{}]/gu

/** Control characters but LF; U+2028 and U+2029; embeddings, overrides and isolates. */
const CONTROL = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
