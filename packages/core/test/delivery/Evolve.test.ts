import { assert, describe, it } from "vitest"
import type { DeliveryFact } from "../../src/delivery/DeliveryFact.ts"
import { evolve } from "../../src/delivery/Evolve.ts"
import { E, clock0, failure, hour, notification, row, t0, unknown } from "./carriers.ts"

const attempt = (fact: DeliveryFact, before = row()) =>
  evolve(notification("active", [before]), fact).attempts[0]

describe("Evolve, facts about the notification (delivery protocol 1.1)", () => {
  const table: ReadonlyArray<readonly [DeliveryFact, state: string, reason: string | null]> = [
    [{ _tag: "NotificationHeld" }, "held", null],
    [{ _tag: "NotificationActivated", expiryMs: null }, "active", null],
    [{ _tag: "NotificationWaiting", dueMs: t0 }, "waiting", null],
    [{ _tag: "NotificationDelivered", n: 1 }, "delivered", null],
    [{ _tag: "NotificationFailed", reason: "EXHAUSTED" }, "failed", "EXHAUSTED"],
    [{ _tag: "NotificationUndeliverable" }, "undeliverable", null],
    [{ _tag: "NotificationWithdrawn", reason: "CORRECTED" }, "withdrawn", "CORRECTED"],
    [{ _tag: "NotificationSuppressed", reason: "OPT_OUT" }, "suppressed", "OPT_OUT"],
    [{ _tag: "NotificationExpired" }, "expired", "EXPIRED"],
    [{ _tag: "NotificationEscalated", cause: "UNRESOLVABLE" }, "escalated", "UNRESOLVABLE"]
  ]
  for (const [fact, state, reason] of table) {
    it(`${fact._tag} → ${state}`, () => {
      const before = notification("active", [row()], { reason: "earlier" })
      assert.deepInclude<object>(evolve(before, fact), { state, reason, expiryMs: E })
    })
  }

  it("takes the expiry of the release and keeps it through a second one without", () => {
    const released = evolve(notification("held", [], { expiryMs: null }), {
      _tag: "NotificationActivated",
      expiryMs: E
    })
    assert.strictEqual(released.expiryMs, E)
    const again = evolve(released, { _tag: "NotificationActivated", expiryMs: null })
    assert.strictEqual(again.expiryMs, E)
  })
})

describe("Evolve, facts about an attempt (delivery protocol 1.2)", () => {
  it("adds the next row pending, and never one beyond it", () => {
    const added = { _tag: "AttemptAdded", n: 2, dueMs: t0 + hour, restored: null } as const
    const before = notification("active", [row()])
    assert.deepStrictEqual(evolve(before, added).attempts[1], row({ n: 2, dueMs: t0 + hour }))
    assert.strictEqual(evolve(before, { ...added, n: 3 }), before)
  })

  // Caught: a partial failure that no retry would have to wait for.
  for (const [outcome, negativeMs] of [
    ["failed", t0 + hour],
    ["partial", t0 + hour],
    ["delivered", null],
    ["open", null]
  ] as const) {
    it(`dates a receipt that makes the message ${outcome}`, () => {
      const receipt = { state: "enroute", part: 1, parts: null, failure: null } as const
      const fact = { _tag: "ReceiptFolded", n: 1, atMs: t0 + hour, receipt, outcome } as const
      assert.strictEqual(attempt(fact)?.negativeMs, negativeMs)
    })
  }

  it("adds a row that may have been sent before a restore as unknown, its key closed", () => {
    const restored = { sinceMs: t0, validUntilMs: t0 + hour, sinceClockMs: clock0 }
    const after = attempt({ _tag: "AttemptAdded", n: 1, dueMs: t0, restored })
    assert.deepInclude(after, {
      state: "unknown",
      ambiguous: true,
      keyClosed: true,
      firstMarkMs: t0,
      validUntilMs: t0 + hour,
      unknownSinceMs: clock0
    })
  })

  it("sets S, V and parts at the first mark, and keeps them at a replay", () => {
    const fact = {
      _tag: "AttemptMarked",
      n: 1,
      atMs: t0 + hour,
      validUntilMs: E,
      parts: 3
    } as const
    assert.deepInclude(attempt(fact), {
      state: "submitting",
      firstMarkMs: t0 + hour,
      validUntilMs: E,
      parts: 3,
      replays: 0
    })
    const before = unknown()
    assert.deepStrictEqual(attempt(fact, before), { ...before, state: "submitting", replays: 1 })
  })

  it("wipes the row at the proof that nothing was sent, under the next key", () => {
    const dueMs = t0 + hour
    const fact = { _tag: "AttemptReturned", n: 1, dueMs, code: "429" } as const
    const before = unknown({ replays: 2, keyGeneration: 3 })
    assert.deepStrictEqual(
      attempt({ ...fact, cause: "NOT_SENT" }, before),
      row({ dueMs, keyGeneration: 4 })
    )
    for (const cause of ["LEASE_OVER", "MARK_REFUSED", "REPLAY"] as const) {
      assert.deepStrictEqual(attempt({ ...fact, cause }, before), {
        ...before,
        state: "pending",
        dueMs
      })
    }
  })

  it("takes back a failure when the message was accepted after all", () => {
    const before = row({ state: "refused", negativeMs: t0, failure: failure() })
    const fact = { _tag: "AttemptAccepted", n: 1, atMs: t0 + hour, via: "receipt" } as const
    assert.deepInclude(attempt({ ...fact, carrierMessageId: "x" }, before), {
      state: "accepted",
      firstMarkMs: t0 + hour,
      negativeMs: null,
      failure: null,
      carrierMessageId: "x"
    })
  })

  it("keeps the first id of the carrier at an acceptance, and takes one told later", () => {
    const before = row({ state: "accepted", firstMarkMs: t0, carrierMessageId: "first" })
    const fact = { _tag: "AttemptAccepted", n: 1, atMs: t0 + hour, via: "answer" } as const
    const accepted = attempt({ ...fact, carrierMessageId: "second" }, before)
    assert.deepInclude(accepted, { carrierMessageId: "first", firstMarkMs: t0 })
    const identified = attempt(
      { _tag: "AttemptIdentified", n: 1, carrierMessageId: "third" },
      before
    )
    assert.strictEqual(identified?.carrierMessageId, "third")
  })

  it("keeps the instant of the first negative receipt, and drops it when parts arrive", () => {
    const before = row({ state: "accepted", parts: 1, firstMarkMs: t0 })
    const folded = (state: "failed" | "delivered", atMs: number): DeliveryFact => ({
      _tag: "ReceiptFolded",
      n: 1,
      atMs,
      receipt: {
        state,
        part: 1,
        parts: null,
        failure: state === "failed" ? failure() : null
      },
      outcome: state
    })
    const history = [folded("failed", t0 + 1), folded("failed", t0 + 2)]
    const failed = history.reduce(evolve, notification("active", [before])).attempts[0]
    assert.deepInclude(failed, { negativeMs: t0 + 1, failure: failure() })
    const after = attempt(folded("delivered", t0 + 3), failed)
    assert.deepInclude(after, { negativeMs: null, failure: failure() })
  })

  it("closes with the reason it is given, else with the one it had", () => {
    const before = unknown({ failure: failure({ code: "before" }) })
    const closed = (code: string | null) =>
      attempt(
        { _tag: "AttemptClosed", n: 1, failure: code === null ? null : failure({ code }) },
        before
      )
    assert.strictEqual(closed(null)?.failure?.code, "before")
    assert.deepInclude(closed("given"), { state: "closed", failure: failure({ code: "given" }) })
  })

  it("changes the one word that the plain facts are about", () => {
    const before = unknown()
    const table = [
      [{ _tag: "AttemptClaimed", n: 1 }, { state: "claimed" }],
      [{ _tag: "AttemptCancelled", n: 1 }, { state: "cancelled" }],
      [{ _tag: "AttemptEscalated", n: 1 }, { escalated: true }],
      [{ _tag: "AttemptKeyClosed", n: 1 }, { keyClosed: true }],
      [
        { _tag: "AttemptVoid", n: 1, atMs: t0 + 1 },
        { state: "void", negativeMs: t0 + 1 }
      ],
      [
        { _tag: "AttemptRefused", n: 1, atMs: t0 + 1, failure: failure() },
        { state: "refused", negativeMs: t0 + 1, failure: failure() }
      ]
    ] as const
    for (const [fact, change] of table) {
      assert.deepStrictEqual(attempt(fact, before), { ...before, ...change })
    }
  })
})
