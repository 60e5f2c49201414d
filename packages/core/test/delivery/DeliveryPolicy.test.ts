import { assert, describe, it } from "vitest"
import * as DeliveryPolicy from "../../src/delivery/DeliveryPolicy.ts"
import { hour, minute } from "./carriers.ts"

const policy = DeliveryPolicy.defaults

describe("delivery protocol part 1, Constants", () => {
  it("has the defaults of the page", () => {
    assert.deepInclude(policy, {
      leaseMs: 120_000,
      scanMs: 15_000,
      requestDeadlineMs: 30_000,
      marginMs: 10_000,
      skewMs: 60_000,
      graceMs: 24 * hour,
      retryGapMs: 6 * hour,
      maxConsumed: 3,
      maxRows: 5,
      replayCap: 5,
      confirmationWindowMs: 72 * hour,
      pollEveryMs: 2 * hour,
      validityMs: 5 * hour + 30 * minute,
      expiryWindowDays: 5
    })
    assert.strictEqual(DeliveryPolicy.problem(policy), undefined)
  })

  // Caught: limits that a policy may not stand at.
  it("may stand at each limit", () => {
    const at = [
      { validityMs: policy.retryGapMs - policy.skewMs },
      { maxRows: policy.maxConsumed },
      { leaseMs: policy.requestDeadlineMs + policy.marginMs + 1 }
    ].map((over) => DeliveryPolicy.problem({ ...policy, ...over }))
    assert.deepStrictEqual(at, [undefined, undefined, undefined])
  })

  it("names the first problem of a policy", () => {
    const problems = [
      { leaseMs: 0, maxRows: 1 },
      { leaseMs: 1.5 },
      { leaseMs: 40_000, validityMs: 7 * hour },
      { validityMs: 6 * hour, maxRows: 1 },
      { maxRows: 2 }
    ].map((over) => DeliveryPolicy.problem({ ...policy, ...over }))
    assert.deepStrictEqual(problems, [
      "NOT_A_POSITIVE_INTEGER",
      "NOT_A_POSITIVE_INTEGER",
      "LEASE_TOO_SHORT",
      "VALIDITY_EXCEEDS_RETRY_GAP",
      "ROWS_BELOW_CONSUMED"
    ])
  })
})
