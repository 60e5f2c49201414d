import { assert, describe, it } from "vitest"
import * as Log from "../../src/testing/SandboxCarrierLog.ts"

const hour = 3_600_000

const accepted = (at: number, ref: string, change: Partial<Log.Accepted> = {}): Log.LogLine => ({
  t: "accepted",
  at,
  ref,
  key: `${ref}.0`,
  print: "p",
  id: `m-${ref}-${at}`,
  to: "+972527000001",
  text: "september",
  segments: 1,
  validUntil: at + 5 * hour,
  fate: null,
  ...change
})

const receipt = (at: number, ref: string, state: string): Log.LogLine => ({
  t: "receipt",
  at,
  ref,
  id: `m-${ref}`,
  state,
  part: 1,
  parts: null,
  code: null
})

const duplicates = (...lines: ReadonlyArray<Log.LogLine>) => Log.auditCarrierLog(lines).duplicates

describe("auditCarrierLog (invariants 19 and 20)", () => {
  it("counts acceptances beyond one per client reference", () => {
    const audit = Log.auditCarrierLog([
      accepted(0, "a"),
      accepted(1, "a"),
      accepted(2, "a"),
      accepted(3, "b", { to: "+972527000002" })
    ])
    assert.strictEqual(audit.accepted, 4)
    assert.strictEqual(audit.references, 2)
    assert.deepStrictEqual(audit.repeated, [{ reference: "a", times: 3 }])
    assert.strictEqual(audit.duplicates, 2)
  })

  for (const [story, expected, lines] of [
    ["the earlier one is open", 1, [accepted(hour, "a2")]],
    ["the earlier one was reported failed", 0, [receipt(1, "a1", "failed"), accepted(hour, "a2")]],
    ["the earlier one was rejected", 0, [receipt(1, "a1", "rejected"), accepted(hour, "a2")]],
    ["its validity is over", 0, [accepted(5 * hour, "a2")]],
    ["its validity ends in a millisecond", 1, [accepted(5 * hour - 1, "a2")]],
    [
      "it was delivered, though its validity is over",
      1,
      [receipt(1, "a1", "delivered"), accepted(6 * hour, "a2")]
    ],
    [
      "it was called failed, then delivered",
      1,
      [receipt(1, "a1", "failed"), receipt(2, "a1", "delivered"), accepted(6 * hour, "a2")]
    ],
    [
      "it was delivered, then called failed",
      1,
      [receipt(1, "a1", "delivered"), receipt(2, "a1", "failed"), accepted(6 * hour, "a2")]
    ],
    ["it is only enroute", 1, [receipt(1, "a1", "enroute"), accepted(hour, "a2")]],
    [
      "its failure was told after the acceptance",
      1,
      [accepted(hour, "a2"), receipt(2 * hour, "a1", "failed")]
    ],
    ["the destination is another", 0, [accepted(hour, "a2", { to: "+972527000002" })]],
    ["another text follows within ten days", 1, [accepted(hour, "a2", { text: "corrected" })]],
    [
      "another text follows a month later",
      0,
      [receipt(1, "a1", "delivered"), accepted(720 * hour, "a2", { text: "october" })]
    ]
  ] as const) {
    it(`counts ${expected} when ${story}`, () => {
      assert.strictEqual(duplicates(accepted(0, "a1"), ...lines), expected)
    })
  }

  it("never takes a message without validity for dead until it is told", () => {
    const open = accepted(0, "a1", { validUntil: null })
    assert.strictEqual(duplicates(open, accepted(200 * hour, "a2")), 1)
    assert.strictEqual(duplicates(open, receipt(1, "a1", "expired"), accepted(2, "a2")), 0)
  })

  it("counts faults by site and kind, and reads its own lines back", () => {
    const lines: ReadonlyArray<Log.LogLine> = [
      { t: "request", at: 1, on: "submit", size: 2 },
      { t: "fault", at: 1, on: "submit", kind: "429", rule: 0 },
      { t: "refused", at: 1, ref: "a", key: "a.0", print: "p", code: "BLOCKED" },
      accepted(2, "a"),
      receipt(3, "a", "delivered")
    ]
    const read = lines.map((line) => Log.parseLine(JSON.stringify(line)))
    assert.deepStrictEqual(read, [...lines])
    assert.deepStrictEqual(Log.auditCarrierLog(lines).faults, { "submit/429": 1 })
    for (const text of ["", "{", "[]", '{"t":"accepted","at":1}', '{"t":"other","at":1}']) {
      assert.isUndefined(Log.parseLine(text))
    }
  })
})
