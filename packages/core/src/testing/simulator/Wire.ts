/**
 * What lies between a process and the carrier: requests take time, get lost, and arrive after
 * whoever made them has gone. The carrier lives on the other side and knows nothing of processes.
 *
 * **Source** — fault list C1 to C4; delivery protocol 2.4, Deadline.
 */
import * as Effect from "effect/Effect"
import type { CarrierCapabilities } from "../../delivery/CarrierCapabilities.ts"
import * as Deadline from "../../delivery/Deadline.ts"
import { readClocks } from "../../ports/ProcessClocks.ts"
import type { SmsCarrier, SubmissionBatch, SubmissionOutcome } from "../../ports/SmsCarrier.ts"
import * as SandboxCarrier from "../SandboxCarrier.ts"
import type { LogLine } from "../SandboxCarrierLog.ts"
import * as SandboxCarrierReads from "../SandboxCarrierReads.ts"
import * as SandboxCarrierSubmit from "../SandboxCarrierSubmit.ts"
import {
  answered,
  notSent,
  outcomes,
  toAnswer,
  toReport,
  toWire,
  unknown
} from "../SmsCarrierReplies.ts"
import type { Fault, WireFault } from "./SimulationPlan.ts"
import type { VirtualTime } from "./VirtualTime.ts"

/** A request to take messages that left a process: the auditor's record, not the carrier's. */
export interface Departure {
  readonly atMs: number
  readonly references: ReadonlyArray<string>
}

/** The carrier of a run and the network before it. */
export interface Wire {
  readonly time: VirtualTime
  readonly model: SandboxCarrier.Carrier
  readonly capabilities: CarrierCapabilities
  readonly deadlineMs: number
  /** What was accepted less than so long ago, no look-up finds. */
  readonly indexLagMs: number
  readonly faults: ReadonlyMap<number, typeof WireFault.Type>
  readonly storms: Array<{ readonly untilMs: number }>
  readonly struck: (fault: Fault) => void
  readonly log: Array<LogLine>
  readonly departures: Array<Departure>
}

/** One way, in milliseconds. */
const latencyMs = 40

/** Whatever the carrier has written down by now. */
const advance = ({ log, model, time }: Wire): void => {
  for (const line of SandboxCarrier.advance(model, time.nowMs()).lines) log.push(line)
}

const keep = <A>(wire: Wire, outcome: SandboxCarrier.Outcome<A>) => {
  for (const line of outcome.lines) wire.log.push(line)
  return outcome.reply
}

/** A carrier without keys takes every request for a new one. */
const messagesOf = (wire: Wire, batch: SubmissionBatch) =>
  batch.messages.map((message) => {
    const sent = toWire(message)
    return wire.capabilities.idempotency === "none"
      ? { ...sent, idempotencyKey: `${sent.idempotencyKey}/${wire.departures.length}` }
      : sent
  })

const all = (batch: SubmissionBatch, outcome: (reference: string) => SubmissionOutcome) =>
  batch.messages.map(({ reference }) => outcome(reference))

/** Sends a request off; `finish` is told once: by the answer, or by the deadline. */
const depart = (
  wire: Wire,
  batch: SubmissionBatch,
  finish: (outcomes: ReadonlyArray<SubmissionOutcome>) => void
): void => {
  const { departures, time } = wire
  const startMs = time.nowMs()
  departures.push({ atMs: startMs, references: batch.messages.map(({ reference }) => reference) })
  const fault = wire.faults.get(departures.length)
  if (fault !== undefined) wire.struck(fault)
  let open = true
  const end = (found: ReadonlyArray<SubmissionOutcome>): void => {
    if (open) finish(found)
    open = false
  }
  const kind = fault?.kind
  if (kind === "refused-connection") {
    return end(all(batch, (reference) => notSent(reference, "CONNECT_REFUSED", null)))
  }
  time.at(startMs + wire.deadlineMs, () => end(all(batch, (ref) => unknown(ref, "TIMEOUT"))))
  if (kind === "request-lost") return
  const messages = messagesOf(wire, batch)
  const lateMs = fault?.forMs ?? 0
  time.at(startMs + latencyMs + (kind === "request-late" ? lateMs : 0), () => {
    const refuses = kind === "5xx-before-accept" || storming(wire)
    if (!refuses) advance(wire)
    const reply = refuses
      ? undefined
      : keep(wire, SandboxCarrierSubmit.submit(wire.model, messages, time.nowMs()))
    if (kind === "answer-lost" || reply?._tag === "Silence") return
    const backMs = time.nowMs() + latencyMs + (kind === "answer-late" ? lateMs : 0)
    const answer =
      reply === undefined || kind === "5xx-after-accept"
        ? all(batch, (reference) => unknown(reference, "HTTP_503"))
        : outcomes(reply, batch.messages, wire.capabilities)
    time.at(backMs, () => end(answer))
  })
}

const storming = ({ storms, time }: Wire): boolean =>
  storms.some(({ untilMs }) => untilMs > time.nowMs())

/** What an index that lags shows of a message. */
const lagging = (
  { indexLagMs, model, time }: Wire,
  answer: SandboxCarrierReads.LookupResult
): SandboxCarrierReads.LookupResult => {
  const acceptedMs = model.messages.get(answer.reference)?.accepted.at
  const hidden = acceptedMs !== undefined && acceptedMs > time.nowMs() - indexLagMs
  return hidden ? { reference: answer.reference, found: false } : answer
}

/** The `SmsCarrier` port of a process at its end of the wire. */
export const carrierOf = (wire: Wire): (typeof SmsCarrier)["Service"] => ({
  capabilities: wire.capabilities,
  account: "simulated",
  isSandbox: true,
  submit: (batch) =>
    Effect.flatMap(readClocks, (now) => {
      if (batch.messages.length === 0) return Effect.succeed([])
      if (!Deadline.mayStart(batch.deadline, now)) {
        return Effect.succeed(all(batch, (ref) => notSent(ref, "DEADLINE_PASSED", null)))
      }
      return Effect.callback<ReadonlyArray<SubmissionOutcome>>((resume) =>
        depart(wire, batch, (found) => resume(Effect.succeed(found)))
      )
    }),
  lookup: (references) =>
    Effect.suspend(() => {
      advance(wire)
      const found = SandboxCarrierReads.lookup(wire.model, references, wire.time.nowMs())
      return Effect.map(answered(keep(wire, found)), ({ messages }) =>
        messages.map((answer) => toAnswer(lagging(wire, answer)))
      )
    }),
  pollReceipts: (references) =>
    Effect.suspend(() => {
      advance(wire)
      const told = SandboxCarrierReads.receipts(wire.model, references, wire.time.nowMs())
      return Effect.map(answered(keep(wire, told)), ({ receipts }) => receipts.map(toReport))
    })
})
