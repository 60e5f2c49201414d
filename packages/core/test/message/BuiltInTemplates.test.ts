import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as BuiltInTemplates from "../../src/message/BuiltInTemplates.ts"
import * as Language from "../../src/message/Language.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as MessageSet from "../../src/message/MessageSet.ts"
import * as Render from "../../src/message/Render.ts"

const folder =
  process.env["TIDEMARK_TEST_DATA"] ?? resolve(import.meta.dirname, "../../../../../shared/data")
const file = resolve(folder, "names.json")

const setOf = (templates: BuiltInTemplates.TemplateSet, defaultLanguage: Language.Language) => {
  const policy = { ...MessagePolicy.DEFAULTS, templates, defaultLanguage }
  const set = MessageSet.compile({ ...policy, messageClass: "service" })
  return set._tag === "MessageSet" ? set : assert.fail(JSON.stringify(set.problems))
}
const months = Array.from(
  { length: 12 },
  (_, index) =>
    CalendarMonth.parse(`2026-${String(index + 1).padStart(2, "0")}`) ?? assert.fail("a month")
)

describe("BuiltInTemplates.ORIGINAL", () => {
  it("is the original architecture's text, trailing blanks included (§ 3.3)", () => {
    assert.strictEqual(
      BuiltInTemplates.ORIGINAL.en?.text,
      [
        "Hello {CustomerFirstName},",
        "",
        "We appreciate your continued loyalty! As a valued customer, ",
        "you've maintained a premium balance throughout {MonthName}. ",
        "Thank you for your trust.",
        "",
        "[Learn about premium benefits: https://bank.example/premium]",
        "",
        "Reply STOP to opt out."
      ].join("\n")
    )
  })
})

describe("BuiltInTemplates over real first names in four scripts", () => {
  const all: ReadonlyArray<{ readonly name: string; readonly lang: string }> = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8")).names
    : []
  // To kill a mutant, over and over, every eighth name does.
  const step = process.env["TIDEMARK_MUTATION_ROOM"] === undefined ? 1 : 8
  const names = all.filter((_, index) => index % step === 0)
  if (names.length === 0) console.warn(`${file} not found: 12,000 renderings not run`)

  it("always prints the name, whole and within the default size", () => {
    let rendered = 0
    for (const [set, languages] of [
      [setOf(BuiltInTemplates.DEFAULT, "he"), Language.LANGUAGES],
      [setOf(BuiltInTemplates.ORIGINAL, "en"), ["en"]]
    ] as const) {
      for (const language of languages) {
        for (const { name } of names) {
          for (const month of months) {
            const made = Render.render(set, { firstName: name, language, month })
            if (made._tag === "Unrenderable") return assert.fail(made.reason)
            assert.include(made.text, name)
            assert.isNull(made.nameOmitted)
            rendered++
          }
        }
      }
    }
    assert.strictEqual(rendered, names.length * 12 * 5)
  })

  it("is one segment when the default set speaks the name's own language", () => {
    const set = setOf(BuiltInTemplates.DEFAULT, "he")
    const long = names
      .filter(({ lang }) => lang !== "fr")
      .filter(({ name, lang }) =>
        months.some((month) => {
          const made = Render.render(set, { firstName: name, language: lang, month })
          return made._tag !== "Rendered" || made.size.segments !== 1
        })
      )
    assert.deepStrictEqual(long, [])
  })

  it("is four segments when the original template meets a Hebrew name", () => {
    const set = setOf(BuiltInTemplates.ORIGINAL, "en")
    for (const { name } of names.filter(({ lang }) => lang === "he")) {
      for (const month of months) {
        const made = Render.render(set, { firstName: name, language: "en", month })
        assert.strictEqual(made._tag === "Rendered" && made.size.segments, 4)
      }
    }
  })
})
