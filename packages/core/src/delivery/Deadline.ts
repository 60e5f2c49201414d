/**
 * Until when the request of a claim may start. m0 is taken before the claim's transaction begins;
 * the request must be on the wire before m0 + lease − D − margin.
 *
 * Both clocks count: a suspended machine stops the monotonic one, a stepped wall clock lies.
 *
 * **Source** — delivery protocol, part 1 (Deadline); invariant 36.
 */
import type { DeliveryPolicy } from "./RetryPolicy.ts"

/** One reading of both process clocks, in milliseconds. */
export interface ClockReading {
  readonly monotonicMs: number
  readonly wallMs: number
}

/** m0 and how long after it a request may still start. */
export interface Deadline {
  readonly startedAt: ClockReading
  readonly allowedMs: number
}

/** The deadline of a claim whose transaction begins now. */
export const after = (startedAt: ClockReading, policy: DeliveryPolicy): Deadline => ({
  startedAt,
  allowedMs: policy.leaseMs - policy.requestDeadlineMs - policy.marginMs
})

/** The larger of elapsed monotonic and wall time; a clock set back counts as no time passed. */
export const elapsedMs = (startedAt: ClockReading, now: ClockReading): number =>
  Math.max(0, now.monotonicMs - startedAt.monotonicMs, now.wallMs - startedAt.wallMs)

/** How long a request may still wait before it starts; zero or less: it must not start. */
export const remainingMs = (deadline: Deadline, now: ClockReading): number =>
  deadline.allowedMs - elapsedMs(deadline.startedAt, now)

/** Whether a request may start. To be asked in the client's request-start hook, not before it. */
export const mayStart = (deadline: Deadline, now: ClockReading): boolean =>
  remainingMs(deadline, now) > 0
