import { assert, describe, it } from "vitest"
import * as Attempt from "../../src/delivery/Attempt.ts"
import * as Receipt from "../../src/delivery/Receipt.ts"
import { carrier, failure, hour, marked, policy, row, t0 } from "./carriers.ts"

describe("Attempt by state (delivery protocol, part 1: consumed; 1.1)", () => {
  const table: ReadonlyArray<
    readonly [
      Attempt.AttemptState,
      unmarked: boolean,
      consumed: boolean,
      ambiguousConsumed: boolean
    ]
  > = [
    ["pending", true, false, true],
    ["claimed", true, false, true],
    ["submitting", false, true, true],
    ["unknown", false, true, true],
    ["accepted", false, true, true],
    ["refused", false, true, true],
    ["void", false, false, false],
    ["cancelled", false, false, false],
    ["closed", false, true, true]
  ]
  for (const [state, unmarked, consumed, ambiguousConsumed] of table) {
    const words = [unmarked ? "unmarked" : "marked", consumed ? "consumed" : "not consumed"]
    it(`${state}: ${words.join(", ")}`, () => {
      assert.strictEqual(Attempt.isUnmarked(row({ state })), unmarked)
      assert.strictEqual(Attempt.isConsumed(row({ state })), consumed)
      const ambiguous = row({ state, ambiguous: true })
      assert.isFalse(Attempt.isUnmarked(ambiguous))
      assert.strictEqual(Attempt.isConsumed(ambiguous), ambiguousConsumed)
    })
  }

  // Caught: rows given up under another name than the one that stores have written.
  it("names what two people gave up for good", () => {
    assert.strictEqual(Attempt.resendDecided, "RESEND_DECIDED")
  })

  // Caught: a mark that never was, taken for one at the instant 0.
  it("was never marked, so its key is not open, at the epoch either", () => {
    const policy0 = { ...policy, leaseMs: 0, marginMs: 0 }
    assert.isFalse(Attempt.isKeyOpen(row(), 0, policy0, carrier("K")))
  })

  it("begins pending, never marked, under the first key", () => {
    const attempt = Attempt.pending(2, t0)
    assert.deepInclude(attempt, { n: 2, state: "pending", dueMs: t0, keyGeneration: 1, parts: 0 })
    assert.deepStrictEqual(attempt.seen, [])
    assert.isNull(attempt.firstMarkMs)
    assert.isFalse(attempt.ambiguous)
  })
})

describe("Attempt, what the receipts mean (delivery protocol 1.3)", () => {
  const seen = (...states: ReadonlyArray<Receipt.ReceiptState>) =>
    states.reduce<ReadonlyArray<number>>(
      (bits, state, index) =>
        Receipt.fold(bits, { state, part: index + 1, parts: states.length, failure: null }),
      []
    )

  const table = [
    ["failed", seen("failed"), 1, "failed", true],
    ["in part", seen("delivered", "expired"), 2, "partial", true],
    ["delivered", seen("delivered"), 1, "delivered", false],
    ["on its way", seen("enroute"), 1, "open", false]
  ] as const
  for (const [name, bits, parts, outcome, failed] of table) {
    it(`an accepted message, ${name}: ${outcome}`, () => {
      const accepted = marked({ state: "accepted", parts, seen: bits })
      assert.strictEqual(Attempt.outcome(accepted), outcome)
      assert.strictEqual(Attempt.hasFailed(accepted), failed)
    })
  }

  it("nothing, before the carrier has accepted the message", () => {
    const early = marked({ state: "unknown", seen: seen("delivered") })
    assert.strictEqual(Attempt.outcome(early), "open")
    assert.isFalse(Attempt.hasFailed(early))
    assert.isTrue(Attempt.hasFailed(marked({ state: "refused" })))
  })

  it("is given up only by the decision of two people", () => {
    const code = Attempt.resendDecided
    assert.isTrue(Attempt.isGivenUp(row({ state: "closed", failure: failure({ code }) })))
    assert.isFalse(Attempt.isGivenUp(row({ state: "closed", failure: failure() })))
    assert.isFalse(Attempt.isGivenUp(row({ state: "closed" })))
    assert.isFalse(Attempt.isGivenUp(row({ state: "refused", failure: failure({ code }) })))
  })
})

describe("Attempt.isKeyOpen and isReplayable (delivery protocol 1.1, 2.4 rule 6)", () => {
  const K = carrier("K", 10 * hour)
  const end = t0 + 10 * hour - policy.leaseMs - policy.marginMs
  const open = (attempt: Attempt.Attempt, nowMs = t0, capabilities = K) =>
    Attempt.isKeyOpen(attempt, nowMs, policy, capabilities)
  const replayable = (attempt: Attempt.Attempt, nowMs = t0) =>
    Attempt.isReplayable(attempt, nowMs, policy, K)

  it("is open while the carrier remembers, less the time a request may take", () => {
    assert.isTrue(open(marked(), end - 1))
    assert.isFalse(open(marked(), end))
  })

  it("is closed without keys, without a mark, and where the key is known to be lost", () => {
    assert.isFalse(open(marked(), t0, carrier("L")))
    assert.isFalse(open(row()))
    assert.isFalse(open(marked({ keyClosed: true })))
  })

  it("is closed where one key is for a whole batch: a message is sent again by itself", () => {
    const { idempotency } = K
    if (idempotency === "none") return assert.fail("K has keys")
    const batched = { ...K, idempotency: { ...idempotency, scope: "batch" } } as const
    assert.isFalse(open(marked(), t0, batched))
  })

  it("may be replayed while the request would end within its validity", () => {
    const last = t0 + policy.validityMs - policy.requestDeadlineMs
    assert.isTrue(replayable(marked(), last))
    assert.isFalse(replayable(marked(), last + 1))
    assert.isTrue(replayable(marked({ validUntilMs: null }), last + 1))
    assert.isFalse(replayable(marked({ validUntilMs: null }), end))
  })

  it("may be replayed five times and no more", () => {
    assert.isTrue(replayable(marked({ replays: policy.replayCap - 1 })))
    assert.isFalse(replayable(marked({ replays: policy.replayCap })))
    assert.strictEqual(policy.replayCap, 5)
  })

  it("is never replayed once its 72 hours are over", () => {
    const long = carrier("K", 1000 * hour)
    const attempt = marked({ validUntilMs: null })
    const at = (nowMs: number) => Attempt.isReplayable(attempt, nowMs, policy, long)
    assert.isTrue(at(t0 + 72 * hour - 1))
    assert.isFalse(at(t0 + 72 * hour))
  })
})
