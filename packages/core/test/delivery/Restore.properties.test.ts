import fc from "fast-check"
import { assert, describe, it } from "vitest"
import type * as Attempt from "../../src/delivery/Attempt.ts"
import * as Breaker from "../../src/delivery/Breaker.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import * as Incarnation from "../../src/delivery/Incarnation.ts"
import * as Notification from "../../src/delivery/Notification.ts"
import * as Restore from "../../src/delivery/Restore.ts"
import { context, granted, hour, marked, notification, policy, t0 } from "./carriers.ts"

const under = context({ quarantine: { sinceMs: t0 - hour } })

/** **Source** — delivery protocol 1.4. */
describe("for every notification at its backup", () => {
  // Caught: `isSendable` without `pending`.
  it("the quarantine never leaves a row that can be claimed, marked or replayed", () => {
    fc.assert(
      fc.property(backups, (before) => {
        const { notification: after } = Restore.quarantine(before, under)
        if (Notification.isTerminal(after.state)) return
        for (const { keyClosed, n, state } of after.attempts) {
          assert.notInclude(["pending", "claimed", "submitting"], state)
          if (state === "unknown") assert.isTrue(keyClosed)
          const facts = granted(t0)
          assert.strictEqual(Delivery.guard(after, n, under, facts), "NOT_CLAIMED")
        }
      })
    )
  })

  // Caught: `quarantine` changing rows without a fact.
  it("the facts of the quarantine alone always make its state", () => {
    fc.assert(
      fc.property(backups, (before) => {
        const { notification: after, facts } = Restore.quarantine(before, under)
        assert.deepStrictEqual(facts.reduce(Delivery.evolve, before), after)
      })
    )
  })

  // Caught: `isSendable` with `accepted` among its states.
  it("the quarantine never takes back what is known of an attempt", () => {
    fc.assert(
      fc.property(backups, (before) => {
        const { notification: after } = Restore.quarantine(before, under)
        for (const row of before.attempts) {
          const known = !["pending", "claimed", "submitting", "unknown"].includes(row.state)
          if (known) assert.strictEqual(after.attempts[row.n - 1], row)
        }
      })
    )
  })

  // Caught: `isReconciled` asking for row n alone.
  it("the quarantine is never over while any later reference was not asked for", () => {
    fc.assert(
      fc.property(backups, fc.subarray([1, 2, 3, 4, 5]), (before, notFound) => {
        const { notification: after } = Restore.quarantine(before, under)
        const late = { ...under, nowMs: t0 + 90 * hour, clockMs: under.clockMs + hour }
        for (const { n } of after.attempts) {
          if (!Restore.isReconciled(after, n, notFound, late)) continue
          for (let later = n; later <= policy.maxRows; later++) assert.include(notFound, later)
        }
      })
    )
  })
})

/** **Source** — delivery protocol 1.4; invariant 39. */
describe("for every pair of lives", () => {
  // Caught: `next` raising the database's own number alone.
  it("the next life never equals one that was, and always confirms against itself", () => {
    fc.assert(
      fc.property(lives, fc.option(lives, { nil: undefined }), (database, witness) => {
        const next = Incarnation.next(database, witness)
        assert.isDefined(Incarnation.mismatch(next, database))
        assert.isDefined(Incarnation.mismatch(next, witness))
        assert.isUndefined(Incarnation.mismatch(next, next))
      })
    )
  })
})

/** **Source** — delivery protocol 1.1 (G, by compare-and-set); invariant 32. */
describe("for every order of failures, answers and probes", () => {
  // Caught: `passage` giving a probe while one is under way.
  it("never lets more than one message pass in a wait once it is open", () => {
    fc.assert(
      fc.property(turns, (all) => {
        let breaker = Breaker.closed
        let nowMs = 0
        let passedUntilMs = -1
        for (const { afterMs, does } of all) {
          nowMs += afterMs
          const found = Breaker.passage(breaker, nowMs, Breaker.defaults)
          if (does === "answer") breaker = Breaker.onAnswer(breaker)?.next ?? breaker
          else if (does === "fail") {
            breaker = Breaker.onFailure(breaker, nowMs, Breaker.defaults)?.next ?? breaker
          } else if (found._tag === "Probe") {
            assert.isAtLeast(nowMs, passedUntilMs)
            passedUntilMs = nowMs + Breaker.defaults.openMs
            breaker = found.change.next
          }
          if (does !== "probe") passedUntilMs = -1
        }
      })
    )
  })

  // Caught: `change` keeping the version.
  it("of two changes decided on one version, never more than one is written", () => {
    fc.assert(
      fc.property(turns, (all) => {
        let breaker = Breaker.closed
        let nowMs = 0
        for (const { afterMs, does } of all) {
          nowMs += afterMs
          const found = Breaker.passage(breaker, nowMs, Breaker.defaults)
          const change =
            does === "answer"
              ? Breaker.onAnswer(breaker)
              : does === "fail"
                ? Breaker.onFailure(breaker, nowMs, Breaker.defaults)
                : found._tag === "Probe"
                  ? found.change
                  : undefined
          if (change === undefined) continue
          assert.strictEqual(change.expected, breaker.version)
          assert.isAbove(change.next.version, change.expected)
          breaker = change.next
        }
      })
    )
  })
})

const state = fc.constantFrom<Attempt.AttemptState>(
  "pending",
  "claimed",
  "submitting",
  "unknown",
  "accepted",
  "refused",
  "void",
  "cancelled",
  "closed"
)
const backups = fc
  .tuple(
    fc.constantFrom<Notification.NotificationState>(
      "held",
      "active",
      "waiting",
      "escalated",
      "failed"
    ),
    fc.array(fc.tuple(state, fc.boolean()), { maxLength: 4 })
  )
  .map(([at, rows]) =>
    notification(
      at,
      rows.map(([is, ambiguous], i) => marked({ n: i + 1, state: is, ambiguous }))
    )
  )
const lives: fc.Arbitrary<Incarnation.Incarnation> = fc.record({
  systemIdentifier: fc.constantFrom("7", "8"),
  timeline: fc.integer({ min: 1, max: 3 }),
  number: fc.integer({ min: 1, max: 5 })
})
const turns = fc.array(
  fc.record({
    afterMs: fc.constantFrom(0, 1, 29_999, 30_000, 60_000),
    does: fc.constantFrom("answer", "fail", "fail", "fail", "probe", "probe")
  }),
  { maxLength: 40 }
)
