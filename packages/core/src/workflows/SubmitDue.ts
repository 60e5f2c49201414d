/**
 * Submits what is due, one frozen batch at a time: claim (T2), contact data and permission, render,
 * mark (T3), one request, record (T4).
 *
 * **Guarantee** — only rows the mark returned are submitted, under the batch's own deadline; every
 * outcome is recorded by client reference; a row that could not be marked is given back or ended.
 *
 * **Source** — delivery protocol 2.4 and part 1; original architecture §3.3, §6.2.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Deadline from "../delivery/Deadline.ts"
import type { DeliveryContext } from "../delivery/DeliveryContext.ts"
import type { DeliveryEvent } from "../delivery/DeliveryEvent.ts"
import * as ClientReference from "../delivery/ClientReference.ts"
import * as SendWindow from "../delivery/SendWindow.ts"
import { readClocks } from "../ports/ProcessClocks.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { SmsCarrier, type Submission, type SubmissionOutcome } from "../ports/SmsCarrier.ts"
import type {
  CarrierHeard,
  ClaimedBatch,
  Evidence,
  MarkedBatch
} from "../ports/store/Deliveries.ts"
import { type BusinessTime, deliveryContext, policyAt } from "./DeliveryTime.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import * as PrepareMessages from "./PrepareMessages.ts"
import { inLanes, Program } from "./Program.ts"

export interface SubmitResult {
  readonly batches: number
  readonly claimed: number
  readonly submitted: number
}

const nothing: SubmitResult = { batches: 0, claimed: 0, submitted: 0 }

/**
 * Batches until nothing is due, the send window is closed, or a batch moved nothing: a bank or a
 * carrier that does not answer is asked again at the next turn, so that other stages have theirs.
 * The first batch goes alone; once it has moved something, so many are in work at once as the
 * program has lanes, and each is claimed when the one before it is done: nothing piles up. Stops
 * between batches on interruption.
 */
export const submitDue = Effect.fn("SubmitDue.submitDue")(function* (time: BusinessTime) {
  const { batch } = yield* Program
  let total = nothing
  let goesOn = true
  const next = Effect.gen(function* () {
    if (!goesOn) return false
    const done = yield* submitBatch(time)
    if (done === undefined) return false
    total = {
      batches: total.batches + 1,
      claimed: total.claimed + done.claimed,
      submitted: total.submitted + done.submitted
    }
    goesOn &&= done.goesOn
    return goesOn
  })
  if (!(yield* next)) return total
  yield* inLanes(batch, next)
  return total
}, withDeclaredClosures)

/** One batch, or `undefined` when nothing is due. */
const submitBatch = Effect.fn("SubmitDue.batch")(function* (time: BusinessTime) {
  const program = yield* Program
  const store = yield* ProgramStore
  const carrier = yield* SmsCarrier
  const window = yield* windowAt(yield* time)
  if (window === undefined) return undefined
  const context = yield* deliveryContext(time)
  // m0 is read before the claim's transaction begins: the lease cannot be older than it.
  const startedAt = yield* readClocks
  const claimed = yield* store.claimDue({
    context,
    limit: Math.min(program.batch.submissions, carrier.capabilities.maxBatch),
    worker: program.worker
  })
  if (claimed.messages.length === 0) return undefined
  const requests = yield* PrepareMessages.prepare(claimed.messages, context, window, time)
  // From the mark on, the batch is finished even when this process is asked to stop.
  const sent = yield* Effect.uninterruptible(
    Effect.gen(function* () {
      const marked = yield* store.mark({
        batchId: claimed.batchId,
        fence: claimed.fence,
        context: yield* deliveryContext(time),
        windowClosesMs: window.closesMs,
        requests
      })
      const submitted = marked.marked.length
      const ended = requests.some((request) => request._tag === "End")
      if (submitted === 0) return { submitted, goesOn: ended }
      const deadline = Deadline.after(startedAt, context.policy)
      const heard = yield* submitMarked(claimed, marked, deadline, time)
      return { submitted, goesOn: heard }
    })
  )
  return { claimed: claimed.messages.length, ...sent }
})

/**
 * One request for the frozen members, and what it taught about each. Gives whether the carrier
 * accepted or refused anything at all.
 */
const submitMarked = Effect.fnUntraced(function* (
  claimed: ClaimedBatch,
  marked: MarkedBatch,
  deadline: Deadline.Deadline,
  time: BusinessTime
) {
  const store = yield* ProgramStore
  const carrier = yield* SmsCarrier
  const outcomes = yield* carrier.submit({
    batchId: claimed.batchId,
    messages: marked.marked.map(submission),
    deadline
  })
  const byReference = new Map(outcomes.map((outcome) => [outcome.reference, outcome]))
  const context = yield* deliveryContext(time)
  const evidence: Array<Evidence> = []
  let notBeforeMs: number | null = null
  for (const { message, n, notificationId } of marked.marked) {
    const outcome = byReference.get(message.reference)
    if (outcome?._tag === "Unknown" && outcome.keyLost === true) {
      evidence.push({ notificationId, n, event: { _tag: "KeyLost", n } })
    }
    evidence.push({ notificationId, n, event: eventOf(outcome, n, context) })
    if (outcome?._tag === "NotSent" && outcome.retryAfterMs !== null) {
      notBeforeMs = Math.max(notBeforeMs ?? 0, context.clockMs + outcome.retryAfterMs)
    }
  }
  // A lost database connection must not lose the evidence: try until the lease would be over.
  yield* store
    .recordEvidence({
      context,
      fence: claimed.fence,
      evidence,
      carrierNotBeforeMs: notBeforeMs,
      heard: heardFrom(outcomes)
    })
    .pipe(
      Effect.retry({
        schedule: Schedule.max([Schedule.exponential("100 millis"), Schedule.recurs(6)]),
        while: (error) => error.isRetryable
      })
    )
  return outcomes.some(speaksOfMessage)
})

const speaksOfMessage = ({ _tag }: SubmissionOutcome): boolean =>
  _tag === "Accepted" || _tag === "Refused"

/**
 * What one request told about the carrier itself. A carrier that only asked to wait is neither well
 * nor failing: nobody claims before the instant it named.
 *
 * **Source** — delivery protocol 1.1 (G: circuit breaker); fault C3.
 */
const heardFrom = (outcomes: ReadonlyArray<SubmissionOutcome>): CarrierHeard | undefined => {
  if (outcomes.some(speaksOfMessage)) return "answer"
  const asksToWait = outcomes.some((one) => one._tag === "NotSent" && one.retryAfterMs !== null)
  return asksToWait ? undefined : "failure"
}

const submission = (marked: MarkedBatch["marked"][number]): Submission => ({
  reference: marked.message.reference,
  idempotencyKey: ClientReference.idempotencyKey(marked.message.reference, marked.keyGeneration),
  to: marked.message.to,
  senderId: marked.message.senderId,
  text: marked.message.text,
  validUntilMs: marked.validUntilMs
})

/** A member the answer does not mention is unknown, never refused. */
const eventOf = (
  outcome: SubmissionOutcome | undefined,
  n: number,
  context: DeliveryContext
): DeliveryEvent => {
  if (outcome === undefined) return { _tag: "OutcomeUnknown", n }
  switch (outcome._tag) {
    case "Accepted":
      return {
        _tag: "AcceptanceSeen",
        n,
        carrierMessageId: outcome.carrierMessageId,
        via: "answer"
      }
    case "Refused":
      return { _tag: "RefusalSeen", n, failure: outcome.failure, stored: outcome.stored }
    case "NotSent":
      return {
        _tag: "ProvenNotSent",
        n,
        code: outcome.code,
        // A carrier that says no to everything without a word on when is not asked in a circle.
        notBeforeMs: context.nowMs + (outcome.retryAfterMs ?? context.policy.scanMs),
        stored: outcome.stored
      }
    case "Unknown":
      return { _tag: "OutcomeUnknown", n }
  }
}

/** The open window at an instant, or `undefined` while it is closed. */
const windowAt = Effect.fnUntraced(function* (nowMs: number) {
  const { zone } = yield* Program
  const { calendar, policy } = yield* policyAt(nowMs)
  const state = SendWindow.stateAt(policy.sendWindow, calendar, zone, nowMs)
  return state.open ? state : undefined
})
