/**
 * The `SmsCarrier` port straight over the pure model, without a wire: for tests of workflows, and
 * the yardstick of every adapter, which must tell the same of the same counterpart.
 *
 * **Source** — delivery protocol 1.5, 2.4.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CarrierCapabilities } from "../delivery/CarrierCapabilities.ts"
import * as Deadline from "../delivery/Deadline.ts"
import { readClocks } from "../ports/ProcessClocks.ts"
import { SmsCarrier, type SubmissionBatch } from "../ports/SmsCarrier.ts"
import * as SandboxCarrier from "./SandboxCarrier.ts"
import * as SandboxCarrierLog from "./SandboxCarrierLog.ts"
import * as SandboxCarrierReads from "./SandboxCarrierReads.ts"
import * as SandboxCarrierSubmit from "./SandboxCarrierSubmit.ts"
import type { Reply } from "./SandboxReply.ts"
import { answered, notSent, outcomes, toAnswer, toReport, toWire } from "./SmsCarrierReplies.ts"

export { readings } from "./SmsCarrierReplies.ts"

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

/** The port alone, at a fixed business time. */
export const layerMemory = (
  options: Partial<SandboxCarrier.CarrierOptions>,
  nowMs: number
): Layer.Layer<SmsCarrier> =>
  Layer.effect(
    SmsCarrier,
    Effect.sync(() => make(options, nowMs).carrier)
  )
