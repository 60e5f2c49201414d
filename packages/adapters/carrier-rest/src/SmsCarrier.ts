/**
 * The `SmsCarrier` port over the default REST contract.
 *
 * **Guarantee** — one request per submit, one outcome per message: what the answer does not prove
 * is `Unknown`.
 *
 * **Source** — delivery protocol 1.5, 2.4, 2.7; docs/reference/carrier-rest.md.
 */
import { SmsCarrier, type SubmissionBatch, type SubmissionOutcome } from "@tidemark/core/effect"
import type { LookupAnswer, SmsCarrierError } from "@tidemark/core/effect"
import { Instant } from "@tidemark/core/rules"
import { Deadline } from "@tidemark/core/rules/delivery"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Client from "./Client.ts"
import * as Config from "./Config.ts"
import * as Outcomes from "./Outcomes.ts"
import * as Receipts from "./Receipts.ts"
import * as Wire from "./Wire.ts"
import * as classifyError from "./classifyError.ts"

/** Results about references nobody asked for: ignored, and counted, because they should not be. */
export const foreignResults = Metric.counter("tidemark_carrier_foreign_results", {
  description: "Results of a submission about references that were not in it",
  incremental: true
})

const canAlwaysStart = () => true

const requestOf = (batch: SubmissionBatch): string =>
  JSON.stringify({
    messages: batch.messages.map((message) => ({
      reference: message.reference,
      idempotencyKey: message.idempotencyKey,
      to: message.to,
      from: message.senderId,
      text: message.text,
      validUntil: message.validUntilMs === null ? null : Instant.toIso(message.validUntilMs)
    }))
  })

const submit = (client: Client.Client, options: Config.CarrierRestOptions) =>
  Effect.fn("SmsCarrier.submit")(function* (batch: SubmissionBatch) {
    if (batch.messages.length === 0) return [] as ReadonlyArray<SubmissionOutcome>
    const clock = yield* Effect.clockWith(Effect.succeed)
    const readClocks = (): Deadline.ClockReading => ({
      wallMs: clock.currentTimeMillisUnsafe(),
      monotonicMs: Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
    })
    const evidence = yield* client.send({
      method: "POST",
      path: "/v1/messages",
      body: requestOf(batch),
      mayStart: () => Deadline.mayStart(batch.deadline, readClocks())
    })
    const references = batch.messages.map(({ reference }) => reference)
    const read = Outcomes.fromEvidence(evidence, references, {
      notSentProof: options.capabilities.notSentProof,
      nowMs: clock.currentTimeMillisUnsafe(),
      mostRetryAfterMs: options.mostRetryAfterMs
    })
    if (read.foreign > 0) yield* Metric.update(foreignResults, read.foreign)
    return read.outcomes
  })

/** A read by POST: safe to repeat, repeated by the workflow and not here. */
const ask = <A>(
  client: Client.Client,
  options: Config.CarrierRestOptions,
  path: string,
  references: ReadonlyArray<string>,
  read: (text: string) => A | undefined
): Effect.Effect<A, SmsCarrierError> =>
  Effect.gen(function* () {
    const body = JSON.stringify({ references })
    const evidence = yield* client.send({ method: "POST", path, body, mayStart: canAlwaysStart })
    const answer =
      evidence._tag === "Answered" && evidence.status === 200 ? read(evidence.text) : undefined
    if (answer !== undefined) return answer
    const nowMs = yield* Clock.currentTimeMillis
    return yield* classifyError.readError(evidence, nowMs, options.mostRetryAfterMs)
  })

/**
 * One answer per reference asked for. Without a word about a reference the whole answer is
 * malformed: "not found" is a proof here, and silence proves nothing.
 */
const lookup = (client: Client.Client, options: Config.CarrierRestOptions) =>
  Effect.fn("SmsCarrier.lookup")(function* (references: ReadonlyArray<string>) {
    if (references.length === 0) return [] as ReadonlyArray<LookupAnswer>
    const { messages } = yield* ask(client, options, "/v1/messages/lookup", references, Wire.found)
    const answers = Outcomes.fromFound(messages, references)
    if (answers === undefined) return yield* classifyError.incompleteLookup()
    return answers
  })

const pollReceipts = (client: Client.Client, options: Config.CarrierRestOptions) =>
  Effect.fn("SmsCarrier.pollReceipts")(function* (references: ReadonlyArray<string>) {
    if (references.length === 0) return []
    const path = "/v1/receipts/query"
    const { receipts } = yield* ask(client, options, path, references, Wire.receipts)
    return receipts.map(Receipts.report)
  })

/** The port over a carrier's REST API. */
export const layer = (
  given: Pick<Config.CarrierRestOptions, "url"> & Partial<Config.CarrierRestOptions>
): Layer.Layer<SmsCarrier> =>
  Layer.effect(
    SmsCarrier,
    Effect.gen(function* () {
      const options = Config.options(given)
      const client = yield* Client.make(options)
      return {
        capabilities: options.capabilities,
        account: options.account,
        isSandbox: options.isSandbox,
        submit: submit(client, options),
        lookup: lookup(client, options),
        pollReceipts: pollReceipts(client, options)
      }
    })
  )

/** The same, configured by the environment. */
export const layerConfig = Layer.unwrap(
  Effect.gen(function* () {
    return layer(yield* Config.fromEnvironment)
  })
)
