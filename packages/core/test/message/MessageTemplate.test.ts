import { assert, describe, it } from "vitest"
import * as MessageTemplate from "../../src/message/MessageTemplate.ts"

const read = (text: string): MessageTemplate.MessageTemplate => {
  const template = MessageTemplate.parse(text)
  if (MessageTemplate.isProblem(template)) return assert.fail(template._tag)
  return template
}

describe("MessageTemplate.parse", () => {
  it("reads text and placeholders in order", () => {
    assert.deepStrictEqual(read("Hi {CustomerFirstName}{MonthName}!").pieces, [
      { _tag: "Fixed", text: "Hi " },
      { _tag: "Field", placeholder: "CustomerFirstName" },
      { _tag: "Field", placeholder: "MonthName" },
      { _tag: "Fixed", text: "!" }
    ])
    assert.deepStrictEqual(read("{BankName}").pieces, [{ _tag: "Field", placeholder: "BankName" }])
  })

  it("lists each placeholder once", () => {
    const { placeholders } = read("{MonthName} {MonthName} {BankName}")
    assert.deepStrictEqual(placeholders, ["MonthName", "BankName"])
  })

  for (const [text, problem] of [
    ["", { _tag: "EmptyTemplate" }],
    [" \n", { _tag: "EmptyTemplate" }],
    ["\ud83c{Nope}", { _tag: "LoneSurrogate" }],
    ["a\rb{Nope}", { _tag: "ControlCharacter", position: 1, codePoint: 13 }],
    ["a\u202eb", { _tag: "ControlCharacter", position: 1, codePoint: 0x202e }],
    ["{firstName}", { _tag: "UnknownPlaceholder", position: 0, name: "firstName" }],
    ["a {Balance}", { _tag: "UnknownPlaceholder", position: 2, name: "Balance" }],
    ["{ MonthName}", { _tag: "UnknownPlaceholder", position: 0, name: " MonthName" }],
    ["{}", { _tag: "UnknownPlaceholder", position: 0, name: "" }],
    ["a { b", { _tag: "StrayBrace", position: 2 }],
    ["a } b", { _tag: "StrayBrace", position: 2 }],
    ["{{MonthName}}", { _tag: "StrayBrace", position: 0 }],
    ["{MonthName}}", { _tag: "StrayBrace", position: 11 }]
  ] as const) {
    it(`refuses ${JSON.stringify(text)}: ${problem._tag}`, () => {
      assert.deepStrictEqual(MessageTemplate.parse(text), problem)
    })
  }
})

describe("MessageTemplate.fill", () => {
  it("names the first placeholder without a value", () => {
    const filled = MessageTemplate.fill(read("{MonthName} {BankName}"), { MonthName: "May" })
    assert.deepStrictEqual(filled, { _tag: "MissingValue", placeholder: "BankName" })
  })

  it("leaves a value that looks like a placeholder as it is", () => {
    const filled = MessageTemplate.fill(read("{CustomerFirstName} {MonthName}"), {
      CustomerFirstName: "{MonthName}$&",
      MonthName: "May"
    })
    assert.strictEqual(filled, "{MonthName}$& May")
  })

  it("knows whether it asks for the name", () => {
    assert.isTrue(MessageTemplate.asksForName(read("{CustomerFirstName}")))
    assert.isFalse(MessageTemplate.asksForName(read("{MonthName}")))
  })
})
