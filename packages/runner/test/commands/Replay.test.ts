import type { Replay } from "@tidemark/core/effect"
import { assert, describe, it } from "vitest"
import * as ReplayHandler from "../../src/commands/ReplayHandler.ts"

const replayed = (
  ...differences: ReadonlyArray<Replay.Difference>
): Extract<Replay.ReplayOutcome, { readonly _tag: "Replayed" }> => ({
  _tag: "Replayed",
  revision: 2,
  asOfMs: Date.parse("2026-10-04T05:00:00Z"),
  policyHash: "abc",
  outcome: "Qualified",
  evidenceHash: "def",
  differences
})

describe("tidemark replay", () => {
  it("says that a decision is proven, and by what", () => {
    assert.deepStrictEqual(ReplayHandler.text("C-1", "2026-09", replayed()), [
      "Customer C-1, 2026-09, revision 2: Qualified, proven",
      "  balances as known at 2026-10-04T05:00:00.000Z",
      "  policy   abc",
      "  evidence def"
    ])
    assert.deepInclude(ReplayHandler.json("C-1", "2026-09", replayed()), {
      equal: true,
      asOf: "2026-10-04T05:00:00.000Z"
    })
  })

  it("names what differs, both ways", () => {
    const met = { field: "met", recorded: "", replayed: "2026-09-24" } as const
    const lines = ReplayHandler.text("C-1", "2026-09", replayed(met))
    assert.include(lines[0], "the decision does not follow from what is stored")
    assert.deepStrictEqual(lines.slice(-3), [
      "differs: days at or above the threshold",
      "  recorded none",
      "  replayed 2026-09-24"
    ])
    const told = ReplayHandler.json("C-1", "2026-09", replayed(met))
    assert.deepInclude(told, { equal: false, differences: [met] })
  })
})
