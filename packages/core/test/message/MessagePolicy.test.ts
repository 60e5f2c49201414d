import { assert, describe, it } from "vitest"
import * as BuiltInTemplates from "../../src/message/BuiltInTemplates.ts"
import { LANGUAGES } from "../../src/message/Language.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as SmsAlphabet from "../../src/message/SmsAlphabet.ts"

const { DEFAULTS, DEFAULT_SIZE } = MessagePolicy

describe("the default message policy (product rules, Message and Recipient)", () => {
  it("has no message class: the bank must state it (Recipient)", () => {
    assert.notProperty(DEFAULTS, "messageClass")
  })

  it("allows 306 characters, in 2 GSM-7 or 5 UCS-2 segments (Message)", () => {
    assert.deepStrictEqual(DEFAULT_SIZE, { characters: 306, gsm7Segments: 2, ucs2Segments: 5 })
    assert.strictEqual(DEFAULTS.size, DEFAULT_SIZE)
  })

  it("has as many characters as fill its segments (3GPP TS 23.040: 153 septets, 67 units)", () => {
    assert.strictEqual(DEFAULT_SIZE.characters, DEFAULT_SIZE.gsm7Segments * 153)
    assert.isAtLeast(DEFAULT_SIZE.ucs2Segments * 67, DEFAULT_SIZE.characters)
    assert.isBelow((DEFAULT_SIZE.ucs2Segments - 1) * 67, DEFAULT_SIZE.characters)
  })

  it("speaks Hebrew first, and has every language it knows (Message: variants)", () => {
    assert.strictEqual(DEFAULTS.defaultLanguage, "he")
    for (const language of LANGUAGES) assert.property(DEFAULTS.templates, language)
    assert.strictEqual(DEFAULTS.templates, BuiltInTemplates.DEFAULT)
  })

  it("asks for a bank's name in no template, since it has none", () => {
    assert.isNull(DEFAULTS.bankName)
    assert.notInclude(JSON.stringify(DEFAULTS.templates), "{BankName}")
  })

  it("saves segments by smart encoding before it drops the name (Message: too long)", () => {
    assert.isTrue(DEFAULTS.smartEncoding)
    assert.deepStrictEqual(DEFAULTS.legalLines, {})
  })

  it("comes from a word, which nobody can reply to (3GPP TS 23.040 9.1.2.5: 11 characters)", () => {
    const { canReceiveReplies, id } = DEFAULTS.sender
    assert.isFalse(canReceiveReplies)
    assert.isAtMost(id.length, 11)
    for (const character of id) assert.isTrue(SmsAlphabet.isGsm7(character), character)
  })
})
