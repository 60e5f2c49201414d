/**
 * The carrier's functions as a port. The one rule that matters: what the host throws, and what its
 * answer leaves out, is *unknown*, never refused.
 *
 * **Source** — delivery protocol 1.5, 2.4.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Deadline from "../delivery/Deadline.ts"
import * as Receipt from "../delivery/Receipt.ts"
import { readClocks } from "../ports/ProcessClocks.ts"
import {
  type LookupAnswer,
  type ReceiptReport,
  SmsCarrier,
  SmsCarrierError,
  type SubmissionBatch,
  type SubmissionOutcome
} from "../ports/SmsCarrier.ts"
import * as HostCall from "./HostCall.ts"
import type { HostCarrier, HostLookup, HostOutcome, HostReceipt } from "./HostPorts.ts"

const { list, malformed, record, text, textOrNull } = HostCall

const reasons = [
  "Throttled",
  "Timeout",
  "Unavailable",
  "Unauthorized",
  "Malformed",
  "Unsupported"
] as const
const otherwise = { timeout: "Timeout", never: "Malformed", unavailable: "Unavailable" } as const

/** `requestDeadlineMs`: D of the policy; a request is not waited for longer than that. */
export const carrierLayer = (
  carrier: HostCarrier,
  requestDeadlineMs: number
): Layer.Layer<SmsCarrier> => Layer.succeed(SmsCarrier, smsCarrier(carrier, requestDeadlineMs))

/** The host's carrier. */
export const smsCarrier = (
  carrier: HostCarrier,
  requestDeadlineMs: number
): SmsCarrier["Service"] => {
  const read = <A, B>(
    name: string,
    run: (signal: AbortSignal) => Promise<A> | A,
    map: (answer: A) => B
  ) =>
    HostCall.ask({
      name,
      timeoutMs: requestDeadlineMs,
      run,
      read: map,
      fail: (thrown) =>
        new SmsCarrierError({
          reason: HostCall.reasonOf(thrown, reasons, otherwise),
          code: thrown.detail,
          cause: thrown.cause
        })
    })
  const { lookup } = carrier
  return {
    capabilities: carrier.capabilities,
    account: carrier.account,
    isSandbox: carrier.sandbox === true,
    submit: submitWith(carrier, requestDeadlineMs),
    lookup: (references) =>
      lookup === undefined
        ? Effect.fail(new SmsCarrierError({ reason: "Unsupported", code: "no carrier.lookup" }))
        : read(
            "carrier.lookup",
            (signal) => lookup(references, signal),
            (answer) => list(answer, "answers").map(lookupAnswer)
          ),
    pollReceipts: (references) =>
      read(
        "carrier.receipts",
        (signal) => carrier.receipts(references, signal),
        (answer) => list(answer, "receipts").map(receiptReport)
      )
  }
}

const submitWith = (carrier: HostCarrier, timeoutMs: number) =>
  Effect.fnUntraced(function* (batch: SubmissionBatch) {
    const references = batch.messages.map(({ reference }) => reference)
    if (references.length === 0) return []
    // After the lease another worker may hold these rows: nothing may be written any more.
    if (!Deadline.mayStart(batch.deadline, yield* readClocks)) return references.map(tooLate)
    return yield* HostCall.ask({
      name: "carrier.submit",
      timeoutMs,
      run: (signal) =>
        carrier.submit(
          batch.messages.map((message) => ({ ...message })),
          signal
        ),
      read: (answer) => outcomes(references, list(answer, "outcomes")),
      fail: (thrown) => thrown
    }).pipe(
      Effect.catch((thrown) =>
        Effect.as(
          Effect.logWarning("a submission has no answer; the carrier will be asked", {
            detail: thrown.detail,
            messages: references.length
          }),
          references.map((reference) => unknown(reference, codeOf(thrown)))
        )
      )
    )
  })

const codeOf = ({ malformed: unreadable, timedOut }: HostCall.Thrown): string =>
  timedOut ? "TIMEOUT" : unreadable ? "UNREADABLE" : "THROWN"

const tooLate = (reference: string): SubmissionOutcome => ({
  _tag: "NotSent",
  reference,
  code: "DEADLINE_PASSED",
  retryAfterMs: null,
  stored: false
})

const unknown = (reference: string, code: string): SubmissionOutcome => ({
  _tag: "Unknown",
  reference,
  code
})

/** One outcome per message: two that differ, or none that can be read, say nothing. */
const outcomes = (
  references: ReadonlyArray<string>,
  answer: ReadonlyArray<HostOutcome>
): ReadonlyArray<SubmissionOutcome> => {
  const said = new Map<string, SubmissionOutcome>()
  for (const one of answer) {
    const { reference } = record(one, "an outcome")
    const outcome = outcomeOf(one)
    const before = said.get(reference)
    const agrees = before === undefined || JSON.stringify(before) === JSON.stringify(outcome)
    said.set(reference, agrees ? outcome : unknown(reference, "CONTRADICTION"))
  }
  return references.map((reference) => said.get(reference) ?? unknown(reference, "MISSING_RESULT"))
}

const outcomeOf = (outcome: HostOutcome): SubmissionOutcome => {
  const { reference } = outcome
  switch (outcome.status) {
    case "accepted":
      return typeof outcome.carrierMessageId === "string" && outcome.carrierMessageId !== ""
        ? { _tag: "Accepted", reference, carrierMessageId: outcome.carrierMessageId }
        : unknown(reference, "ACCEPTED_WITHOUT_ID")
    case "refused":
      return isFailure(outcome.failure)
        ? {
            _tag: "Refused",
            reference,
            failure: outcome.failure,
            stored: outcome.stored === true
          }
        : unknown(reference, "REFUSED_WITHOUT_FAILURE")
    case "notSent":
      return {
        _tag: "NotSent",
        reference,
        code: outcome.code,
        retryAfterMs: outcome.retryAfterMs ?? null,
        stored: outcome.stored === true
      }
    case "unknown":
      return unknown(reference, outcome.code ?? "UNKNOWN")
    default:
      return unknown(reference, "UNREADABLE")
  }
}

const isFailure = (failure: unknown): boolean =>
  typeof failure === "object" &&
  failure !== null &&
  "category" in failure &&
  "disposition" in failure &&
  "code" in failure

const lookupAnswer = (answer: HostLookup, i: number): LookupAnswer => {
  const place = `answers[${i}]`
  const reference = text(record(answer, place).reference, `${place}.reference`)
  const said: unknown = answer.found
  // Only a definite "not found" may ever lead to sending again.
  if (typeof said !== "boolean") return malformed(`${place}.found`, "true or false")
  if (!answer.found) return { _tag: "NotFound", reference }
  const receipt = answer.receipt ?? null
  return {
    _tag: "Found",
    reference,
    carrierMessageId: text(answer.carrierMessageId, `${place}.carrierMessageId`),
    report: receipt === null ? null : receiptReport(receipt, i)
  }
}

/**
 * A host's receipt as the port's report.
 *
 * **Errors** — throws `MalformedAnswer` for a state nobody knows, an impossible part, or a receipt
 * that names no message.
 */
export const receiptReport = (receipt: HostReceipt, i: number): ReceiptReport => {
  const place = `receipts[${i}]`
  const { failure, parts, part = 1 } = record(receipt, place)
  const state = Receipt.order.find((known) => known === receipt.state)
  if (state === undefined) return malformed(`${place}.state`, `one of ${Receipt.order.join(", ")}`)
  const reference = textOrNull(receipt.reference, `${place}.reference`)
  const carrierMessageId = textOrNull(receipt.carrierMessageId, `${place}.carrierMessageId`)
  if (reference === null && carrierMessageId === null) {
    return malformed(place, "a reference or a carrierMessageId")
  }
  const read: Receipt.Receipt = { state, part, parts: parts ?? null, failure: failure ?? null }
  if (!Receipt.isWellFormed(read)) return malformed(`${place}.part`, "a part from 1 to 255")
  const content = JSON.stringify([reference, carrierMessageId, state, part, parts ?? null, failure])
  const digest = receipt.digest ?? bytesToHex(sha256(utf8ToBytes(content)))
  return { reference, carrierMessageId, receipt: read, digest }
}
