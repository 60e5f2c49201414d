import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as MessageTemplate from "../../src/message/MessageTemplate.ts"

describe("for every template and every value", () => {
  // Planted: filling by repeated replacement over the text that was already filled.
  it("always gives the fixed texts with the values between them, and nothing else", () => {
    fc.assert(
      fc.property(pieces, value, value, value, (pieces, name, month, bank) => {
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

  // Planted: the trailing fixed text left out of `pieces`.
  it("always gives back the source of what was read", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((pieces) => pieces.join("")),
          wild
        ),
        (source) => {
          const template = MessageTemplate.parse(source)
          if (!MessageTemplate.isProblem(template)) {
            assert.strictEqual(MessageTemplate.source(template), source)
          }
        }
      )
    )
  })
})

const field = fc.constantFrom(...MessageTemplate.PLACEHOLDERS.map((known) => `{${known}}`))
const fixed = fc.constantFrom("Hello ", ", ", "\n", "שלום ", "$1", "$&", " ")
const pieces = fc.array(fc.oneof(field, fixed), { maxLength: 8 })
const wild = fc.string({ unit: fc.constantFrom("{", "}", "MonthName", "a", " "), maxLength: 8 })
const value = fc.oneof(
  fc.constantFrom("דנה", "{MonthName}", "{CustomerFirstName}", "{", "}", "$&", "€[]", "\u{1f310}"),
  fc.string({ maxLength: 10 })
)
