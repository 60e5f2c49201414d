import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Language from "../../src/message/Language.ts"
import { months } from "../../src/testing/generators/Days.ts"

/** **Source** — design, Message: localised month names; Unicode CLDR, stand-alone wide months */
describe("for every language and month", () => {
  // Caught: the month counted from 1 in the table; July and June of one language exchanged.
  it("always names the month as Unicode's locale data does, whatever the year", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Language.LANGUAGES), months, (language, month) => {
        const name = new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" })
        const expected = name.format(new Date(`${month}-15T00:00:00Z`))
        assert.strictEqual(Language.monthName(language, month), expected)
      }),
      { numRuns: 500 }
    )
  })
})

/** **Source** — design, Message: the customer's language, else the policy's; BCP 47 (RFC 5646 2.1) */
describe("for every language tag", () => {
  // Caught: the region taken for the language; "iw" unknown; "hebrew" read as "he".
  it("always reads its first part, in any case, and never another", () => {
    fc.assert(
      fc.property(primary, subtags, fc.boolean(), (primary, subtags, upper) => {
        const tag = [primary, ...subtags].join("-")
        const expected = primary === "iw" ? "he" : Language.LANGUAGES.find((one) => one === primary)
        assert.strictEqual(Language.parse(upper ? tag.toUpperCase() : tag), expected)
      }),
      { numRuns: 500 }
    )
  })
})

const primary = fc.constantFrom("he", "iw", "en", "ar", "ru", "fr", "hebrew", "ene", "h")
const subtags = fc.array(fc.constantFrom("IL", "he", "Latn", "en", "419"), { maxLength: 2 })
