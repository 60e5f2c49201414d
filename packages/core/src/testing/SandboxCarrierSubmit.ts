/**
 * What the sandbox carrier does with a request to take messages.
 *
 * **Source** — delivery protocol 1.5, 2.7; fault list of the carrier.
 */
import * as SmsSegments from "../message/SmsSegments.ts"
import {
  begin,
  type Carrier,
  faultAt,
  fingerprint,
  type MessageResult,
  type Outcome,
  print,
  type SubmittedMessage,
  write,
  type Writing
} from "./SandboxCarrier.ts"
import { answer, type Reply, status } from "./SandboxReply.ts"
import type * as Script from "./SandboxScript.ts"

/** The reply of a request fault that accepts nothing. */
const refusal = (fault: typeof Script.SubmitFault.Type): Reply<never> | undefined => {
  switch (fault.kind) {
    case "timeout-before-accept":
      return { _tag: "Silence" }
    case "reset-before-accept":
      return { _tag: "Reset" }
    case "5xx-before-accept":
      return status(503, "UNAVAILABLE")
    case "400":
      return status(400, "BAD_REQUEST")
    case "401":
      return status(401, "UNAUTHORIZED")
    case "403":
      return status(403, "FORBIDDEN")
    case "413":
      return status(413, "TOO_LARGE")
    case "429":
      return status(429, "TOO_MANY_REQUESTS", fault.retryAfterSeconds ?? null)
    case "in-progress":
      return status(409, "IN_PROGRESS")
    case "mismatch":
      return status(422, "KEY_MISMATCH")
    case "timeout-after-accept":
    case "reset-after-accept":
    case "5xx-after-accept":
    case "unreadable-after-accept":
    case "truncated-after-accept":
      return undefined
  }
}

/** The reply of a request fault after the messages were taken. */
const afterwards = (
  kind: (typeof Script.SubmitFault.Type)["kind"],
  body: SubmitAnswer
): Reply<SubmitAnswer> => {
  if (kind === "timeout-after-accept") return { _tag: "Silence" }
  if (kind === "reset-after-accept") return { _tag: "Reset" }
  if (kind === "5xx-after-accept") return status(500, "INTERNAL")
  return {
    _tag: "Answer",
    body,
    cut: kind === "truncated-after-accept" ? "truncated" : "unreadable"
  }
}

export interface SubmitAnswer {
  readonly results: ReadonlyArray<MessageResult>
}

/**
 * A request to take messages.
 *
 * **Outcomes, first match wins**
 * 1. a request fault that accepts nothing
 * 2. 413 — more messages than `maxBatch`
 * 3. 409 or 422 — every message in progress, or every key bound to other bytes
 * 4. 202 with a result per message, unless a fault spoils the answer
 *
 * **Source** — delivery protocol 1.5.
 */
export const submit = (
  carrier: Carrier,
  messages: ReadonlyArray<SubmittedMessage>,
  nowMs: number
): Outcome<SubmitAnswer> => {
  const writing = begin(carrier, "submit", messages.length, nowMs)
  const { lines } = writing
  const fault = faultAt(writing, "submit", writing.occurrence, messages[0]?.to ?? "")
  const refused = fault === undefined ? undefined : refusal(fault)
  if (refused !== undefined) return { lines, reply: refused }
  if (messages.length > carrier.options.maxBatch) {
    return { lines, reply: status(413, "TOO_LARGE") }
  }
  const results: Array<MessageResult> = []
  for (const message of messages) take(writing, message, results)
  if (results.length > 0 && results.every((result) => result.status === "mismatch")) {
    return { lines, reply: status(422, "KEY_MISMATCH") }
  }
  const body = { results }
  if (fault !== undefined) return { lines, reply: afterwards(fault.kind, body) }
  return { lines, reply: answer(body) }
}

/** One message: its stored answer, a scripted no, or an acceptance. */
const take = (writing: Writing, message: SubmittedMessage, results: Array<MessageResult>): void => {
  const { carrier, atMs } = writing
  const bytes = print(message)
  const known = carrier.keys.get(message.idempotencyKey)
  if (known !== undefined && known.atMs + carrier.options.keyWindowMs > atMs) {
    results.push(
      known.print === bytes ? known.result : { reference: message.reference, status: "mismatch" }
    )
    return
  }
  const occurrence = (carrier.counters.met.get("message") ?? 0) + 1
  const fault = faultAt(writing, "message", occurrence, message.to)
  const negative = fault === undefined ? undefined : negativeCodes[fault.kind]
  if (negative !== undefined) {
    const [t, code] = negative
    const { reference: ref, idempotencyKey: key } = message
    write(writing, { t, at: atMs, ref, key, print: bytes, code })
    results.push(
      t === "refused"
        ? { reference: ref, status: "refused", code, replayed: false }
        : {
            reference: ref,
            status: "throttled",
            retryAfterSeconds: writing.carrier.options.throttleSeconds,
            replayed: false
          }
    )
    return
  }
  if (fault?.kind === "omit-before-accept") return
  const result = accept(writing, message, bytes)
  if (fault?.kind === "omit-after-accept") return
  results.push(result)
  if (fault?.kind === "contradict") {
    results.push({ ...result, status: "refused", code: "SYSTEM_ERROR", replayed: false })
  }
  if (fault?.kind === "foreign")
    results.push({ ...result, reference: `other-${message.reference}` })
}

const negativeCodes: Readonly<
  Record<string, readonly ["refused" | "throttled", string] | undefined>
> = {
  "refuse-invalid-number": ["refused", "INVALID_NUMBER"],
  "refuse-blocked": ["refused", "BLOCKED"],
  "refuse-sender": ["refused", "SENDER_NOT_ALLOWED"],
  throttle: ["throttled", "THROTTLED"]
}

const accept = (
  writing: Writing,
  message: SubmittedMessage,
  bytes: string
): Extract<MessageResult, { status: "accepted" }> => {
  const { carrier, atMs } = writing
  const occurrence = (carrier.counters.met.get("receipt") ?? 0) + 1
  const fate = faultAt(writing, "receipt", occurrence, message.to)
  const id = `m-${(carrier.accepted + 1).toString(36).padStart(7, "0")}`
  write(writing, {
    t: "accepted",
    at: atMs,
    ref: message.reference,
    key: message.idempotencyKey,
    print: bytes,
    id,
    to: message.to,
    text: fingerprint(message.text),
    segments: SmsSegments.measure(message.text).segments,
    validUntil: message.validUntilMs,
    fate: fate?.kind ?? null
  })
  return { reference: message.reference, status: "accepted", id, replayed: false }
}
