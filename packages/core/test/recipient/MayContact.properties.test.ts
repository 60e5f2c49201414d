import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as MayContact from "../../src/recipient/MayContact.ts"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Suppression from "../../src/recipient/Suppression.ts"

describe("for every set of facts, instant asked and instant marked", () => {
  // Planted: `NoAnswer` not held at the mark; fresh for 61 s; answers from the future taken.
  it("never marks unless the bank said yes at most 60 s before, and nothing holds it back", () => {
    fc.assert(
      fc.property(facts, messageClass, fc.nat(200_000), age, (facts, messageClass, asked, age) => {
        const answer = MayContact.decide(facts, messageClass, asked)
        const atMark = MayContact.atMark(answer, asked + age)
        if (facts.bank === undefined) assert.strictEqual(atMark._tag, "Hold")
        if (atMark._tag !== "Mark") return
        assert.isAtLeast(age, 0)
        assert.isAtMost(age, 60_000)
        if (facts.bank?._tag !== "MayContact") return assert.fail("marked without the bank's yes")
        assert.deepStrictEqual(facts.exclusions, [])
        assert.isTrue(messageClass === "service" || facts.bank.consentKnown)
        const holding = facts.suppressions.filter(
          ({ sinceMs, scope }) =>
            sinceMs <= asked && (scope === "all" || messageClass === "advertisement")
        )
        assert.deepStrictEqual(holding, [])
      })
    )
  })

  // Planted: exclusions looked up after suppressions.
  it("always counts an excluded customer as excluded, whoever answered", () => {
    fc.assert(
      fc.property(facts, messageClass, (facts, messageClass) => {
        const excluded = { ...facts, exclusions: ["DECEASED" as const] }
        const answer = MayContact.decide(excluded, messageClass, 1_000_000)
        if (answer._tag === "NoAnswer") assert.isUndefined(facts.bank)
        else assert.isTrue(answer._tag === "Refused" && answer.as === "excluded")
      })
    )
  })

  // Planted: `atMs` left out of the suppression look-up.
  it("never becomes allowed by adding a suppression", () => {
    fc.assert(
      fc.property(facts, messageClass, line, (facts, messageClass, line) => {
        const before = MayContact.decide(facts, messageClass, 500)
        const more = { ...facts, suppressions: [...facts.suppressions, line] }
        const after = MayContact.decide(more, messageClass, 500)
        if (before._tag !== "Allowed") assert.notStrictEqual(after._tag, "Allowed")
        if (line.sinceMs > 500) assert.deepStrictEqual(after, before)
      })
    )
  })
})

const msisdn = Msisdn.fromE164("+972502345678")
assert.isDefined(msisdn)
const subject: fc.Arbitrary<Suppression.Subject> = fc.constantFrom<Suppression.Subject>(
  { _tag: "Number", msisdn },
  { _tag: "Customer", customerId: "C-1" }
)
const line: fc.Arbitrary<Suppression.Suppression> = fc.record({
  subject,
  reason: fc.constantFrom("OPTED_OUT", "CARRIER_BLOCKED", "COMPLAINT", "OPERATOR"),
  scope: fc.constantFrom("all", "advertisement"),
  sinceMs: fc.oneof(fc.nat(1_000), fc.nat(400_000)),
  evidenceId: fc.constant("E")
})
const bank = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ _tag: fc.constant("MayContact" as const), consentKnown: fc.boolean() })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      _tag: fc.constant("MayNotContact" as const),
      kind: fc.constantFrom("excluded" as const, "suppressed" as const),
      reason: fc.constant("BANK")
    })
  },
  { weight: 1, arbitrary: fc.constant(undefined) }
)
const facts: fc.Arbitrary<MayContact.ContactFacts> = fc.record({
  customerId: fc.constant("C-1"),
  msisdn: fc.constant(msisdn),
  bank,
  exclusions: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray([...Suppression.EXCLUSIONS]) }
  ),
  suppressions: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(line, { maxLength: 3 }) }
  )
})
const messageClass = fc.constantFrom("service" as const, "advertisement" as const)
const age = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 59_990, max: 61_010 }))
