/**
 * Resolves attempts whose outcome is unknown: asks the carrier by client reference, and lets the
 * tables decide what the answer means. It never sends; a replay goes through claim and mark.
 *
 * **Source** — delivery protocol 1.1 (unknown), 2.5.
 */
import * as Effect from "effect/Effect"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { type LookupAnswer, SmsCarrier } from "../ports/SmsCarrier.ts"
import type { Evidence, UnresolvedBatch } from "../ports/store/Deliveries.ts"
import { askAgain } from "./CarrierReads.ts"
import { type BusinessTime, deliveryContext } from "./DeliveryTime.ts"
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
      yield* store.recordEvidence({
        context: yield* deliveryContext(time),
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
    const answers = yield* askAgain(
      carrier.lookup(batch.attempts.map((attempt) => attempt.reference))
    )
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
    return batch.attempts.flatMap(({ n, notificationId, reference }) => {
      const answer = byReference.get(reference)
      return answer === undefined ? [] : [{ notificationId, n, event: eventOf(answer, n) }]
    })
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

const eventOf = (answer: LookupAnswer, n: number): Evidence["event"] =>
  answer._tag === "Found"
    ? { _tag: "AcceptanceSeen", n, carrierMessageId: answer.carrierMessageId, via: "lookup" }
    : { _tag: "NotFound", n }
