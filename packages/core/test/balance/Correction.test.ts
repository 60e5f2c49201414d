import { assert, describe, it } from "vitest"
import * as Correction from "../../src/balance/Correction.ts"

const first = { revision: 1, minorUnits: 100n, recordedAtMs: 1_000, source: "run-1" }
const second = { revision: 2, minorUnits: 200n, recordedAtMs: 2_000, source: "run-2" }

describe("Correction.arrivalOf (product rules, Days)", () => {
  it("tells first, repeat, conflict in one run and superseding in a later one", () => {
    assert.strictEqual(Correction.arrivalOf(undefined, 100n, "run-1"), "first")
    assert.strictEqual(Correction.arrivalOf(first, 100n, "run-1"), "repeat")
    assert.strictEqual(Correction.arrivalOf(first, 100n, "run-2"), "repeat")
    assert.strictEqual(Correction.arrivalOf(first, 101n, "run-1"), "conflict")
    assert.strictEqual(Correction.arrivalOf(first, 101n, "run-2"), "superseding")
  })
})

describe("Correction.asOf", () => {
  it("gives what was known at an instant", () => {
    const revisions = [first, second]
    assert.isUndefined(Correction.asOf(revisions, 999))
    assert.strictEqual(Correction.asOf(revisions, 1_000), first)
    assert.strictEqual(Correction.asOf(revisions, 1_999), first)
    assert.strictEqual(Correction.asOf(revisions, 2_000), second)
    assert.isUndefined(Correction.asOf([], 2_000))
  })
})

describe("Correction.meaningOf, in precedence order (product rules, Days; fault B10)", () => {
  type Outcome = "Qualified" | "NotQualified"
  const decided: Correction.MonthProgress<Outcome> = {
    withinRetention: true,
    decided: "Qualified",
    corrected: "NotQualified",
    marked: false,
    closed: false
  }
  const observed = {
    _tag: "CorrectionObserved",
    code: "CORRECTION_OBSERVED",
    stands: "Qualified",
    counterfactual: "NotQualified"
  }
  const undecided = { withinRetention: true, corrected: "Qualified" } as const
  const open = { ...undecided, marked: false, closed: false }
  const rows: ReadonlyArray<
    readonly [string, Correction.MonthProgress<Outcome>, Readonly<Record<string, string>>]
  > = [
    ["beyond retention", { ...decided, withinRetention: false }, { _tag: "BeyondRetention" }],
    [
      "beyond retention, undecided",
      { ...open, withinRetention: false },
      { _tag: "BeyondRetention" }
    ],
    ["before the gate closes", open, { _tag: "NotYetDecided" }],
    ["same outcome", { ...decided, corrected: "Qualified" }, { _tag: "Unchanged" }],
    ["same, marked", { ...decided, corrected: "Qualified", marked: true }, { _tag: "Unchanged" }],
    ["after the mark", { ...decided, marked: true }, observed],
    ["after the month closed", { ...decided, closed: true }, observed],
    ["before the mark", decided, { _tag: "Redecide", from: "Qualified", to: "NotQualified" }]
  ]
  for (const [name, progress, expected] of rows) {
    it(`${name}: ${expected["_tag"]}`, () => {
      assert.deepStrictEqual<unknown>(Correction.meaningOf(progress), expected)
    })
  }

  it("re-decides towards Qualified as well", () => {
    const progress = { ...decided, decided: "NotQualified", corrected: "Qualified" } as const
    assert.deepStrictEqual<unknown>(Correction.meaningOf(progress), {
      _tag: "Redecide",
      from: "NotQualified",
      to: "Qualified"
    })
  })
})
