/**
 * The two times a delivery decision needs: business time, told to it, and process time, read here.
 *
 * **Source** — architecture, Two times.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import type { DeliveryContext } from "../delivery/DeliveryContext.ts"
import { SmsCarrier } from "../ports/SmsCarrier.ts"
import { Program } from "./Program.ts"

/** The policy in force at an instant: that of the month the bank is in. */
export const policyAt = Effect.fnUntraced(function* (nowMs: number) {
  const program = yield* Program
  return program.policyFor(CalendarMonth.of(ZonedTime.businessDateAt(nowMs, program.zone)))
})

/**
 * Business time, read for each batch: the process clock in production, so that a long tick never
 * judges a window or a deadline by the instant it began; a fixed instant where time is simulated.
 */
export type BusinessTime = Effect.Effect<number>

/** The context of one batch; both times are read now. */
export const deliveryContext = Effect.fnUntraced(function* (time: BusinessTime) {
  const nowMs = yield* time
  const { policy } = yield* policyAt(nowMs)
  const carrier = yield* SmsCarrier
  const clockMs = yield* Clock.currentTimeMillis
  const context: DeliveryContext = {
    nowMs,
    clockMs,
    policy: policy.delivery,
    capabilities: carrier.capabilities
  }
  return context
})
