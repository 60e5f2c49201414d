/**
 * Follows accepted messages to their end: polls receipts that are due, folds what has arrived by
 * any way, and lets time close what nobody answered.
 *
 * **Source** — original architecture §3.4; delivery protocol 1.3; invariants 27–31.
 */
import * as Effect from "effect/Effect"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { SmsCarrier } from "../ports/SmsCarrier.ts"
import { askAgain } from "./CarrierReads.ts"
import { type BusinessTime, deliveryContext } from "./DeliveryTime.ts"
import { inLanes, Program } from "./Program.ts"

export interface TrackResult {
  readonly polled: number
  readonly stored: number
  readonly folded: number
  readonly timers: number
}

/**
 * Folds, polls, folds and applies timers until nothing of it is due. What was pushed is folded
 * first:
 * a message whose end is known is not asked about.
 */
export const trackDue = Effect.fn("TrackDue.trackDue")(function* (time: BusinessTime) {
  const pushed = yield* foldReceipts(time)
  const polls = yield* pollDue(time)
  const folded = pushed + (yield* foldReceipts(time))
  const timers = yield* applyTimers(time)
  const result: TrackResult = { ...polls, folded, timers }
  return result
})

/** A poll that fails is logged and comes again with the next one: receipts are not lost by it. */
const pollDue = Effect.fnUntraced(function* (time: BusinessTime) {
  const program = yield* Program
  const store = yield* ProgramStore
  const carrier = yield* SmsCarrier
  const limit = Math.min(program.batch.receipts, carrier.capabilities.maxBatch)
  let polled = 0
  let stored = 0
  for (;;) {
    const due = yield* store.claimPolls({ context: yield* deliveryContext(time), limit })
    if (due.length === 0) return { polled, stored }
    polled += due.length
    const reports = yield* askAgain(carrier.pollReceipts(due.map((poll) => poll.reference))).pipe(
      Effect.catchTag("SmsCarrierError", (error) =>
        Effect.as(Effect.logWarning("receipt poll failed", { reason: error.reason }), [])
      )
    )
    if (reports.length === 0) continue
    const result = yield* store.storeReceipts({
      nowMs: yield* time,
      via: "poll",
      carrierAccount: carrier.account,
      reports
    })
    stored += result.stored
  }
})

/**
 * Receipts stored by any way become states; orphans wait for their message. After a first page so
 * many are folded at once as the program has lanes: their order says nothing.
 */
export const foldReceipts = Effect.fn("TrackDue.foldReceipts")(function* (time: BusinessTime) {
  const { batch } = yield* Program
  const store = yield* ProgramStore
  let folded = 0
  const next = Effect.gen(function* () {
    const page = yield* store.foldReceipts({
      context: yield* deliveryContext(time),
      limit: batch.receipts
    })
    folded += page.folded
    // A page of nothing but orphans says nothing about the receipts after it.
    return page.folded + page.orphans > 0
  })
  if (!(yield* next)) return folded
  yield* inLanes(batch, next)
  return folded
})

/**
 * Time ends nothing in a database its witness does not know: rows of a restored one have forgotten
 * what was sent, and would call it expired. Two people confirm it first.
 */
const applyTimers = Effect.fnUntraced(function* (time: BusinessTime) {
  const program = yield* Program
  const store = yield* ProgramStore
  const { witness } = yield* store.ledger({ nowMs: yield* time })
  if (witness !== "none" && witness !== "agrees") return 0
  let applied = 0
  for (;;) {
    const page = yield* store.applyTimers({
      context: yield* deliveryContext(time),
      limit: program.batch.receipts
    })
    applied += page.applied
    if (page.applied === 0) return applied
  }
})
