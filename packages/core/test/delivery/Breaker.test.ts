import { assert, describe, it } from "vitest"
import * as Breaker from "../../src/delivery/Breaker.ts"

const policy = Breaker.defaults
const at = 1_000_000

const failing = (from: Breaker.Breaker, times: number): Breaker.Breaker => {
  let breaker = from
  for (let i = 0; i < times; i++) {
    breaker = Breaker.onFailure(breaker, at, policy)?.next ?? breaker
  }
  return breaker
}

/** **Source** — delivery protocol 1.1 (G); original architecture §8.1. */
describe("Breaker", () => {
  it("lets everything pass until the fifth failure in a row", () => {
    assert.deepStrictEqual(Breaker.passage(failing(Breaker.closed, 4), at, policy), {
      _tag: "Free"
    })
    assert.deepStrictEqual(failing(Breaker.closed, 5), {
      state: "open",
      failures: 5,
      untilMs: at + 30_000,
      version: 5
    })
  })

  // Caught: a failure that leaves no state a store can write.
  it("stays closed below the fifth", () => {
    const next: Breaker.Breaker = { state: "closed", failures: 1, untilMs: null, version: 1 }
    assert.deepStrictEqual(Breaker.closed, { ...next, failures: 0, version: 0 })
    assert.deepStrictEqual(Breaker.onFailure(Breaker.closed, at, policy), { expected: 0, next })
  })

  it("counts failures in a row only: an answer between them begins anew", () => {
    const answered = Breaker.onAnswer(failing(Breaker.closed, 4))
    assert.deepStrictEqual(answered, {
      expected: 4,
      next: { state: "closed", failures: 0, untilMs: null, version: 5 }
    })
    assert.isUndefined(Breaker.onAnswer(Breaker.closed))
  })

  it("refuses while open, and gives one probe when that is over", () => {
    const open = failing(Breaker.closed, 5)
    const untilMs = at + 30_000
    assert.deepStrictEqual(Breaker.passage(open, untilMs - 1, policy), { _tag: "Refused", untilMs })
    assert.deepStrictEqual(Breaker.passage(open, untilMs, policy), {
      _tag: "Probe",
      change: {
        expected: 5,
        next: { state: "half-open", failures: 5, untilMs: untilMs + 30_000, version: 6 }
      }
    })
  })

  it("refuses beside a probe, and gives another when the probe was given up", () => {
    const halfOpen = { state: "half-open", failures: 5, untilMs: at, version: 6 } as const
    assert.strictEqual(Breaker.passage(halfOpen, at - 1, policy)._tag, "Refused")
    assert.strictEqual(Breaker.passage(halfOpen, at, policy)._tag, "Probe")
  })

  it("closes by the probe's answer, opens again by its failure", () => {
    const halfOpen = { state: "half-open", failures: 5, untilMs: at, version: 6 } as const
    assert.strictEqual(Breaker.onAnswer(halfOpen)?.next.state, "closed")
    assert.deepStrictEqual(Breaker.onFailure(halfOpen, at, policy), {
      expected: 6,
      next: { state: "open", failures: 6, untilMs: at + 30_000, version: 7 }
    })
  })

  // Caught: a failed probe that only counts.
  it("opens again by a failed probe although the policy allows more failures by now", () => {
    const halfOpen = { state: "half-open", failures: 2, untilMs: at, version: 3 } as const
    assert.strictEqual(Breaker.onFailure(halfOpen, at, policy)?.next.state, "open")
  })

  it("is not moved by failures while it is open: a longer row of them is no longer wait", () => {
    assert.isUndefined(Breaker.onFailure(failing(Breaker.closed, 5), at + 1, policy))
  })
})
