import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import type { DomainEvent } from "../../src/events/DomainEvent.ts"
import { EventPublisherError } from "../../src/ports/EventPublisher.ts"
import { OperationsError, type OperationsNotice } from "../../src/ports/Operations.ts"
import * as RelayOutbox from "../../src/workflows/RelayOutbox.ts"
import { always, makeHandBank } from "./HandBank.ts"
import { captured, monthEndMs, qualified } from "./months.ts"
import { makeWorld, month, type WorldOptions } from "./World.ts"

const stage = async (over: WorldOptions = {}) => {
  const hand = makeHandBank([{ id: "ann" }], always)
  const world = makeWorld({ balances: hand.balances, customers: hand.customers, ...over })
  await world.run(captured(world))
  await world.run(qualified())
  return world
}

const relay = RelayOutbox.relayOutbox(monthEndMs)

describe("the relay", () => {
  it("publishes everything once, in the order of its commits, page by page", async () => {
    const world = await stage({ batch: { receipts: 4 } })
    const { events } = await world.run(world.store.outbox({ limit: 1000 }))
    assert.strictEqual(await world.run(relay), events.length)
    assert.deepStrictEqual(world.published, [...events])
    assert.strictEqual(events.at(-1)?.type, "QualificationCalculated")
    assert.strictEqual(await world.run(relay), 0)
  })

  it("leaves the outbox as it is while the broker is down, and goes on (invariant 41)", async () => {
    let down = true
    const published: Array<DomainEvent> = []
    const world = await stage({
      publish: (events) =>
        down
          ? Effect.fail(new EventPublisherError({ reason: "Unavailable", detail: "by hand" }))
          : Effect.sync(() => {
              published.push(...events)
            })
    })
    const { unpublished } = await world.run(world.store.ledger({ nowMs: monthEndMs }))
    assert.strictEqual(await world.run(relay), 0)
    down = false
    assert.strictEqual(await world.run(relay), unpublished)
    assert.strictEqual(published.length, unpublished)
  })

  it("publishes again what it died before marking: at least once, under the same ids", async () => {
    let dies = true
    const world = await stage({
      store: (verbs) => ({
        outboxPublished: (input) => (dies ? Effect.die("killed") : verbs.outboxPublished(input))
      })
    })
    await world.run(Effect.exit(relay))
    dies = false
    await world.run(relay)
    const ids = world.published.map((event) => event.id)
    assert.strictEqual(ids.length, 2 * new Set(ids).size)
  })

  it("sends no phone, no name and no message text (invariant 46)", async () => {
    const world = await stage()
    await world.run(relay)
    assert.notMatch(JSON.stringify(world.published), /\+972|Dana|Bank Sandbox/)
  })
})

describe("operations", () => {
  const notices: Array<OperationsNotice> = []
  let down = true
  const escalated = () =>
    stage({
      notify: (rows) =>
        down
          ? Effect.fail(new OperationsError({ reason: "Unavailable", detail: "by hand" }))
          : Effect.sync(() => {
              notices.push(...rows)
            }),
      store: (verbs) => ({
        unnotifiedEscalations: (input) =>
          Effect.map(verbs.unnotifiedEscalations(input), (rows) =>
            told.done
              ? rows
              : [
                  {
                    escalationId: "e1",
                    cause: "UNRESOLVABLE",
                    customerId: "ann",
                    month,
                    notificationId: null,
                    detail: "decided Qualified; by the corrected balances NotQualified",
                    raisedMs: monthEndMs,
                    resolvedMs: null
                  },
                  ...rows
                ]
          ),
        escalationsNotified: () =>
          Effect.sync(() => {
            told.done = true
          })
      })
    })
  const told = { done: false }

  it("are told of each escalation once they can be reached, without personal data", async () => {
    const world = await escalated()
    const notify = RelayOutbox.notifyOperations(monthEndMs)
    assert.strictEqual(await world.run(notify), 0)
    assert.isFalse(told.done)
    down = false
    assert.strictEqual(await world.run(notify), 1)
    assert.deepStrictEqual(notices, [
      {
        escalationId: "e1",
        cause: "UNRESOLVABLE",
        customerId: "ann",
        month,
        text:
          "Escalation UNRESOLVABLE: a person must decide " +
          "(decided Qualified; by the corrected balances NotQualified)"
      }
    ])
    assert.strictEqual(await world.run(notify), 0)
  })
})
