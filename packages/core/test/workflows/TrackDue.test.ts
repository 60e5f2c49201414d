import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { type ReceiptReport, SmsCarrierError } from "../../src/ports/SmsCarrier.ts"
import type { LedgerView } from "../../src/ports/store/Reports.ts"
import type * as SandboxScript from "../../src/testing/SandboxScript.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import * as TrackDue from "../../src/workflows/TrackDue.ts"
import { always, makeHandBank } from "./HandBank.ts"
import { opensMs, released } from "./months.ts"
import { hour, makeWorld, minute, month, type WorldOptions } from "./World.ts"

const stage = async (script: SandboxScript.CarrierScript = [], over: WorldOptions = {}) => {
  const hand = makeHandBank([{ id: "ann" }, { id: "ben" }, { id: "eve" }], always)
  const world = makeWorld({
    balances: hand.balances,
    customers: hand.customers,
    carrier: { script },
    ...over
  })
  await world.run(released(world))
  await world.tell(opensMs)
  await world.run(SubmitDue.submitDue(Effect.succeed(opensMs)))
  const track = async (nowMs: number) => {
    await world.tell(nowMs)
    return world.run(TrackDue.trackDue(Effect.succeed(nowMs)))
  }
  const states = async () => (await world.run(world.store.monthFigures({ month }))).states
  return { states, track, world }
}

describe("tracking", () => {
  it("polls two hours after acceptance, and folds what has arrived", async () => {
    const { states, track } = await stage()
    assert.deepStrictEqual(await track(opensMs + 2 * hour - 1), {
      polled: 0,
      stored: 0,
      folded: 0,
      timers: 0
    })
    assert.deepStrictEqual(await track(opensMs + 2 * hour), {
      polled: 3,
      stored: 6,
      folded: 6,
      timers: 0
    })
    assert.deepStrictEqual(await states(), { delivered: 3 })
  })

  it("polls every two hours until 72 hours after the mark, then closes (invariants 30, 31)", async () => {
    const { states, track } = await stage([{ on: "receipt", kind: "never" }])
    let polls = 0
    for (let passed = 0; passed < 74 * hour; passed += 2 * hour) {
      polls += (await track(opensMs + passed)).polled
    }
    assert.strictEqual(polls, 3 * 36)
    assert.deepStrictEqual(await states(), { undeliverable: 3 })
    assert.strictEqual((await track(opensMs + 100 * hour)).polled, 0)
  })

  it("asks a carrier that fails again at the next poll; nothing is lost by it", async () => {
    let down = true
    const { states, track } = await stage([], {
      sms: (inner) => ({
        pollReceipts: (references) =>
          down
            ? Effect.fail(new SmsCarrierError({ reason: "Unavailable", code: "DOWN" }))
            : inner.pollReceipts(references)
      })
    })
    assert.deepInclude(await track(opensMs + 2 * hour), { polled: 3, stored: 0 })
    assert.deepStrictEqual(await states(), { active: 3 })
    down = false
    assert.deepInclude(await track(opensMs + 4 * hour), { polled: 3, stored: 6 })
    assert.deepStrictEqual(await states(), { delivered: 3 })
  })

  it("folds receipts that were pushed without polling for them", async () => {
    const { states, track, world } = await stage()
    const nowMs = opensMs + minute
    const [reference] = (await world.run(world.store.customerMonth({ customerId: "ann", month })))
      .references
    const pushed: ReceiptReport = {
      reference: reference ?? null,
      carrierMessageId: null,
      receipt: { state: "delivered", part: 1, parts: null, failure: null },
      digest: "pushed"
    }
    const store = world.store.storeReceipts({
      nowMs,
      via: "webhook",
      carrierAccount: "memory",
      reports: [pushed]
    })
    assert.deepStrictEqual(await world.run(store), { stored: 1, duplicates: 0 })
    assert.deepStrictEqual(await world.run(store), { stored: 0, duplicates: 1 })
    assert.deepInclude(await track(nowMs), { polled: 0, folded: 1 })
    assert.deepStrictEqual(await states(), { active: 2, delivered: 1 })
  })

  it("goes on after a page of receipts nobody can attach (invariant 28)", async () => {
    const pages: Array<{ readonly folded: number; readonly orphans: number }> = [
      { folded: 0, orphans: 5 },
      { folded: 2, orphans: 0 }
    ]
    const { world } = await stage([], {
      store: () => ({
        foldReceipts: () => Effect.sync(() => pages.shift() ?? { folded: 0, orphans: 0 })
      })
    })
    assert.strictEqual(await world.run(TrackDue.foldReceipts(Effect.succeed(opensMs))), 2)
    assert.deepStrictEqual(pages, [])
  })

  // Caught: one page after the other whatever the program says; both lanes begun with the first.
  it("folds them in as many lanes as the program has, the first page alone", async () => {
    const pages = Array.from({ length: 6 }, () => ({ folded: 2, orphans: 0 }))
    const atOnce: Array<number> = []
    let open = 0
    const { world } = await stage([], {
      batch: { lanes: 2 },
      store: () => ({
        foldReceipts: Effect.fnUntraced(function* () {
          atOnce.push(++open)
          for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow
          open--
          return pages.shift() ?? { folded: 0, orphans: 0 }
        })
      })
    })
    assert.strictEqual(await world.run(TrackDue.foldReceipts(Effect.succeed(opensMs))), 12)
    assert.deepStrictEqual(atOnce.slice(0, 3), [1, 1, 2])
    assert.strictEqual(Math.max(...atOnce), 2)
  })

  const late = opensMs + 14 * 24 * hour

  // Caught: the witness not asked, which calls expired what a restored database forgot it had sent.
  it("ends nothing in a database its witness does not know", async () => {
    const hand = makeHandBank([{ id: "ann" }], always)
    const seen: { witness: LedgerView["witness"] } = { witness: "agrees" }
    const world = makeWorld({
      balances: hand.balances,
      customers: hand.customers,
      store: (verbs) => ({
        ledger: (input) => Effect.map(verbs.ledger(input), (view) => ({ ...view, ...seen }))
      })
    })
    await world.run(released(world))
    const timersOf = async (witness: LedgerView["witness"]) => {
      seen.witness = witness
      return (await world.run(TrackDue.trackDue(Effect.succeed(late)))).timers
    }
    for (const witness of ["OTHER_SYSTEM", "OTHER_TIMELINE", "OTHER_NUMBER"] as const) {
      assert.strictEqual(await timersOf(witness), 0)
    }
    assert.strictEqual(await timersOf("unreadable"), 0)
    assert.strictEqual(await timersOf("agrees"), 1)
  })

  it("lets expiry end what was never marked", async () => {
    const hand = makeHandBank([{ id: "ann" }], always)
    const world = makeWorld({ balances: hand.balances, customers: hand.customers })
    await world.run(released(world))
    const tracked = await world.run(TrackDue.trackDue(Effect.succeed(late)))
    assert.strictEqual(tracked.timers, 1)
    assert.deepStrictEqual((await world.run(world.store.monthFigures({ month }))).states, {
      expired: 1
    })
  })
})
