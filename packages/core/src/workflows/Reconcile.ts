/**
 * Resolves attempts whose outcome is unknown: asks the carrier by client reference, and lets the
 * tables decide what the answer means. It never sends; a replay goes through claim and mark.
 *
 * **Source** — delivery protocol 1.1 (unknown), 2.5.
 */
import * as Effect from "effect/Effect"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { type LookupAnswer, SmsCarrier } from "../ports/SmsCarrier.ts"
import type { Evidence, UnresolvedAttempt, UnresolvedBatch } from "../ports/store/Deliveries.ts"
import { askAgain } from "./CarrierReads.ts"
import { type BusinessTime, deliveryContext } from "./DeliveryTime.ts"
import { messageKeys } from "./MessageKeys.ts"
import { Program } from "./Program.ts"

/** Claims over, then everything settled, batch by batch. Returns how many attempts it looked at. */
export const reconcile = Effect.fn("Reconcile.reconcile")(function* (time: BusinessTime) {
  const program = yield* Program
  const store = yield* ProgramStore
  const carrier = yield* SmsCarrier
  const limit = Math.min(program.batch.submissions, carrier.capabilities.maxBatch)
  let looked = 0
  for (;;) {
    const { swept } = yield* store.sweepLeases({ context: yield* deliveryContext(time), limit })
    looked += swept
    if (swept < limit) break
  }
  for (;;) {
    const context = yield* deliveryContext(time)
    const batch = yield* store.claimUnresolved({ context, limit, worker: program.worker })
    if (batch.attempts.length === 0) return looked
    const evidence = yield* ask(batch, yield* time)
    if (evidence.length > 0) {
      // "Not found" says nothing about what came after the question, however late it is recorded.
      yield* store.recordEvidence({
        context,
        fence: batch.fence,
        evidence,
        carrierNotBeforeMs: null
      })
    }
    looked += batch.attempts.length
  }
})

/** What the carrier says about each attempt; nothing when the look-up itself fails. */
const ask = Effect.fnUntraced(
  function* (batch: UnresolvedBatch, nowMs: number) {
    const store = yield* ProgramStore
    const carrier = yield* SmsCarrier
    if (carrier.capabilities.lookup === "none") {
      return batch.attempts.map(({ n, notificationId }): Evidence => ({
        notificationId,
        n,
        event: { _tag: "NoLookup", n }
      }))
    }
    const questions = yield* Effect.forEach(batch.attempts, questionOf)
    const references = questions.flatMap((question) => question.references)
    const answers: Array<LookupAnswer> = []
    for (let at = 0; at < references.length; at += carrier.capabilities.maxBatch) {
      const page = references.slice(at, at + carrier.capabilities.maxBatch)
      answers.push(...(yield* askAgain(carrier.lookup(page))))
    }
    const byReference = new Map(answers.map((answer) => [answer.reference, answer]))
    const reports = answers.flatMap((answer) =>
      answer._tag === "Found" && answer.report !== null ? [answer.report] : []
    )
    if (reports.length > 0) {
      yield* store.storeReceipts({
        nowMs,
        via: "lookup",
        carrierAccount: carrier.account,
        reports
      })
    }
    return questions.flatMap((question) => evidenceOf(question, byReference))
  },
  Effect.catchTag("SmsCarrierError", (error) =>
    Effect.as(
      Effect.logWarning("the carrier's look-up failed: unknown attempts wait", {
        reason: error.reason
      }),
      [] as ReadonlyArray<Evidence>
    )
  )
)

/** What is asked about one attempt: its reference and, in a quarantine, every later one. */
interface Question {
  readonly attempt: UnresolvedAttempt
  readonly references: ReadonlyArray<string>
  readonly keyId: string
}

const questionOf = Effect.fnUntraced(function* (attempt: UnresolvedAttempt) {
  const { customerId, month, n, reference } = attempt
  if (!attempt.quarantined) {
    const known: Question = { attempt, references: [reference], keyId: "" }
    return known
  }
  const carrier = yield* SmsCarrier
  const { policyFor } = yield* Program
  const keys = yield* messageKeys(month)
  const references = [reference === "" ? keys.reference(customerId, n, carrier.account) : reference]
  for (let later = n + 1; later <= policyFor(month).policy.delivery.maxRows; later++) {
    references.push(keys.reference(customerId, later, carrier.account))
  }
  const question: Question = { attempt, references, keyId: keys.keyId }
  return question
})

const evidenceOf = (
  { attempt, keyId, references }: Question,
  byReference: ReadonlyMap<string, LookupAnswer>
): ReadonlyArray<Evidence> => {
  const { n, notificationId, quarantined } = attempt
  const reference = references[0] ?? ""
  const answer = byReference.get(reference)
  if (answer === undefined) return []
  const event = eventOf(answer, n)
  if (!quarantined) return [{ notificationId, n, event }]
  const notFound = references.flatMap((asked, later) =>
    byReference.get(asked)?._tag === "NotFound" ? [n + later] : []
  )
  return [{ notificationId, n, event, reference: { reference, keyId }, notFound }]
}

const eventOf = (answer: LookupAnswer, n: number): Evidence["event"] =>
  answer._tag === "Found"
    ? { _tag: "AcceptanceSeen", n, carrierMessageId: answer.carrierMessageId, via: "lookup" }
    : { _tag: "NotFound", n }
