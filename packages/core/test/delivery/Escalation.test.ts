import { assert, describe, it } from "vitest"
import * as Escalation from "../../src/delivery/Escalation.ts"

describe("delivery protocol 1.2 and invariant 33", () => {
  // Caught: an item that nobody can end; one that a single person ends although it can send.
  it("offers resend only where nobody knows whether the message was sent", () => {
    const causes: ReadonlyArray<Escalation.EscalationCause> = [
      "UNRESOLVABLE",
      "LOOKUP_SILENT",
      "ROWS_EXHAUSTED",
      "PERMANENT_FAILURE",
      "FIX_NEEDED",
      "RETRIES_EXHAUSTED",
      "PARTIAL_DELIVERY",
      "RETRY_BARRED",
      "EXPIRED_AFTER_FAILURE",
      "DUPLICATE_DELIVERY",
      "CONFLICTING_CARRIER_ID"
    ]
    const resend = causes.filter((cause) => Escalation.actionsFor(cause).includes("resend"))
    assert.deepStrictEqual(resend, ["UNRESOLVABLE", "LOOKUP_SILENT"])
    const close = causes.filter((cause) => Escalation.actionsFor(cause).includes("close"))
    assert.deepStrictEqual(close, ["UNRESOLVABLE", "LOOKUP_SILENT", "ROWS_EXHAUSTED"])
    assert.deepStrictEqual(close, Array.from(Escalation.decidedByTwo))
    for (const cause of causes.slice(3)) {
      assert.deepStrictEqual(Escalation.actionsFor(cause), ["acknowledge"])
    }
  })

  const cases: ReadonlyArray<
    readonly [
      Escalation.EscalationCause,
      Escalation.EscalationAction,
      ReadonlyArray<string>,
      Escalation.DecisionProblem | undefined
    ]
  > = [
    ["ROWS_EXHAUSTED", "resend", [], "ACTION_NOT_ALLOWED"],
    ["UNRESOLVABLE", "acknowledge", ["dana"], "ACTION_NOT_ALLOWED"],
    ["UNRESOLVABLE", "resend", ["dana"], "PERSON_MISSING"],
    ["UNRESOLVABLE", "resend", ["dana", "  "], "PERSON_MISSING"],
    ["UNRESOLVABLE", "close", ["dana", " DANA "], "SAME_PERSON"],
    ["UNRESOLVABLE", "close", ["dana", "ｄａｎａ"], "SAME_PERSON"],
    ["UNRESOLVABLE", "resend", ["dana", "omer"], undefined],
    ["FIX_NEEDED", "acknowledge", [], "PERSON_MISSING"],
    ["FIX_NEEDED", "acknowledge", ["dana"], undefined]
  ]
  for (const [cause, action, by, problem] of cases) {
    it(`${cause} + ${action} by [${by.join(", ")}] → ${problem ?? "decided"}`, () => {
      assert.strictEqual(Escalation.problem(cause, action, by), problem)
    })
  }

  it("takes no empty name for a second person", () => {
    assert.isTrue(Escalation.areTwoPeople(["dana", "omer"]))
    assert.isFalse(Escalation.areTwoPeople(["dana", ""]))
    assert.isFalse(Escalation.areTwoPeople([" ", "omer"]))
    assert.isFalse(Escalation.areTwoPeople(["Dana", "dana"]))
  })
})
