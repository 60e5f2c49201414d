import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Language from "../../src/message/Language.ts"
import * as FirstName from "../../src/message/FirstName.ts"
import * as Render from "../../src/message/Render.ts"
import * as SmsSegments from "../../src/message/SmsSegments.ts"
import * as Messages from "../../src/testing/generators/Messages.ts"

/**
 * **Source** — design, Message: default size, too long ⇒ smart encoding, then without the name,
 * else an issue, never truncated; original architecture § 3.3 (size of the message); 3GPP TS 23.038
 * and 23.040 for the sizes
 */
describe("for every policy's size, addressee and month", () => {
  // Caught: the size checked before smart encoding only; `fits` ignoring UCS-2 segments.
  it("never renders a message over the size policy, and always reports its true size", () => {
    fc.assert(
      fc.property(
        Messages.messageSets,
        Messages.addressees,
        Messages.sizePolicies,
        (set, addressee, size) => {
          const rendered = Render.render(set, addressee, size)
          if (rendered._tag === "Unrenderable") return
          assert.deepStrictEqual(rendered.size, SmsSegments.measure(rendered.text))
          const most = rendered.size.encoding === "GSM-7" ? size.gsm7Segments : size.ucs2Segments
          assert.isAtMost(rendered.size.segments, most)
          assert.isAtMost(Array.from(rendered.text).length, size.characters)
        }
      )
    )
  })

  // Caught: an over-long text cut at the limit.
  it("never cuts: outside the fields a message is always its template", () => {
    fc.assert(
      fc.property(
        Messages.messageSets,
        Messages.addressees,
        Messages.sizePolicies,
        (set, addressee, size) => {
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
        }
      )
    )
  })

  // Caught: the bidi override left out of the refused characters of a name.
  it("never lets a name bring in a control character or an override", () => {
    fc.assert(
      fc.property(Messages.messageSets, Messages.addressees, (set, addressee) => {
        const rendered = Render.render(set, addressee)
        if (rendered._tag === "Unrenderable") return
        const allowed = rendered.text.replaceAll("\n", "")
        assert.notMatch(allowed, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        assert.isTrue(rendered.text.isWellFormed())
      })
    )
  })

  // Caught: the policy's language preferred to the customer's; `iw` unknown.
  it("always speaks the customer's language when it has templates, else the policy's", () => {
    fc.assert(
      fc.property(Messages.messageSets, Messages.addressees, (set, addressee) => {
        const rendered = Render.render(set, addressee)
        if (rendered._tag === "Unrenderable") return
        const asked = Language.parse(addressee.language)
        const has = asked !== undefined && set.policy.templates[asked] !== undefined
        assert.strictEqual(rendered.language, has ? asked : set.policy.defaultLanguage)
        assert.include(rendered.text, Language.monthName(rendered.language, addressee.month))
      }),
      { numRuns: 500 }
    )
  })

  // Caught: a refused name blamed on its size; the name left out although spelling it would do.
  it("always prints a usable name that fits, and says why another is not there", () => {
    fc.assert(
      fc.property(
        Messages.messageSets,
        Messages.addressees,
        Messages.sizePolicies,
        (set, addressee, size) => {
          const rendered = Render.render(set, addressee, size)
          if (rendered._tag === "Unrenderable") return
          const read = FirstName.read(addressee.firstName)
          if (read._tag === "Refused") assert.strictEqual(rendered.nameOmitted, read.reason)
          else if (rendered.nameOmitted === null) {
            if (rendered.replacements.length === 0) assert.include(rendered.text, read.text)
          } else assert.strictEqual(rendered.nameOmitted, "MADE_TOO_LONG")
        }
      ),
      { numRuns: 1_000 }
    )
  })

  // Caught: `<=` of the characters written `<`; the nameless text tried first; GSM-7 segments held
  // against the limit of UCS-2.
  it("never loses a message, nor the name of one, by allowing a larger size", () => {
    fc.assert(
      fc.property(
        Messages.messageSets,
        Messages.addressees,
        Messages.sizePolicies,
        fc.record({ characters: fc.nat(300), gsm7Segments: fc.nat(2), ucs2Segments: fc.nat(3) }),
        (set, addressee, size, more) => {
          const small = Render.render(set, addressee, size)
          const large = Render.render(set, addressee, {
            characters: size.characters + more.characters,
            gsm7Segments: size.gsm7Segments + more.gsm7Segments,
            ucs2Segments: size.ucs2Segments + more.ucs2Segments
          })
          if (small._tag === "Unrenderable") return
          if (large._tag === "Unrenderable") return assert.fail(large.reason)
          if (small.nameOmitted === null) assert.isNull(large.nameOmitted)
          if (small.replacements.length === 0 && small.nameOmitted === null) {
            assert.strictEqual(large.text, small.text)
          }
          // At its own size exactly, a text always fits.
          const exact = {
            characters: FirstName.codePoints(small.text),
            gsm7Segments: small.size.segments,
            ucs2Segments: small.size.segments
          }
          assert.isTrue(Render.fits(small.text, small.size, exact))
          const fewer = { ...exact, characters: exact.characters - 1 }
          assert.isFalse(Render.fits(small.text, small.size, fewer))
          const [gsm7Segments, ucs2Segments] =
            small.size.encoding === "GSM-7"
              ? [small.size.segments - 1, 255]
              : [255, small.size.segments - 1]
          assert.isFalse(
            Render.fits(small.text, small.size, { ...exact, gsm7Segments, ucs2Segments })
          )
        }
      ),
      { numRuns: 1_000 }
    )
  })
})
