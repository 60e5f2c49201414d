/**
 * Months as a report sees them: what became of each customer, and the figures counted from it.
 */
import fc from "fast-check"
import type { NotificationState } from "../../delivery/Notification.ts"
import type { CustomerFacts } from "../../report/Dispositions.ts"

const reached = fc.constantFrom<NonNullable<CustomerFacts["reach"]>>(
  { _tag: "Reachable" },
  { _tag: "Unreachable" },
  { _tag: "Excluded" },
  { _tag: "Unrenderable" }
)

const states = fc.constantFrom<NotificationState>(
  "held",
  "active",
  "waiting",
  "suppressed",
  "expired",
  "delivered",
  "failed",
  "undeliverable",
  "escalated"
)

const qualified: fc.Arbitrary<CustomerFacts> = fc.oneof(
  // Reached: a message in some state.
  {
    weight: 8,
    arbitrary: states.map((state) => ({
      outcome: "Qualified" as const,
      reach: { _tag: "Reachable" as const },
      message: { state, reason: null }
    }))
  },
  // Not reached from the start: no message.
  {
    weight: 3,
    arbitrary: reached
      .filter(({ _tag }) => _tag !== "Reachable")
      .map((reach) => ({ outcome: "Qualified" as const, reach, message: null }))
  },
  // Withdrawn: at submission, or with an earlier decision.
  {
    weight: 3,
    arbitrary: fc.record({
      outcome: fc.constant("Qualified" as const),
      reach: reached,
      message: fc.record({
        state: fc.constant("withdrawn" as const),
        reason: fc.constantFrom(
          "unreachable:VOIP",
          "excluded:DECEASED",
          "unrenderable:TOO_LONG",
          "CORRECTED",
          "unreachable",
          null
        )
      })
    })
  }
)

const others: fc.Arbitrary<CustomerFacts> = fc.record({
  outcome: fc.constantFrom("NotQualified" as const, "Undetermined" as const),
  reach: fc.constant(null),
  message: fc.constantFrom(
    null,
    null,
    { state: "withdrawn" as const, reason: "CORRECTED" },
    { state: "delivered" as const, reason: null }
  )
})

/** What became of each customer of a month; every disposition is met in most months. */
export const customersOfMonth: fc.Arbitrary<ReadonlyArray<CustomerFacts>> = fc.array(
  fc.oneof({ weight: 4, arbitrary: qualified }, { weight: 1, arbitrary: others }),
  { maxLength: 40, size: "max" }
)
