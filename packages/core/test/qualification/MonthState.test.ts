import { assert, describe, it } from "vitest"
import * as MonthState from "../../src/qualification/MonthState.ts"
import { month } from "../calendar/scenarios.ts"

const april = month("2026-04")
const open = MonthState.open(april)
const complete: MonthState.MonthState = {
  _tag: "Complete",
  month: april,
  gate: "allKnown",
  completeAtMs: 100
}
const decidedBy = (...people: ReadonlyArray<string>) => ({
  _tag: "Decided" as const,
  month: april,
  gate: "allKnown" as const,
  contentHash: "h1",
  approvals: people.map((by) => ({ by, atMs: 200 }))
})
const released: MonthState.MonthState = {
  _tag: "Released",
  month: april,
  contentHash: "h1",
  approvals: [],
  releasedAtMs: 300
}
const closed: MonthState.MonthState = {
  _tag: "Closed",
  month: april,
  contentHash: "h1",
  releasedAtMs: 300,
  closedAtMs: 400
}

const gate = (nowMs: number, incompleteCustomers: number): MonthState.MonthCommand => ({
  _tag: "CheckGate",
  nowMs,
  monthEndMs: 100,
  cutOffMs: 200,
  incompleteCustomers
})
const record = (contentHash: string) => ({ _tag: "RecordDecision", contentHash }) as const
const approve = (by: string, contentHash = "h1") =>
  ({ _tag: "Approve", by, contentHash, nowMs: 200 }) as const
const release = (rule: "automatic" | "twoPeople" = "automatic") =>
  ({ _tag: "Release", rule, nowMs: 300 }) as const
const close = (pending = 0) => ({ _tag: "Close", pending, nowMs: 400 }) as const

describe("MonthState.decide, row by row (product rules, Days: completeness gate)", () => {
  const rows: ReadonlyArray<
    readonly [
      string,
      MonthState.MonthState,
      MonthState.MonthCommand,
      string | MonthState.MonthState
    ]
  > = [
    ["a month that is not over", open, gate(99, 0), "MONTH_NOT_OVER"],
    ["every date known at the month's end", open, gate(100, 0), complete],
    ["a date unknown before the cut-off", open, gate(199, 1), "INCOMPLETE"],
    [
      "a date unknown at the cut-off",
      open,
      gate(200, 1),
      { ...complete, gate: "cutOff", completeAtMs: 200 }
    ],
    ["every date known after the cut-off", open, gate(500, 0), { ...complete, completeAtMs: 500 }],
    ["the gate again", complete, gate(100, 1), "Same"],
    ["the gate of a closed month", closed, gate(100, 1), "Same"],
    ["a decision before the gate", open, record("h1"), "WRONG_STATE"],
    ["a decision", complete, record("h1"), decidedBy()],
    ["the same decision again", decidedBy("dana"), record("h1"), "Same"],
    [
      "another decision, which voids approvals",
      decidedBy("dana", "noa"),
      record("h2"),
      { ...decidedBy(), contentHash: "h2" }
    ],
    ["a decision after release", released, record("h2"), "WRONG_STATE"],
    ["an approval before the decision", complete, approve("dana"), "WRONG_STATE"],
    ["an approval of other content", decidedBy(), approve("dana", "h0"), "HASH_DIFFERS"],
    ["a second approval by one person", decidedBy("dana"), approve("dana"), "SAME_PERSON"],
    ["a first approval", decidedBy(), approve("dana"), decidedBy("dana")],
    ["a second approval", decidedBy("dana"), approve("noa"), decidedBy("dana", "noa")],
    ["an approval after release", released, approve("dana"), "WRONG_STATE"],
    ["a release before the decision", complete, release(), "WRONG_STATE"],
    ["a release of two, one approved", decidedBy("dana"), release("twoPeople"), "NOT_APPROVED"],
    [
      "a release of two, both approved",
      decidedBy("dana", "noa"),
      release("twoPeople"),
      {
        ...released,
        approvals: [
          { by: "dana", atMs: 200 },
          { by: "noa", atMs: 200 }
        ]
      }
    ],
    ["an automatic release", decidedBy(), release(), released],
    ["a release again", released, release(), "Same"],
    ["a release of a closed month", closed, release(), "Same"],
    ["a close before release", decidedBy(), close(), "WRONG_STATE"],
    ["a close while one is pending", released, close(1), "STILL_PENDING"],
    ["a close", released, close(), closed],
    ["a close again", closed, close(1), "Same"]
  ]
  for (const [name, state, command, expected] of rows) {
    it(`${state._tag}, ${command._tag}: ${name}`, () => {
      const step = MonthState.decide(state, command)
      if (typeof expected !== "string") {
        assert.deepStrictEqual<unknown>(step, { _tag: "Moved", state: expected })
      } else if (expected === "Same") assert.deepStrictEqual(step, { _tag: "Same" })
      else assert.deepStrictEqual<unknown>(step, { _tag: "Refused", reason: expected })
    })
  }
})
