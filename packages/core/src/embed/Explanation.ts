/**
 * The answer to "why did I get it, or not?": a customer's month in plain values.
 *
 * **Source** — surfaces, explain; product rules, Days (structured, dated reasons).
 */
import type { Failure } from "../delivery/Failure.ts"
import type { ReasonJson } from "../qualification/Reason.ts"

/** Instants are ISO 8601 in UTC. Holds balances and shortfalls: show it to whoever may see them. */
export interface Explanation {
  readonly customerId: string
  readonly month: string
  /** `null` until the month is decided. */
  readonly outcome: "Qualified" | "NotQualified" | "Undetermined" | null
  /** The first reason decides. */
  readonly reasons: ReadonlyArray<ReasonJson & { readonly text: string }>
  /** Whether and why a message can reach the customer; `null` unless qualified. */
  readonly reach: { readonly _tag: string; readonly reason?: string } | null
  /** Every day of the month, as far as it is known. */
  readonly days: ReadonlyArray<ExplainedDay>
  readonly decidedAt: string | null
  readonly revision: number
  readonly evidenceHash: string | null
  readonly policyHash: string | null
  readonly notification: ExplainedNotification | null
  readonly openEscalations: ReadonlyArray<{ readonly id: string; readonly cause: string }>
}

export interface ExplainedDay {
  readonly date: string
  readonly state: "met" | "notMet" | "missing" | "waived"
  /** The day's balance is the last one before it. */
  readonly derived: boolean
  /** What was captured, per account, as decimal text. */
  readonly balances: ReadonlyArray<{
    readonly accountId: string
    readonly amount: string
    readonly revision: number
    readonly conflict: boolean
  }>
}

export interface ExplainedNotification {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly attempts: ReadonlyArray<{
    readonly n: number
    readonly state: string
    readonly firstMarkAt: string | null
    readonly reference: string | null
    readonly carrierMessageId: string | null
    readonly failure: Failure | null
  }>
}
