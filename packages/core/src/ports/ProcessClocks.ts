/**
 * The process clocks a deadline is measured by.
 *
 * **Source** — delivery protocol, part 1 (Deadline); invariant 36.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ClockReading } from "../delivery/Deadline.ts"

/** Both clocks, read one right after the other. */
export const readClocks: Effect.Effect<ClockReading> = Effect.all({
  wallMs: Clock.currentTimeMillis,
  monotonicMs: Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
})
