import { assert, describe, it } from "vitest"
import fc from "fast-check"
import type * as Attempt from "../../src/delivery/Attempt.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import * as Failure from "../../src/delivery/Failure.ts"
import * as Receipt from "../../src/delivery/Receipt.ts"
import { context, failure, marked, notification } from "./carriers.ts"

/** **Source** — delivery protocol 1.3; invariant 27. */
describe("for every set of receipts of one attempt", () => {
  // Caught: `fold` putting the last state in the place of the set.
  it("always gives the same view in any order, however often each comes", () => {
    fc.assert(
      fc.property(shuffled, ([some, others]) => {
        assert.deepStrictEqual(fold(others), fold(some))
      })
    )
  })

  // Caught: `worse` keeping the first of two failures of one disposition.
  it("always leaves the attempt with the same values in any order", () => {
    fc.assert(
      fc.property(shuffled, ([some, others]) => {
        assert.deepStrictEqual(attemptAfter(others), attemptAfter(some))
      })
    )
  })

  // Caught: `outcome` with `delivered > 0` for delivered.
  it("is never delivered before the view of every part is", () => {
    fc.assert(
      fc.property(receipts, fc.integer({ min: 1, max: 4 }), (some, submitted) => {
        const seen = fold(some)
        const parts = Array.from({ length: Receipt.partCount(seen, submitted) }, (_, i) => i + 1)
        const all = parts.every(
          (part) => Receipt.view(Receipt.partBits(seen, part)) === "delivered"
        )
        assert.strictEqual(Receipt.outcome(seen, submitted) === "delivered", all)
      })
    )
  })
})

const fold = (some: ReadonlyArray<Receipt.Receipt>) =>
  some.reduce<ReadonlyArray<number>>(Receipt.fold, [])

const attemptAfter = (some: ReadonlyArray<Receipt.Receipt>): Attempt.Attempt | undefined => {
  const first = notification("failed", [marked({ state: "accepted", parts: 2 })])
  const after = some.reduce(
    (before, receipt) =>
      Delivery.step(before, { _tag: "ReceiptSeen", n: 1, receipt }, context()).notification,
    first
  )
  return after.attempts[0]
}

const receipts: fc.Arbitrary<ReadonlyArray<Receipt.Receipt>> = fc.array(
  fc.record({
    state: fc.constantFrom(...Receipt.order),
    part: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 255, 256) }
    ),
    parts: fc.constantFrom(null, 2, 3),
    failure: fc.constantFrom(
      null,
      failure(),
      failure({ code: "27" }),
      failure({ category: "Timeout" }),
      failure({ disposition: "permanent" }),
      failure({ disposition: "fix" })
    )
  }),
  { maxLength: 8 }
)

/** The same receipts in another order, some of them twice. */
const shuffled = receipts.chain((some) =>
  fc.tuple(
    fc.constant(some),
    fc
      .tuple(
        fc.shuffledSubarray([...some], { minLength: some.length, maxLength: some.length }),
        fc.subarray([...some])
      )
      .map(([order, again]) => [...order, ...again])
  )
)

/** **Source** — delivery protocol 1.3; original architecture §3.4. */
describe("for every pair of failures", () => {
  // Caught: `worse` comparing `gap >= 0`.
  it("always finds the same one worse, whichever is named first", () => {
    fc.assert(
      fc.property(failures, failures, (left, right) => {
        assert.deepStrictEqual(Failure.worse(left, right), Failure.worse(right, left))
      })
    )
  })
})

const failures = fc.option(
  fc.record<Failure.Failure>({
    category: fc.constantFrom("InvalidNumber", "Timeout"),
    disposition: fc.constantFrom("permanent", "retry", "wait", "fix", "unknown"),
    code: fc.constantFrom("1", "2")
  })
)
