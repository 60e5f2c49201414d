/** Carriers of every class, rows and contexts that the tests of this room share. */
import * as Attempt from "../../src/delivery/Attempt.ts"
import type { CarrierCapabilities, CarrierClass } from "../../src/delivery/CarrierCapabilities.ts"
import type { DeliveryContext } from "../../src/delivery/Delivery.ts"
import type { Failure } from "../../src/delivery/Failure.ts"
import type { MarkFacts } from "../../src/delivery/MarkGuard.ts"
import type { Notification } from "../../src/delivery/Notification.ts"
import * as RetryPolicy from "../../src/delivery/RetryPolicy.ts"

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

export const policy = RetryPolicy.defaults

/** readAfterWrite of `carrier`. */
export const lag = 5 * second

export const classes: ReadonlyArray<CarrierClass> = ["K", "L", "V", "KL", "KV", "LV", "KLV", "N"]

export const carrier = (carrierClass: string, keyWindowMs = 80 * hour): CarrierCapabilities => ({
  idempotency: carrierClass.includes("K")
    ? { scope: "message", windowMs: keyWindowMs, stores5xx: false, inProgress: "409" }
    : "none",
  lookup: carrierClass.includes("L") ? { by: "clientReference", readAfterWriteMs: lag } : "none",
  validity: carrierClass.includes("V") ? { kind: "absolute", maxMs: 24 * hour } : "none",
  receipts: { carriesClientReference: true, destructiveRead: false, retentionMs: 72 * hour },
  notSentProof: ["401", "403", "413", "429"],
  maxBatch: 500,
  ratePerSecond: 100
})

/** D + 120 s + readAfterWrite of `carrier`. */
export const settle = 155 * second

/** Business time far from zero, so that an instant that was never set shows. */
export const t0 = 1_000 * hour
/** Process time runs apart from business time. */
export const clock0 = 7_000 * hour

export const context = (over: Partial<DeliveryContext> = {}): DeliveryContext => ({
  nowMs: t0,
  clockMs: clock0,
  policy,
  capabilities: carrier("KLV"),
  ...over
})

export const row = (over: Partial<Attempt.Attempt> = {}): Attempt.Attempt => ({
  ...Attempt.pending(over.n ?? 1, t0),
  ...over
})

/** A row marked at `t0` for a carrier that takes absolute validity. */
export const marked = (over: Partial<Attempt.Attempt> = {}): Attempt.Attempt =>
  row({
    state: "submitting",
    firstMarkMs: t0,
    validUntilMs: t0 + policy.validityMs,
    parts: 1,
    ...over
  })

/** A row whose outcome has been unknown since `clock0`, marked at `t0`. */
export const unknown = (over: Partial<Attempt.Attempt> = {}): Attempt.Attempt =>
  marked({ state: "unknown", ambiguous: true, unknownSinceMs: clock0, ...over })

export const E = t0 + 100 * hour

export const notification = (
  state: Notification["state"],
  attempts: ReadonlyArray<Attempt.Attempt> = [],
  over: Partial<Notification> = {}
): Notification => ({ state, reason: null, expiryMs: E, attempts, ...over })

export const failure = (over: Partial<Failure> = {}): Failure => ({
  category: "Undeliverable",
  disposition: "retry",
  code: "31",
  ...over
})

/** Everything the mark guard asks for, granted. */
export const granted = (nowMs: number = t0): MarkFacts => ({
  windowClosesMs: nowMs + 4 * hour,
  contactAskedMs: nowMs,
  paused: false,
  circuitAllows: true,
  incarnationConfirmed: true,
  earlierReceiptsFolded: true,
  earlierAskedMs: nowMs
})
