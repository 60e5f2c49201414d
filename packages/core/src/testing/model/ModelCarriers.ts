/**
 * The carriers, policy and clock of the delivery model: one carrier per class of the protocol, a
 * policy with fewer rows, and time in steps of half an hour.
 *
 * **Source** — delivery protocol, part 1 (Constants), 2.2; 1.5.
 */
import type { CarrierCapabilities } from "../../delivery/CarrierCapabilities.ts"
import * as RetryPolicy from "../../delivery/RetryPolicy.ts"

/**
 * The classes the guarantee is worded for: K idempotency key, L look-up, V absolute validity, N
 * none. `K-late`: the key is forgotten before every outcome is known.
 */
export type ModelClass = "K" | "K-late" | "L" | "LV" | "KL" | "KV" | "KLV" | "N"

export const modelClasses: ReadonlyArray<ModelClass> = [
  "K",
  "K-late",
  "L",
  "LV",
  "KL",
  "KV",
  "KLV",
  "N"
]

const minute = 60_000
const hour = 60 * minute

/** One step of the model's clock: every instant of a rule is rounded up to it. */
export const gridMs = 30 * minute

/** Business and process time of "now": states are kept relative to it. */
export const nowMs = 1_000 * hour
export const clockMs = 7_000 * hour

/** An expiry that has not been set: the model lets it fall at any moment. */
export const farMs = 1_000_000 * hour

/** Two rows: one attempt and its successor, whether that retries a failure or follows a void. */
export const modelPolicy: RetryPolicy.DeliveryPolicy = {
  ...RetryPolicy.defaults,
  maxConsumed: 2,
  maxRows: 2,
  replayCap: 2
}

/**
 * How long a look-up may not show what was accepted. Longer than every other delay, so that a rule
 * that forgets it shows.
 */
const readAfterWriteMs = 75 * minute

/** After how many steps of the clock a look-up shows what was accepted. */
export const lagSteps = Math.ceil(readAfterWriteMs / gridMs)

/**
 * Key windows: for K longer than the 72 h of a confirmation; for K-late and KL over while outcomes
 * are open; with validity just longer than it.
 */
const keyWindowMs: Readonly<Record<ModelClass, number | null>> = {
  K: 80 * hour,
  "K-late": 2 * hour,
  L: null,
  LV: null,
  KL: 2 * hour,
  KV: 6 * hour,
  KLV: 6 * hour,
  N: null
}

/** What a carrier of this class declares. */
export const carrierOf = (name: ModelClass): CarrierCapabilities => {
  const windowMs = keyWindowMs[name]
  return {
    idempotency:
      windowMs === null
        ? "none"
        : { scope: "message", windowMs, stores5xx: false, inProgress: "409" },
    lookup: name.includes("L") ? { by: "clientReference", readAfterWriteMs } : "none",
    validity: name.includes("V") ? { kind: "absolute", maxMs: 24 * hour } : "none",
    receipts: { carriesClientReference: true, destructiveRead: false, retentionMs: 72 * hour },
    notSentProof: ["429"],
    maxBatch: 1,
    ratePerSecond: 1
  }
}

/** Whether the carrier forgets keys while messages are open: K itself remembers for the model. */
export const forgetsKeys = (name: ModelClass): boolean => name.includes("K") && name !== "K"
