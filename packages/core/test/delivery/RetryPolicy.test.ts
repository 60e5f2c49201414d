import { assert, describe, it } from "vitest"
import type { Attempt } from "../../src/delivery/Attempt.ts"
import type { CarrierCapabilities } from "../../src/delivery/CarrierCapabilities.ts"
import * as RetryPolicy from "../../src/delivery/RetryPolicy.ts"
import { carrier, failure, hour, lag, marked, minute, policy, row, t0 } from "./carriers.ts"

const V = t0 + policy.validityMs

describe("delivery protocol part 1, Constants: settle and skew", () => {
  it("settle = D + 120 s + the carrier's readAfterWrite", () => {
    assert.strictEqual(RetryPolicy.settleMs(policy, carrier("L")), 155_000)
    assert.strictEqual(RetryPolicy.settleMs(policy, carrier("K")), 150_000)
  })

  it("skew = measured, either sign, + 60 s", () => {
    assert.strictEqual(RetryPolicy.skewMs(policy, -1_000), 61_000)
    assert.strictEqual(RetryPolicy.skewMs(policy, 1_000), 61_000)
  })
})

describe("delivery protocol part 1, V", () => {
  const closes = t0 + 10 * hour
  const v = (closesMs: number, capabilities: CarrierCapabilities, skew = 0) =>
    RetryPolicy.validUntilMs(t0, closesMs, policy, capabilities, skew)

  it("is S + 5 h 30 min, the close of the window or the carrier's maximum, the earliest", () => {
    assert.strictEqual(v(closes, carrier("V")), V)
    assert.strictEqual(v(t0 + hour, carrier("V")), t0 + hour)
    const short = { ...carrier("V"), validity: { kind: "absolute", maxMs: minute } } as const
    assert.strictEqual(v(closes, short), t0 + minute)
  })

  it("is null without absolute validity, or where the carrier's clock is too far off", () => {
    const relative = { ...carrier("N"), validity: { kind: "relative", maxMs: hour } } as const
    assert.strictEqual(v(closes, carrier("N")), null)
    assert.strictEqual(v(closes, relative), null)
    assert.strictEqual(v(closes, carrier("V"), -(30 * minute + 1)), null)
    assert.strictEqual(v(closes, carrier("V"), 30 * minute), V)
  })
})

describe("delivery protocol part 1, R", () => {
  const r = (earlier: ReadonlyArray<Attempt>, capabilities = carrier("KLV"), skew = 0) =>
    RetryPolicy.retryDueMs(earlier, policy, capabilities, skew)
  const refused = marked({ state: "refused", negativeMs: t0 + minute, failure: failure() })
  const failed = marked({
    state: "accepted",
    validUntilMs: null,
    negativeMs: t0 + 3 * hour,
    seen: [32]
  })

  it("is 0 when nothing stands in the way", () => {
    assert.strictEqual(r([]), 0)
    assert.strictEqual(r([row({ state: "cancelled", firstMarkMs: t0, negativeMs: t0 })]), 0)
  })

  // Caught: what was never marked, or never answered, taken for the instant 0.
  it("is 0 where no earlier attempt was marked or answered", () => {
    assert.strictEqual(r([row()]), 0)
    const relative = { ...carrier("N"), validity: { kind: "relative", maxMs: hour } } as const
    assert.strictEqual(r([row({ state: "accepted", parts: 1, seen: [0, 32] })], relative), 0)
  })

  // Caught: a period of validity added to what the carrier never took, never failed, or dated.
  it("adds the period of a relative validity to a failure by receipt alone", () => {
    const relative = { ...carrier("N"), validity: { kind: "relative", maxMs: hour } } as const
    const late = { validUntilMs: null, negativeMs: t0 + 9 * hour, failure: failure() }
    const dead = t0 + 9 * hour + policy.skewMs
    assert.strictEqual(r([marked({ ...late, state: "refused" })], relative), dead)
    assert.strictEqual(r([marked({ ...late, state: "refused", seen: [0, 32] })], relative), dead)
    assert.strictEqual(r([marked({ ...late, state: "accepted" })], relative), dead)
    const failedLate = marked({ ...late, state: "accepted", seen: [0, 32] })
    assert.strictEqual(r([failedLate], relative), dead + hour)
    assert.strictEqual(r([failedLate], carrier("V")), dead)
    assert.strictEqual(r([failedLate], carrier("N")), dead)
  })

  it("is S + 6 h where that is latest", () => {
    assert.strictEqual(r([refused]), t0 + 6 * hour)
  })

  it("counts from every earlier consumed row, not only the last", () => {
    const second = marked({ n: 2, state: "refused", firstMarkMs: t0 - hour, negativeMs: t0 })
    assert.strictEqual(r([refused, second]), t0 + 6 * hour)
  })

  it("is F where the negative came late", () => {
    assert.strictEqual(r([{ ...refused, negativeMs: t0 + 9 * hour }]), t0 + 9 * hour)
  })

  it("is V + skew where the skew is large, and the time a look-up takes to show", () => {
    assert.strictEqual(r([refused], carrier("KLV"), hour), V + hour + minute + lag)
  })

  it("does not wait 6 h after a void row, only for V + skew and the look-up", () => {
    const empty = { ...refused, state: "void", negativeMs: V } as const
    assert.strictEqual(r([empty]), V + minute + lag)
  })

  it("without validity takes the proof itself, plus skew", () => {
    const late = { ...refused, validUntilMs: null, negativeMs: t0 + 7 * hour }
    assert.strictEqual(r([late], carrier("L")), t0 + 7 * hour + minute)
    assert.strictEqual(r([failed], carrier("L")), t0 + 6 * hour)
  })

  // Caught: a look-up that cannot show yet what was accepted a moment before it failed.
  it("waits until a look-up shows what was accepted and failed", () => {
    const late = { ...failed, negativeMs: t0 + 7 * hour }
    assert.strictEqual(r([late], carrier("L")), t0 + 7 * hour + minute + lag)
    assert.strictEqual(r([late], carrier("K")), t0 + 7 * hour + minute)
  })

  it("with relative validity takes the evidence of a failure plus the period, plus skew", () => {
    const relative = (maxMs: number) =>
      ({ ...carrier("N"), validity: { kind: "relative", maxMs } }) as const
    assert.strictEqual(r([failed], relative(4 * hour)), t0 + 7 * hour + minute)
    assert.strictEqual(r([failed], relative(99 * hour)), t0 + 8.5 * hour + minute)
    const late = { ...refused, validUntilMs: null }
    assert.strictEqual(r([late], relative(99 * hour)), t0 + 6 * hour)
  })

  it("waits for nothing but S + 6 h after a row that was given up", () => {
    const closed = marked({ state: "closed", validUntilMs: null })
    assert.strictEqual(r([closed], carrier("N")), t0 + 6 * hour)
  })
})
