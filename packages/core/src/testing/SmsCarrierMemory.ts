/**
 * The `SmsCarrier` port straight over the pure model, without a wire: for tests of workflows, and
 * the yardstick of every adapter, which must tell the same of the same counterpart.
 *
 * **Source** — delivery protocol 1.5, 2.4.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CarrierCapabilities } from "../delivery/CarrierCapabilities.ts"
import * as Deadline from "../delivery/Deadline.ts"
import * as Failure from "../delivery/Failure.ts"
import * as Receipt from "../delivery/Receipt.ts"
import { readClocks } from "../ports/ProcessClocks.ts"
import {
  type LookupAnswer,
  type ReceiptReport,
  SmsCarrier,
  SmsCarrierError,
  type Submission,
  type SubmissionBatch,
  type SubmissionOutcome
} from "../ports/SmsCarrier.ts"
import * as SandboxCarrier from "./SandboxCarrier.ts"
import * as SandboxCarrierLog from "./SandboxCarrierLog.ts"
import * as SandboxCarrierReads from "./SandboxCarrierReads.ts"
import * as SandboxCarrierSubmit from "./SandboxCarrierSubmit.ts"
import type { Reply } from "./SandboxReply.ts"

const hour = 3_600_000

/** What the sandbox carrier can do: the default contract, class KLV. */
export const capabilities: CarrierCapabilities = {
  idempotency: { scope: "message", windowMs: 72 * hour, stores5xx: false, inProgress: "409" },
  lookup: { by: "clientReference", readAfterWriteMs: 0 },
  validity: { kind: "absolute", maxMs: 48 * hour },
  receipts: { carriesClientReference: true, destructiveRead: false, retentionMs: 720 * hour },
  notSentProof: ["400", "401", "403", "413", "429"],
  maxBatch: 500,
  ratePerSecond: 100
}

/** What the codes of the default contract mean. */
export const readings: Failure.CodeTable = {
  INVALID_NUMBER: ["InvalidNumber", "permanent"],
  UNKNOWN_SUBSCRIBER: ["InvalidNumber", "permanent"],
  ABSENT_SUBSCRIBER: ["Undeliverable", "retry"],
  BLOCKED: ["Undeliverable", "permanent"],
  PART_FAILED: ["Undeliverable", "permanent"],
  VALIDITY_EXPIRED: ["Timeout", "retry"],
  SENDER_NOT_ALLOWED: ["ProviderError", "fix"],
  SYSTEM_ERROR: ["ProviderError", "retry"]
}

/** A carrier in memory, with the hands that move it. */
export interface CarrierInMemory {
  readonly carrier: (typeof SmsCarrier)["Service"]
  /** Business time is now this; receipts due are told. */
  readonly tell: (nowMs: number) => Effect.Effect<void>
  readonly audit: Effect.Effect<SandboxCarrierLog.CarrierAudit>
}

/** A carrier without a wire; `declared` less than the model can do may be declared. */
export const make = (
  options: Partial<SandboxCarrier.CarrierOptions>,
  nowMs: number,
  declared: CarrierCapabilities = capabilities
): CarrierInMemory => {
  const model = SandboxCarrier.make({ ...SandboxCarrier.defaults, ...options }, nowMs)
  const log: Array<SandboxCarrierLog.LogLine> = []
  const keep = <A>(outcome: SandboxCarrier.Outcome<A>): Reply<A> => {
    log.push(...outcome.lines)
    return outcome.reply
  }
  const submit = Effect.fnUntraced(function* (batch: SubmissionBatch) {
    if (batch.messages.length === 0) return []
    const now = yield* readClocks
    if (!Deadline.mayStart(batch.deadline, now)) {
      return batch.messages.map((message) => notSent(message.reference, "DEADLINE_PASSED", null))
    }
    const messages = batch.messages.map(toWire)
    const reply = keep(SandboxCarrierSubmit.submit(model, messages, model.nowMs))
    log.push(...SandboxCarrier.advance(model, model.nowMs).lines)
    return outcomes(reply, batch.messages, declared)
  })
  return {
    carrier: {
      capabilities: declared,
      account: "memory",
      isSandbox: true,
      submit,
      lookup: (references) =>
        Effect.suspend(() => {
          const reply = keep(SandboxCarrierReads.lookup(model, references, model.nowMs))
          return Effect.map(answered(reply), ({ messages }) => messages.map(toAnswer))
        }),
      pollReceipts: (references) =>
        Effect.suspend(() => {
          const reply = keep(SandboxCarrierReads.receipts(model, references, model.nowMs))
          return Effect.map(answered(reply), ({ receipts }) => receipts.map(toReport))
        })
    },
    tell: (nowMs) =>
      Effect.sync(() => {
        log.push(...SandboxCarrier.advance(model, nowMs).lines)
      }),
    audit: Effect.sync(() => SandboxCarrierLog.auditCarrierLog(log))
  }
}

const toWire = (message: Submission): SandboxCarrier.SubmittedMessage => ({
  reference: message.reference,
  idempotencyKey: message.idempotencyKey,
  to: message.to,
  from: message.senderId,
  text: message.text,
  validUntilMs: message.validUntilMs
})

const notSent = (
  reference: string,
  code: string,
  retryAfterMs: number | null,
  stored = false
): SubmissionOutcome => ({ _tag: "NotSent", reference, code, retryAfterMs, stored })

const unknown = (reference: string, code: string): SubmissionOutcome => ({
  _tag: "Unknown",
  reference,
  code
})

const outcomes = (
  reply: Reply<SandboxCarrierSubmit.SubmitAnswer>,
  messages: ReadonlyArray<Submission>,
  capabilities: CarrierCapabilities
): ReadonlyArray<SubmissionOutcome> => {
  if (reply._tag === "Answer" && reply.cut === "no") {
    const { results } = reply.body
    return messages.map(({ reference }) => {
      const about = results.filter((result) => result.reference === reference)
      const [result] = about
      if (result === undefined) return unknown(reference, "MISSING_RESULT")
      return about.length === 1 ? outcome(result) : unknown(reference, "CONTRADICTION")
    })
  }
  if (reply._tag === "Status" && capabilities.notSentProof.includes(String(reply.status))) {
    const wait = reply.retryAfterSeconds
    const waitMs = wait === null ? null : wait * 1000
    return messages.map(({ reference }) => notSent(reference, `HTTP_${reply.status}`, waitMs))
  }
  const code = reply._tag === "Status" ? `HTTP_${reply.status}` : reply._tag.toUpperCase()
  return messages.map(({ reference }) => unknown(reference, code))
}

const outcome = (result: SandboxCarrier.MessageResult): SubmissionOutcome => {
  const { reference } = result
  switch (result.status) {
    case "accepted":
      return { _tag: "Accepted", reference, carrierMessageId: result.id }
    case "refused": {
      const failure = Failure.read(readings, result.code, ["ProviderError", "fix"])
      return { _tag: "Refused", reference, failure, stored: result.replayed }
    }
    case "throttled":
      return notSent(reference, "THROTTLED", result.retryAfterSeconds * 1000, result.replayed)
    case "inProgress":
    case "mismatch":
      return unknown(reference, result.status)
  }
}

const fail = (reason: SmsCarrierError["reason"], code: string) =>
  Effect.fail(new SmsCarrierError({ reason, code }))

const answered = <A>(reply: Reply<A>): Effect.Effect<A, SmsCarrierError> => {
  switch (reply._tag) {
    case "Silence":
      return fail("Timeout", "TIMEOUT")
    case "Reset":
      return fail("Unavailable", "RESET")
    case "Answer":
      return reply.cut === "no" ? Effect.succeed(reply.body) : fail("Malformed", "UNREADABLE")
    case "Status": {
      const code = `HTTP_${reply.status}`
      if (reply.status === 401) return fail("Unauthorized", code)
      return fail(reply.status === 429 ? "Throttled" : "Unavailable", code)
    }
  }
}

const toAnswer = (result: SandboxCarrierReads.LookupResult): LookupAnswer =>
  result.found
    ? {
        _tag: "Found",
        reference: result.reference,
        carrierMessageId: result.id,
        report: result.receipt === null ? null : toReport(result.receipt)
      }
    : { _tag: "NotFound", reference: result.reference }

const toReport = (receipt: SandboxCarrier.WireReceipt): ReceiptReport => {
  const state = Receipt.order.find((known) => known === receipt.state) ?? "unknown"
  const { code, part, parts } = receipt
  return {
    reference: receipt.reference,
    carrierMessageId: receipt.id,
    receipt: {
      state,
      part,
      parts,
      failure: code === null ? null : Failure.read(readings, code, ["Undeliverable", "permanent"])
    },
    digest: bytesToHex(sha256(utf8ToBytes(JSON.stringify(Object.entries(receipt)))))
  }
}

/** The port alone, at a fixed business time. */
export const layerMemory = (
  options: Partial<SandboxCarrier.CarrierOptions>,
  nowMs: number
): Layer.Layer<SmsCarrier> =>
  Layer.effect(
    SmsCarrier,
    Effect.sync(() => make(options, nowMs).carrier)
  )
