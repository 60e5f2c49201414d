/**
 * Names, templates and policies of messages: names in four scripts beside names that try to be
 * something else, sizes that are just enough or just not.
 */
import fc from "fast-check"
import * as BuiltInTemplates from "../../message/BuiltInTemplates.ts"
import type * as Language from "../../message/Language.ts"
import * as MessagePolicy from "../../message/MessagePolicy.ts"
import * as MessageSet from "../../message/MessageSet.ts"
import * as MessageTemplate from "../../message/MessageTemplate.ts"
import type { Addressee } from "../../message/Render.ts"
import { months } from "./Days.ts"

/** Names that are printed as they are: each script, brackets and braces, joiners, long ones. */
export const usableNames: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("Dana", "דנה", "Zoë", "François", "Максим", "محمد", "O'Neil", "R.")
  },
  {
    weight: 2,
    // The last is a Persian name, whose joiner must stay.
    arbitrary: fc.constantFrom("{MonthName}", "{", "}}", "$&", "€[]", "مه\u200cرو")
  },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 64 }).map((length) => "x".repeat(length)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 64 }).map((length) => "🌐".repeat(length)) }
)

/** Names that must never be printed: controls, overrides, halves of characters, links, length. */
export const refusedNames: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "Dana", "דנה"),
    fc.constantFrom(
      // Every embedding, override and isolate, and what ends them.
      ...Array.from("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
      "a\nb",
      "\u0007",
      "\u2028x",
      "\ud83c",
      "evil.example",
      "www.x",
      "https://x",
      "x".repeat(65)
    ),
    fc.constantFrom("", "x", "ה")
  )
  .map((parts) => parts.join(""))

/** What a bank's record may hold as a first name: `null`, blanks and any text at all included. */
export const firstNames: fc.Arbitrary<string | null> = fc.oneof(
  { weight: 6, arbitrary: usableNames },
  { weight: 2, arbitrary: refusedNames },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, "", " ", "\u200f", "\u200bDana ") }
)

/** A language's code in the ways records write it, some that have no templates, and none. */
export const languageTags = fc.constantFrom("he", "en", "ar", "ru", "HE-IL", "iw", "fr", "", null)

/** Whom a message is for. */
export const addressees: fc.Arbitrary<Addressee> = fc.record({
  firstName: firstNames,
  language: languageTags,
  month: months
})

const fields = fc.constantFrom(...MessageTemplate.PLACEHOLDERS.map((known) => `{${known}}`))
const fixed = fc.constantFrom("Hello ", ", ", "\n", "שלום ", "You’ve ", "$1", "$&", " ", "€", "[x]")

/** The pieces of a template that is right: joined they are its text. */
export const templatePieces: fc.Arbitrary<ReadonlyArray<string>> = fc.array(
  fc.oneof(fields, fixed),
  { maxLength: 8, size: "max" }
)

/** Texts that may or may not be templates: braces wherever they can stand. */
export const templateTexts: fc.Arbitrary<string> = fc.oneof(
  templatePieces.map((pieces) => pieces.join("")),
  fc.string({
    unit: fc.constantFrom("{", "}", "MonthName", "BankName", "a", " ", "\n"),
    maxLength: 8
  })
)

/** Sizes a policy may allow, from nearly nothing to more than the default. */
export const sizePolicies: fc.Arbitrary<MessagePolicy.SizePolicy> = fc.oneof(
  fc.constant(MessagePolicy.DEFAULT_SIZE),
  fc.record({
    characters: fc.integer({ min: 1, max: 320 }),
    gsm7Segments: fc.integer({ min: 1, max: 3 }),
    ucs2Segments: fc.integer({ min: 1, max: 5 })
  })
)

/** Typography that smart encoding can spell, and one letter more with a long name. */
const curly: BuiltInTemplates.TemplateSet = {
  en: {
    text: `{CustomerFirstName}, you’ve kept ${"x".repeat(140)} in {MonthName}`,
    withoutName: "You’ve kept it in {MonthName}"
  }
}

const compiled = (
  templates: BuiltInTemplates.TemplateSet,
  defaultLanguage: Language.Language
): ReadonlyArray<MessageSet.MessageSet> => {
  const set = MessageSet.compile({
    ...MessagePolicy.DEFAULTS,
    messageClass: "service",
    templates,
    defaultLanguage
  })
  return set._tag === "MessageSet" ? [set] : []
}

/** The sets that ship, and one whose named text is just too large in UCS-2. */
export const messageSets: fc.Arbitrary<MessageSet.MessageSet> = fc.constantFrom(
  ...compiled(BuiltInTemplates.DEFAULT, "he"),
  ...compiled(BuiltInTemplates.ORIGINAL, "en"),
  ...compiled(curly, "en")
)
