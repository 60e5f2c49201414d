/**
 * What a carrier declares it can do. The class that follows decides which word the bank may print:
 * "exactly once" or "at most once, escalated".
 *
 * **Source** — delivery protocol 2.2; part 1.5.
 */

/** Declared by the adapter, proved by the carrier contract suite. Durations in milliseconds. */
export interface CarrierCapabilities {
  /**
   * `windowMs`: how long the carrier remembers a key; `stores5xx`: it replays stored 5xx answers.
   */
  readonly idempotency:
    | "none"
    | {
        readonly scope: "message" | "batch"
        readonly windowMs: number
        readonly stores5xx: boolean
        readonly inProgress: "409" | "blocks"
      }
  /** `readAfterWriteMs`: how long "not found" is meaningless after a submission. */
  readonly lookup: "none" | { readonly by: "clientReference"; readonly readAfterWriteMs: number }
  readonly validity: "none" | { readonly kind: "relative" | "absolute"; readonly maxMs: number }
  readonly receipts: {
    readonly carriesClientReference: boolean
    readonly destructiveRead: boolean
    readonly retentionMs: number
  }
  /** Only codes the carrier documents as "nothing was accepted". */
  readonly notSentProof: ReadonlyArray<string>
  readonly maxBatch: number
  readonly ratePerSecond: number
}

/** K idempotency key, L look-up by client reference, V absolute validity, N none of them. */
export type CarrierClass = "K" | "L" | "V" | "KL" | "KV" | "LV" | "KLV" | "N"

/** The word the bank may print for a carrier. */
export type Guarantee =
  | "exactly once"
  | "exactly once while pauses stay below the settle delay"
  | "at most once, escalated"

/** Whether a request that comes too late is refused by the carrier's own clock. */
const hasAbsoluteValidity = ({ validity }: CarrierCapabilities): boolean =>
  validity !== "none" && validity.kind === "absolute"

/**
 * The class of a carrier. A relative validity is no fence, so it gives no V.
 *
 * **Source** — delivery protocol 2.2 ("there V means absolute validity is offered").
 */
export const carrierClass = (capabilities: CarrierCapabilities): CarrierClass => {
  const key = capabilities.idempotency !== "none"
  const lookup = capabilities.lookup !== "none"
  const valid = hasAbsoluteValidity(capabilities)
  if (key) return lookup ? (valid ? "KLV" : "KL") : valid ? "KV" : "K"
  return lookup ? (valid ? "LV" : "L") : valid ? "V" : "N"
}

/**
 * What may be promised with this carrier.
 *
 * **Outcomes, first match wins**
 * 1. look-up and absolute validity — exactly once
 * 2. look-up alone — exactly once while no request is delayed beyond the settle delay
 * 3. a key per message remembered for the whole confirmation window, and no validity that ends
 *    replays earlier — exactly once
 * 4. anything else — at most once; what cannot be resolved by asking is escalated
 *
 * **Source** — delivery protocol 2.6 (Guarantee per class), 1.5; batch-scope keys count only while
 * all members still pass the mark, so they promise nothing here.
 */
export const guarantee = (
  capabilities: CarrierCapabilities,
  confirmationWindowMs: number = 72 * 3_600_000
): Guarantee => {
  const valid = hasAbsoluteValidity(capabilities)
  if (capabilities.lookup !== "none") {
    return valid ? "exactly once" : "exactly once while pauses stay below the settle delay"
  }
  const { idempotency } = capabilities
  const remembers =
    idempotency !== "none" &&
    idempotency.scope === "message" &&
    idempotency.windowMs >= confirmationWindowMs
  return remembers && !valid ? "exactly once" : "at most once, escalated"
}
