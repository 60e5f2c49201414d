import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Attempt from "../../src/delivery/Attempt.ts"
import * as Deadline from "../../src/delivery/Deadline.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import * as Reconcile from "../../src/delivery/Reconcile.ts"
import * as RetryPolicy from "../../src/delivery/RetryPolicy.ts"
import { carrier, classes, clock0, context, failure, granted, hour } from "./carriers.ts"
import { lag, marked, minute, notification, policy, row, t0, unknown } from "./carriers.ts"

const asked = (name: string) => (name.includes("L") ? lag : 0)

/** **Source** — delivery protocol, part 1 (Timing: V); clock skew above 30 minutes. */
describe("for every mark, window and measured skew", () => {
  // Caught: `validUntilMs` without the close of the window among its bounds.
  it("V is never after S + 5 h 30 min, the close of the window or the carrier's maximum", () => {
    fc.assert(
      fc.property(carriers, soon, skew, ({ capabilities }, closesMs, skewMs) => {
        const { validity } = capabilities
        const v = RetryPolicy.validUntilMs(t0, closesMs, policy, capabilities, skewMs)
        if (v === null) return
        assert.isAtMost(v, Math.min(t0 + policy.validityMs, closesMs))
        if (validity !== "none") assert.isAtMost(v, t0 + validity.maxMs)
      })
    )
  })

  // Caught: `validUntilMs` comparing the skew without its sign taken off.
  it("V is never trusted while the carrier's clock is more than 30 minutes off", () => {
    fc.assert(
      fc.property(carriers, soon, skew, ({ capabilities, name }, closesMs, skewMs) => {
        const v = RetryPolicy.validUntilMs(t0, closesMs, policy, capabilities, skewMs)
        const trusted = name.includes("V") && Math.abs(skewMs) <= 30 * minute
        assert.strictEqual(v !== null, trusted)
      })
    )
  })
})

/** **Source** — delivery protocol, part 1 (Timing: R), 1.2 (R over every earlier consumed row). */
describe("for every list of earlier attempts", () => {
  // Caught: `retryDueMs` of the last attempt alone.
  it("R never comes earlier for one attempt more", () => {
    fc.assert(
      fc.property(carriers, earlier, earlierRow, skew, ({ capabilities }, rows, last, skewMs) => {
        const before = RetryPolicy.retryDueMs(rows, policy, capabilities, skewMs)
        const after = RetryPolicy.retryDueMs([...rows, last], policy, capabilities, skewMs)
        assert.isAtLeast(after, before)
      })
    )
  })

  // Caught: `deadMs` without the time a look-up takes to show.
  it("R is never before V, skew and the look-up's lag are over, nor before F", () => {
    fc.assert(
      fc.property(carriers, earlier, skew, ({ capabilities, name }, rows, skewMs) => {
        const due = RetryPolicy.retryDueMs(rows, policy, capabilities, skewMs)
        for (const one of rows) {
          if (one.state === "cancelled") continue
          assert.isAtLeast(due, one.negativeMs ?? 0)
          if (one.validUntilMs === null) continue
          const overMs = one.validUntilMs + Math.abs(skewMs) + policy.skewMs + asked(name)
          assert.isAtLeast(due, overMs)
        }
      })
    )
  })

  // Caught: `guardEarlier` asking only the last row whether it is dead.
  it("the guard never lets a further attempt pass beside one that may still arrive", () => {
    fc.assert(
      fc.property(carriers, earlier, later, ({ capabilities }, rows, afterMs) => {
        const n = rows.length + 1
        const numbered = rows.map((one, i) => ({ ...one, n: i + 1 }))
        const given = notification("active", [...numbered, row({ n, state: "claimed" })])
        const nowMs = t0 + afterMs
        const at = context({ nowMs, capabilities })
        if (Delivery.guard(given, n, at, granted(nowMs)) !== undefined) return
        for (const one of numbered) {
          const dead = one.state === "cancelled" || one.state === "void" || Attempt.hasFailed(one)
          assert.isTrue(dead, one.state)
        }
        assert.isAtLeast(nowMs, RetryPolicy.retryDueMs(numbered, policy, capabilities, 0))
      })
    )
  })
})

/** **Source** — delivery protocol 1.1 (rows of unknown), 2.4 rules 5 and 6. */
describe("for every unknown attempt and instant", () => {
  // Caught: `validityOverMs` without the time a look-up takes to show.
  it("a not-found never voids before V, skew and the look-up's lag are over", () => {
    fc.assert(
      fc.property(lookingUp, around, later, skew, ({ capabilities, name }, by, clockMs, skewMs) => {
        const first = unknown(name.includes("V") ? {} : { validUntilMs: null })
        const overMs = (first.validUntilMs ?? t0) + Math.abs(skewMs) + policy.skewMs + lag
        const at = context({
          nowMs: overMs + by,
          clockMs: clock0 + clockMs,
          capabilities,
          carrierSkewMs: skewMs
        })
        const action = Reconcile.afterNotFound(notification("active", [first]), first, at)
        if (action._tag !== "Void") return
        assert.isAtLeast(clockMs, RetryPolicy.settleMs(policy, capabilities))
        if (first.validUntilMs !== null) assert.isAtLeast(by, 0)
      })
    )
  })

  // Caught: `withoutLookup` replaying before the settle delay is over.
  it("a replay is never decided outside the key's window, the cap and the settle delay", () => {
    fc.assert(
      fc.property(
        carriers,
        later,
        later,
        fc.nat(6),
        ({ capabilities }, nowMs, clockMs, replays) => {
          const at = context({ nowMs: t0 + nowMs, clockMs: clock0 + clockMs, capabilities })
          const first = unknown({ replays, validUntilMs: null })
          const given = notification("active", [first])
          for (const action of [
            Reconcile.afterNotFound(given, first, at),
            Reconcile.withoutLookup(given, first, at)
          ]) {
            if (action._tag !== "Replay") continue
            assert.isTrue(Attempt.isReplayable(first, at.nowMs, policy, capabilities))
            assert.isBelow(replays, policy.replayCap)
            assert.isAtLeast(clockMs, RetryPolicy.settleMs(policy, capabilities))
          }
        }
      )
    )
  })
})

/** **Source** — delivery protocol, part 1 (Deadline); invariant 36. */
describe("for every pair of clocks", () => {
  // Caught: `elapsedMs` of the monotonic clock alone.
  it("a request never starts once either clock has passed lease − D − margin", () => {
    fc.assert(
      fc.property(fc.integer(span), fc.integer(span), (monotonicMs, wallMs) => {
        const deadline = Deadline.after({ monotonicMs: 0, wallMs: 0 }, policy)
        const allowed = policy.leaseMs - policy.requestDeadlineMs - policy.marginMs
        const starts = Deadline.mayStart(deadline, { monotonicMs, wallMs })
        assert.strictEqual(starts, monotonicMs < allowed && wallMs < allowed)
      })
    )
  })
})

const span = { min: -86_400_000, max: 86_400_000 }
const carriers = fc
  .constantFrom(...classes)
  .map((name) => ({ name, capabilities: carrier(name, 80 * hour) }))
const lookingUp = carriers.filter(({ name }) => name.includes("L"))
/** Around the instant at which V, skew and lag are over. */
const around = fc.constantFrom(-lag - 1, -lag, -1, 0, 1, hour)
const soon = fc.constantFrom(t0 + minute, t0 + hour, t0 + 5.5 * hour, t0 + 11 * hour)
const skew = fc.oneof(
  fc.integer({ min: -40 * minute, max: 40 * minute }),
  fc.constantFrom(0, 30 * minute, -30 * minute, 30 * minute + 1, -30 * minute - 1)
)
const later = fc.oneof(
  fc.integer({ min: 0, max: 80 * hour }),
  fc.constantFrom(0, 155_000, 5.5 * hour + minute + lag, 6 * hour, 72 * hour)
)
const instant = fc.integer({ min: t0, max: t0 + 8 * hour })
const orNull = <A>(of: fc.Arbitrary<A>) => fc.option(of, { nil: null, freq: 4 })
const earlierRow = fc
  .record({
    base: fc.constantFrom<Partial<Attempt.Attempt>>(
      { state: "void" },
      { state: "refused", failure: failure() },
      { state: "accepted", seen: [0, 32], failure: failure() },
      { state: "accepted", seen: [] },
      { state: "unknown", ambiguous: true },
      { state: "closed" },
      { state: "cancelled" }
    ),
    firstMarkMs: instant,
    validUntilMs: orNull(instant),
    negativeMs: orNull(instant)
  })
  .map(({ base, ...instants }) => marked({ ...instants, ...base }))
const earlier = fc.array(earlierRow, { minLength: 1, maxLength: 3 })
