/**
 * What a host gives to `Tidemark.open`, and what it gets. Plain promises: no Effect in any type.
 * Instants are ISO 8601 in UTC (`2026-10-01T06:00:00.000Z`), dates `YYYY-MM-DD`, months `YYYY-MM`.
 *
 * **Source** — architecture, Embedding.
 */
import type { MonthlyReport } from "../report/MonthlyReport.ts"
import type { Explanation } from "./Explanation.ts"
import type { HostHistory } from "./HostHistory.ts"
import type {
  HostBalances,
  HostCarrier,
  HostCustomers,
  HostLogger,
  HostOperations,
  HostPublish,
  HostReceipt,
  HostSecrets,
  HostTracer
} from "./HostPorts.ts"
import type { PolicyOptions } from "./Policies.ts"
import type { Store } from "./Store.ts"

/** `policy` for one policy from ever, or `policies` by the month each is in force from. */
export interface OpenOptions extends PolicyOptions {
  /** Names the program in every key; several programs may share a database. */
  readonly program: string
  /** Part of every client reference: keeps a test system's apart. Default `production`. */
  readonly environment?: string
  readonly store: Store
  /** What is captured, date by date; or `history`. */
  readonly balances?: HostBalances | undefined
  readonly customers: HostCustomers
  readonly carrier: HostCarrier
  readonly secrets: HostSecrets
  /**
   * The bank's own table of balances in place of `balances`: months are decided straight from it,
   * and nothing is captured. After a correction call `redecide`.
   */
  readonly history?: HostHistory | undefined
  /** Default: events interest nobody else. */
  readonly publish?: HostPublish
  /** Who is told of escalations; default: the logger. */
  readonly operations?: HostOperations
  /** Default: silence. */
  readonly logger?: HostLogger
  readonly tracer?: HostTracer
  /** Names this process in claims; two processes never share it. Default: made at random. */
  readonly worker?: string
  /** How long a function of the bank is waited for, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
}

/** For any call. */
export interface CallOptions {
  /** Ends the call with `AbortedError`: between two batches, a batch in hand is finished. */
  readonly signal?: AbortSignal | undefined
  /** Business time; the process clock when absent. Refused unless the carrier is a sandbox. */
  readonly now?: string | undefined
}

export interface TransactionOptions extends CallOptions {
  /**
   * A client of the host's pool inside a transaction of the host: what is written commits or rolls
   * back with it. Needs `postgres({ pool })`.
   */
  readonly tx?: unknown
}

export type TickRole = "capture" | "qualify" | "notify" | "track" | "report"

export interface TickOptions extends CallOptions {
  /** Process time after which no new piece of work is begun. */
  readonly budgetMs?: number | undefined
  /** Default: all. */
  readonly roles?: ReadonlyArray<TickRole> | undefined
}

export interface TickReport {
  readonly done: ReadonlyArray<{
    readonly work: string
    readonly subject: string
    readonly count: number
  }>
  /** Work that should have happened long ago: what an operator looks at first. */
  readonly late: ReadonlyArray<{ readonly work: string; readonly subject: string }>
  /** Call again then, or earlier. */
  readonly nextWakeAt: string
  /** Something waits for real time (a settle delay, a throttle): call again within seconds. */
  readonly recheck: boolean
  /** The budget ended before the work did: call again at once. */
  readonly more: boolean
}

export type CaptureReport =
  | {
      readonly outcome: "captured"
      readonly stored: number
      readonly superseded: number
      readonly conflicts: number
      readonly issues: number
    }
  /** Another worker is at it, or went on with it. */
  | { readonly outcome: "elsewhere" }

export interface Approval {
  readonly month: string
  readonly by: string
  /** `hash` of the month as `months()` gives it: what is approved is exactly what was looked at. */
  readonly hash: string
}

export interface MonthSummary {
  readonly month: string
  readonly status: "open" | "complete" | "decided" | "released" | "closed"
  /** What an approval must name; `null` until the month is decided. */
  readonly hash: string | null
  readonly population: number
  readonly qualified: number
  readonly notQualified: number
  readonly undetermined: number
  readonly approvedBy: ReadonlyArray<string>
  readonly decidedAt: string | null
  readonly releasedAt: string | null
  readonly closedAt: string | null
}

export interface Suppression {
  readonly customerIds: ReadonlyArray<string>
  readonly reason: string
  readonly by: string
}

/** Who changes something, and why: kept in the audit. Write no name, phone or balance. */
interface Asked {
  readonly reason: string
  readonly by: string
}

export interface Correction extends Asked {
  readonly accountId: string
  readonly date: string
  /** Decimal text in the program's currency, such as `15000.00`. */
  readonly amount: string
}

export interface Closure extends Asked {
  /** Also one that is past. */
  readonly date: string
}

export interface Waiver extends Asked {
  readonly customerId: string
  /** Of one month. */
  readonly dates: ReadonlyArray<string>
}

export interface Grant extends Asked {
  readonly customerId: string
  readonly month: string
}

/** What one person proposed; nothing has changed until another has confirmed it. */
export interface Proposal {
  readonly id: string
  readonly kind: "waive" | "grant" | "correct" | "closure" | "resolve" | "restore"
  readonly customerId: string | null
  readonly accountId: string | null
  readonly month: string | null
  readonly dates: ReadonlyArray<string>
  readonly reason: string
  readonly proposedBy: string
  readonly proposedAt: string
  /** Nobody can confirm it from then on. */
  readonly expiresAt: string
  readonly confirmedBy: string | null
  readonly confirmedAt: string | null
}

export type AmendReport =
  /** So many customers of decided months are decided again by the next tick. */
  | { readonly outcome: "changed"; readonly redecisions: number }
  | { readonly outcome: "unchanged" }
  /** The month is released, so that it could send. */
  | { readonly outcome: "needsSecondPerson"; readonly proposal: Proposal }

export interface Confirmation {
  readonly outcome: "confirmed" | "alreadyConfirmed"
  readonly proposal: Proposal
}

/** A program that is open. Every method may be called at any time, also at the same time. */
export interface Tidemark {
  /** Does what is due and says when to call again. Any scheduler may call it, as often as it likes. */
  readonly tick: (options?: TickOptions) => Promise<TickReport>
  /** Asks the bank for one date, again where it was captured: changed balances supersede. */
  readonly capture: (date: string, options?: CallOptions) => Promise<CaptureReport>
  /**
   * The bank's own table was corrected: decides these customers of a month again, and of the next,
   * whose first days may carry the month's last balance. Before the mark the message follows, after
   * it people get the counterfactual. How many decisions changed; 0 where the month is not decided
   * yet, since its decision will read what the table says then.
   */
  readonly redecide: (
    month: string,
    customerIds: ReadonlyArray<string>,
    options?: CallOptions
  ) => Promise<number>
  /** One person's approval of a decided month; released by the next tick once it is complete. */
  readonly approve: (
    approval: Approval,
    options?: TransactionOptions
  ) => Promise<"approved" | "needsSecondPerson">
  /** A customer's month with dated reasons; `null` where nothing is known. */
  readonly explain: (
    customerId: string,
    month: string,
    options?: CallOptions
  ) => Promise<Explanation | null>
  /** The newest report that was issued, else a provisional one of what is known now. */
  readonly report: (month: string, options?: CallOptions) => Promise<MonthlyReport>
  readonly months: (options?: CallOptions) => Promise<ReadonlyArray<MonthSummary>>
  /** Stores receipts the carrier pushed: acknowledge them once this has resolved. */
  readonly receipts: (
    receipts: ReadonlyArray<HostReceipt>,
    options?: CallOptions
  ) => Promise<{ readonly stored: number; readonly duplicates: number }>
  /** No message to these customers from the next submission on; how many were added. */
  readonly suppress: (suppression: Suppression, options?: TransactionOptions) => Promise<number>
  readonly unsuppress: (
    suppression: Omit<Suppression, "reason">,
    options?: TransactionOptions
  ) => Promise<number>
  /** Another amount for an account and date: the next revision, the earlier one is kept. */
  readonly correct: (correction: Correction, options?: TransactionOptions) => Promise<AmendReport>
  /** A date on which the bank closed no books: nothing is captured or sent on it. */
  readonly declareClosure: (closure: Closure, options?: TransactionOptions) => Promise<AmendReport>
  /** Asks for days of a customer to be left out of the rule. */
  readonly waive: (waiver: Waiver, options?: TransactionOptions) => Promise<Proposal>
  /** Asks for a message for a customer who was wronged, until the month's messages expire. */
  readonly grant: (grant: Grant, options?: TransactionOptions) => Promise<Proposal>
  /** Carries out what another person proposed. */
  readonly confirm: (
    confirmation: { readonly id: string; readonly by: string },
    options?: TransactionOptions
  ) => Promise<Confirmation>
  /** What waits for a second person; the first 500. */
  readonly proposals: (options?: CallOptions) => Promise<ReadonlyArray<Proposal>>
  /** Nothing is submitted any more; `kill` gives back what is claimed and not yet submitted. */
  readonly pause: (
    pause: { readonly by: string; readonly kill?: boolean },
    options?: CallOptions
  ) => Promise<void>
  readonly resume: (resume: { readonly by: string }, options?: CallOptions) => Promise<void>
  /** Ends what is running between two batches and lets go of the store. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
