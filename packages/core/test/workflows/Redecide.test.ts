import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CaptureDay from "../../src/workflows/CaptureDay.ts"
import * as Redecide from "../../src/workflows/Redecide.ts"
import * as ReleaseMonth from "../../src/workflows/ReleaseMonth.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import { type Balances, makeHandBank } from "./HandBank.ts"
import { captured, monthEndMs, opensMs, qualified } from "./months.ts"
import { makeWorld, month } from "./World.ts"

const businessDate = BusinessDate.unchecked("2026-10-14")
const good: Balances = () => 1_500_000n
/** The account is one agora short on the 14th. */
const short =
  (short: string): Balances =>
  (accountId, date) =>
    accountId === `A-${short}` && date === businessDate ? 1_499_999n : 1_500_000n

const stage = async (before: Balances, pageSize = 1000) => {
  const hand = makeHandBank([{ id: "ann" }, { id: "ben" }, { id: "eve" }], before, pageSize)
  const world = makeWorld({ balances: hand.balances, customers: hand.customers })
  await world.run(captured(world))
  await world.run(qualified())
  const correct = async (balances: Balances) => {
    hand.bank.balanceOf = balances
    await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
    return world.run(Redecide.redecide(monthEndMs))
  }
  const said = async (customerId: string) => {
    const found = await world.run(world.store.customerMonth({ customerId, month }))
    const state = found.notification?.notification.state ?? "no message"
    return `${found.decision?.outcome} ${found.revision} ${state}`
  }
  return { correct, hand, said, world }
}

const queued = Effect.fnUntraced(function* (world: ReturnType<typeof makeWorld>) {
  return (yield* world.store.ledger({ nowMs: monthEndMs })).redecisions
})

describe("a balance corrected after the decision", () => {
  it("withdraws a message that is not marked yet (invariant 11)", async () => {
    const { correct, said, world } = await stage(good)
    assert.strictEqual(await said("ann"), "Qualified 1 held")
    assert.strictEqual(await correct(short("ann")), 1)
    assert.strictEqual(await said("ann"), "NotQualified 2 withdrawn")
    assert.strictEqual(await said("ben"), "Qualified 1 held")
    assert.strictEqual(await world.run(queued(world)), 0)
  })

  it("gives a message to a customer who turns out to qualify", async () => {
    const { correct, said } = await stage(short("ann"))
    assert.strictEqual(await said("ann"), "NotQualified 1 no message")
    assert.strictEqual(await correct(good), 1)
    assert.strictEqual(await said("ann"), "Qualified 2 held")
  })

  it("after the mark changes no decision: people get the counterfactual", async () => {
    const { correct, said, world } = await stage(good)
    await world.run(ReleaseMonth.releaseMonth(month, monthEndMs))
    await world.run(SubmitDue.submitDue(Effect.succeed(opensMs)))
    assert.strictEqual(await correct(short("ann")), 1)
    assert.strictEqual(await said("ann"), "Qualified 1 active")
    const raised = await world.run(
      world.store.escalations({ openOnly: true, after: null, limit: 10 })
    )
    assert.deepStrictEqual(
      raised.map(({ cause, customerId }) => `${cause} ${customerId}`),
      ["CORRECTION_OBSERVED ann"]
    )
  })

  it("that changes no outcome changes nothing but the evidence", async () => {
    const { correct, said } = await stage(good)
    await correct((accountId, date) =>
      accountId === "A-ann" && date === businessDate ? 9_000_000n : 1_500_000n
    )
    assert.strictEqual(await said("ann"), "Qualified 2 held")
  })

  it("reads the bank's pages only until everyone queued was found", async () => {
    const { correct, hand, said } = await stage(good, 1)
    const { customers } = hand.asked
    await correct(short("ben"))
    assert.strictEqual(hand.asked.customers - customers, 2)
    assert.strictEqual(await said("ben"), "NotQualified 2 withdrawn")
  })

  it("of a customer the bank has forgotten leaves the decision, and the queue is empty", async () => {
    const { correct, hand, said, world } = await stage(good)
    const forgotten = hand.people.findIndex(({ id }) => id === "ann")
    hand.bank.balanceOf = short("ann")
    await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
    hand.people.splice(forgotten, 1)
    assert.strictEqual(await world.run(Redecide.redecide(monthEndMs)), 0)
    assert.strictEqual(await said("ann"), "Qualified 1 held")
    assert.strictEqual(await world.run(queued(world)), 0)
    assert.strictEqual(await correct(short("ann")), 0)
  })
})

describe("a bank that does not answer", () => {
  it("leaves the queue as it is", async () => {
    const { hand, world } = await stage(good)
    hand.bank.balanceOf = short("ann")
    await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
    hand.faults.customers = "Unauthorized"
    const error = await world.run(Effect.flip(Redecide.redecide(monthEndMs)))
    assert.strictEqual(error._tag, "CustomersError")
    assert.strictEqual(await world.run(queued(world)), 1)
  })

  it("never decides the same customer twice in one turn", async () => {
    const { hand, world } = await stage(good)
    hand.bank.balanceOf = short("ann")
    await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
    const { store } = world
    const stuck = makeWorld({
      customers: hand.customers,
      store: () => ({ ...store, recordRedecision: () => Effect.succeed({ _tag: "Redecided" }) })
    })
    assert.strictEqual(await stuck.run(Redecide.redecide(monthEndMs)), 1)
  })
})
