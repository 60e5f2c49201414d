import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import { ProgramStore } from "../../src/ports/ProgramStore.ts"
import type { DecisionRecord } from "../../src/ports/store/Decisions.ts"
import * as RecordPolicies from "../../src/workflows/RecordPolicies.ts"
import * as Replay from "../../src/workflows/Replay.ts"
import { type Balances, makeHandBank } from "./HandBank.ts"
import { captured, monthEndMs, qualified } from "./months.ts"
import { makeWorld, month, type World } from "./World.ts"

const businessDate = BusinessDate.unchecked("2026-10-14")
const hour = 3_600_000

/**
 * Ann meets every day, Ben misses one, Eve opened in the month, Ida has been there for years, and
 * of Lea one balance never came.
 */
const balances: Balances = (accountId, date) => {
  if (date !== businessDate) return 1_500_000n
  if (accountId === "A-lea") return null
  return accountId === "A-ben" ? 1_499_999n : 1_500_000n
}

const decided = async (over: Partial<Parameters<typeof makeWorld>[0]> = {}) => {
  const hand = makeHandBank(
    [
      { id: "ann" },
      { id: "ben" },
      { id: "eve", accounts: [{ id: "A-eve", primary: true, openedOn: "2026-10-02" }] },
      { id: "ida", accounts: [{ id: "A-ida", primary: true, openedOn: "2019-02-28" }] },
      { id: "lea" }
    ],
    balances
  )
  const world = makeWorld({ balances: hand.balances, customers: hand.customers, ...over })
  await world.run(captured(world))
  await world.run(qualified(true))
  return world
}

const replay = (world: World, customerId: string, policies = [world.policy]) =>
  world.run(Replay.replay({ customerId, month, policies }))

const replayed = async (world: World, customerId: string) => {
  const outcome = await replay(world, customerId)
  return outcome._tag === "Replayed" ? outcome : assert.fail(outcome._tag)
}

const correct = (world: World, accountId: string, minorUnits: bigint) =>
  world.run(
    world.store.correctBalance({
      accountId,
      businessDate,
      minorUnits,
      met: minorUnits >= 1_500_000n,
      reason: "a typing error",
      by: "dana",
      nowMs: monthEndMs + hour
    })
  )

describe("a replay", () => {
  // Caught: dates of opening left out of the evidence; carry-forward left out.
  it("gives every decision again, from the store alone", async () => {
    const world = await decided()
    for (const [customerId, outcome] of [
      ["ann", "Qualified"],
      ["ben", "NotQualified"],
      ["eve", "NotQualified"],
      ["ida", "Qualified"],
      ["lea", "Undetermined"]
    ] as const) {
      const again = await replayed(world, customerId)
      assert.deepStrictEqual([again.outcome, again.differences], [outcome, []], customerId)
    }
  })

  // Caught: the policies at hand alone, so that an old decision could never be proven again.
  it("reads a policy that nobody has at hand any more from the store", async () => {
    const world = await decided()
    assert.deepInclude(await replay(world, "ann", []), { _tag: "PolicyUnknown" })
    await world.run(RecordPolicies.recordPolicies([world.policy]))
    const again = await replay(world, "ann", [])
    assert.deepInclude(again, { _tag: "Replayed", differences: [], policyHash: world.policy.hash })
  })

  // Caught: trusting the row for its key, so that changed bytes prove a decision.
  it("takes no recorded bytes that are not those of the hash", async () => {
    const { hash, text } = (await decided()).policy
    const world = await decided({
      store: () => ({
        policyRow: () => Effect.succeed({ effectiveFrom: month, hash, text: `${text} ` })
      })
    })
    assert.deepInclude(await replay(world, "ann", []), { _tag: "PolicyUnknown" })
  })

  // Caught: the balances in force now instead of those in force then.
  it("stays equal after a later correction, which the decision never saw", async () => {
    const world = await decided()
    await correct(world, "A-ann", 1n)
    const { differences, outcome } = await replayed(world, "ann")
    assert.deepStrictEqual([outcome, differences], ["Qualified", []])
  })

  // Caught: closures declared afterwards counted, so that the day was derived.
  it("stays equal after a closure was declared afterwards", async () => {
    const world = await decided()
    await world.run(
      world.store.declareClosure({
        businessDate,
        reason: "an emergency order",
        by: "dana",
        nowMs: monthEndMs + hour
      })
    )
    const { differences, outcome } = await replayed(world, "lea")
    assert.deepStrictEqual([outcome, differences], ["Undetermined", []])
  })

  // Caught: outcome compared alone, which a forged set of days or hash passes.
  it("names what differs of a record that was changed", async () => {
    const world = await decided()
    const changed: ReadonlyArray<readonly [Partial<DecisionRecord>, ReadonlyArray<string>]> = [
      [{ outcome: "Qualified" }, ["outcome"]],
      [{ reasons: [] }, ["reasons"]],
      [{ met: 0x7fff_ffff }, ["met"]],
      [{ evidenceHash: new Uint8Array(32) }, ["evidenceHash"]],
      [{ opened: BusinessDate.unchecked("2020-01-01") }, ["evidenceHash"]],
      [{ accountIds: ["A-ann"] }, ["outcome", "reasons", "met", "evidenceHash"]]
    ]
    for (const [over, fields] of changed) {
      const outcome = await world.run(
        Replay.replay({ customerId: "ben", month, policies: [world.policy] }).pipe(
          Effect.provideService(ProgramStore, {
            ...world.store,
            customerMonth: (input) =>
              Effect.map(world.store.customerMonth(input), (known) => ({
                ...known,
                decision: known.decision && { ...known.decision, ...over }
              }))
          })
        )
      )
      const found = outcome._tag === "Replayed" ? outcome.differences : []
      assert.deepStrictEqual(
        found.map(({ field }) => field),
        fields,
        JSON.stringify(over)
      )
    }
  })

  it("says that a policy or a decision is not there", async () => {
    const world = await decided()
    assert.strictEqual((await replay(world, "nobody"))._tag, "NotDecided")
    const { hash } = world.policy
    assert.deepStrictEqual(await replay(world, "ann", [{ ...world.policy, hash: "other" }]), {
      _tag: "PolicyUnknown",
      policyHash: hash
    })
  })
})
