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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { CarrierCapabilities } from "../delivery/CarrierCapabilities.ts"
import * as Deadline from "../delivery/Deadline.ts"
import type { Failure } from "../delivery/Failure.ts"
import type { Receipt } from "../delivery/Receipt.ts"
import type { Msisdn } from "../recipient/Msisdn.ts"
import { readClocks } from "./ProcessClocks.ts"

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

/**
 * A frozen batch: the rows the mark returned, with the instant after which nothing may be written.
 */
export interface SubmissionBatch {
  readonly batchId: string
  readonly messages: ReadonlyArray<Submission>
  readonly deadline: Deadline.Deadline
}

/**
 * What is known about one message after the request. `stored`: the carrier replayed an old answer.
 */
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
  | {
      readonly _tag: "Unknown"
      readonly reference: string
      readonly code: string
      /** The carrier has other bytes under this key: no replay under it can ever be taken. */
      readonly keyLost?: boolean
    }

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
    /**
     * A sandbox may be used with the embedded store and a followed business clock; a real one not.
     */
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
>()("@tidemark/core/ports/SmsCarrier") {
  /** A carrier that takes each message once per key and has delivered it when it is asked. */
  static readonly layerMemory: Layer.Layer<SmsCarrier> = Layer.sync(SmsCarrier, () => {
    const taken = new Map<string, { readonly bytes: string; readonly outcome: SubmissionOutcome }>()
    const ids = new Map<string, string>()
    const take = (message: Submission): SubmissionOutcome => {
      const { idempotencyKey, reference } = message
      const bytes = JSON.stringify(message)
      const known = taken.get(idempotencyKey)
      if (known !== undefined) {
        return known.bytes === bytes
          ? known.outcome
          : { _tag: "Unknown", reference, code: "MISMATCH", keyLost: true }
      }
      const carrierMessageId = `memory-${taken.size + 1}`
      const outcome: SubmissionOutcome = { _tag: "Accepted", reference, carrierMessageId }
      taken.set(idempotencyKey, { bytes, outcome })
      ids.set(reference, carrierMessageId)
      return outcome
    }
    const answer = (reference: string): LookupAnswer => {
      const carrierMessageId = ids.get(reference)
      return carrierMessageId === undefined
        ? { _tag: "NotFound", reference }
        : { _tag: "Found", reference, carrierMessageId, report: told(reference, carrierMessageId) }
    }
    return {
      capabilities: memoryCapabilities,
      account: "memory",
      isSandbox: true,
      submit: (batch) =>
        Effect.map(readClocks, (now) =>
          Deadline.mayStart(batch.deadline, now)
            ? batch.messages.map(take)
            : batch.messages.map(({ reference }) => tooLate(reference))
        ),
      lookup: (references) => Effect.sync(() => references.map(answer)),
      pollReceipts: (references) =>
        Effect.sync(() =>
          references.flatMap((reference) => {
            const found = answer(reference)
            return found._tag === "Found" && found.report !== null ? [found.report] : []
          })
        )
    }
  })
}

const hour = 3_600_000

/** It keeps no time, so it promises no validity. */
const memoryCapabilities: CarrierCapabilities = {
  idempotency: { scope: "message", windowMs: 720 * hour, stores5xx: false, inProgress: "409" },
  lookup: { by: "clientReference", readAfterWriteMs: 0 },
  validity: "none",
  receipts: { carriesClientReference: true, destructiveRead: false, retentionMs: 720 * hour },
  notSentProof: [],
  maxBatch: 500,
  ratePerSecond: 1000
}

const tooLate = (reference: string): SubmissionOutcome => ({
  _tag: "NotSent",
  reference,
  code: "DEADLINE_PASSED",
  retryAfterMs: null,
  stored: false
})

const told = (reference: string, carrierMessageId: string): ReceiptReport => ({
  reference,
  carrierMessageId,
  receipt: { state: "delivered", part: 1, parts: null, failure: null },
  digest: `${carrierMessageId}:delivered`
})
