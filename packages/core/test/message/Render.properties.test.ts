import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as BuiltInTemplates from "../../src/message/BuiltInTemplates.ts"
import * as Language from "../../src/message/Language.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as MessageSet from "../../src/message/MessageSet.ts"
import * as Render from "../../src/message/Render.ts"
import * as SmsSegments from "../../src/message/SmsSegments.ts"

describe("for every policy's size, addressee and month", () => {
  // Planted: the size checked before smart encoding only; `fits` ignoring UCS-2 segments.
  it("never renders a message over the size policy, and always reports its true size", () => {
    fc.assert(
      fc.property(set, addressee, size, (set, addressee, size) => {
        const rendered = Render.render(set, addressee, size)
        if (rendered._tag === "Unrenderable") return
        assert.deepStrictEqual(rendered.size, SmsSegments.measure(rendered.text))
        const most = rendered.size.encoding === "GSM-7" ? size.gsm7Segments : size.ucs2Segments
        assert.isAtMost(rendered.size.segments, most)
        assert.isAtMost(Array.from(rendered.text).length, size.characters)
      })
    )
  })

  // Planted: an over-long text cut at the limit.
  it("never cuts: outside the fields a message is always its template", () => {
    fc.assert(
      fc.property(set, addressee, size, (set, addressee, size) => {
        const rendered = Render.render(set, addressee, size)
        if (rendered._tag === "Unrenderable" || rendered.replacements.length > 0) return
        const texts = set.policy.templates[rendered.language]
        const template = rendered.nameOmitted === null ? texts?.text : texts?.withoutName
        assert.isDefined(template)
        const [before = "", after = ""] = rendered.text.split(
          Language.monthName(rendered.language, addressee.month)
        )
        const [fixedBefore = "", fixedAfter = ""] = (template ?? "").split("{MonthName}")
        assert.strictEqual(after, fixedAfter)
        const [head = "", tail = ""] = fixedBefore.split("{CustomerFirstName}")
        assert.isTrue(before.startsWith(head) && before.endsWith(tail))
      })
    )
  })

  // Planted: the bidi override left out of the refused characters of a name.
  it("never lets a name bring in a control character or an override", () => {
    fc.assert(
      fc.property(set, addressee, (set, addressee) => {
        const rendered = Render.render(set, addressee)
        if (rendered._tag === "Unrenderable") return
        const allowed = rendered.text.replaceAll("\n", "")
        assert.notMatch(allowed, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        assert.isTrue(rendered.text.isWellFormed())
      })
    )
  })
})

const compiled = (
  templates: BuiltInTemplates.TemplateSet,
  defaultLanguage: Language.Language
): MessageSet.MessageSet => {
  const set = MessageSet.compile({
    ...MessagePolicy.DEFAULTS,
    messageClass: "service",
    templates,
    defaultLanguage
  })
  return set._tag === "MessageSet" ? set : assert.fail(JSON.stringify(set.problems))
}
const curly: BuiltInTemplates.TemplateSet = {
  en: {
    text: `{CustomerFirstName}, you\u2019ve kept ${"x".repeat(140)} in {MonthName}`,
    withoutName: "You\u2019ve kept it in {MonthName}"
  }
}
const set = fc.constantFrom(
  compiled(BuiltInTemplates.DEFAULT, "he"),
  compiled(BuiltInTemplates.ORIGINAL, "en"),
  compiled(curly, "en")
)
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("Dana", "דנה", "Zoë", "Максим", "{Month}", "€[]") },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 66 }).map((length) => "x".repeat(length)) },
  { weight: 2, arbitrary: fc.constantFrom("\u202eDana", "a\nb", "\u2066x", "\u0007", "\ud83c") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constant(null) }
)
const month = fc.integer({ min: 1, max: 12 }).map((month) => {
  const parsed = CalendarMonth.parse(`2026-${String(month).padStart(2, "0")}`)
  return parsed ?? assert.fail("a month")
})
const addressee = fc.record({
  firstName: name,
  language: fc.constantFrom("he", "en", "ar", "ru", "fr", null),
  month
})
const size = fc.oneof(
  fc.constant(MessagePolicy.DEFAULT_SIZE),
  fc.record({
    characters: fc.integer({ min: 1, max: 320 }),
    gsm7Segments: fc.integer({ min: 1, max: 3 }),
    ucs2Segments: fc.integer({ min: 1, max: 5 })
  })
)
