/** Capture: a page of balances in a few statements, corrections as superseding revisions. */
import * as Effect from "effect/Effect"
import {
  type BusinessDate,
  CalendarMonth,
  type CapturedPageResult,
  type FinishCapture,
  type ProgramStoreError,
  type RecordCapturedPage,
  type StaleRun
} from "../Core.ts"
import * as P from "../Parameters.ts"
import { ensurePartition } from "../Partitions.ts"
import * as CapturedPage from "./CapturedPage.ts"
import * as Corrections from "./Corrections.ts"
import * as Issues from "./Issues.ts"
import * as Outbox from "./Outbox.ts"
import * as Redecisions from "./Redecisions.ts"
import * as Runs from "./Runs.ts"
import type { Store } from "./Store.ts"

const stale: StaleRun = { _tag: "StaleRun" }

export const recordCapturedPage =
  (store: Store) =>
  (input: RecordCapturedPage): Effect.Effect<CapturedPageResult | StaleRun, ProgramStoreError> =>
    Effect.andThen(
      partitionOf(store, input.businessDate),
      store.transaction(
        Effect.gen(function* () {
          const run = yield* Runs.advance(store, input)
          if (run === undefined) return stale
          if (run.replayed) return replayed(input.checks.accountIds.length)
          const page = CapturedPage.pageOf(input)
          const fresh = yield* CapturedPage.insertFresh(store, input, run.sequence, page, false)
          const inConflict = yield* CapturedPage.insertFresh(store, input, run.sequence, page, true)
          const arrived = page.accountIds.length
          const known =
            fresh + inConflict === arrived
              ? Corrections.noArrivals
              : yield* Corrections.reconcileKnown(store, input, run.sequence, page)
          const accounts =
            inConflict === 0 ? known.accounts : [...known.accounts, ...input.conflictingAccountIds]
          if (accounts.length > 0) yield* Redecisions.queue(store, input, accounts)
          yield* Issues.record(store, input.nowMs, input.run.runId, run.correlationId, input.issues)
          yield* tell(store, input, run.correlationId)
          const conflicts = inConflict + known.conflicts
          const unchanged = arrived - fresh - conflicts - known.superseded
          const { superseded } = known
          return { _tag: "Recorded", stored: fresh, unchanged, superseded, conflicts } as const
        })
      )
    )

const replayed = (unchanged: number): CapturedPageResult => ({
  _tag: "Recorded",
  stored: 0,
  unchanged,
  superseded: 0,
  conflicts: 0
})

/** Makes the month's partition once per process; no transaction of a page waits for DDL. */
export const partitionOf = (
  store: Store,
  date: BusinessDate.BusinessDate
): Effect.Effect<void, ProgramStoreError> => {
  const month = CalendarMonth.of(date)
  if (store.partitions.has(month)) return Effect.void
  return Effect.tap(store.transaction(ensurePartition(store.sql, store.schema, month)), () =>
    Effect.sync(() => {
      store.partitions.add(month)
    })
  )
}

const tell = Effect.fnUntraced(function* (
  store: Store,
  input: RecordCapturedPage,
  correlationId: string
) {
  const { businessDate, checks, page, run } = input
  let passed = 0
  for (const met of checks.met) if (met) passed++
  if (input.announce && checks.accountIds.length > 0) {
    const thresholdMinor = input.thresholdMinor.toString()
    const failed = checks.accountIds.length - passed
    const payload = { runId: run.runId, page, businessDate, thresholdMinor, passed, failed }
    yield* Outbox.announce(
      store,
      input.nowMs,
      [{ type: "BalanceVerified", businessDate, payload }],
      { correlationId, causationId: run.runId }
    )
  }
  yield* Outbox.audit(store, {
    atMs: input.nowMs,
    actor: "capture",
    action: "capture.page",
    subject: run.runId,
    detail: { page, balances: checks.accountIds.length, issues: input.issues.length }
  })
})

/** Ends the run; it keeps the number of balances in force. */
export const finishCapture =
  (store: Store) =>
  (input: FinishCapture): Effect.Effect<void, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { businessDate, nowMs, run } = input
        const correlationId = yield* Runs.finish(store, run, nowMs)
        if (correlationId === undefined) return
        yield* store.sql`
          UPDATE run SET balances = (
            SELECT count(*) FROM balance_check
            WHERE program = ${store.program} AND business_date = ${P.date(businessDate)}
              AND superseded_at IS NULL AND NOT conflict)
          WHERE program = ${store.program} AND run_id = ${run.runId}`
        yield* Issues.record(store, nowMs, run.runId, correlationId, input.issues)
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: "capture",
          action: "capture.finish",
          subject: run.runId,
          detail: { issues: input.issues.length }
        })
      })
    )
