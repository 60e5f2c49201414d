/**
 * A carrier as a state machine over values: it takes messages, remembers keys, tells what became of
 * them as business time advances, and misbehaves by script. No I/O, clock or shared randomness.
 *
 * Every change is a log line first: `append` is the only function that changes the state, so a
 * carrier rebuilt from its log is the carrier that wrote it.
 *
 * **Source** — delivery protocol 1.5 (the default contract), 2.7; fault list of the carrier.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as SmsSegments from "../message/SmsSegments.ts"
import * as Fates from "./SandboxFates.ts"
import type { Accepted, LogLine } from "./SandboxCarrierLog.ts"
import { type Reply, answer, status } from "./SandboxReply.ts"
import * as Script from "./SandboxScript.ts"

/** What a carrier sandbox is made of; durations in milliseconds of business time. */
export interface CarrierOptions {
  readonly seed: number
  readonly script: Script.CarrierScript
  /** Accept and deliver at once: no receipts to wait for, no faults. */
  readonly immediate: boolean
  /** How long a key and its answer are remembered. */
  readonly keyWindowMs: number
  /** How long a message lives that came without validity. */
  readonly defaultValidityMs: number
  readonly maxBatch: number
}

export const defaults: CarrierOptions = {
  seed: 1,
  script: [],
  immediate: false,
  keyWindowMs: 72 * 3_600_000,
  defaultValidityMs: 48 * 3_600_000,
  maxBatch: 500
}

/** A message as the wire brings it. */
export interface SubmittedMessage {
  readonly reference: string
  readonly idempotencyKey: string
  readonly to: string
  readonly from: string
  readonly text: string
  readonly validUntilMs: number | null
}

/** What the answer says of one message. `replayed`: the key's stored answer was given again. */
export type MessageResult =
  | {
      readonly reference: string
      readonly status: "accepted"
      readonly id: string
      readonly replayed: boolean
    }
  | {
      readonly reference: string
      readonly status: "refused"
      readonly code: string
      readonly replayed: boolean
    }
  | {
      readonly reference: string
      readonly status: "throttled"
      readonly retryAfterSeconds: number
      readonly replayed: boolean
    }
  | { readonly reference: string; readonly status: "inProgress" | "mismatch" }

/** A receipt as the wire carries it; `part` 1 of `parts` null speaks of the whole message. */
export interface WireReceipt {
  readonly reference: string
  readonly id: string
  readonly state: string
  readonly part: number
  readonly parts: number | null
  readonly code: string | null
  readonly atMs: number
}

interface Message {
  readonly accepted: Accepted
  readonly plan: ReadonlyArray<Fates.PlannedReceipt>
  /** How many of the plan were told. */
  told: number
  readonly receipts: Array<WireReceipt>
}

interface Remembered {
  readonly print: string
  readonly result: MessageResult
  readonly atMs: number
}

/** The carrier's state. Only `append` changes it. */
export interface Carrier {
  readonly options: CarrierOptions
  readonly counters: Script.Counters
  /** The first acceptance of each reference; what a look-up finds. */
  readonly messages: Map<string, Message>
  readonly keys: Map<string, Remembered>
  /** Messages with receipts still to come. */
  readonly open: Set<Message>
  accepted: number
  nowMs: number
}

/** A carrier that has heard of nothing yet. */
export const make = (options: CarrierOptions, nowMs: number): Carrier => ({
  options,
  counters: Script.counters(),
  messages: new Map(),
  keys: new Map(),
  open: new Set(),
  accepted: 0,
  nowMs
})

const fingerprint = (text: string): string => bytesToHex(sha256(utf8ToBytes(text))).slice(0, 32)

const print = (message: SubmittedMessage): string =>
  fingerprint(
    JSON.stringify([
      message.reference,
      message.to,
      message.from,
      message.text,
      message.validUntilMs
    ])
  )

/** Applies one line to the state: what happened, happened. Used while running and at reload. */
export const append = (carrier: Carrier, line: LogLine): void => {
  if (line.at > carrier.nowMs) carrier.nowMs = line.at
  switch (line.t) {
    case "request": {
      const met = (carrier.counters.met.get(line.on) ?? 0) + 1
      carrier.counters.met.set(line.on, met)
      return
    }
    case "fault":
      return Script.fire(carrier.counters, line.rule)
    case "accepted": {
      carrier.accepted++
      Script.meet(carrier.counters, "receipt")
      remember(carrier, line, {
        reference: line.ref,
        status: "accepted",
        id: line.id,
        replayed: true
      })
      const message: Message = {
        accepted: line,
        plan: Fates.plan(line, carrier.options),
        told: 0,
        receipts: []
      }
      if (!carrier.messages.has(line.ref)) carrier.messages.set(line.ref, message)
      if (message.plan.length > 0) carrier.open.add(message)
      return
    }
    case "refused":
      return remember(carrier, line, {
        reference: line.ref,
        status: "refused",
        code: line.code,
        replayed: true
      })
    case "throttled":
      return remember(carrier, line, {
        reference: line.ref,
        status: "throttled",
        retryAfterSeconds: throttleSeconds,
        replayed: true
      })
    case "receipt":
      return told(carrier, line)
  }
}

const throttleSeconds = 30

const remember = (
  carrier: Carrier,
  line: { readonly key: string; readonly print: string; readonly at: number },
  result: MessageResult
): void => {
  carrier.keys.set(line.key, { print: line.print, result, atMs: line.at })
}

const told = (carrier: Carrier, line: Extract<LogLine, { t: "receipt" }>): void => {
  const { ref, at, id, state, part, parts, code } = line
  const message = find(carrier, ref, id)
  if (message === undefined) return
  message.receipts.push({ reference: ref, id, state, part, parts, code, atMs: at })
  message.told++
  if (message.told >= message.plan.length) carrier.open.delete(message)
}

const find = (carrier: Carrier, ref: string, id: string): Message | undefined => {
  const first = carrier.messages.get(ref)
  if (first?.accepted.id === id) return first
  for (const message of carrier.open) if (message.accepted.id === id) return message
  return undefined
}

/** What a request left behind: the lines to be kept before the reply is given. */
export interface Outcome<A> {
  readonly lines: ReadonlyArray<LogLine>
  readonly reply: Reply<A>
}

/** Lines of one request, applied as they are written: later messages of a batch see earlier ones. */
interface Writing {
  readonly carrier: Carrier
  readonly atMs: number
  readonly lines: Array<LogLine>
}

const write = (writing: Writing, line: LogLine): void => {
  append(writing.carrier, line)
  writing.lines.push(line)
}

/** The rule that fires at a site, recorded as a fault. */
const faultAt = <On extends Script.CarrierFault["on"]>(
  writing: Writing,
  on: On,
  occurrence: number,
  subject: string
): (Script.CarrierFault & { readonly on: On }) | undefined => {
  const { carrier } = writing
  if (carrier.options.immediate) return undefined
  const { script, seed } = carrier.options
  for (let index = 0; index < script.length; index++) {
    const rule = script[index]
    if (rule === undefined || rule.on !== on) continue
    if (!Script.fires(rule, index, seed, occurrence, subject, carrier.counters)) continue
    write(writing, { t: "fault", at: writing.atMs, on, kind: rule.kind, rule: index })
    return rule as Script.CarrierFault & { readonly on: On }
  }
  return undefined
}

const begin = (
  carrier: Carrier,
  on: "submit" | "lookup" | "receipts" | "webhook",
  size: number,
  nowMs: number
): Writing & { readonly occurrence: number } => {
  const atMs = Math.max(nowMs, carrier.nowMs)
  const writing = { carrier, atMs, lines: [] }
  write(writing, { t: "request", at: atMs, on, size })
  return { ...writing, occurrence: carrier.counters.met.get(on) ?? 1 }
}

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
  const occurrence = Script.meet(carrier.counters, "message")
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
            retryAfterSeconds: throttleSeconds,
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

/** What a look-up says of one reference. */
export type LookupResult =
  | {
      readonly reference: string
      readonly found: true
      readonly id: string
      readonly receipt: WireReceipt | null
    }
  | { readonly reference: string; readonly found: false }

const readFault = <A>(kind: string, body: A): Reply<A> => {
  switch (kind) {
    case "timeout":
      return { _tag: "Silence" }
    case "reset":
      return { _tag: "Reset" }
    case "5xx":
      return status(503, "UNAVAILABLE")
    case "429":
      return status(429, "TOO_MANY_REQUESTS", 5)
    case "401":
      return status(401, "UNAUTHORIZED")
    default:
      return { _tag: "Answer", body, cut: "unreadable" }
  }
}

/** Looks messages up by client reference; the latest receipt told comes with each. */
export const lookup = (
  carrier: Carrier,
  references: ReadonlyArray<string>,
  nowMs: number
): Outcome<{ readonly messages: ReadonlyArray<LookupResult> }> => {
  const writing = begin(carrier, "lookup", references.length, nowMs)
  const fault = faultAt(writing, "lookup", writing.occurrence, references[0] ?? "")
  const lagging = fault?.kind === "lagging"
  const messages = references.map((reference): LookupResult => {
    const message = lagging ? undefined : carrier.messages.get(reference)
    if (message === undefined) return { reference, found: false }
    const { id } = message.accepted
    return { reference, found: true, id, receipt: message.receipts.at(-1) ?? null }
  })
  const body = { messages }
  const reply: Reply<typeof body> =
    fault === undefined || lagging ? answer(body) : readFault(fault.kind, body)
  return { lines: writing.lines, reply }
}

/** Every receipt told so far about these references. */
export const receipts = (
  carrier: Carrier,
  references: ReadonlyArray<string>,
  nowMs: number
): Outcome<{ readonly receipts: ReadonlyArray<WireReceipt> }> => {
  const writing = begin(carrier, "receipts", references.length, nowMs)
  const fault = faultAt(writing, "receipts", writing.occurrence, references[0] ?? "")
  const lagging = fault?.kind === "lagging"
  const found: Array<WireReceipt> = []
  if (!lagging) {
    for (const reference of references) {
      const message = carrier.messages.get(reference)
      if (message !== undefined) found.push(...message.receipts)
    }
  }
  const body = { receipts: found }
  const reply: Reply<typeof body> =
    fault === undefined || lagging ? answer(body) : readFault(fault.kind, body)
  return { lines: writing.lines, reply }
}

/** Receipts that became due, with the lines to be kept before anybody is told. */
export interface Advance {
  readonly lines: ReadonlyArray<LogLine>
  /** In the order the carrier tells them. */
  readonly receipts: ReadonlyArray<WireReceipt>
}

/** Business time is now `nowMs`; it never goes back. Tells every receipt due by then. */
export const advance = (carrier: Carrier, nowMs: number): Advance => {
  if (nowMs > carrier.nowMs) carrier.nowMs = nowMs
  const due: Array<{ readonly line: LogLine; readonly receipt: WireReceipt }> = []
  for (const message of carrier.open) {
    const { ref, id } = message.accepted
    for (let index = message.told; index < message.plan.length; index++) {
      const planned = message.plan[index]
      if (planned === undefined || planned.atMs > carrier.nowMs) break
      const { state, part, parts, code, atMs } = planned
      due.push({
        line: { t: "receipt", at: atMs, ref, id, state, part, parts, code },
        receipt: { reference: ref, id, state, part, parts, code, atMs }
      })
    }
  }
  due.sort((left, right) => left.receipt.atMs - right.receipt.atMs)
  for (const { line } of due) append(carrier, line)
  return { lines: due.map(({ line }) => line), receipts: due.map(({ receipt }) => receipt) }
}

/** What happens to one push of receipts; `undefined`: nothing out of the ordinary. */
export const webhookFault = (
  carrier: Carrier,
  webhookId: string,
  nowMs: number
): {
  readonly lines: ReadonlyArray<LogLine>
  readonly kind: (typeof Script.WebhookFault.Type)["kind"] | null
} => {
  const writing = begin(carrier, "webhook", 1, nowMs)
  const fault = faultAt(writing, "webhook", writing.occurrence, webhookId)
  return { lines: writing.lines, kind: fault?.kind ?? null }
}
