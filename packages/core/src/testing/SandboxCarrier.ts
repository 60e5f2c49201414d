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
import * as Fates from "./SandboxFates.ts"
import type { LogLine } from "./SandboxCarrierLog.ts"
import type {
  Carrier,
  Message,
  MessageResult,
  SubmittedMessage,
  WireReceipt
} from "./SandboxCarrierState.ts"
import type { Reply } from "./SandboxReply.ts"
import * as Script from "./SandboxScript.ts"

export { defaults, make } from "./SandboxCarrierState.ts"
export type {
  Carrier,
  CarrierOptions,
  MessageResult,
  SubmittedMessage,
  WireReceipt
} from "./SandboxCarrierState.ts"

/** A short digest of a text. */
export const fingerprint = (text: string): string =>
  bytesToHex(sha256(utf8ToBytes(text))).slice(0, 32)

/** What one key stands for. */
export const print = (message: SubmittedMessage): string =>
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
      Script.meet(carrier.counters, line.on)
      return
    }
    case "fault":
      // A message that was dropped without a word was met all the same.
      if (line.kind === "omit-before-accept") Script.meet(carrier.counters, "message")
      return Script.fire(carrier.counters, line.rule)
    case "accepted": {
      carrier.accepted++
      Script.meet(carrier.counters, "message")
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
      carrier.quietUntilMs = Math.min(carrier.quietUntilMs, nextDueMs(message, 0))
      return
    }
    case "refused":
      Script.meet(carrier.counters, "message")
      return remember(carrier, line, {
        reference: line.ref,
        status: "refused",
        code: line.code,
        replayed: true
      })
    case "throttled":
      Script.meet(carrier.counters, "message")
      return remember(carrier, line, {
        reference: line.ref,
        status: "throttled",
        retryAfterSeconds: carrier.options.throttleSeconds,
        replayed: true
      })
    case "receipt":
      return told(carrier, line)
  }
}

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

/** Lines of one request, applied as they are written: messages of a batch see earlier ones. */
export interface Writing {
  readonly carrier: Carrier
  readonly atMs: number
  readonly lines: Array<LogLine>
}

/** Keeps a line and applies it. */
export const write = (writing: Writing, line: LogLine): void => {
  append(writing.carrier, line)
  writing.lines.push(line)
}

/** The rule that fires at a site, recorded as a fault. */
export const faultAt = <On extends Script.CarrierFault["on"]>(
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

/** A request arrives: time never goes back, and the request is counted. */
export const begin = (
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

const nextDueMs = (message: Message, index: number): number =>
  message.plan[index]?.atMs ?? Number.POSITIVE_INFINITY

/** Receipts that became due, with the lines to be kept before anybody is told. */
export interface Advance {
  readonly lines: ReadonlyArray<LogLine>
  /** In the order the carrier tells them. */
  readonly receipts: ReadonlyArray<WireReceipt>
}

/** Business time is now `nowMs`; it never goes back. Tells every receipt due by then. */
export const advance = (carrier: Carrier, nowMs: number): Advance => {
  if (nowMs > carrier.nowMs) carrier.nowMs = nowMs
  if (carrier.nowMs < carrier.quietUntilMs) return { lines: [], receipts: [] }
  const due: Array<{ readonly line: LogLine; readonly receipt: WireReceipt }> = []
  let quietUntilMs = Number.POSITIVE_INFINITY
  for (const message of carrier.open) {
    const { ref, id } = message.accepted
    let index = message.told
    for (; index < message.plan.length; index++) {
      const planned = message.plan[index]
      if (planned === undefined || planned.atMs > carrier.nowMs) break
      const { state, part, parts, code, atMs } = planned
      due.push({
        line: { t: "receipt", at: atMs, ref, id, state, part, parts, code },
        receipt: { reference: ref, id, state, part, parts, code, atMs }
      })
    }
    quietUntilMs = Math.min(quietUntilMs, nextDueMs(message, index))
  }
  carrier.quietUntilMs = quietUntilMs
  due.sort((left, right) => left.receipt.atMs - right.receipt.atMs)
  for (const { line } of due) append(carrier, line)
  return { lines: due.map(({ line }) => line), receipts: due.map(({ receipt }) => receipt) }
}
