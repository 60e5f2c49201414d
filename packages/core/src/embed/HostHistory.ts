/**
 * The bank's own table of balances as a host gives it to the program: the conventions of
 * `HostPorts.ts`.
 *
 * **Source** — architecture, Ports (`BalanceHistory`) and Embedding.
 */
type Answer<A> = Promise<A> | A

/** What a month's evidence is asked for. */
export interface HostEvidenceRequest {
  readonly month: string
  readonly thresholdMinor: bigint
  readonly combine: "primaryAccount" | "anyAccount" | "sumOfAccounts"
  /**
   * The last business day before the month: an earlier balance is not carried into it. Absent: the
   * last one there is, however old.
   */
  readonly carriesFrom?: string
  readonly customers: ReadonlyArray<{
    readonly customerId: string
    readonly accountIds: ReadonlyArray<string>
  }>
}

/** Days of one customer's month as bit sets; bit 0 is day 1. Combined over the accounts. */
export interface HostEvidence {
  readonly customerId: string
  readonly observed: number
  readonly met: number
  readonly conflict?: number
  /** Did the balance carried into the month meet the threshold? `null`: there is none. */
  readonly before: boolean | null
  readonly worst: { readonly day: number; readonly minorUnits: bigint } | null
  /** `ledgerHash` over the balances in force. */
  readonly ledgerHash: Uint8Array
}

/** Which of the bank's balances a page of customers needs. */
export interface HostMonthBalancesRequest {
  readonly month: string
  /** The month's first and last date. */
  readonly first: string
  readonly last: string
  readonly accountIds: ReadonlyArray<string>
}

/** One row of the bank's own table, in the policy's currency; `amount` or `minorUnits`. */
export interface HostMonthBalance {
  readonly accountId: string
  readonly businessDate: string
  readonly amount?: string
  readonly minorUnits?: bigint
  /**
   * From 1, where the table keeps corrections: the highest is in force. Two amounts of one revision
   * are a conflict, and that day is unknown. Default 1.
   */
  readonly revision?: number
}

/**
 * The bank's own table of balances, of which nothing is copied. One of the two:
 *
 * - `monthBalances`: each account's rows from `first` to `last`, and the last one before `first`.
 *   In any order; the program does the rest.
 * - `monthEvidence`: the days themselves, where the bank's database can compute them. One answer
 *   per customer asked for, in the order asked.
 */
export type HostHistory =
  | {
      readonly monthBalances: (
        request: HostMonthBalancesRequest,
        signal: AbortSignal
      ) => Answer<ReadonlyArray<HostMonthBalance>>
      readonly monthEvidence?: undefined
    }
  | {
      readonly monthEvidence: (
        request: HostEvidenceRequest,
        signal: AbortSignal
      ) => Answer<ReadonlyArray<HostEvidence>>
      readonly monthBalances?: undefined
    }
