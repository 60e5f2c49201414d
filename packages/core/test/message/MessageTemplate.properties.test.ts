import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as MessageTemplate from "../../src/message/MessageTemplate.ts"
import * as Messages from "../../src/testing/generators/Messages.ts"

/**
 * **Source** — design, Message: typed placeholders; unknown or missing is an error; values are
 * never re-interpreted; OWASP ASVS 5.0 1.3.7
 */
describe("for every template and every value", () => {
  // Caught: filling by repeated replacement over the text that was already filled.
  it("always gives the fixed texts with the values between them, and nothing else", () => {
    fc.assert(
      fc.property(Messages.templatePieces, value, value, value, (pieces, name, month, bank) => {
        const template = MessageTemplate.parse(pieces.join(""))
        if (MessageTemplate.isProblem(template))
          return assert.strictEqual(pieces.join("").trim(), "")
        const values = { CustomerFirstName: name, MonthName: month, BankName: bank }
        const expected = pieces.map((piece) => {
          const field = MessageTemplate.PLACEHOLDERS.find((known) => piece === `{${known}}`)
          return field === undefined ? piece : values[field]
        })
        assert.strictEqual(MessageTemplate.fill(template, values), expected.join(""))
      })
    )
  })

  // Caught: the trailing fixed text left out of `pieces`.
  it("always gives back the source of what was read", () => {
    fc.assert(
      fc.property(Messages.templateTexts, (source) => {
        const template = MessageTemplate.parse(source)
        if (!MessageTemplate.isProblem(template)) {
          assert.strictEqual(MessageTemplate.source(template), source)
        }
      })
    )
  })

  // Caught: `{}` taken for text; a closing brace alone taken for text; the second problem reported.
  it("never takes a brace that is no known placeholder's, and always names the first", () => {
    fc.assert(
      fc.property(Messages.templateTexts, (source) => {
        const template = MessageTemplate.parse(source)
        const expected = firstProblem(source)
        if (expected === undefined) assert.isFalse(MessageTemplate.isProblem(template))
        else assert.deepStrictEqual<unknown>(template, expected)
      }),
      { numRuns: 2_000 }
    )
  })

  // Caught: a placeholder asked for twice missed the second time; an empty value taken for none.
  it("always asks for the first value that is missing, and never prints without one", () => {
    fc.assert(
      fc.property(
        Messages.templatePieces,
        fc.subarray([...MessageTemplate.PLACEHOLDERS]),
        (pieces, given) => {
          const template = MessageTemplate.parse(pieces.join(""))
          if (MessageTemplate.isProblem(template)) return
          const values = Object.fromEntries(given.map((placeholder) => [placeholder, ""]))
          const missing = pieces
            .map((piece) => MessageTemplate.PLACEHOLDERS.find((known) => piece === `{${known}}`))
            .find((placeholder) => placeholder !== undefined && !given.includes(placeholder))
          const filled = MessageTemplate.fill(template, values)
          if (missing === undefined) assert.isString(filled)
          else assert.deepStrictEqual(filled, { _tag: "MissingValue", placeholder: missing })
        }
      ),
      { numRuns: 1_000 }
    )
  })
})

const value = fc.oneof(
  fc.constantFrom("דנה", "{MonthName}", "{CustomerFirstName}", "{", "}", "$&", "€[]", "\u{1f310}"),
  fc.string({ maxLength: 10 })
)

/** The grammar a second time, character by character. */
const firstProblem = (source: string): MessageTemplate.TemplateProblem | undefined => {
  if (source.trim() === "") return { _tag: "EmptyTemplate" }
  for (let at = 0; at < source.length; at++) {
    if (source[at] === "}") return { _tag: "StrayBrace", position: at }
    if (source[at] !== "{") continue
    const end = source.indexOf("}", at)
    const next = source.indexOf("{", at + 1)
    if (end < 0 || (next >= 0 && next < end)) return { _tag: "StrayBrace", position: at }
    const name = source.slice(at + 1, end)
    if (!MessageTemplate.PLACEHOLDERS.some((known) => known === name)) {
      return { _tag: "UnknownPlaceholder", position: at, name }
    }
    at = end
  }
  return undefined
}
