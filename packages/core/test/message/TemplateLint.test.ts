import { assert, describe, it } from "vitest"
import * as BuiltInTemplates from "../../src/message/BuiltInTemplates.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as MessageSet from "../../src/message/MessageSet.ts"
import * as TemplateLint from "../../src/message/TemplateLint.ts"
import * as OptOut from "../../src/recipient/OptOut.ts"

const options: TemplateLint.LintOptions = {
  names: [],
  year: 2026,
  pricePerSegmentMicros: 25_000n,
  keywords: OptOut.DEFAULT_KEYWORDS
}
const setOf = (over: Partial<MessagePolicy.MessagePolicy>): MessageSet.MessageSet => {
  const set = MessageSet.compile({ ...MessagePolicy.DEFAULTS, messageClass: "service", ...over })
  return set._tag === "MessageSet" ? set : assert.fail(JSON.stringify(set.problems))
}
const lint = (
  over: Partial<MessagePolicy.MessagePolicy>,
  names: ReadonlyArray<string> = []
): TemplateLint.LanguageReport => {
  const [report] = TemplateLint.lint(setOf(over), { ...options, names })
  return report ?? assert.fail("no report")
}
const named = (report: TemplateLint.LanguageReport) =>
  report.findings.filter(({ variant }) => variant === "named").map(({ finding }) => finding)
const english = (text: string) => ({
  defaultLanguage: "en" as const,
  templates: { en: { text, withoutName: "Thank you" } }
})

describe("TemplateLint.lint of the original template", () => {
  const original = { defaultLanguage: "en", templates: BuiltInTemplates.ORIGINAL } as const

  it("reports four segments with a Hebrew name where a Latin one makes two, and the price", () => {
    const report = lint(original, ["Dana", "דנה"])
    assert.deepInclude(named(report), {
      _tag: "NameAddsSegments",
      nameIndex: 1,
      from: 2,
      to: 4,
      blocker: "ד"
    })
    const { largest, smallest } = report
    assert.strictEqual(largest?.size.segments, 4)
    assert.strictEqual(largest?.nameIndex, 1)
    assert.strictEqual(String(largest?.month), "2026-09")
    assert.isNull(smallest?.nameIndex)
    assert.strictEqual(String(smallest?.month), "2026-05")
    assert.deepStrictEqual([largest?.costMicros, smallest?.costMicros], [100_000n, 50_000n])
    assert.strictEqual(report.unrenderable, 0)
  })

  it("reports the link, the brackets, the blanks at line ends, and STOP on a one-way sender", () => {
    assert.deepStrictEqual(named(lint(original, ["Dana"])), [
      { _tag: "ExtensionCharacter", position: 177, character: "[" },
      { _tag: "ExtensionCharacter", position: 236, character: "]" },
      { _tag: "WastedBlank", position: 87 },
      { _tag: "WastedBlank", position: 148 },
      { _tag: "Link", position: 208, text: "https://bank.example/premium" },
      { _tag: "ReplyOnOneWaySender", position: 245, word: "STOP" }
    ])
  })

  it("has nothing against STOP when replies arrive", () => {
    const sender = { id: "0501234567", canReceiveReplies: true }
    const tags = named(lint({ ...original, sender })).map(({ _tag }) => _tag)
    assert.notInclude(tags, "ReplyOnOneWaySender")
  })
})

describe("TemplateLint.lint", () => {
  it("has nothing to say of the default set's texts", () => {
    for (const report of TemplateLint.lint(setOf({}), options)) {
      assert.deepStrictEqual(report.findings, [])
      assert.strictEqual(report.largest?.size.segments, 1)
    }
  })

  it("finds the one curly apostrophe, and the letter no typography explains", () => {
    assert.deepStrictEqual(named(lint(english("You\u2019ve \u00e7"))), [
      { _tag: "EncodingTrap", position: 3, character: "\u2019", replacement: "'" },
      { _tag: "EncodingTrap", position: 7, character: "\u00e7", replacement: null }
    ])
  })

  it("calls nothing a trap where the text is in another script anyway", () => {
    assert.deepStrictEqual(named(lint(english("\u05d0 \u2019[]"))), [])
  })

  it("finds what nobody sees", () => {
    assert.deepStrictEqual(named(lint(english("\u05d0\u200fb"))), [
      { _tag: "InvisibleCharacter", position: 1, codePoint: 0x200f }
    ])
  })

  it("finds a Hebrew instruction to reply, not an English sentence with its words", () => {
    assert.deepStrictEqual(named(lint(english("להסרה השיבו הסר"))), [
      { _tag: "ReplyOnOneWaySender", position: 0, word: "להסרה" },
      { _tag: "ReplyOnOneWaySender", position: 12, word: "הסר" }
    ])
    assert.deepStrictEqual(named(lint(english("The end of the month"))), [])
  })

  it("finds a stop word in small letters where the text asks for it, in any of three scripts", () => {
    for (const [text, word] of [
      ["Reply stop to opt out", "stop"],
      ["Text \u201cstop\u201d to opt out", "stop"],
      ["SEND with 'quit' to opt out", "quit"],
      ["Ответьте стоп", "стоп"],
      // Caught: one blank only between the words.
      ["Reply  stop", "stop"],
      ["Reply  with stop", "stop"]
    ] as const) {
      const position = text.indexOf(word)
      const found = named(lint(english(text))).filter(({ _tag }) => _tag === "ReplyOnOneWaySender")
      assert.deepStrictEqual(found, [{ _tag: "ReplyOnOneWaySender", position, word }], text)
    }
    for (const text of ["We will never stop", "Replying: stop", "reply at the end"]) {
      assert.deepStrictEqual(named(lint(english(text))), [], text)
    }
  })

  it("does not believe that a name can be answered", () => {
    const sender = { id: "Bank", canReceiveReplies: true }
    const report = lint({ ...english("Reply STOP"), sender })
    assert.deepStrictEqual(named(report), [
      { _tag: "ReplyOnOneWaySender", position: 6, word: "STOP" }
    ])
  })

  it("finds a link with its scheme or without, and no sentence's end", () => {
    const links = (text: string) =>
      named(lint(english(text))).flatMap((finding) =>
        finding._tag === "Link" ? [finding.text] : []
      )
    assert.deepStrictEqual(links("see http://a.example/x y"), ["http://a.example/x"])
    assert.deepStrictEqual(links("see (HTTPS://A.EXAMPLE)"), ["HTTPS://A.EXAMPLE"])
    assert.deepStrictEqual(links("www.bank"), ["www.bank"])
    assert.deepStrictEqual(links("to bank.co.il/club now"), ["bank.co.il/club"])
    assert.deepStrictEqual(links("my-bank.example"), ["my-bank.example"])
    for (const text of ["Thank you. Bye", "3.50 NIS", "e.g. a.m.", "end."]) {
      assert.deepStrictEqual(links(text), [], text)
    }
  })

  it("misses the way out of an advertisement", () => {
    const advertisement = {
      ...english("Hello"),
      messageClass: "advertisement" as const,
      sender: { id: "0501234567", canReceiveReplies: true }
    }
    const lines = (closing: string) => ({ en: { opening: "Advertisement", closing } })
    assert.deepStrictEqual(named(lint({ ...advertisement, legalLines: lines("Bye") })), [
      { _tag: "OptOutMissing" }
    ])
    assert.deepStrictEqual(
      named(lint({ ...advertisement, legalLines: lines("To stop reply STOP") })),
      []
    )
  })

  it("warns when a right-to-left text may begin left to right", () => {
    const he = (text: string) => ({ templates: { he: { text, withoutName: "תודה" } } })
    const warned = (text: string) =>
      named(lint(he(text))).some(({ _tag }) => _tag === "LeadingDirection")
    assert.isTrue(warned("{CustomerFirstName} תודה"))
    assert.isTrue(warned("Bank: תודה"))
    assert.isTrue(warned("123"))
    assert.isFalse(warned("תודה Bank"))
    const ar = {
      defaultLanguage: "ar" as const,
      templates: { ar: { text: "x", withoutName: "x" } }
    }
    assert.deepInclude(named(lint(ar)), { _tag: "LeadingDirection" })
  })

  it("names refused and left-out names by their place in the list", () => {
    const text = `{CustomerFirstName}${"x".repeat(300)}`
    const report = lint(english(text), ["Dan", "evil.example", "x".repeat(10), "xxxxxxx"])
    assert.deepStrictEqual(named(report), [
      { _tag: "NameRefused", nameIndex: 1, reason: "LINK" },
      { _tag: "NameLeftOut", nameIndex: 2 },
      { _tag: "NameLeftOut", nameIndex: 3 },
      { _tag: "NameAddsSegments", nameIndex: 0, from: 1, to: 2, blocker: null }
    ])
  })

  it("counts the names for which nothing can be sent", () => {
    const long = "x".repeat(400)
    const report = lint({
      defaultLanguage: "en",
      templates: { en: { text: long, withoutName: long } }
    })
    assert.deepInclude(report, { unrenderable: 1, smallest: null, largest: null, findings: [] })
    const named = lint(
      { defaultLanguage: "en", templates: { en: { text: long, withoutName: long } } },
      ["Dan"]
    )
    assert.strictEqual(named.unrenderable, 2)
  })

  // Caught: the last name given for the first; a refused name blamed for the text without one; the
  // shortest month looked at.
  it("names the first name that makes more segments in any month, and no refused one", () => {
    const text = `{CustomerFirstName}${"x".repeat(147)} {MonthName}`
    const adding = named(lint(english(text), ["evil.example", "Dana", "Dan", "Daniela"])).filter(
      ({ _tag }) => _tag === "NameAddsSegments"
    )
    assert.deepStrictEqual(adding, [
      { _tag: "NameAddsSegments", nameIndex: 1, from: 1, to: 2, blocker: null }
    ])
    const report = lint(
      {
        defaultLanguage: "en",
        templates: { en: { text: "{CustomerFirstName}", withoutName: "x".repeat(161) } }
      },
      ["Dan", "evil.example"]
    )
    assert.deepStrictEqual(named(report), [{ _tag: "NameRefused", nameIndex: 1, reason: "LINK" }])
  })

  // Caught: blanks at the end of the text forgotten; two in a row told of as the second.
  it("finds blanks before a line break and at the end, by the first of them", () => {
    assert.deepStrictEqual(named(lint(english("Thanks  \nBye  "))), [
      { _tag: "WastedBlank", position: 6 },
      { _tag: "WastedBlank", position: 12 }
    ])
  })

  // Caught: the last of them.
  it("gives the first of several messages that are as large or as small", () => {
    const { largest, smallest } = lint(english("Hi {CustomerFirstName}"), ["Dana", "Noam"])
    assert.deepStrictEqual([largest?.nameIndex, `${largest?.month}`], [null, "2026-01"])
    assert.deepStrictEqual([smallest?.nameIndex, `${smallest?.month}`], [0, "2026-01"])
  })

  // Caught: the months of such a year tried all the same.
  it("has no sizes in a year that no calendar has", () => {
    const [report] = TemplateLint.lint(setOf({}), { ...options, year: 12_345, names: ["Dana"] })
    assert.deepInclude(report, { largest: null, smallest: null, findings: [] })
  })

  it("says nothing of names a template does not ask for", () => {
    assert.deepStrictEqual(named(lint(english("Hi"), ["Dan"])), [])
  })
})
