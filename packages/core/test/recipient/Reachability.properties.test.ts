import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Consent from "../../src/recipient/Consent.ts"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Reachability from "../../src/recipient/Reachability.ts"
import * as Recipients from "../../src/testing/generators/Recipients.ts"

/**
 * **Source** — design, Recipient: qualification and reachability are separate axes; kosher ranges
 * are flagged, the carrier decides, exclusion is opt-in
 */
describe("for every written number, and whatever the policy excludes", () => {
  // Caught: `excludeKosher` left out of the condition, or negated; INVALID where there is no
  // number.
  it("always goes to the number that was checked, or says why it cannot", () => {
    fc.assert(
      fc.property(phones, fc.boolean(), fc.boolean(), (check, kosher, excludeKosher) => {
        const reach = Reachability.decide(check, kosher, excludeKosher)
        const line = check === null ? "NO_PHONE" : check.reason
        const reason = line ?? (kosher && excludeKosher ? "KOSHER" : null)
        if (reach._tag === "Unreachable") {
          assert.strictEqual(reach.reason, reason)
          assert.include(Reachability.UNREACHABLE_REASONS, reach.reason)
        } else {
          assert.isNull(reason)
          assert.deepStrictEqual(reach, { _tag: "Reachable", msisdn: check?.e164, kosher })
        }
      }),
      { numRuns: 500 }
    )
  })

  // Caught: flagged numbers unreachable unless the policy includes them.
  it("never loses a customer by flagging a number, unless the policy opted in", () => {
    fc.assert(
      fc.property(phones, (check) => {
        const plain = Reachability.decide(check, false, false)
        const flagged = Reachability.decide(check, true, false)
        assert.strictEqual(flagged._tag, plain._tag)
        const excluded = Reachability.decide(check, true, true)
        assert.strictEqual(excluded._tag, "Unreachable")
      }),
      { numRuns: 200 }
    )
  })
})

/** **Source** — design, Recipient: kosher ranges; ITU-T E.164 (a range is a prefix) */
describe("for every number and every list of ranges", () => {
  // Caught: `startsWith` written `includes`; the built-in list used beside the bank's own.
  it("always flags exactly the numbers that begin like a range of the list", () => {
    fc.assert(
      fc.property(Recipients.msisdns, prefixes, (msisdn, prefixes) => {
        const expected = prefixes.some((prefix) => msisdn.slice(0, prefix.length) === prefix)
        assert.strictEqual(Msisdn.isKosher(msisdn, prefixes), expected)
      }),
      { numRuns: 500 }
    )
  })
})

/**
 * **Source** — design, Recipient: `messageClass` has no default; advertisement needs known consent,
 * a sender that can receive replies, and the legal lines
 */
describe("for every class of message", () => {
  // Caught: the legal lines asked for only where replies cannot be received.
  it("never lets an advertisement pass without a way to reply, its legal lines and consent", () => {
    fc.assert(
      fc.property(
        fc.option(Recipients.messageClasses, { nil: undefined }),
        fc.boolean(),
        fc.subarray(["he", "en", "ar", "ru"]),
        fc.boolean(),
        (messageClass, canReceiveReplies, languages, consentKnown) => {
          const problems = Consent.classProblems(messageClass, { canReceiveReplies }, languages)
          const fit = canReceiveReplies && languages.length === 0
          const passes = messageClass === "service" || (messageClass === "advertisement" && fit)
          assert.strictEqual(problems.length === 0, passes)
          const refusal = Consent.refusal(messageClass ?? "advertisement", consentKnown)
          assert.strictEqual(refusal === undefined, messageClass === "service" || consentKnown)
        }
      )
    )
  })
})

const phones = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 9,
    arbitrary: fc
      .tuple(Recipients.writtenPhones, Recipients.regions)
      .map(([text, region]) => Msisdn.check(text, region))
  }
)
const prefixes = fc.array(
  fc.oneof(
    fc.constantFrom("+97252", "+9725041", "+972522", "52"),
    Recipients.msisdns.map((msisdn) => msisdn.slice(0, 6))
  ),
  { maxLength: 3 }
)
