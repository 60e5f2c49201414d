import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as BuiltInTemplates from "../../src/message/BuiltInTemplates.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as MessageSet from "../../src/message/MessageSet.ts"
import * as Render from "../../src/message/Render.ts"

const month = CalendarMonth.parse("2026-09")
assert.isDefined(month)

const setOf = (over: Partial<MessagePolicy.MessagePolicy> = {}): MessageSet.MessageSet => {
  const set = MessageSet.compile({ ...MessagePolicy.DEFAULTS, messageClass: "service", ...over })
  return set._tag === "MessageSet" ? set : assert.fail(JSON.stringify(set.problems))
}
const one = (text: string, withoutName: string) =>
  setOf({ defaultLanguage: "en", templates: { en: { text, withoutName } } })
const to = (firstName: string | null, language: string | null = null) => ({
  firstName,
  language,
  month
})

describe("Render.render of the built-in templates", () => {
  it("speaks the customer's language, else the policy's", () => {
    const set = setOf()
    const spoken = ["he", "en-GB", "ar", "RU", "fr", null].map((language) => {
      const rendered = Render.render(set, to("Dana", language))
      return rendered._tag === "Rendered" ? rendered.language : rendered.reason
    })
    assert.deepStrictEqual(spoken, ["he", "en", "ar", "ru", "he", "he"])
  })

  it("falls back to the policy's language where the customer's has no template", () => {
    const { he } = BuiltInTemplates.DEFAULT
    assert.isDefined(he)
    const rendered = Render.render(setOf({ templates: { he } }), to("Dana", "ru"))
    assert.strictEqual(rendered._tag === "Rendered" ? rendered.language : rendered.reason, "he")
  })

  it("writes the short Hebrew message in one segment", () => {
    assert.deepStrictEqual(Render.render(setOf(), to("דנה")), {
      _tag: "Rendered",
      text: "שלום דנה, תודה ששמרת על יתרת פרימיום לאורך ספטמבר.",
      language: "he",
      size: { encoding: "UCS-2", units: 50, segments: 1, parts: [50] },
      nameOmitted: null,
      replacements: []
    })
  })

  // Product rules, Message: two segments with a GSM-7 name and four with דנה, François or Zoë.
  for (const [name, encoding, units, segments] of [
    ["Dan", "GSM-7", 245, 2],
    ["דנה", "UCS-2", 243, 4],
    ["François", "UCS-2", 248, 4],
    ["Zoë", "UCS-2", 243, 4]
  ] as const) {
    it(`writes the original template for ${name} in ${segments} segments`, () => {
      const set = setOf({ templates: BuiltInTemplates.ORIGINAL, defaultLanguage: "en" })
      const rendered = Render.render(set, to(name))
      assert.strictEqual(rendered._tag, "Rendered")
      if (rendered._tag !== "Rendered") return
      assert.deepInclude(rendered.size, { encoding, units, segments })
      assert.isNull(rendered.nameOmitted)
    })
  }
})

describe("Render.render, from the whole message to none", () => {
  it("prefers the name as it is, typography and all, when it fits", () => {
    const set = one("Hi {CustomerFirstName}, you\u2019re great", "You are great")
    const rendered = Render.render(set, to("Dana"))
    assert.strictEqual(rendered._tag === "Rendered" && rendered.text, "Hi Dana, you\u2019re great")
  })

  it("then spells it in GSM-7 and reports the replacement", () => {
    const filler = "x".repeat(290)
    const set = one(`{CustomerFirstName}\u2019s ${filler}`, filler)
    const tight = { characters: 306, gsm7Segments: 2, ucs2Segments: 4 }
    const rendered = Render.render(set, to("Dana"), tight)
    assert.deepInclude(rendered, { text: `Dana's ${filler}`, nameOmitted: null })
    assert.deepInclude(rendered, { replacements: [{ position: 4, from: "\u2019", to: "'" }] })
  })

  it("then leaves the name out", () => {
    const set = one(`{CustomerFirstName}${"x".repeat(304)}`, "Thank you")
    assert.deepInclude(Render.render(set, to("Da")), { nameOmitted: null })
    assert.deepInclude(Render.render(set, to("Dan")), {
      text: "Thank you",
      nameOmitted: "MADE_TOO_LONG"
    })
  })

  it("then spells the text without the name", () => {
    const nameless = `\u2019${"x".repeat(290)}`
    const set = one(`{CustomerFirstName}${"x".repeat(306)}`, nameless)
    const tight = { characters: 306, gsm7Segments: 2, ucs2Segments: 4 }
    assert.deepInclude(Render.render(set, to("Dan"), tight), {
      text: `'${"x".repeat(290)}`,
      nameOmitted: "MADE_TOO_LONG"
    })
  })

  it("and never cuts: too long is a data-quality issue", () => {
    const set = one(`{CustomerFirstName}${"x".repeat(306)}`, "x".repeat(307))
    assert.deepStrictEqual(Render.render(set, to("Dan")), {
      _tag: "Unrenderable",
      reason: "TOO_LONG",
      size: { encoding: "GSM-7", units: 307, segments: 3, parts: [153, 153, 1] }
    })
  })

  it("spells nothing when the policy switched it off, or when it does not help", () => {
    const long = `\u2019${"x".repeat(340)}`
    const texts = { en: { text: long, withoutName: long } }
    const policy = { defaultLanguage: "en", templates: texts } as const
    for (const smartEncoding of [true, false]) {
      const rendered = Render.render(setOf({ ...policy, smartEncoding }), to("Dan"))
      assert.deepInclude(rendered, { _tag: "Unrenderable", reason: "TOO_LONG" })
    }
    const narrow = { characters: 341, gsm7Segments: 3, ucs2Segments: 5 }
    const off = setOf({ ...policy, smartEncoding: false })
    assert.strictEqual(Render.render(off, to("Dan"), narrow)._tag, "Unrenderable")
    assert.strictEqual(Render.render(setOf(policy), to("Dan"), narrow)._tag, "Rendered")
  })

  it("says why a name was left out", () => {
    const set = setOf()
    for (const [name, nameOmitted] of [
      [null, "ABSENT"],
      ["a\nb", "CONTROL_CHARACTER"],
      ["evil.example", "LINK"]
    ] as const) {
      assert.deepInclude(Render.render(set, to(name)), {
        text: "שלום, תודה ששמרת על יתרת פרימיום לאורך ספטמבר.",
        nameOmitted
      })
    }
    assert.deepInclude(Render.render(one("Hi", "Ho"), to("Dan")), {
      text: "Ho",
      nameOmitted: "NOT_ASKED_FOR"
    })
  })

  it("puts the bank's name where a template asks", () => {
    const set = setOf({
      bankName: "First Bank",
      templates: { he: { text: "{BankName} {CustomerFirstName}", withoutName: "{BankName}" } }
    })
    assert.deepInclude(Render.render(set, to("Dan")), { text: "First Bank Dan" })
    assert.deepInclude(Render.render(set, to(null)), { text: "First Bank" })
  })
})

describe("Render.render of a set no policy would compile to", () => {
  const set = setOf()

  it("has no template to use", () => {
    assert.deepStrictEqual(Render.render({ ...set, variants: {} }, to("Dan")), {
      _tag: "Unrenderable",
      reason: "NO_TEMPLATE"
    })
  })

  it("misses a value", () => {
    const bank = setOf({
      bankName: "B",
      templates: { he: { text: "{BankName}", withoutName: "{BankName}" } }
    })
    const without = { ...bank, policy: { ...bank.policy, bankName: null } }
    assert.deepStrictEqual(Render.render(without, to("Dan")), {
      _tag: "Unrenderable",
      reason: "MISSING_VALUE",
      placeholder: "BankName"
    })
  })
})

describe("Render.fits", () => {
  const gsm7 = { encoding: "GSM-7", units: 1, segments: 2, parts: [] } as const
  const ucs2 = { encoding: "UCS-2", units: 1, segments: 5, parts: [] } as const
  const size = MessagePolicy.DEFAULT_SIZE

  it("counts characters as a reader does, and segments as the carrier does", () => {
    assert.isTrue(Render.fits("x".repeat(306), gsm7, size))
    assert.isFalse(Render.fits("x".repeat(307), gsm7, size))
    assert.isTrue(Render.fits("\u{1f310}".repeat(306), ucs2, size))
    assert.isFalse(Render.fits("\u{1f310}".repeat(307), ucs2, size))
    assert.isFalse(Render.fits("x", { ...gsm7, segments: 3 }, size))
    assert.isFalse(Render.fits("x", { ...ucs2, segments: 6 }, size))
  })
})
