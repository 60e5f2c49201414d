import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as MessageSet from "../../src/message/MessageSet.ts"
import * as Render from "../../src/message/Render.ts"
import * as SmsAlphabet from "../../src/message/SmsAlphabet.ts"
import * as TemplateLint from "../../src/message/TemplateLint.ts"
import * as OptOut from "../../src/recipient/OptOut.ts"
import * as Messages from "../../src/testing/generators/Messages.ts"

/**
 * **Source** — design, Message: a linter reports worst-case segments over real names, encoding
 * traps, links, "Reply STOP" on a one-way sender, cost; original architecture § 3.3
 */
describe("for every set of templates and list of names", () => {
  // Caught: the largest compared by units before segments; September to December left out; the
  // text without a name not tried; the price of one segment given for a message of two.
  it("never misses a larger or smaller message than it reports, and always prices its segments", () => {
    fc.assert(
      fc.property(Messages.messageSets, names, price, (set, names, pricePerSegmentMicros) => {
        for (const report of lint(set, names, pricePerSegmentMicros)) {
          const { largest, smallest } = report
          if (largest === null || smallest === null) return assert.fail("nothing was rendered")
          for (const { size } of messages(set, report.language, names)) {
            assert.isTrue(notLarger(smallest.size, size) && notLarger(size, largest.size))
          }
          for (const { size, costMicros, nameIndex, month } of [largest, smallest]) {
            assert.strictEqual(costMicros, BigInt(size.segments) * pricePerSegmentMicros)
            const firstName = nameIndex === null ? null : (names[nameIndex] ?? null)
            const made = Render.render(set, { firstName, language: report.language, month })
            assert.deepStrictEqual(made._tag === "Rendered" && made.size, size)
          }
        }
      }),
      { numRuns: 60 }
    )
  })

  // Caught: the index counted with the text without a name; a name left out called refused.
  it("always names, by its place, each name that is refused or left out, and no other", () => {
    fc.assert(
      fc.property(Messages.messageSets, names, (set, names) => {
        for (const report of lint(set, names, 1n)) {
          const told = report.findings.flatMap(({ finding }) =>
            finding._tag === "NameRefused" || finding._tag === "NameLeftOut" ? [finding] : []
          )
          const expected = names.flatMap((firstName, nameIndex) => {
            const omitted = MONTHS.map((month) =>
              Render.render(set, { firstName, language: report.language, month })
            ).flatMap((made) => (made._tag === "Rendered" ? (made.nameOmitted ?? []) : []))[0]
            if (omitted === undefined) return []
            return omitted === "MADE_TOO_LONG"
              ? [{ _tag: "NameLeftOut", nameIndex }]
              : [{ _tag: "NameRefused", nameIndex, reason: omitted }]
          })
          assert.deepStrictEqual<unknown>(told, expected)
        }
      }),
      { numRuns: 60 }
    )
  })
})

/** **Source** — design, Message: encoding traps; 3GPP TS 23.038 clause 6.2.1 */
describe("for every English template", () => {
  // Caught: the position counted by characters; the placeholder's own braces reported as extension
  // characters; a trap reported for the letters of a Hebrew text.
  it("always points at each character outside GSM-7, and never at one inside a placeholder", () => {
    fc.assert(
      fc.property(english, (text) => {
        const made = MessageSet.compile({
          ...MessagePolicy.DEFAULTS,
          messageClass: "service",
          defaultLanguage: "en",
          templates: { en: { text, withoutName: "Thank you" } }
        })
        if (made._tag === "RefusedPolicy") return assert.fail(JSON.stringify(made.problems))
        const [report] = lint(made, [], 1n)
        const traps = (report?.findings ?? []).flatMap(({ finding }) =>
          finding._tag === "EncodingTrap" ? [finding.position] : []
        )
        const outside = Array.from(text.matchAll(/./gsu))
          .filter(([character]) => !SmsAlphabet.isGsm7(character))
          .map(({ index }) => index)
        const foreign = /\p{Script=Hebrew}/u.test(text)
        assert.deepStrictEqual(traps, foreign ? [] : outside)
        for (const { finding } of report?.findings ?? []) {
          if (finding._tag === "ExtensionCharacter") {
            assert.strictEqual(text[finding.position], finding.character)
            assert.notInclude("{}", finding.character)
          }
        }
      }),
      { numRuns: 500 }
    )
  })
})

const MONTHS = Array.from({ length: 12 }, (_, index) =>
  CalendarMonth.parse(`2026-${String(index + 1).padStart(2, "0")}`)
).filter((month) => month !== undefined)

const lint = (
  set: MessageSet.MessageSet,
  names: ReadonlyArray<string>,
  pricePerSegmentMicros: bigint
) =>
  TemplateLint.lint(set, {
    names,
    year: 2026,
    pricePerSegmentMicros,
    keywords: OptOut.DEFAULT_KEYWORDS
  })

/** Everything that can be rendered in a language, the text without a name as well. */
const messages = (
  set: MessageSet.MessageSet,
  language: string,
  names: ReadonlyArray<string>
): ReadonlyArray<Render.Rendered> =>
  [null, ...names].flatMap((firstName) =>
    MONTHS.map((month) => Render.render(set, { firstName, language, month })).filter(
      (made) => made._tag === "Rendered"
    )
  )

const notLarger = (one: Render.Rendered["size"], other: Render.Rendered["size"]): boolean =>
  one.segments < other.segments || (one.segments === other.segments && one.units <= other.units)

const names = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: Messages.usableNames },
    { weight: 1, arbitrary: Messages.refusedNames }
  ),
  { maxLength: 4 }
)
const price = fc.bigInt({ min: 0n, max: 1_000_000n })
const english = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom("Hi ", "{MonthName}", "{CustomerFirstName}", "x") },
      { weight: 3, arbitrary: fc.constantFrom("\u2019", "ç", "[", "€", "\u{1f310}", "—") },
      { weight: 1, arbitrary: fc.constantFrom("א", "שלום") }
    ),
    { minLength: 1, maxLength: 6 }
  )
  .map((pieces) => pieces.join(""))
