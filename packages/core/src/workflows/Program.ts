/**
 * The one program this process serves: its name, its policies by month, and how it works in
 * batches.
 *
 * **Source** — product rules, Rules; architecture, Ports.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"

/** Rows per transaction or request; bounded again by what the carrier takes. */
export interface BatchSizes {
  readonly customers: number
  readonly submissions: number
  readonly receipts: number
  /** Batches of submissions, or of receipts, in work at once; 1 where absent. */
  readonly lanes?: number | undefined
}

export const defaultBatchSizes: BatchSizes = { customers: 5000, submissions: 500, receipts: 1000 }

/** The same for a process that has a database and a carrier on the wire: each waits for the other. */
export const servingBatchSizes: BatchSizes = { ...defaultBatchSizes, lanes: 2 }

/** Takes the next batch in each lane until there is none for it. */
export const inLanes = <E, R>(
  { lanes = 1 }: BatchSizes,
  next: Effect.Effect<boolean, E, R>
): Effect.Effect<void, E, R> => {
  const lane = Effect.gen(function* () {
    while (yield* next) continue
  })
  return Effect.all(
    Array.from({ length: lanes }, () => lane),
    { concurrency: "unbounded", discard: true }
  )
}

export class Program extends Context.Service<
  Program,
  {
    readonly name: string
    /** The bank's IANA zone: whatever the policy, a program lives in one zone. */
    readonly zone: string
    /** Such as `production`; part of every client reference. */
    readonly environment: string
    /** Names this process in claims; two processes never share it. */
    readonly worker: string
    readonly batch: BatchSizes
    /** The policy pinned for a month: the latest in force on its first day. */
    readonly policyFor: (month: CalendarMonth) => PinnedPolicy
  }
>()("@tidemark/core/workflows/Program") {}
