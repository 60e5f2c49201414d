/**
 * What becomes of an accepted message: the receipts the sandbox carrier will tell, and when.
 *
 * Computed from the acceptance alone, so a carrier that starts again tells the same story.
 *
 * **Source** — delivery protocol 1.3; fault list of the carrier, receipts.
 */
import type { Accepted } from "./SandboxCarrierLog.ts"
import * as Seeded from "./Seeded.ts"

/** One receipt to come; `atMs` is business time. */
export interface PlannedReceipt {
  readonly atMs: number
  readonly state: string
  readonly part: number
  readonly parts: number | null
  readonly code: string | null
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute

const whole = (atMs: number, state: string, code: string | null = null): PlannedReceipt => ({
  atMs,
  state,
  part: 1,
  parts: null,
  code
})

/** Codes of the default contract's receipts. */
export const codes = {
  absentSubscriber: "ABSENT_SUBSCRIBER",
  invalidNumber: "UNKNOWN_SUBSCRIBER",
  expired: "VALIDITY_EXPIRED",
  rejected: "BLOCKED",
  partFailed: "PART_FAILED"
} as const

/**
 * The receipts of a message in the order they are told; `atMs` never falls.
 *
 * **Outcomes, first match wins**
 * 1. expired at once — it arrived after its validity
 * 2. delivered at once — the carrier is in immediate mode
 * 3. the scripted fate; nothing is delivered after the validity
 */
export const plan = (
  accepted: Accepted,
  options: {
    readonly seed: number
    readonly immediate: boolean
    readonly defaultValidityMs: number
  }
): ReadonlyArray<PlannedReceipt> => {
  const { at, validUntil, fate } = accepted
  const endMs = validUntil ?? at + options.defaultValidityMs
  if (endMs <= at) return [whole(at, "expired", codes.expired)]
  if (options.immediate) return [whole(at, "delivered")]
  const pace = Seeded.fractionOf(Seeded.site(options.seed, "pace"), accepted.ref)
  const enroute = whole(at + 2 * second, "enroute")
  const arrivesMs = at + 5 * second + Math.floor(pace * 10 * minute)
  const expired = whole(endMs, "expired", codes.expired)
  const delivered = arrivesMs < endMs ? whole(arrivesMs, "delivered") : expired
  switch (fate) {
    case "absent-subscriber":
      return [enroute, whole(Math.min(at + 2 * hour, endMs), "failed", codes.absentSubscriber)]
    case "invalid-number":
      return [whole(at + 30 * second, "failed", codes.invalidNumber)]
    case "expired":
      return [enroute, expired]
    case "rejected":
      return [whole(at + 10 * second, "rejected", codes.rejected)]
    case "never":
      return []
    case "unknown-state":
      return [enroute, whole(arrivesMs, "unknown")]
    case "duplicate":
      return [enroute, enroute, delivered, delivered]
    case "late":
      return [enroute, { ...delivered, atMs: at + 30 * hour }]
    case "out-of-order":
      return [delivered, { ...enroute, atMs: delivered.atMs + second }]
    case "contradictory":
      return [delivered, whole(delivered.atMs + minute, "failed", codes.absentSubscriber)]
    case "part-failed":
      return [
        { ...delivered, part: 1, parts: 2 },
        { ...whole(delivered.atMs, "failed", codes.partFailed), part: 2, parts: 2 }
      ]
    case null:
    default:
      return [enroute, delivered]
  }
}
