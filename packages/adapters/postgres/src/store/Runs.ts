/** Runs under a lease: claimed, renewed by each page, finished. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { ClaimRun, ProgramStoreError, RunClaim, RunHandle } from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Outbox from "./Outbox.ts"
import type { Store } from "./Store.ts"

interface RunRow {
  readonly run_id: string
  readonly sequence: number
  readonly cursor: string | null
  readonly page: number
  readonly finished: boolean
  readonly leased: boolean
}

/**
 * The latest sequence of the key decides, under a lock on its row. Two workers that insert the same
 * sequence at once meet at the unique key: the second is told `Busy`.
 */
export const claimRun =
  (store: Store) =>
  (input: ClaimRun): Effect.Effect<RunClaim, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const rows = yield* store.sql<RunRow>`
          SELECT run_id, sequence, cursor, page, finished_at IS NOT NULL AS finished,
            lease_until > clock_timestamp() AS leased
          FROM run
          WHERE program = ${store.program} AND kind = ${input.kind} AND key = ${input.key}
          ORDER BY sequence DESC LIMIT 1
          FOR UPDATE`
        const last = rows[0]
        if (last !== undefined && !last.finished && last.leased) return busy
        if (last?.finished === true && !input.again) {
          return { _tag: "Finished", sequence: last.sequence } as const
        }
        const claim =
          last === undefined || last.finished
            ? yield* start(store, input, (last?.sequence ?? 0) + 1)
            : yield* takeOver(store, input, last)
        if (claim._tag === "Claimed") {
          yield* Outbox.audit(store, {
            atMs: input.nowMs,
            actor: "run",
            action: "run.claim",
            subject: claim.run.runId,
            detail: { page: claim.page }
          })
        }
        return claim
      })
    )

const busy: RunClaim = { _tag: "Busy" }

const start = Effect.fnUntraced(function* (store: Store, input: ClaimRun, sequence: number) {
  const runId = `${input.kind}/${input.key}/${sequence}`
  const rows = yield* store.sql<{ readonly fence: bigint }>`
    INSERT INTO run (program, run_id, kind, key, sequence, fence, lease_until, correlation_id,
      started_at)
    VALUES (${store.program}, ${runId}, ${input.kind}, ${input.key}, ${sequence},
      nextval('fence'), clock_timestamp() + ${P.millis(input.leaseMs)} * interval '1 millisecond',
      ${input.correlationId}, ${P.instant(input.nowMs)})
    ON CONFLICT DO NOTHING
    RETURNING fence`
  const fence = rows[0]?.fence
  if (fence === undefined) return busy
  return { _tag: "Claimed", run: { runId, fence }, sequence, cursor: null, page: 0 } as const
})

const takeOver = Effect.fnUntraced(function* (store: Store, input: ClaimRun, run: RunRow) {
  const rows = yield* store.sql<{ readonly fence: bigint }>`
    UPDATE run SET fence = nextval('fence'),
      lease_until = clock_timestamp() + ${P.millis(input.leaseMs)} * interval '1 millisecond'
    WHERE program = ${store.program} AND run_id = ${run.run_id}
    RETURNING fence`
  return {
    _tag: "Claimed",
    run: { runId: run.run_id, fence: rows[0]?.fence ?? 0n },
    sequence: run.sequence,
    cursor: run.cursor,
    page: run.page
  } as const
})

/** What a page needs to know of its run. */
export interface RunningRun {
  readonly sequence: number
  readonly correlationId: string
  /** An earlier page of the run: it is recorded already and must change nothing. */
  readonly replayed: boolean
}

/**
 * Moves a run past a page and renews its lease. `undefined`: the fence is stale or the run has
 * ended, and the caller must write nothing.
 */
export const advance = (
  store: Store,
  input: {
    readonly run: RunHandle
    readonly leaseMs: number
    readonly page: number
    readonly nextCursor: string | null
  }
): Effect.Effect<RunningRun | undefined, SqlError> => {
  const page = P.integer(input.page)
  return Effect.map(
    store.sql<{
      readonly sequence: number
      readonly correlation_id: string
      readonly next: number
    }>`
      UPDATE run SET
        page = greatest(page, ${page} + 1),
        cursor = CASE WHEN ${page} < page THEN cursor ELSE ${P.text(input.nextCursor)} END,
        lease_until = clock_timestamp() + ${P.millis(input.leaseMs)} * interval '1 millisecond'
      WHERE program = ${store.program} AND run_id = ${input.run.runId}
        AND fence = ${P.bigint(input.run.fence)} AND finished_at IS NULL
      RETURNING sequence, correlation_id, page AS next`,
    (rows) => {
      const row = rows[0]
      if (row === undefined) return undefined
      const replayed = row.next > input.page + 1
      return { sequence: row.sequence, correlationId: row.correlation_id, replayed }
    }
  )
}

/** Ends a run; its correlation id, or `undefined` when the fence is stale or it has ended. */
export const finish = (
  store: Store,
  run: RunHandle,
  nowMs: number
): Effect.Effect<string | undefined, SqlError> =>
  Effect.map(
    store.sql<{ readonly correlation_id: string }>`
      UPDATE run SET finished_at = ${P.instant(nowMs)}
      WHERE program = ${store.program} AND run_id = ${run.runId}
        AND fence = ${P.bigint(run.fence)} AND finished_at IS NULL
      RETURNING correlation_id`,
    (rows) => rows[0]?.correlation_id
  )
