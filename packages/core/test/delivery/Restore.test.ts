import { assert, describe, it } from "vitest"
import type { DeliveryContext } from "../../src/delivery/Delivery.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import * as Restore from "../../src/delivery/Restore.ts"
import * as Fixtures from "./carriers.ts"

const { carrier, clock0, hour, marked, notification, policy, row, settle, t0, unknown } = Fixtures
const sinceMs = t0 - hour
const at = (over: Partial<DeliveryContext> = {}) =>
  Fixtures.context({ quarantine: { sinceMs }, ...over })
const restored = {
  state: "unknown" as const,
  ambiguous: true,
  keyClosed: true,
  firstMarkMs: sinceMs,
  validUntilMs: sinceMs + policy.validityMs,
  unknownSinceMs: clock0
}

/** **Source** — delivery protocol 1.4. */
describe("Restore.quarantine", () => {
  for (const given of [row(), row({ state: "claimed" }), marked(), unknown()]) {
    it(`a row ${given.state} at the backup → unknown, amb, K closed`, () => {
      const { notification: after, facts } = Restore.quarantine(
        notification("active", [given]),
        at()
      )
      assert.deepStrictEqual(after.attempts[0], { ...given, ...restored })
      assert.deepStrictEqual(
        facts.map((fact) => fact._tag),
        ["AttemptAdded"]
      )
      assert.strictEqual(
        facts.reduce(Delivery.evolve, notification("active", [given])).state,
        "active"
      )
    })
  }

  for (const state of ["accepted", "refused", "void", "closed", "cancelled"] as const) {
    it(`a row ${state} at the backup stays as it is`, () => {
      const before = notification("active", [marked({ state })])
      assert.strictEqual(Restore.quarantine(before, at()).notification, before)
    })
  }

  it("a waiting notification is active: its next row may have been sent", () => {
    const before = notification("waiting", [marked({ state: "refused" }), row({ n: 2 })])
    const after = Restore.quarantine(before, at())
    assert.strictEqual(after.notification.state, "active")
    assert.strictEqual(after.notification.attempts[0], before.attempts[0])
    assert.deepStrictEqual(after.notification.attempts[1], { ...row({ n: 2 }), ...restored })
    assert.deepStrictEqual(
      after.facts.map((fact) => fact._tag),
      ["AttemptAdded", "NotificationActivated"]
    )
  })

  it("a held or escalated notification keeps its state", () => {
    assert.strictEqual(Restore.quarantine(notification("held"), at()).notification.state, "held")
    const escalated = Restore.quarantine(notification("escalated", [unknown()]), at())
    assert.strictEqual(escalated.notification.state, "escalated")
  })

  it("an ended notification, and one without a restore, are left alone", () => {
    const ended = notification("suppressed", [unknown()])
    assert.deepStrictEqual(Restore.quarantine(ended, at()), { notification: ended, facts: [] })
    const untouched = notification("active", [row()])
    const context = Fixtures.context()
    assert.deepStrictEqual(Restore.quarantine(untouched, context), {
      notification: untouched,
      facts: []
    })
  })

  it("has no V where the carrier takes none", () => {
    const context = at({ capabilities: carrier("L") })
    const { notification: after } = Restore.quarantine(notification("active", [row()]), context)
    assert.isNull(after.attempts[0]?.validUntilMs)
  })
})

/** **Source** — delivery protocol 1.4 ("its references n and all later n not found"). */
describe("Restore.isReconciled", () => {
  const lost = unknown({ keyClosed: true })
  const over = at({
    nowMs: Fixtures.E,
    clockMs: clock0 + settle,
    capabilities: carrier("LV")
  })
  const all = [1, 2, 3, 4, 5]
  const ask = (notFound: ReadonlyArray<number>, context = over, first = lost) =>
    Restore.isReconciled(notification("active", [first]), 1, notFound, context)

  it("when no reference is found, settled, after V", () => {
    assert.isTrue(ask(all))
  })
  it("not while a later reference was found, or not asked for", () => {
    assert.isFalse(ask([1, 2, 3, 4]))
    assert.isFalse(ask([2, 3, 4, 5]))
  })
  it("not before V and settle are over", () => {
    assert.isFalse(ask(all, { ...over, nowMs: t0 }))
    assert.isFalse(ask(all, { ...over, clockMs: clock0 }))
  })
  it("not for a row that is no restored one, or is not there", () => {
    assert.isFalse(ask(all, over, unknown()))
    assert.isFalse(Restore.isReconciled(notification("active"), 1, all, over))
  })
  it("for the second row without the first", () => {
    const rows = [marked({ state: "refused" }), { ...lost, n: 2 }]
    assert.isTrue(Restore.isReconciled(notification("active", rows), 2, [2, 3, 4, 5], over))
  })
})
