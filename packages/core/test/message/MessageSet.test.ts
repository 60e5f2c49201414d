import { assert, describe, it } from "vitest"
import * as BuiltInTemplates from "../../src/message/BuiltInTemplates.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as MessageSet from "../../src/message/MessageSet.ts"
import * as MessageTemplate from "../../src/message/MessageTemplate.ts"

const service: MessagePolicy.MessagePolicy = {
  ...MessagePolicy.DEFAULTS,
  messageClass: "service"
}
const problemsOf = (over: Partial<MessagePolicy.MessagePolicy>) => {
  const set = MessageSet.compile({ ...service, ...over })
  return set._tag === "RefusedPolicy" ? set.problems : []
}

describe("MessageSet.compile", () => {
  it("takes the defaults once the class of message is stated", () => {
    const set = MessageSet.compile(service)
    assert.strictEqual(set._tag, "MessageSet")
    if (set._tag !== "MessageSet") return
    assert.deepStrictEqual(Object.keys(set.variants), ["he", "en", "ar", "ru"])
    assert.deepStrictEqual(set.policy, service)
  })

  it("takes the original template", () => {
    const original = { templates: BuiltInTemplates.ORIGINAL, defaultLanguage: "en" } as const
    assert.deepStrictEqual(problemsOf(original), [])
  })

  it("refuses a policy that does not state the class of message", () => {
    assert.deepStrictEqual(MessageSet.compile(MessagePolicy.DEFAULTS), {
      _tag: "RefusedPolicy",
      problems: [{ _tag: "MessageClassMissing" }]
    })
  })

  it("refuses an advertisement that cannot be answered or lacks its legal lines", () => {
    assert.deepStrictEqual(problemsOf({ messageClass: "advertisement" }), [
      { _tag: "SenderCannotReceiveReplies" },
      { _tag: "LegalLinesMissing", languages: ["he", "en", "ar", "ru"] }
    ])
  })

  // Caught: a name that ends in digits taken for a number; blanks taken for the way out.
  // A reply to a name has no address, whatever the policy says; a line of blanks names no way out.
  it("takes neither a name for a sender that can be answered, nor blanks for legal lines", () => {
    const policy = {
      messageClass: "advertisement" as const,
      templates: { he: { text: "תודה", withoutName: "תודה" } }
    }
    const he = { opening: "פרסומת", closing: "להסרה השיבו הסר" }
    const sender = (id: string) => ({ id, canReceiveReplies: true })
    for (const [id, legalLines, problems] of [
      ["0501234567", { he }, []],
      ["+972501234567", { he }, []],
      ["Bank", { he }, [{ _tag: "SenderCannotReceiveReplies" }]],
      ["+9Bank", { he }, [{ _tag: "SenderCannotReceiveReplies" }]],
      ["Bank9", { he }, [{ _tag: "SenderCannotReceiveReplies" }]],
      [
        "0501234567",
        { he: { ...he, opening: " \n" } },
        [{ _tag: "LegalLinesMissing", languages: ["he"] }]
      ],
      [
        "0501234567",
        { he: { ...he, closing: " " } },
        [{ _tag: "LegalLinesMissing", languages: ["he"] }]
      ]
    ] as const) {
      assert.deepStrictEqual(problemsOf({ ...policy, sender: sender(id), legalLines }), problems)
    }
  })

  it("puts the legal lines around an advertisement, not around a service message", () => {
    const he = BuiltInTemplates.DEFAULT.he
    assert.isDefined(he)
    const policy = {
      templates: { he },
      legalLines: { he: { opening: "פרסומת", closing: "להסרה השיבו הסר" } },
      sender: { id: "0501234567", canReceiveReplies: true }
    }
    for (const [messageClass, expected] of [
      ["advertisement", `פרסומת\n${he.text}\nלהסרה השיבו הסר`],
      ["service", he.text]
    ] as const) {
      const set = MessageSet.compile({ ...service, ...policy, messageClass })
      assert.strictEqual(set._tag, "MessageSet")
      if (set._tag !== "MessageSet" || set.variants.he === undefined) continue
      assert.strictEqual(MessageTemplate.source(set.variants.he.named), expected)
    }
  })

  // TS 23.040 clause 9.1.2.5: an alphanumeric address has at most 11 septets.
  for (const [id, valid] of [
    ["Tidemark", true],
    ["Elevenchars", true],
    ["TwelveCharsX", false],
    ["Bank €€€", true],
    ["Bank €€€€", false],
    ["בנק", false],
    ["", false],
    ["   ", false],
    ["a\nb", false],
    ["+972501234567", true],
    ["123456789012345", true],
    ["1234567890123456", false]
  ] as const) {
    it(`${valid ? "takes" : "refuses"} the sender ${JSON.stringify(id)}`, () => {
      const problems = problemsOf({ sender: { id, canReceiveReplies: false } })
      assert.deepStrictEqual(problems, valid ? [] : [{ _tag: "SenderInvalid" }])
    })
  }

  for (const size of [
    { characters: 0, gsm7Segments: 2, ucs2Segments: 5 },
    { characters: 306, gsm7Segments: 1.5, ucs2Segments: 5 },
    { characters: 306, gsm7Segments: 2, ucs2Segments: 256 },
    { characters: 306, gsm7Segments: 256, ucs2Segments: 5 },
    { characters: 306, gsm7Segments: 2, ucs2Segments: Number.NaN }
  ]) {
    it(`refuses the size ${JSON.stringify(size)}`, () => {
      assert.deepStrictEqual(problemsOf({ size }), [{ _tag: "SizeInvalid" }])
    })
  }
  it("takes the largest size there is", () => {
    const size = { characters: 1, gsm7Segments: 255, ucs2Segments: 255 }
    assert.deepStrictEqual(problemsOf({ size }), [])
  })

  it("reports every problem of the texts at once", () => {
    const templates = {
      en: { text: "{Nope}", withoutName: "" },
      he: { text: "א {CustomerFirstName}", withoutName: "{CustomerFirstName}" },
      ru: { text: "{BankName}", withoutName: "б" }
    }
    assert.deepStrictEqual(problemsOf({ templates, defaultLanguage: "ar", bankName: "a\nb" }), [
      { _tag: "BankNameInvalid", reason: "CONTROL_CHARACTER" },
      { _tag: "DefaultLanguageWithoutTemplate", language: "ar" },
      { _tag: "NamelessAsksForName", language: "he" },
      {
        _tag: "TemplateInvalid",
        language: "en",
        variant: "named",
        problem: { _tag: "UnknownPlaceholder", position: 0, name: "Nope" }
      },
      {
        _tag: "TemplateInvalid",
        language: "en",
        variant: "nameless",
        problem: { _tag: "EmptyTemplate" }
      }
    ])
  })

  it("asks for the bank's name only where a template does", () => {
    const templates = { he: { text: "א", withoutName: "{BankName}" } }
    assert.deepStrictEqual(problemsOf({ templates }), [{ _tag: "BankNameMissing", language: "he" }])
    assert.deepStrictEqual(problemsOf({ templates, bankName: "בנק" }), [])
  })
})

describe("MessagePolicy.DEFAULTS", () => {
  it("survives being stored as bytes and has no class of message", () => {
    assert.deepStrictEqual(
      JSON.parse(JSON.stringify(MessagePolicy.DEFAULTS)),
      MessagePolicy.DEFAULTS
    )
    assert.notProperty(MessagePolicy.DEFAULTS, "messageClass")
  })

  // Original architecture § 3.3: "306 chars"; 2 × 153 septets.
  it("allows 306 characters in two GSM-7 or five UCS-2 segments", () => {
    assert.deepStrictEqual(MessagePolicy.DEFAULT_SIZE, {
      characters: 306,
      gsm7Segments: 2,
      ucs2Segments: 5
    })
  })
})
