/**
 * What the sandbox carrier's replies mean to the `SmsCarrier` port: the mapping every way of asking
 * it shares, with or without a wire in between.
 *
 * **Source** — delivery protocol 1.5, 2.4.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import type { CarrierCapabilities } from "../delivery/CarrierCapabilities.ts"
import * as Failure from "../delivery/Failure.ts"
import * as Receipt from "../delivery/Receipt.ts"
import {
  type LookupAnswer,
  type ReceiptReport,
  SmsCarrierError,
  type Submission,
  type SubmissionOutcome
} from "../ports/SmsCarrier.ts"
import type * as SandboxCarrier from "./SandboxCarrier.ts"
import type * as SandboxCarrierReads from "./SandboxCarrierReads.ts"
import type * as SandboxCarrierSubmit from "./SandboxCarrierSubmit.ts"
import type { Reply } from "./SandboxReply.ts"

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

/** A submission as the wire carries it. */
export const toWire = (message: Submission): SandboxCarrier.SubmittedMessage => ({
  reference: message.reference,
  idempotencyKey: message.idempotencyKey,
  to: message.to,
  from: message.senderId,
  text: message.text,
  validUntilMs: message.validUntilMs
})

/** Proven never accepted. */
export const notSent = (
  reference: string,
  code: string,
  retryAfterMs: number | null,
  stored = false
): SubmissionOutcome => ({ _tag: "NotSent", reference, code, retryAfterMs, stored })

/** Nobody can say what became of it. */
export const unknown = (reference: string, code: string): SubmissionOutcome => ({
  _tag: "Unknown",
  reference,
  code
})

/**
 * What a reply says of each message asked for: a message it does not mention, or mentions twice, is
 * unknown.
 *
 * **Source** — delivery protocol 2.7.
 */
export const outcomes = (
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

/** The body of an answer to a question, or the error of the port. */
export const answered = <A>(reply: Reply<A>): Effect.Effect<A, SmsCarrierError> => {
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

/** What a look-up found, in the words of the port. */
export const toAnswer = (result: SandboxCarrierReads.LookupResult): LookupAnswer =>
  result.found
    ? {
        _tag: "Found",
        reference: result.reference,
        carrierMessageId: result.id,
        report: result.receipt === null ? null : toReport(result.receipt)
      }
    : { _tag: "NotFound", reference: result.reference }

/** A receipt, in the words of the port. */
export const toReport = (receipt: SandboxCarrier.WireReceipt): ReceiptReport => {
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
