/** Runs: the ledger of what was started, how far it came and how it ended. */

export type RunKind = "capture" | "qualify"

/** A run under a lease. Every write of the run carries its fence; a stale fence writes nothing. */
export interface RunHandle {
  readonly runId: string
  readonly fence: bigint
}

export type RunClaim =
  | {
      readonly _tag: "Claimed"
      readonly run: RunHandle
      /** From 1; a second capture of one date is sequence 2. */
      readonly sequence: number
      /**
       * Where a dead worker stopped. `null` with page 0: at the beginning; `null` with a later
       * page:
       * every page is recorded and only the finish is missing.
       */
      readonly cursor: string | null
      /** The number of the next page, from 0. Recording an earlier number again changes nothing. */
      readonly page: number
    }
  | { readonly _tag: "Busy" }
  | { readonly _tag: "Finished"; readonly sequence: number }

export interface ClaimRun {
  readonly kind: RunKind
  /** A business date for a capture, a month for a qualification. */
  readonly key: string
  /** Start a new sequence although the last one has finished (backfill, correction). */
  readonly again: boolean
  /** Process time: how long other workers leave the run alone. Renewed by each recorded page. */
  readonly leaseMs: number
  readonly nowMs: number
  readonly correlationId: string
}
