/**
 * The two instants computed from the delivery policy: how long a submission may live at the carrier
 * (V) and when the next attempt is due (R); with them the policy itself.
 *
 * **Source** — delivery protocol, part 1 (Constants, Timing); product rules, Delivery.
 */
import type { Attempt } from "./Attempt.ts"
import type { CarrierCapabilities } from "./CarrierCapabilities.ts"
import type { DeliveryPolicy } from "./DeliveryPolicy.ts"
import * as Receipt from "./Receipt.ts"

export { defaults, problem } from "./DeliveryPolicy.ts"
export type { DeliveryPolicy, PolicyProblem } from "./DeliveryPolicy.ts"

/**
 * How long after an outcome became unknown a "not found" starts to mean something: process time,
 * because it waits for real bytes on the wire.
 *
 * **Source** — delivery protocol, part 1 (settle = D + 120 s + the carrier's readAfterWrite).
 */
export const settleMs = (policy: DeliveryPolicy, capabilities: CarrierCapabilities): number =>
  policy.requestDeadlineMs + policy.networkLifetimeMs + lookupLagMs(capabilities)

/**
 * How long after its acceptance a look-up may not show a message; 0 where there is none. What was
 * accepted at the last moment of V shows only so long after it.
 *
 * **Source** — delivery protocol, part 1 (readAfterWrite); 1.2 (a fresh negative look-up after V).
 */
export const lookupLagMs = ({ lookup }: CarrierCapabilities): number =>
  lookup === "none" ? 0 : lookup.readAfterWriteMs

/** The measured skew of the carrier's clock, either sign, plus the policy's allowance. */
export const skewMs = (policy: DeliveryPolicy, measuredMs: number): number =>
  Math.abs(measuredMs) + policy.skewMs

/**
 * V of a first mark: S + 5 h 30 min, the close of the send window or the carrier's maximum,
 * whichever comes first; `null` where the carrier takes no absolute validity or its clock is too
 * far off to be a fence. A replay keeps the V it was first sent with.
 *
 * **Source** — delivery protocol, part 1 (Timing).
 */
export const validUntilMs = (
  markMs: number,
  windowClosesMs: number,
  policy: DeliveryPolicy,
  capabilities: CarrierCapabilities,
  carrierSkewMs: number
): number | null => {
  const { validity } = capabilities
  if (validity === "none" || validity.kind !== "absolute") return null
  if (Math.abs(carrierSkewMs) > policy.maxTrustedSkewMs) return null
  return Math.min(markMs + policy.validityMs, windowClosesMs, markMs + validity.maxMs)
}

/**
 * R: when the attempt after these may be marked. The latest of S + 6 h over every consumed one, F
 * over every negative one, and the instant each is surely dead at the carrier plus skew: its V,
 * with the time a look-up takes to show what was accepted just before it; with relative validity
 * the evidence plus the period; else the proof itself, once a look-up shows what it speaks of.
 *
 * **Shapes and units**
 * - `earlier`: the attempts before the one that is to be marked
 * - result: business time; 0 when nothing stands in the way
 *
 * **Source** — delivery protocol, part 1 (Timing).
 */
export const retryDueMs = (
  earlier: ReadonlyArray<Attempt>,
  policy: DeliveryPolicy,
  capabilities: CarrierCapabilities,
  carrierSkewMs: number
): number => {
  const skew = skewMs(policy, carrierSkewMs)
  let due = 0
  for (const attempt of earlier) {
    if (attempt.state === "cancelled") continue
    if (attempt.firstMarkMs !== null && attempt.state !== "void") {
      due = Math.max(due, attempt.firstMarkMs + policy.retryGapMs)
    }
    due = Math.max(due, attempt.negativeMs ?? 0)
    const dead = deadMs(attempt, policy, capabilities)
    if (dead !== null) due = Math.max(due, dead + skew)
  }
  return due
}

const deadMs = (
  attempt: Attempt,
  policy: DeliveryPolicy,
  capabilities: CarrierCapabilities
): number | null => {
  if (attempt.validUntilMs !== null) return attempt.validUntilMs + lookupLagMs(capabilities)
  const shownMs = negativeShownMs(attempt, capabilities)
  if (shownMs === null) return null
  const { validity } = capabilities
  const accepted = attempt.state === "accepted" && Receipt.isNegative(attempt.seen, attempt.parts)
  return accepted && validity !== "none" && validity.kind === "relative"
    ? shownMs + Math.min(policy.validityMs, validity.maxMs)
    : shownMs
}

/**
 * When a look-up shows the message that was accepted and called dead at F: before, "not found" may
 * only mean that it was accepted a moment ago. `null` without a negative.
 *
 * **Source** — delivery protocol 1.2 (a fresh negative look-up), readAfterWrite; decision 0017.
 */
export const negativeShownMs = (
  { negativeMs, state }: Attempt,
  capabilities: CarrierCapabilities
): number | null =>
  negativeMs === null || state !== "accepted" ? negativeMs : negativeMs + lookupLagMs(capabilities)
