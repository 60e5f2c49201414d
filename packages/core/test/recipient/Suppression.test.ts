import { assert, describe, it } from "vitest"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Suppression from "../../src/recipient/Suppression.ts"

const number = (text: string): Msisdn.Msisdn => {
  const msisdn = Msisdn.fromE164(text)
  assert.isDefined(msisdn)
  return msisdn
}
const dana = number("+972502345678")
const other = number("+972522345678")
const message = {
  customerId: "C-1",
  msisdn: dana,
  messageClass: "service" as const,
  atMs: 1_000
}
const line = (over: Partial<Suppression.Suppression>): Suppression.Suppression => ({
  subject: { _tag: "Number", msisdn: dana },
  reason: "OPTED_OUT",
  scope: "all",
  sinceMs: 500,
  evidenceId: "E-1",
  ...over
})

describe("Suppression.find", () => {
  it("finds nothing in an empty list", () => {
    assert.isUndefined(Suppression.find([], message))
  })

  it("finds by number and by customer, either being enough", () => {
    const byNumber = line({})
    const byCustomer = line({ subject: { _tag: "Customer", customerId: "C-1" } })
    assert.strictEqual(Suppression.find([byNumber], message), byNumber)
    assert.strictEqual(Suppression.find([byCustomer], message), byCustomer)
  })

  it("ignores lines about others", () => {
    const lines = [
      line({ subject: { _tag: "Number", msisdn: other } }),
      line({ subject: { _tag: "Customer", customerId: "C-2" } })
    ]
    assert.isUndefined(Suppression.find(lines, message))
  })

  it("holds from its instant on, not before", () => {
    assert.isDefined(Suppression.find([line({ sinceMs: 1_000 })], message))
    assert.isUndefined(Suppression.find([line({ sinceMs: 1_001 })], message))
  })

  it("lets a service message pass a line about advertisements", () => {
    const lines = [line({ scope: "advertisement" })]
    assert.isUndefined(Suppression.find(lines, message))
    assert.isDefined(Suppression.find(lines, { ...message, messageClass: "advertisement" }))
  })

  it("gives the earliest, and of two at once the first", () => {
    const late = line({ sinceMs: 900, reason: "OPERATOR" })
    const early = line({ sinceMs: 100, reason: "COMPLAINT" })
    const twin = line({ sinceMs: 100, reason: "CARRIER_BLOCKED" })
    assert.strictEqual(Suppression.find([late, early, twin], message)?.reason, "COMPLAINT")
  })
})

describe("Suppression and replies", () => {
  it("an opt-out holds back every class on that number", () => {
    const made = Suppression.fromOptOut(dana, 1_000, "M-7")
    assert.strictEqual(Suppression.find([made], message), made)
    assert.deepStrictEqual(made, line({ sinceMs: 1_000, evidenceId: "M-7" }))
  })

  it("an opt-in ends only an older opt-out of the same number", () => {
    assert.isTrue(Suppression.endedByOptIn(line({ sinceMs: 500 }), dana, 500))
    assert.isFalse(Suppression.endedByOptIn(line({ sinceMs: 501 }), dana, 500))
    assert.isFalse(Suppression.endedByOptIn(line({}), other, 1_000))
    assert.isFalse(Suppression.endedByOptIn(line({ reason: "CARRIER_BLOCKED" }), dana, 1_000))
    const byCustomer = line({ subject: { _tag: "Customer", customerId: "C-1" } })
    assert.isFalse(Suppression.endedByOptIn(byCustomer, dana, 1_000))
  })
})

describe("Suppression.strongestExclusion", () => {
  it("follows the documented order whatever the order given", () => {
    assert.strictEqual(Suppression.strongestExclusion(["FLAGGED", "LEGAL_HOLD"]), "LEGAL_HOLD")
    assert.strictEqual(Suppression.strongestExclusion(["ERASED", "DECEASED"]), "DECEASED")
    assert.isUndefined(Suppression.strongestExclusion([]))
  })
})
