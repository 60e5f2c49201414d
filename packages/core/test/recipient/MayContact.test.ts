import { assert, describe, it } from "vitest"
import * as MayContact from "../../src/recipient/MayContact.ts"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Suppression from "../../src/recipient/Suppression.ts"

const msisdn = Msisdn.fromE164("+972502345678")
assert.isDefined(msisdn)

const facts = (over: Partial<MayContact.ContactFacts>): MayContact.ContactFacts => ({
  customerId: "C-1",
  msisdn,
  bank: { _tag: "MayContact", consentKnown: true },
  exclusions: [],
  suppressions: [],
  ...over
})
const optedOut = [Suppression.fromOptOut(msisdn, 0, "M-1")]
const bankExcludes = { _tag: "MayNotContact", kind: "excluded", reason: "ESTATE" } as const
const bankSuppresses = { _tag: "MayNotContact", kind: "suppressed", reason: "ASKED_US" } as const

describe("MayContact.decide, in precedence order", () => {
  const refused = (as: MayContact.RefusedAs, reason: string) =>
    ({ _tag: "Refused", askedAtMs: 7, as, reason }) as const

  it("1 has no answer when the bank has none, whatever else is known", () => {
    const decided = MayContact.decide(
      facts({ bank: undefined, exclusions: ["DECEASED"], suppressions: optedOut }),
      "service",
      7
    )
    assert.deepStrictEqual(decided, { _tag: "NoAnswer", askedAtMs: 7 })
  })

  it("2 excludes by the bank's word before the programme's own", () => {
    const all = { exclusions: ["LEGAL_HOLD" as const], suppressions: optedOut }
    const byBank = MayContact.decide(facts({ ...all, bank: bankExcludes }), "service", 7)
    assert.deepStrictEqual(byBank, refused("excluded", "ESTATE"))
    const byUs = MayContact.decide(facts({ ...all, bank: bankSuppresses }), "service", 7)
    assert.deepStrictEqual(byUs, refused("excluded", "LEGAL_HOLD"))
  })

  it("3 suppresses by the programme's list before the bank's", () => {
    const both = facts({ suppressions: optedOut, bank: bankSuppresses })
    assert.deepStrictEqual(
      MayContact.decide(both, "service", 7),
      refused("suppressed", "OPTED_OUT")
    )
    const bank = facts({ bank: bankSuppresses })
    assert.deepStrictEqual(MayContact.decide(bank, "service", 7), refused("suppressed", "ASKED_US"))
  })

  it("4 suppresses an advertisement without known consent, not a service message", () => {
    const unknown = facts({ bank: { _tag: "MayContact", consentKnown: false } })
    assert.deepStrictEqual(
      MayContact.decide(unknown, "advertisement", 7),
      refused("suppressed", "CONSENT_UNKNOWN")
    )
    assert.strictEqual(MayContact.decide(unknown, "service", 7)._tag, "Allowed")
  })

  it("5 allows", () => {
    assert.deepStrictEqual(MayContact.decide(facts({}), "advertisement", 7), {
      _tag: "Allowed",
      askedAtMs: 7
    })
  })
})

describe("MayContact.atMark", () => {
  const allowed = { _tag: "Allowed", askedAtMs: 100_000 } as const
  const no = { _tag: "Refused", askedAtMs: 100_000, as: "suppressed", reason: "X" } as const

  it("holds without an answer", () => {
    const held = { _tag: "Hold", because: "NO_ANSWER" } as const
    assert.deepStrictEqual(MayContact.atMark(undefined, 0), held)
    assert.deepStrictEqual(MayContact.atMark({ _tag: "NoAnswer", askedAtMs: 0 }, 0), held)
  })

  it("holds an answer from the future", () => {
    const held = { _tag: "Hold", because: "ASKED_IN_FUTURE" } as const
    assert.deepStrictEqual(MayContact.atMark(allowed, 99_999), held)
  })

  // Delivery protocol, mark guard: contactable (asked ≤ 60 s ago).
  it("marks at 60.000 s and holds at 60.001 s", () => {
    assert.deepStrictEqual(MayContact.atMark(allowed, 100_000), { _tag: "Mark" })
    assert.deepStrictEqual(MayContact.atMark(allowed, 160_000), { _tag: "Mark" })
    const held = { _tag: "Hold", because: "STALE" } as const
    assert.deepStrictEqual(MayContact.atMark(allowed, 160_001), held)
    assert.deepStrictEqual(MayContact.atMark(no, 160_001), held)
  })

  it("refuses as answered", () => {
    assert.deepStrictEqual(MayContact.atMark(no, 100_001), {
      _tag: "Refuse",
      as: "suppressed",
      reason: "X"
    })
  })
})
