/**
 * The carrier that takes messages for submission and tells what became of them.
 *
 * **Guarantee** — `submit` writes at most one request; what it returns is evidence about that very
 * request. A timeout, a reset, a 5xx or an answer nobody can read is `Unknown`, never a refusal.
 * **Ordering** — outcomes and reports are matched by client reference, never by position.
 * **Idempotency** — by the declared capabilities only.
 *
 * **Source** — delivery protocol 1.5, 2.2, 2.4.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CarrierCapabilities } from "../delivery/CarrierCapabilities.ts"
import type { Deadline } from "../delivery/Deadline.ts"
import type { Failure } from "../delivery/Failure.ts"
import type { Receipt } from "../delivery/Receipt.ts"
import type { Msisdn } from "../recipient/Msisdn.ts"

/** One message, byte for byte what every replay of the same key sends. */
export interface Submission {
  readonly reference: string
  readonly idempotencyKey: string
  readonly to: Msisdn
  readonly senderId: string
  readonly text: string
  /** Absolute validity in business time; `null` where the carrier takes none. */
  readonly validUntilMs: number | null
}

/** A frozen batch: the rows the mark returned, with the instant after which nothing may be written. */
export interface SubmissionBatch {
  readonly batchId: string
  readonly messages: ReadonlyArray<Submission>
  readonly deadline: Deadline
}

/** What is known about one message after the request. `stored`: the carrier replayed an old answer. */
export type SubmissionOutcome =
  | { readonly _tag: "Accepted"; readonly reference: string; readonly carrierMessageId: string }
  | {
      readonly _tag: "Refused"
      readonly reference: string
      readonly failure: Failure
      readonly stored: boolean
    }
  | {
      readonly _tag: "NotSent"
      readonly reference: string
      readonly code: string
      /** How long the carrier asked us to wait, in milliseconds from the answer. */
      readonly retryAfterMs: number | null
      readonly stored: boolean
    }
  | { readonly _tag: "Unknown"; readonly reference: string; readonly code: string }

/** One receipt, pushed or polled, with the digest of its payload that makes it unique. */
export interface ReceiptReport {
  readonly reference: string | null
  readonly carrierMessageId: string | null
  readonly receipt: Receipt
  readonly digest: string
}

/** A look-up's answer for one reference. */
export type LookupAnswer =
  | {
      readonly _tag: "Found"
      readonly reference: string
      readonly carrierMessageId: string
      readonly report: ReceiptReport | null
    }
  | { readonly _tag: "NotFound"; readonly reference: string }

export class SmsCarrierError extends Schema.TaggedError<SmsCarrierError>()("SmsCarrierError", {
  reason: Schema.Literals([
    "Throttled",
    "Timeout",
    "Unavailable",
    "Unauthorized",
    "Malformed",
    "Unsupported"
  ]),
  code: Schema.String,
  retryAfterMs: Schema.optionalKey(Schema.Number),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  get isRetryable(): boolean {
    return this.reason === "Throttled" || this.reason === "Timeout" || this.reason === "Unavailable"
  }
  override get message(): string {
    return `SMS carrier: ${this.reason} (${this.code})`
  }
}

export class SmsCarrier extends Context.Service<
  SmsCarrier,
  {
    readonly capabilities: CarrierCapabilities
    /** The account at the carrier; part of every client reference. */
    readonly account: string
    /** A sandbox may be used with the embedded store and a followed business clock; a real one not. */
    readonly isSandbox: boolean
    /** One outcome per message, always: this cannot fail, because an error would lose evidence. */
    readonly submit: (batch: SubmissionBatch) => Effect.Effect<ReadonlyArray<SubmissionOutcome>>
    /** At most `capabilities.maxBatch` references; one answer per reference. */
    readonly lookup: (
      references: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<LookupAnswer>, SmsCarrierError>
    /** Reports known for these references; several per message where parts are reported. */
    readonly pollReceipts: (
      references: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<ReceiptReport>, SmsCarrierError>
  }
>()("@tidemark/core/ports/SmsCarrier") {}
