import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import type { ProgramStoreVerbs } from "../../src/ports/store/ProgramStoreVerbs.ts"
import * as CaptureDay from "../../src/workflows/CaptureDay.ts"
import * as Redecide from "../../src/workflows/Redecide.ts"
import { makeHandBank } from "./HandBank.ts"
import { captured, monthEndMs, qualified } from "./months.ts"
import { makeWorld } from "./World.ts"

const ids = Array.from({ length: 20 }, (_, i) => `c${String(i).padStart(2, "0")}`)

const bankOf = (pageSize: number) =>
  makeHandBank(
    ids.map((id) => ({ id })),
    () => 1_500_000n,
    pageSize
  )

/** A world of twenty customers, a page each, whose store is looked at. */
const stage = (store: (verbs: ProgramStoreVerbs) => Partial<ProgramStoreVerbs>) => {
  const { balances, customers } = bankOf(1)
  return makeWorld({ balances, customers, store })
}

describe("pages read ahead of their decision", () => {
  // Caught: a buffer without a bound.
  it("are few at any time, however many the bank has", async () => {
    let [read, recorded, most] = [0, 0, 0]
    const world = stage((verbs) => ({
      monthEvidence: (request) =>
        Effect.suspend(() => {
          read++
          most = Math.max(most, read - recorded)
          return verbs.monthEvidence(request)
        }),
      recordDecisions: (input) =>
        Effect.gen(function* () {
          // A slow disk: everybody else may run as far as they are let.
          for (let turn = 0; turn < 200; turn++) yield* Effect.yieldNow
          recorded++
          return yield* verbs.recordDecisions(input)
        })
    }))
    await world.run(captured(world))
    assert.deepInclude(await world.run(qualified(true)), { _tag: "Decided", population: 20 })
    assert.isAbove(most, 1)
    assert.isAtMost(most, 6)
  })

  // Caught: evidence taken in the order it came.
  it("are recorded in the bank's order, whichever evidence comes first", async () => {
    const order: Array<string | undefined> = []
    let asked = 0
    const world = stage((verbs) => ({
      monthEvidence: (request) =>
        Effect.gen(function* () {
          const turns = asked++ % 2 === 0 ? 50 : 0
          for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow
          return yield* verbs.monthEvidence(request)
        }),
      recordDecisions: (input) => {
        order.push(...input.decisions.map(({ customerId }) => customerId))
        return verbs.recordDecisions(input)
      }
    }))
    await world.run(captured(world))
    await world.run(qualified(true))
    assert.deepStrictEqual(order, ids)
  })
})

describe("a correction", () => {
  // Caught: the evidence of the whole page asked for.
  it("asks for the evidence of its own customers only", async () => {
    const asked: Array<string> = []
    const hand = bankOf(10)
    const world = makeWorld({
      balances: hand.balances,
      customers: hand.customers,
      store: (verbs) => ({
        monthEvidence: (request) => {
          asked.push(...request.customers.map(({ customerId }) => customerId))
          return verbs.monthEvidence(request)
        }
      })
    })
    await world.run(captured(world))
    await world.run(qualified())
    const businessDate = BusinessDate.unchecked("2026-10-14")
    hand.bank.balanceOf = (accountId, date) =>
      accountId === "A-c13" && date === businessDate ? 1n : 1_500_000n
    await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
    asked.length = 0
    assert.strictEqual(await world.run(Redecide.redecide(monthEndMs)), 1)
    assert.deepStrictEqual(asked, ["c13"])
  })
})
