/**
 * An adapter that reads the carrier's silences and makes its keys by the rules it is given: the
 * real ones change nothing, a broken variant's do.
 *
 * **Source** — delivery protocol 2.6, Ablations (rows 1 to 3).
 */
import * as Effect from "effect/Effect"
import * as Attempt from "../../delivery/Attempt.ts"
import type { SmsCarrier, Submission, SubmissionOutcome } from "../../ports/SmsCarrier.ts"
import type { ModelRules, Silence } from "../model/Rules.ts"

type Carrier = (typeof SmsCarrier)["Service"]

const silenceOf = (code: string): Silence => {
  if (code === "TIMEOUT") return "timeout"
  return code.startsWith("HTTP_5") ? "5xx" : "answer lost"
}

/** A carrier as an adapter sees it that knows these rules. */
export const misreading = (carrier: Carrier, rules: ModelRules): Carrier => {
  const times = new Map<string, number>()
  const keyed = (message: Submission): Submission => {
    const { idempotencyKey, reference } = message
    const replays = times.get(idempotencyKey) ?? 0
    times.set(idempotencyKey, replays + 1)
    const keyGeneration = Number(idempotencyKey.slice(reference.length + 1))
    const key = rules.keyOf({ ...Attempt.pending(1, 0), keyGeneration, replays })
    return { ...message, idempotencyKey: `${reference}.${key}` }
  }
  const heard = (outcome: SubmissionOutcome): SubmissionOutcome => {
    if (outcome._tag !== "Unknown") return outcome
    const event = rules.read(1, silenceOf(outcome.code))
    if (event._tag !== "ProvenNotSent") return outcome
    const { reference } = outcome
    const { code, stored } = event
    return { _tag: "NotSent", reference, code, retryAfterMs: null, stored }
  }
  return {
    ...carrier,
    submit: (batch) =>
      Effect.map(carrier.submit({ ...batch, messages: batch.messages.map(keyed) }), (outcomes) =>
        outcomes.map(heard)
      )
  }
}
