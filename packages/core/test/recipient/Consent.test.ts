import { assert, describe, it } from "vitest"
import * as Consent from "../../src/recipient/Consent.ts"

describe("Consent.refusal", () => {
  for (const [messageClass, known, expected] of [
    ["service", true, undefined],
    ["service", false, undefined],
    ["advertisement", true, undefined],
    ["advertisement", false, "CONSENT_UNKNOWN"]
  ] as const) {
    it(`${messageClass}, consent ${known ? "known" : "unknown"}: ${expected ?? "allowed"}`, () => {
      assert.strictEqual(Consent.refusal(messageClass, known), expected)
    })
  }
})

describe("Consent.classProblems", () => {
  const oneWay = { canReceiveReplies: false }
  const twoWay = { canReceiveReplies: true }

  it("asks for the class, which has no default", () => {
    const problems = Consent.classProblems(undefined, oneWay, ["he"])
    assert.deepStrictEqual(problems, [{ _tag: "MessageClassMissing" }])
  })

  it("asks nothing of a service message", () => {
    assert.deepStrictEqual(Consent.classProblems("service", oneWay, ["he"]), [])
  })

  it("asks an advertisement for a way to reply, then for the legal lines", () => {
    assert.deepStrictEqual(Consent.classProblems("advertisement", oneWay, ["he", "en"]), [
      { _tag: "SenderCannotReceiveReplies" },
      { _tag: "LegalLinesMissing", languages: ["he", "en"] }
    ])
    assert.deepStrictEqual(Consent.classProblems("advertisement", twoWay, []), [])
  })
})
