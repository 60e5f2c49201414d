import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as MonthState from "../../src/qualification/MonthState.ts"
import { month } from "../calendar/scenarios.ts"

const open = MonthState.open(month("2026-04"))

/**
 * **Source** — product rules, "Days": completeness gate, waive and release by two people;
 * decision 0007: an approval is bound to the content.
 */
describe("MonthState", () => {
  describe("for every sequence of commands", () => {
    // Caught: approvals kept when the content changes; `SAME_PERSON` left out; the hash of an
    // approval not compared; `>=` one approval for two people.
    it("never releases for two people what two different people have not approved", () => {
      fc.assert(
        fc.property(commands, (commands) => {
          let state = open
          const approvers = new Map<string, Set<string>>()
          for (const command of commands) {
            const decided = state._tag === "Decided" ? state.contentHash : undefined
            if (command._tag === "RecordDecision" && decided !== command.contentHash) {
              if (state._tag === "Decided" || state._tag === "Complete") approvers.clear()
            }
            if (command._tag === "Approve" && decided === command.contentHash) {
              const people = approvers.get(decided) ?? new Set()
              approvers.set(decided, people.add(command.by))
            }
            state = after(state, command)
            if (state._tag === "Released") {
              assert.isAtLeast(approvers.get(state.contentHash)?.size ?? 0, 2)
            }
          }
        }),
        { numRuns: 3_000 }
      )
    })

    // Caught: approvals that are counted for other content; a release for two people by the rule
    // of none; an automatic release that asks for one approval.
    it("always releases a decided month at once where no approval is asked for", () => {
      fc.assert(
        fc.property(commands, (commands) => {
          let state = open
          for (const command of commands) state = after(state, command)
          const step = MonthState.decide(state, { _tag: "Release", rule: "automatic", nowMs: 300 })
          assert.strictEqual(step._tag === "Moved", state._tag === "Decided")
          if (step._tag === "Moved" && state._tag === "Decided") {
            assert.deepInclude(step.state, { _tag: "Released", contentHash: state.contentHash })
          }
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: names compared letter by letter; names compared without their spaces; an empty name
    // taken for a person.
    it("never counts a person twice, however the name is written, nor a name that is empty", () => {
      fc.assert(
        fc.property(fc.array(writtenName, { maxLength: 8 }), (names) => {
          let state = after(after(open, gate(200, 0)), record("h1"))
          for (const name of names) state = after(state, approve(name, "h1"))
          const people = new Set(names.map((name) => (/noa/iu.test(name) ? "noa" : "dana")))
          assert.lengthOf(state._tag === "Decided" ? state.approvals : [], people.size)
        })
      )
    })

    // Caught: `RecordDecision` allowed after release; a gate that reopens.
    it("never goes back, and never moves by the same command twice", () => {
      fc.assert(
        fc.property(commands, (commands) => {
          let state = open
          for (const command of commands) {
            const next = after(state, command)
            assert.isAtLeast(order.indexOf(next._tag), order.indexOf(state._tag))
            if (command._tag !== "Approve") assert.deepStrictEqual(after(next, command), next)
            state = next
          }
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: the gate opened by `incompleteCustomers === 0` before the month's end.
    it("never decides before the month's end, nor with unknown dates before the cut-off", () => {
      fc.assert(
        fc.property(fc.nat(300), fc.nat(2), (nowMs, incomplete) => {
          const step = MonthState.decide(open, gate(nowMs, incomplete))
          const may = nowMs >= 100 && (incomplete === 0 || nowMs >= 200)
          assert.strictEqual(step._tag === "Moved", may)
        })
      )
    })
  })
})

const order = ["Open", "Complete", "Decided", "Released", "Closed"]

function after(state: MonthState.MonthState, command: MonthState.MonthCommand) {
  const step = MonthState.decide(state, command)
  return step._tag === "Moved" ? step.state : state
}

const gate = (nowMs: number, incompleteCustomers: number): MonthState.MonthCommand => ({
  _tag: "CheckGate",
  nowMs,
  monthEndMs: 100,
  cutOffMs: 200,
  incompleteCustomers
})
const record = (contentHash: string) => ({ _tag: "RecordDecision", contentHash }) as const
const approve = (by: string, contentHash: string) =>
  ({ _tag: "Approve", by, contentHash, nowMs: 200 }) as const

const writtenName = fc.constantFrom("dana", "Dana", " DANA ", "ｄａｎａ", "noa", "Noa", "NOA\t")

/** Weighted towards the way forward, or release is hardly ever reached. */
const command: fc.Arbitrary<MonthState.MonthCommand> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(gate(200, 0)) },
  { weight: 2, arbitrary: fc.constantFrom("h1", "h1", "h2").map(record) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom("dana", "noa"), fc.constantFrom("h1", "h1", "h2"))
      .map(([by, hash]) => approve(by, hash))
  },
  {
    weight: 2,
    arbitrary: fc.constant({ _tag: "Release", rule: "twoPeople", nowMs: 300 } as const)
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(0, 1)
      .map((pending) => ({ _tag: "Close", pending, nowMs: 400 }) as const)
  }
)
const commands = fc
  .array(command, { maxLength: 12, size: "max" })
  .map((rest) => [gate(200, 0), record("h1"), ...rest])
