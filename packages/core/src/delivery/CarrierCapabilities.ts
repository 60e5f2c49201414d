/**
 * What a carrier declares it can do. The class that follows decides which word the bank may print:
 * "exactly once" or "at most once, escalated".
 *
 * **Source** — delivery protocol 2.2; part 1.5.
 */

/** Declared by the adapter, proved by the carrier contract suite. Durations in milliseconds. */
export interface CarrierCapabilities {
  /** `windowMs`: how long the carrier remembers a key; `stores5xx`: it replays stored 5xx answers. */
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
