import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { SmsCarrierError } from "../../src/ports/SmsCarrier.ts"
import * as Reconcile from "../../src/workflows/Reconcile.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import * as TrackDue from "../../src/workflows/TrackDue.ts"
import { capabilities } from "../../src/testing/SmsCarrierMemory.ts"
import type * as SandboxScript from "../../src/testing/SandboxScript.ts"
import { always, makeHandBank } from "./HandBank.ts"
import { opensMs, released } from "./months.ts"
import { hour, makeWorld, minute, month, type WorldOptions } from "./World.ts"

/** A released month of one customer, submitted to a carrier with a script of faults. */
const stage = async (script: SandboxScript.CarrierScript, over: WorldOptions = {}) => {
  const hand = makeHandBank([{ id: "ann" }], always)
  const world = makeWorld({
    balances: hand.balances,
    customers: hand.customers,
    carrier: { script },
    ...over
  })
  await world.run(released(world))
  await world.tell(opensMs)
  // A worker may die of it: then its fiber is all that is gone.
  await world.run(Effect.exit(SubmitDue.submitDue(Effect.succeed(opensMs))))
  const at = async (nowMs: number) => {
    await world.tell(nowMs)
    const looked = await world.run(Reconcile.reconcile(Effect.succeed(nowMs)))
    await world.run(TrackDue.trackDue(Effect.succeed(nowMs)))
    const found = await world.run(world.store.customerMonth({ customerId: "ann", month }))
    const notification = found.notification?.notification
    const current = notification?.attempts.at(-1)
    return { looked, said: `${notification?.state} ${current?.n} ${current?.state}` }
  }
  return { at, world }
}

const lost: SandboxScript.CarrierScript = [{ on: "submit", kind: "timeout-after-accept", times: 1 }]
const neverCame: SandboxScript.CarrierScript = [
  { on: "submit", kind: "timeout-before-accept", times: 1 }
]

describe("an attempt whose answer was lost", () => {
  it("is not asked about before its request has died on the wire", async () => {
    const { at, world } = await stage(lost)
    assert.deepStrictEqual(await at(opensMs), { looked: 0, said: "active 1 unknown" })
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs)).looked, 1)
  })

  it("is accepted when the carrier has it, and never sent again (invariant 19)", async () => {
    const { at, world } = await stage(lost)
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs)).said, "active 1 accepted")
    await world.run(SubmitDue.submitDue(Effect.succeed(opensMs + hour)))
    const audit = await world.carrierAudit()
    assert.strictEqual(audit.accepted, 1)
    assert.strictEqual(audit.duplicates, 0)
  })

  it("goes again under its key when the carrier has nothing (invariant 25)", async () => {
    const { at, world } = await stage(neverCame)
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs)).said, "active 1 pending")
    await world.run(SubmitDue.submitDue(Effect.succeed(opensMs + minute)))
    assert.strictEqual((await at(opensMs + minute)).said, "active 1 accepted")
    assert.strictEqual((await world.carrierAudit()).accepted, 1)
  })

  // Caught: the evidence recorded under the time of its recording.
  it("is not void when its validity passed between the question and its record", async () => {
    const { at, world } = await stage(neverCame, {
      capabilities: { ...capabilities, idempotency: "none", ratePerSecond: 1000 }
    })
    world.pass(10 * minute)
    let asked = 0
    const late = Effect.sync(() => (asked++ < 2 ? opensMs : opensMs + 6 * hour))
    await world.run(Reconcile.reconcile(late))
    assert.isAbove(asked, 2)
    const found = await world.run(world.store.customerMonth({ customerId: "ann", month }))
    assert.strictEqual(found.notification?.notification.attempts[0]?.state, "unknown")
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs + 6 * hour)).said, "active 2 pending")
  })

  it("is void once its validity has passed, and another attempt follows at once", async () => {
    const { at, world } = await stage(neverCame, {
      capabilities: { ...capabilities, idempotency: "none", ratePerSecond: 1000 }
    })
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs)).said, "active 1 unknown")
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs + 6 * hour)).said, "active 2 pending")
  })
})

describe("a look-up that fails", () => {
  it("is asked again a few times, and decides nothing", async () => {
    let asked = 0
    const { at, world } = await stage(lost, {
      sms: () => ({
        lookup: () =>
          Effect.suspend(() => {
            asked++
            return Effect.fail(new SmsCarrierError({ reason: "Unavailable", code: "DOWN" }))
          })
      })
    })
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs)).said, "active 1 unknown")
    assert.strictEqual(asked, 4)
  })

  it("with a throttle waits for the next turn at once", async () => {
    let asked = 0
    const { at, world } = await stage(lost, {
      sms: () => ({
        lookup: () =>
          Effect.suspend(() => {
            asked++
            return Effect.fail(new SmsCarrierError({ reason: "Throttled", code: "HTTP_429" }))
          })
      })
    })
    world.pass(10 * minute)
    await at(opensMs)
    assert.strictEqual(asked, 1)
  })

  it("for one reference leaves that one in doubt", async () => {
    const { at, world } = await stage(lost, { sms: () => ({ lookup: () => Effect.succeed([]) }) })
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs)).said, "active 1 unknown")
  })
})

describe("a carrier that cannot be asked", () => {
  it("leaves the attempt to people, after the replays its key allows", async () => {
    const { at, world } = await stage(lost, {
      capabilities: {
        ...capabilities,
        idempotency: "none",
        lookup: "none",
        validity: "none",
        ratePerSecond: 1000
      }
    })
    world.pass(10 * minute)
    assert.strictEqual((await at(opensMs)).said, "escalated 1 unknown")
    const found = await world.run(
      world.store.escalations({ openOnly: true, after: null, limit: 10 })
    )
    assert.deepStrictEqual(
      found.map(({ cause }) => cause),
      ["UNRESOLVABLE"]
    )
    assert.strictEqual((await world.carrierAudit()).accepted, 1)
  })
})

describe("a worker that died", () => {
  it("between claim and mark loses no message: its claim goes back", async () => {
    let dies = true
    const { at, world } = await stage([], {
      store: (verbs) => ({
        mark: (input) => (dies ? Effect.die("killed") : verbs.mark(input))
      })
    })
    dies = false
    assert.strictEqual((await at(opensMs)).said, "active 1 claimed")
    world.pass(2 * minute)
    assert.strictEqual((await at(opensMs)).said, "active 1 pending")
  })

  it("after the mark leaves an attempt in doubt, not a pending one", async () => {
    let dies = true
    const { at, world } = await stage([], {
      sms: (inner) => ({
        submit: (batch) => (dies ? Effect.die("killed") : inner.submit(batch))
      })
    })
    dies = false
    world.pass(2 * minute)
    assert.strictEqual((await at(opensMs)).said, "active 1 unknown")
  })
})
