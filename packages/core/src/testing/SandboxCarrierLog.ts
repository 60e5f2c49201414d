/**
 * The sandbox carrier's own log: one line per thing that happened to it, the truth every other
 * record is measured against.
 *
 * The state of the carrier is a fold over these lines, so a carrier that wrote a line before it
 * answered loses nothing it acknowledged, however it dies.
 *
 * **Source** — product rules, surfaces (`duplicates` is counted in the carrier's own log).
 */
import * as Schema from "effect/Schema"

const common = { at: Schema.Number }

/** A request arrived; `size` counts its messages or references. */
const RequestLine = Schema.Struct({
  t: Schema.Literal("request"),
  ...common,
  on: Schema.Literals(["submit", "lookup", "receipts", "webhook"]),
  size: Schema.Number
})

/** A message was taken. From here on it may reach a telephone. */
const AcceptedLine = Schema.Struct({
  t: Schema.Literal("accepted"),
  ...common,
  ref: Schema.String,
  key: Schema.String,
  /** Fingerprint of destination, sender, text and validity: one key stands for one of these. */
  print: Schema.String,
  id: Schema.String,
  to: Schema.String,
  /** Fingerprint of the text alone. */
  text: Schema.String,
  segments: Schema.Number,
  validUntil: Schema.NullOr(Schema.Number),
  /** The scripted fate, `null` for a plain delivery. */
  fate: Schema.NullOr(Schema.String)
})

/** A message was refused or throttled, and the key remembers it. */
const NegativeLine = Schema.Struct({
  t: Schema.Literals(["refused", "throttled"]),
  ...common,
  ref: Schema.String,
  key: Schema.String,
  print: Schema.String,
  code: Schema.String
})

/** A fault was injected; `rule` is its place in the script. */
const FaultLine = Schema.Struct({
  t: Schema.Literal("fault"),
  ...common,
  on: Schema.String,
  kind: Schema.String,
  rule: Schema.Number
})

/** A receipt became known to the customer of the carrier, by push, poll or look-up. */
const ReceiptLine = Schema.Struct({
  t: Schema.Literal("receipt"),
  ...common,
  ref: Schema.String,
  id: Schema.String,
  state: Schema.String,
  part: Schema.Number,
  parts: Schema.NullOr(Schema.Number),
  code: Schema.NullOr(Schema.String)
})

export const LogLine = Schema.Union([
  AcceptedLine,
  ReceiptLine,
  RequestLine,
  NegativeLine,
  FaultLine
])
export type LogLine = typeof LogLine.Type
export type Accepted = typeof AcceptedLine.Type

/** What an audit of the log found. */
export interface CarrierAudit {
  readonly lines: number
  readonly requests: number
  readonly accepted: number
  readonly references: number
  readonly refused: number
  readonly throttled: number
  readonly receipts: number
  /** Injected faults by `on/kind`. */
  readonly faults: Readonly<Record<string, number>>
  /** References accepted more than once, with how often. */
  readonly repeated: ReadonlyArray<{ readonly reference: string; readonly times: number }>
  /** Acceptances while an earlier message of the same text-month could still arrive, or had. */
  readonly overlapping: ReadonlyArray<{ readonly reference: string; readonly earlier: string }>
  /** Acceptances beyond one per reference, plus overlapping ones. 0 is the protocol kept. */
  readonly duplicates: number
}

/**
 * Two texts to one destination within ten days belong to one month of the program even where they
 * differ (a name corrected between attempts): a program writes once a month.
 */
const sameMonthMs = 10 * 86_400_000

interface Earlier {
  readonly ref: string
  readonly at: number
  readonly text: string
  readonly validUntil: number | null
}

const isNegativeState = (state: string): boolean =>
  state === "failed" || state === "expired" || state === "rejected"

/** What the audit remembers while it reads. */
interface Reading {
  readonly times: Map<string, number>
  readonly byDestination: Map<string, Array<Earlier>>
  /** By reference: delivered, dead, or absent while open. A delivery is never taken back. */
  readonly ends: Map<string, "delivered" | "dead">
  readonly overlapping: Array<{ readonly reference: string; readonly earlier: string }>
}

const couldArrive = (reading: Reading, earlier: Earlier, at: number): boolean => {
  const end = reading.ends.get(earlier.ref)
  if (end !== undefined) return end === "delivered"
  return earlier.validUntil === null || earlier.validUntil > at
}

const acceptance = (reading: Reading, line: Accepted): void => {
  const times = (reading.times.get(line.ref) ?? 0) + 1
  reading.times.set(line.ref, times)
  const earlier = reading.byDestination.get(line.to)
  const entry = { ref: line.ref, at: line.at, text: line.text, validUntil: line.validUntil }
  if (earlier === undefined) {
    reading.byDestination.set(line.to, [entry])
    return
  }
  for (const before of earlier) {
    if (before.ref === line.ref) continue
    if (before.text !== line.text && line.at - before.at > sameMonthMs) continue
    if (couldArrive(reading, before, line.at)) {
      reading.overlapping.push({ reference: line.ref, earlier: before.ref })
      break
    }
  }
  earlier.push(entry)
}

const receipt = (reading: Reading, line: typeof ReceiptLine.Type): void => {
  if (line.state === "delivered") reading.ends.set(line.ref, "delivered")
  else if (isNegativeState(line.state) && !reading.ends.has(line.ref)) {
    reading.ends.set(line.ref, "dead")
  }
}

/**
 * Counts what the carrier's log proves, in one pass over lines in the order they were written.
 *
 * **Outcomes** — `duplicates` is the number of acceptances beyond one per client reference plus the
 * number of acceptances for a destination while an earlier message of the same text-month had been
 * delivered or could still be: neither reported dead nor past its validity.
 *
 * **Source** — invariants 19 and 20 of the delivery protocol.
 */
export const auditCarrierLog = (lines: Iterable<LogLine>): CarrierAudit => {
  const reading: Reading = {
    times: new Map(),
    byDestination: new Map(),
    ends: new Map(),
    overlapping: []
  }
  const faults: Record<string, number> = {}
  const counts = { lines: 0, request: 0, accepted: 0, refused: 0, throttled: 0, receipt: 0 }
  for (const line of lines) {
    counts.lines++
    if (line.t === "fault") {
      const name = `${line.on}/${line.kind}`
      faults[name] = (faults[name] ?? 0) + 1
      continue
    }
    counts[line.t]++
    if (line.t === "accepted") acceptance(reading, line)
    else if (line.t === "receipt") receipt(reading, line)
  }
  const repeated: Array<{ readonly reference: string; readonly times: number }> = []
  let extra = 0
  for (const [reference, times] of reading.times) {
    if (times === 1) continue
    repeated.push({ reference, times })
    extra += times - 1
  }
  return {
    lines: counts.lines,
    requests: counts.request,
    accepted: counts.accepted,
    references: reading.times.size,
    refused: counts.refused,
    throttled: counts.throttled,
    receipts: counts.receipt,
    faults,
    repeated,
    overlapping: reading.overlapping,
    duplicates: extra + reading.overlapping.length
  }
}

/** Reads one line of the log; `undefined` for a line torn by the death of its writer. */
export const parseLine = (text: string): LogLine | undefined => {
  const line = readJson(text)
  return line === undefined || !isLine(line) ? undefined : line
}

const isLine = Schema.is(LogLine)
const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const readJson = (text: string): unknown => {
  const decoded = decodeJson(text)
  return decoded._tag === "Some" ? decoded.value : undefined
}
