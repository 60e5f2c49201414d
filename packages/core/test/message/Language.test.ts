import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Language from "../../src/message/Language.ts"

const month = (text: string) => {
  const month = CalendarMonth.parse(text)
  assert.isDefined(month)
  return month
}

describe("Language.monthName", () => {
  for (const [language, january, september, december] of [
    ["he", "ינואר", "ספטמבר", "דצמבר"],
    ["en", "January", "September", "December"],
    ["ar", "يناير", "سبتمبر", "ديسمبر"],
    ["ru", "январь", "сентябрь", "декабрь"]
  ] as const) {
    it(`names the months in ${language}`, () => {
      assert.strictEqual(Language.monthName(language, month("2026-01")), january)
      assert.strictEqual(Language.monthName(language, month("2026-09")), september)
      assert.strictEqual(Language.monthName(language, month("2031-12")), december)
    })
  }

  it("prints a month no calendar has as it is written", () => {
    assert.strictEqual(
      Language.monthName("he", "2026-13" as CalendarMonth.CalendarMonth),
      "2026-13"
    )
  })

  it("has twelve different names in every language", () => {
    for (const language of Language.LANGUAGES) {
      const names = Array.from({ length: 12 }, (_, index) =>
        Language.monthName(language, month(`2026-${String(index + 1).padStart(2, "0")}`))
      )
      assert.strictEqual(new Set(names).size, 12)
      assert.notInclude(names, "")
    }
  })
})

// Caught: the first letters found anywhere taken for the language.
describe("Language.parse", () => {
  for (const [tag, expected] of [
    ["he", "he"],
    ["HE-IL", "he"],
    ["iw", "he"],
    [" en_US ", "en"],
    ["ar-IL", "ar"],
    ["ru", "ru"],
    ["fr", undefined],
    ["", undefined],
    ["heb", undefined],
    ["1-he", undefined],
    [null, undefined]
  ] as const) {
    it(`reads ${JSON.stringify(tag)} as ${expected ?? "no language of ours"}`, () => {
      assert.strictEqual(Language.parse(tag), expected)
    })
  }
})
