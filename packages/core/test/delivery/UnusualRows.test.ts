/**
 * Rows as an older version or a hand may have left them: a value that the tables always set is
 * missing. No rule may stop at them.
 */
import { assert, describe, it } from "vitest"
import * as AttemptTable from "../../src/delivery/AttemptTable.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import { begin } from "../../src/delivery/Draft.ts"
import * as Notification from "../../src/delivery/Notification.ts"
import * as NotificationTable from "../../src/delivery/NotificationTable.ts"
import { clock0, context, failure, granted, hour, marked, notification } from "./carriers.ts"
import { row, t0, unknown } from "./carriers.ts"

const delivered = { state: "delivered", part: 1, parts: 1, failure: null } as const

/** **Source** — delivery protocol 1.1, 1.2. */
describe("a row without a value that its state always has", () => {
  it("an ambiguous claim without the instant of its silence is unknown from now on", () => {
    const given = notification("active", [unknown({ state: "claimed", unknownSinceMs: null })])
    const { notification: after } = Delivery.step(given, { _tag: "MarkRefused", n: 1 }, context())
    assert.strictEqual(after.attempts[0]?.state, "unknown")
    assert.strictEqual(after.attempts[0]?.unknownSinceMs, clock0)
  })

  it("a replay cancelled by a delivery is unknown from now on", () => {
    const given = notification("active", [
      marked({ state: "accepted" }),
      unknown({ n: 2, state: "pending", unknownSinceMs: null })
    ])
    const event = { _tag: "ReceiptSeen", n: 1, receipt: delivered } as const
    const { notification: after } = Delivery.step(given, event, context())
    assert.strictEqual(after.state, "delivered")
    assert.strictEqual(after.attempts[1]?.unknownSinceMs, clock0)
  })

  // Caught: a failure read where none was kept.
  it("an attempt that failed for no reason kept is tried again", () => {
    const failed = marked({ state: "accepted", seen: [0, 32] })
    const draft = begin(notification("active", [failed]), context())
    NotificationTable.concludeFailure(draft, 1)
    assert.strictEqual(draft.notification.state, "waiting")
  })

  // Caught: a message that fails although a part of it is still on its way.
  it("a failed message of which another part turns up is open again, and concludes nothing", () => {
    const failed = marked({ state: "accepted", seen: [0, 32], negativeMs: t0, failure: failure() })
    const event = {
      _tag: "ReceiptSeen",
      n: 1,
      receipt: { state: "enroute", part: 2, parts: 2, failure: null }
    } as const
    const after = Delivery.step(notification("active", [failed]), event, context())
    assert.strictEqual(after.notification.state, "active")
    assert.deepStrictEqual(
      after.facts.map((fact) => fact._tag),
      ["ReceiptFolded"]
    )
  })

  it("a dead attempt without V and F is dead at any look-up", () => {
    const nowMs = t0 + 9 * hour
    const dead = marked({ state: "refused", validUntilMs: null, failure: failure() })
    const given = notification("active", [dead, row({ n: 2, state: "claimed" })])
    const ask = (earlierAskedMs: number | null) =>
      Delivery.guard(given, 2, context({ nowMs }), { ...granted(nowMs), earlierAskedMs })
    assert.isUndefined(ask(0))
    assert.strictEqual(ask(null), "EARLIER_NOT_LOOKED_UP")
  })
})

/** **Source** — delivery protocol 1.3 (a receipt that comes before its row). */
describe("a row that its notification does not have", () => {
  it("a receipt folds over the row as it was given, and changes no state", () => {
    const draft = begin(notification("active"), context())
    assert.isUndefined(AttemptTable.receive(draft, marked({ state: "accepted" }), delivered))
    assert.strictEqual(draft.notification.attempts.length, 0)
  })

  // Caught: a failure that ends a notification of cancelled rows.
  it("a failure of a cancelled row concludes nothing", () => {
    const draft = begin(notification("active", [row({ state: "cancelled" })]), context())
    NotificationTable.concludeFailure(draft, 1)
    assert.deepStrictEqual(draft.facts, [])
  })

  // Caught: a look at the current row where there is none.
  it("its silence makes no timer", () => {
    const { capabilities, policy } = context()
    const timer = Notification.attemptTimerMs(
      notification("active"),
      unknown(),
      policy,
      capabilities
    )
    assert.isNull(timer)
  })

  it("its failure concludes nothing", () => {
    const draft = begin(notification("active"), context())
    NotificationTable.concludeFailure(draft, 1)
    assert.deepStrictEqual(draft.facts, [])
  })
})
