import { assert, describe, it } from "vitest"
import * as Attempt from "../../src/delivery/Attempt.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import * as Notification from "../../src/delivery/Notification.ts"
import {
  carrier,
  context,
  failure,
  hour,
  marked,
  notification,
  policy,
  row,
  t0
} from "./carriers.ts"

const states: ReadonlyArray<Notification.NotificationState> = [
  "held",
  "active",
  "waiting",
  "escalated",
  "delivered",
  "failed",
  "undeliverable",
  "withdrawn",
  "suppressed",
  "expired"
]

describe("delivery protocol 1.2, words", () => {
  it("every state has one disposition; held, active and waiting are pending", () => {
    const dispositions = states.map((state) => Notification.disposition(notification(state)))
    assert.deepStrictEqual(dispositions, [
      "pending",
      "pending",
      "pending",
      "escalated",
      "delivered",
      "failed",
      "undeliverable",
      "withdrawn",
      "suppressed",
      "expired"
    ])
  })

  it("escalated is no end state", () => {
    assert.deepStrictEqual(
      states.map(Notification.isTerminal),
      states.map((_, index) => index > 3)
    )
  })

  it("the current row is the latest one that is not cancelled", () => {
    const first = row()
    const cancelled = row({ n: 2, state: "cancelled" })
    const of = (...rows: ReadonlyArray<Attempt.Attempt>) =>
      Notification.currentAttempt(notification("active", rows))
    assert.strictEqual(of(first, cancelled), first)
    assert.strictEqual(of(cancelled), undefined)
    assert.strictEqual(of(), undefined)
  })

  it("consumed: accepted, refused, or unknown and not proven void", () => {
    const all: ReadonlyArray<Attempt.AttemptState> = [
      "pending",
      "claimed",
      "submitting",
      "unknown",
      "accepted",
      "refused",
      "void",
      "cancelled",
      "closed"
    ]
    const consumed = all.filter((state) => Attempt.isConsumed(row({ state })))
    assert.deepStrictEqual(consumed, ["submitting", "unknown", "accepted", "refused", "closed"])
    assert.isTrue(Attempt.isConsumed(row({ state: "claimed", ambiguous: true })))
    assert.isFalse(Attempt.isConsumed(row({ state: "void", ambiguous: true })))
  })

  it("failed: refused, or accepted and negative by receipt", () => {
    assert.isTrue(Attempt.hasFailed(marked({ state: "refused" })))
    assert.isTrue(Attempt.hasFailed(marked({ state: "accepted", seen: [32] })))
    assert.isTrue(Attempt.hasFailed(marked({ state: "accepted", parts: 2, seen: [0, 64, 8] })))
    assert.isFalse(Attempt.hasFailed(marked({ state: "accepted", seen: [64] })))
    assert.isFalse(Attempt.hasFailed(marked({ state: "closed" })))
  })

  it("a row that was never marked has no open key", () => {
    assert.isFalse(Attempt.isKeyOpen(row(), t0, policy, carrier("K")))
  })

  it("given up: closed by decision, not by time", () => {
    const decided = marked({ state: "closed", failure: failure({ code: Attempt.resendDecided }) })
    assert.isTrue(Attempt.isGivenUp(decided))
    assert.isFalse(Attempt.isGivenUp(marked({ state: "closed" })))
    assert.isFalse(Attempt.isGivenUp({ ...decided, state: "accepted" }))
  })
})

describe("timers", () => {
  const next = (of: Notification.Notification, carrierClass = "KLV") =>
    Notification.nextTimerMs(of, policy, carrier(carrierClass))

  it("are none for a held notification that was never released, and for ended ones", () => {
    assert.strictEqual(next(Notification.held), null)
    assert.strictEqual(next(notification("delivered", [marked({ state: "refused" })])), null)
  })

  it("are the earliest of expiry and the closings of all rows", () => {
    const early = marked({ state: "accepted", firstMarkMs: t0 - 71 * hour })
    const both = notification("waiting", [early, row({ n: 2 })])
    assert.strictEqual(next(both), t0 + hour)
  })

  it("leave an unknown row with look-up alone once people know, or it is not the current one", () => {
    const unknown = marked({ state: "unknown", ambiguous: true })
    assert.strictEqual(next(notification("active", [unknown])), t0 + 96 * hour)
    assert.strictEqual(next(notification("escalated", [unknown])), null)
    assert.strictEqual(next(notification("active", [unknown, marked({ n: 2 })])), null)
    assert.strictEqual(next(notification("escalated", [unknown]), "N"), t0 + 72 * hour)
  })

  it("never come from a row without S", () => {
    assert.strictEqual(next(notification("active", [row({ state: "unknown" })])), null)
  })
})

describe("facts", () => {
  it("about a row that is not there change nothing", () => {
    const given = notification("active", [row()])
    assert.strictEqual(Delivery.evolve(given, { _tag: "AttemptClaimed", n: 2 }), given)
    const gap = { _tag: "AttemptAdded", n: 3, dueMs: t0, restored: null } as const
    assert.strictEqual(Delivery.evolve(given, gap), given)
  })

  it("that are only told change nothing", () => {
    const given = notification("active", [row()])
    for (const fact of [
      { _tag: "EscalationRaised", cause: "UNRESOLVABLE", n: 1 },
      { _tag: "EscalationResolved", action: "close", by: ["dana", "omer"] },
      { _tag: "LateDelivery", n: 1, from: "failed" },
      { _tag: "ContradictoryReceipt", n: 1 },
      { _tag: "Ignored", event: "TimePassed", n: null, because: "NOT_DUE" }
    ] as const) {
      assert.strictEqual(Delivery.evolve(given, fact), given)
    }
  })

  it("are what `decide` gives", () => {
    const given = notification("active", [row()])
    const event = { _tag: "Claimed", n: 1 } as const
    assert.deepStrictEqual(Delivery.decide(given, event, context()), [
      { _tag: "AttemptClaimed", n: 1 }
    ])
  })
})
