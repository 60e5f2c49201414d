import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as MayContact from "../../src/recipient/MayContact.ts"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Recipients from "../../src/testing/generators/Recipients.ts"

/**
 * **Source** — design, Recipient: asked at most 60 s before the mark step, no answer = no send;
 * advertisement needs known consent; a suppressed message is `suppressed(reason)`; delivery
 * protocol, mark guard
 */
describe("for every set of facts, instant asked and instant marked", () => {
  // Caught: `NoAnswer` not held at the mark; fresh for 61 s; answers from the future taken.
  it("never marks unless the bank said yes at most 60 s before, and nothing holds it back", () => {
    fc.assert(
      fc.property(
        facts,
        Recipients.messageClasses,
        fc.nat(200_000),
        age,
        (facts, messageClass, asked, age) => {
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
            ({ sinceMs, scope, subject }) =>
              sinceMs <= asked &&
              (scope === "all" || messageClass === "advertisement") &&
              (subject._tag === "Number" || subject.customerId === facts.customerId)
          )
          assert.deepStrictEqual(holding, [])
        }
      )
    )
  })

  // Caught: exclusions looked up after suppressions.
  it("always counts an excluded customer as excluded, whoever answered", () => {
    fc.assert(
      fc.property(facts, Recipients.messageClasses, (facts, messageClass) => {
        const excluded = { ...facts, exclusions: ["DECEASED" as const] }
        const answer = MayContact.decide(excluded, messageClass, 1_000_000)
        if (answer._tag === "NoAnswer") assert.isUndefined(facts.bank)
        else assert.isTrue(answer._tag === "Refused" && answer.as === "excluded")
      })
    )
  })

  // Caught: `atMs` left out of the suppression look-up.
  it("never becomes allowed by adding a suppression", () => {
    fc.assert(
      fc.property(facts, Recipients.messageClasses, line, (facts, messageClass, line) => {
        const before = MayContact.decide(facts, messageClass, 500)
        const more = { ...facts, suppressions: [...facts.suppressions, line] }
        const after = MayContact.decide(more, messageClass, 500)
        if (before._tag !== "Allowed") assert.notStrictEqual(after._tag, "Allowed")
        if (line.sinceMs > 500) assert.deepStrictEqual(after, before)
      })
    )
  })

  // Caught: consent asked of service messages; lines about advertisements holding those alone.
  it("never asks a service message for consent, nor refuses it where an advertisement may go", () => {
    fc.assert(
      fc.property(facts, (facts) => {
        const advertisement = MayContact.decide(facts, "advertisement", 500)
        const service = MayContact.decide(facts, "service", 500)
        if (advertisement._tag === "Allowed") assert.strictEqual(service._tag, "Allowed")
        const { bank } = facts
        if (bank?._tag !== "MayContact") return
        const other = { ...facts, bank: { ...bank, consentKnown: !bank.consentKnown } }
        assert.deepStrictEqual(MayContact.decide(other, "service", 500), service)
      }),
      { numRuns: 500 }
    )
  })

  // Caught: exclusions counted as suppressed; the consent's refusal counted as excluded.
  it("always counts a refusal under one line, by whoever has the first word", () => {
    fc.assert(
      fc.property(facts, Recipients.messageClasses, (facts, messageClass) => {
        const answer = MayContact.decide(facts, messageClass, 500)
        assert.strictEqual(answer.askedAtMs, 500)
        if (answer._tag !== "Refused") return
        const { bank } = facts
        const byBank = bank?._tag === "MayNotContact" && bank.kind === "excluded"
        const excluded = byBank || facts.exclusions.length > 0
        assert.strictEqual(answer.as, excluded ? "excluded" : "suppressed")
        if (byBank) assert.strictEqual(answer.reason, bank.reason)
        assert.isNotEmpty(answer.reason)
      }),
      { numRuns: 500 }
    )
  })
})

const msisdn = Msisdn.fromE164("+972502345678")
assert.isDefined(msisdn)
const line = Recipients.suppressions([msisdn])
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
  customerId: Recipients.customerIds,
  msisdn: fc.constant(msisdn),
  bank,
  exclusions: Recipients.exclusions,
  suppressions: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(line, { maxLength: 3 }) }
  )
})
const age = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 59_990, max: 61_010 }))
