/**
 * The ports as a host implements them: plain async functions over plain values. Dates are
 * `YYYY-MM-DD`, months `YYYY-MM`. Every function is given an AbortSignal, to be passed on to fetch.
 *
 * What a function throws becomes the port's error: the reason after the dot of its `code` where
 * that is a reason of the port (`ClosingBalancesError.NotReady`, or just `NotReady`), else
 * `Timeout` for a `TimeoutError`, else not retryable where it says `retryable: false`, else
 * `Unavailable`, which is tried again. Its message is kept as `cause` and not logged: it might hold
 * a balance.
 *
 * **Source** — architecture, Ports and Embedding.
 */
import type { CarrierCapabilities } from "../delivery/CarrierCapabilities.ts"
import type { Failure } from "../delivery/Failure.ts"
import type { ReceiptState } from "../delivery/Receipt.ts"
import type { DomainEvent } from "../events/DomainEvent.ts"

type Answer<A> = Promise<A> | A

/** One closing balance as the bank states it; either `amount` or `minorUnits`. */
export interface HostBalance {
  readonly accountId: string
  /** Decimal text such as `"15000.00"`: exact, no thousands separators. */
  readonly amount?: string
  readonly minorUnits?: bigint
  /** ISO 4217. Absent: the policy's. */
  readonly currency?: string
  /** Absent: the date that was asked for. */
  readonly businessDate?: string
}

export interface HostBalancePage {
  readonly balances: ReadonlyArray<HostBalance>
  /** Absent or `null` on the last page. */
  readonly nextCursor?: string | null | undefined
  /** The bank's own count and sum over all pages, on the last one, where it gives them. */
  readonly controlTotals?: { readonly count: number; readonly sumMinor: bigint } | null | undefined
  /** Rows that could not become a balance, without the balance itself. */
  readonly problems?: ReadonlyArray<{ readonly accountId?: string; readonly message: string }>
}

export interface HostBalances {
  /** A page is whole or an error; asking again is harmless. `cursor` is `null` for the first page. */
  readonly page: (
    date: string,
    cursor: string | null,
    signal: AbortSignal
  ) => Answer<HostBalancePage>
}

export interface HostAccount {
  readonly accountId: string
  /** Default: the only account is primary. */
  readonly primary?: boolean
  /** Absent or `null`: open since before the program. */
  readonly openedOn?: string | null | undefined
  readonly closedOn?: string | null | undefined
}

/** Customers active on any day of the month, in ascending order of `customerId`. */
export interface HostCustomerPage {
  readonly customers: ReadonlyArray<{
    readonly customerId: string
    readonly accounts: ReadonlyArray<HostAccount>
  }>
  readonly nextCursor?: string | null | undefined
}

export interface HostContact {
  readonly customerId: string
  readonly phone: string | null
  readonly firstName?: string | null | undefined
  /** BCP 47 primary language, such as `he`. Absent or `null`: the policy's. */
  readonly language?: string | null | undefined
}

/** `excluded` (deceased, legal hold) takes the customer out; `suppressed` stops this message. */
export type HostPermission =
  | { readonly customerId: string; readonly mayContact: true; readonly consentKnown?: boolean }
  | {
      readonly customerId: string
      readonly mayContact: false
      readonly kind?: "suppressed" | "excluded"
      readonly reason: string
    }

export interface HostCustomers {
  readonly active: (
    month: string,
    cursor: string | null,
    signal: AbortSignal
  ) => Answer<HostCustomerPage>
  /** Asked at the moment of use; a customer left out has no phone. */
  readonly contact: (
    customerIds: ReadonlyArray<string>,
    signal: AbortSignal
  ) => Answer<ReadonlyArray<HostContact>>
  /** Asked right before a submission; a customer left out is "no answer": no message. */
  readonly mayContact: (
    customerIds: ReadonlyArray<string>,
    signal: AbortSignal
  ) => Answer<ReadonlyArray<HostPermission>>
}

/** One message, byte for byte what every replay of the same key sends. */
export interface HostSubmission {
  readonly reference: string
  readonly idempotencyKey: string
  /** E.164. */
  readonly to: string
  readonly senderId: string
  readonly text: string
  /** Absolute validity, epoch milliseconds; `null` where the carrier takes none. */
  readonly validUntilMs: number | null
}

/** What is known about one message after the request, matched by `reference`, never by position. */
export type HostOutcome =
  | {
      readonly status: "accepted"
      readonly reference: string
      readonly carrierMessageId: string
    }
  | {
      /** The carrier's definite no. `stored`: it replayed an old answer. */
      readonly status: "refused"
      readonly reference: string
      readonly failure: Failure
      readonly stored?: boolean
    }
  | {
      /** Proven not accepted, such as throttled before anything was read. */
      readonly status: "notSent"
      readonly reference: string
      readonly code: string
      readonly retryAfterMs?: number | null | undefined
      readonly stored?: boolean
    }
  | { readonly status: "unknown"; readonly reference: string; readonly code?: string }

/** One receipt, pushed or polled. */
export interface HostReceipt {
  readonly reference?: string | null | undefined
  readonly carrierMessageId?: string | null | undefined
  readonly state: ReceiptState
  /** From 1; default 1, the whole message. */
  readonly part?: number
  readonly parts?: number | null | undefined
  readonly failure?: Failure | null | undefined
  /** Makes the receipt unique; absent: a digest of the receipt itself. */
  readonly digest?: string
}

export type HostLookup =
  | {
      readonly found: true
      readonly reference: string
      readonly carrierMessageId: string
      readonly receipt?: HostReceipt | null | undefined
    }
  | { readonly found: false; readonly reference: string }

export interface HostCarrier {
  readonly capabilities: CarrierCapabilities
  /** The account at the carrier; part of every client reference. Never change it mid-month. */
  readonly account: string
  /** A sandbox may live in simulated time and on a store that a power cut may set back. */
  readonly sandbox?: boolean
  /**
   * At most one request. Whatever it throws, and whatever it leaves out of its answer, makes every
   * message concerned *unknown*, never refused: the program then asks before it sends again.
   */
  readonly submit: (
    messages: ReadonlyArray<HostSubmission>,
    signal: AbortSignal
  ) => Answer<ReadonlyArray<HostOutcome>>
  /** One answer per reference. Needed where `capabilities.lookup` is declared. */
  readonly lookup?: (
    references: ReadonlyArray<string>,
    signal: AbortSignal
  ) => Answer<ReadonlyArray<HostLookup>>
  /** Receipts known for these references, or none. */
  readonly receipts: (
    references: ReadonlyArray<string>,
    signal: AbortSignal
  ) => Answer<ReadonlyArray<HostReceipt>>
}

/** All of them, in order, or throw. The same events come again until this has resolved. */
export type HostPublish = (
  events: ReadonlyArray<DomainEvent>,
  signal: AbortSignal
) => Answer<unknown>

/** Somebody must decide something. Idempotent by `escalationId`. */
export interface HostNotice {
  readonly escalationId: string
  readonly cause: string
  readonly customerId: string | null
  readonly month: string | null
  readonly text: string
}

export type HostOperations = (
  notices: ReadonlyArray<HostNotice>,
  signal: AbortSignal
) => Answer<unknown>

/**
 * A key of at least 32 bytes, as bytes or as hexadecimal text. Without an id it is named by the
 * start of a hash over it.
 */
export type HostKey =
  | Uint8Array
  | string
  | { readonly id: string; readonly key: Uint8Array | string }

export interface HostSecrets {
  /** Fixed per month for ever: a lost key makes every reference a stranger to the carrier. */
  readonly clientReferenceKey: (month: string, signal: AbortSignal) => Answer<HostKey>
  /**
   * Encrypts phones and texts at rest: by id for reading, the newest for writing. Absent: derived
   * from the client-reference key of the month.
   */
  readonly dataKey?: (id: string | undefined, signal: AbortSignal) => Answer<HostKey>
}

/** Takes a message and fields; the console, and most loggers, fit. */
export interface HostLogger {
  readonly debug: (message: string, fields: Readonly<Record<string, unknown>>) => void
  readonly info: (message: string, fields: Readonly<Record<string, unknown>>) => void
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void
  readonly error: (message: string, fields: Readonly<Record<string, unknown>>) => void
}

/** What is used of a span; an OpenTelemetry span fits. */
export interface HostSpan {
  readonly setAttribute: (name: string, value: string | number | boolean) => unknown
  readonly recordException?: (error: Error) => unknown
  readonly end: () => unknown
}

/** Begins a span under the given one of its own, or under the host's current one. */
export interface HostTracer {
  readonly startSpan: (name: string, parent: HostSpan | undefined) => HostSpan
}
