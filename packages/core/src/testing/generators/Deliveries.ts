/**
 * What carriers say and do: receipts in any order, failures, and the notifications they make.
 */
import fc from "fast-check"
import type { DeliveryFact } from "../../delivery/DeliveryFact.ts"
import { evolve } from "../../delivery/Evolve.ts"
import type * as Failure from "../../delivery/Failure.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Receipt from "../../delivery/Receipt.ts"

/** Failures of few categories and codes, so that two of them meet. */
export const failures: fc.Arbitrary<Failure.Failure> = fc.record({
  category: fc.constantFrom("InvalidNumber", "Timeout", "Undeliverable", "ProviderError"),
  disposition: fc.constantFrom("permanent", "retry", "wait", "fix", "unknown"),
  code: fc.constantFrom("1", "27", "TIMEOUT")
})

/** A receipt of a message of up to three parts; one in ten names a part no message has. */
export const receipts: fc.Arbitrary<Receipt.Receipt> = fc.record({
  state: fc.constantFrom(...Receipt.order),
  part: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 255, 256) }
  ),
  parts: fc.constantFrom(null, 2, 3),
  failure: fc.option(failures)
})

/** Receipts, and the same ones in another order, some of them twice. */
export const receiptsTwice: fc.Arbitrary<
  readonly [ReadonlyArray<Receipt.Receipt>, ReadonlyArray<Receipt.Receipt>]
> = fc
  .array(receipts, { maxLength: 8 })
  .chain((told) =>
    fc
      .tuple(
        fc.shuffledSubarray(told, { minLength: told.length, maxLength: told.length }),
        fc.subarray(told)
      )
      .map(([order, again]) => [told, [...order, ...again]] as const)
  )

const instants = fc.integer({ min: 1_790_000_000_000, max: 1_791_000_000_000 })

const facts: fc.Arbitrary<DeliveryFact> = fc.oneof(
  fc.record({
    _tag: fc.constant("AttemptMarked" as const),
    n: fc.integer({ min: 1, max: 3 }),
    atMs: instants,
    validUntilMs: fc.option(instants),
    parts: fc.integer({ min: 1, max: 3 })
  }),
  fc.record({
    _tag: fc.constant("AttemptAccepted" as const),
    n: fc.integer({ min: 1, max: 3 }),
    atMs: instants,
    carrierMessageId: fc.option(fc.constantFrom("m-1", "m-2")),
    via: fc.constantFrom("answer" as const, "lookup" as const, "receipt" as const)
  }),
  fc.record({
    _tag: fc.constant("AttemptRefused" as const),
    n: fc.integer({ min: 1, max: 3 }),
    atMs: instants,
    failure: failures
  }),
  fc.record({
    _tag: fc.constant("NotificationActivated" as const),
    expiryMs: fc.option(instants)
  })
)

/** Notifications as their facts make them: none to three attempts, in any state of each. */
export const notifications: fc.Arbitrary<Notification.Notification> = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.array(facts, { maxLength: 12 }))
  .map(([rows, facts]) => {
    const added = Array.from({ length: rows }, (_, index): DeliveryFact => {
      return { _tag: "AttemptAdded", n: index + 1, dueMs: 1_790_000_000_000, restored: null }
    })
    return [...added, ...facts].reduce(evolve, Notification.held)
  })
