/**
 * Questions to the carrier change nothing, so they are asked again a few times before a stage waits
 * for its next turn.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { SmsCarrierError } from "../ports/SmsCarrier.ts"

const schedule = Schedule.max([Schedule.exponential("100 millis"), Schedule.recurs(3)]).pipe(
  Schedule.jittered
)

/** Asks again after a failure that may pass; a throttle waits for the next turn. */
export const askAgain = <A, R>(
  question: Effect.Effect<A, SmsCarrierError, R>
): Effect.Effect<A, SmsCarrierError, R> =>
  Effect.retry(question, {
    schedule,
    while: (error) => error.isRetryable && error.reason !== "Throttled"
  })
