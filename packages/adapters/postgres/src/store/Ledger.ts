/** Everything the plan needs, in one read. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  Breaker,
  type BusinessDate,
  type CalendarMonth,
  type LedgerView,
  type ProgramStoreError
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Circuit from "./Circuit.ts"
import * as Incarnations from "./Incarnations.ts"
import * as Months from "./Months.ts"
import * as Redecisions from "./Redecisions.ts"
import type { Store } from "./Store.ts"

interface CaptureRow {
  readonly key: BusinessDate.BusinessDate
  readonly sequence: number
  readonly finished_at: Date
  readonly balances: bigint | null
}

interface DueRow extends Circuit.CircuitRow {
  readonly pause: LedgerView["paused"]
  readonly submit_due: Date | null
  readonly timer_due: Date | null
  readonly poll_due: Date | null
  readonly unresolved: bigint
  readonly unfolded: bigint
  readonly redecisions: bigint
  readonly unpublished: bigint
  readonly unnotified: bigint
}

export const ledger = (store: Store) => (): Effect.Effect<LedgerView, ProgramStoreError> =>
  store.query(
    Effect.gen(function* () {
      const captures = yield* finishedCaptures(store)
      const months = yield* Months.readAll(store, null)
      const pendingMonths = yield* monthsWith(store, "pending")
      const heldMonths = yield* monthsWith(store, "held")
      const due = yield* dueRow(store)
      const reports = yield* store.sql<{
        readonly month: CalendarMonth.CalendarMonth
        readonly version: string
      }>`
          SELECT month, version FROM report WHERE program = ${store.program}
          ORDER BY issued_at, month, version`
      return {
        captures,
        months,
        pendingMonths,
        heldMonths,
        paused: due?.pause ?? "none",
        breaker: due === undefined ? Breaker.closed : Circuit.fromRow(due),
        witness: yield* Incarnations.seen(store),
        delivery: {
          submitDueMs: P.msOrNull(due?.submit_due ?? null),
          timerDueMs: P.msOrNull(due?.timer_due ?? null),
          pollDueMs: P.msOrNull(due?.poll_due ?? null),
          unresolved: Number(due?.unresolved ?? 0n),
          unfoldedReceipts: Number(due?.unfolded ?? 0n)
        },
        redecisions: Number(due?.redecisions ?? 0n),
        unpublished: Number(due?.unpublished ?? 0n),
        unnotifiedEscalations: Number(due?.unnotified ?? 0n),
        reports,
        outdatedReports: yield* outdatedReports(store)
      }
    })
  )

/** The newest finished sequence of each date whose month is not closed. */
const finishedCaptures = (store: Store): Effect.Effect<LedgerView["captures"], SqlError> =>
  Effect.map(
    store.sql<CaptureRow>`
      SELECT DISTINCT ON (r.key) r.key, r.sequence, r.finished_at, r.balances
      FROM run r
      WHERE r.program = ${store.program} AND r.kind = 'capture' AND r.finished_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM month m WHERE m.program = r.program
          AND m.month = left(r.key, 7) AND m.status = 'closed')
      ORDER BY r.key, r.sequence DESC`,
    (rows) =>
      rows.map((row) => ({
        businessDate: row.key,
        sequence: row.sequence,
        finishedMs: P.ms(row.finished_at),
        count: Number(row.balances ?? 0n)
      }))
  )

/** Months with at least one notification that has not ended, or that is held. */
const monthsWith = (
  store: Store,
  which: "pending" | "held"
): Effect.Effect<LedgerView["pendingMonths"], SqlError> =>
  Effect.map(
    store.sql<{ readonly month: CalendarMonth.CalendarMonth }>`
      SELECT m.month FROM month m
      WHERE m.program = ${store.program} AND EXISTS (
        SELECT FROM notification n WHERE n.program = m.program AND n.month = m.month
          AND n.state IN ('held', 'active', 'waiting')
          AND (n.state = 'held' OR ${P.text(which)} = 'pending'))
      ORDER BY m.month`,
    (rows) => rows.map((row) => row.month)
  )

/**
 * Closed months whose newest report tells of other corrections than the month has counted: a few
 * rows, one for each month there ever was.
 */
const outdatedReports = (store: Store): Effect.Effect<LedgerView["outdatedReports"], SqlError> =>
  Effect.map(
    store.sql<{ readonly month: CalendarMonth.CalendarMonth }>`
      SELECT m.month FROM month m
      CROSS JOIN LATERAL (
        SELECT json::jsonb -> 'dataQuality' AS said FROM report r
        WHERE r.program = m.program AND r.month = m.month
        ORDER BY position DESC LIMIT 1
      ) AS newest
      WHERE m.program = ${store.program} AND m.status = 'closed' AND said IS NOT NULL
        AND ((said ->> 'corrections') IS DISTINCT FROM m.corrections::text
          OR (said ->> 'correctionsObserved') IS DISTINCT FROM m.corrections_observed::text)
      ORDER BY m.month`,
    (rows) => rows.map((row) => row.month)
  )

const dueRow = (store: Store): Effect.Effect<DueRow | undefined, SqlError> => {
  const { program, sql } = store
  return Effect.map(
    sql<DueRow>`
      SELECT s.pause, ${sql.literal(Circuit.columns)},
        (SELECT min(due_at) FROM attempt
          WHERE program = ${program} AND state = 'pending') AS submit_due,
        (SELECT min(timer_at) FROM notification
          WHERE program = ${program} AND timer_at IS NOT NULL) AS timer_due,
        (SELECT min(poll_at) FROM attempt
          WHERE program = ${program} AND poll_at IS NOT NULL) AS poll_due,
        (SELECT count(*) FROM attempt WHERE program = ${program} AND state = 'unknown')
          + (SELECT count(*) FROM attempt WHERE program = ${program}
            AND state IN ('claimed', 'submitting')) AS unresolved,
        (SELECT count(*) FROM receipt_waiting WHERE program = ${program}) AS unfolded,
        (SELECT count(*) FROM redecision r WHERE ${Redecisions.waiting(store)}) AS redecisions,
        (SELECT count(*) FROM outbox
          WHERE program = ${program} AND published_at IS NULL) AS unpublished,
        (SELECT count(*) FROM escalation
          WHERE program = ${program} AND notified_at IS NULL) AS unnotified
      FROM program_state s WHERE s.program = ${program}`,
    (rows) => rows[0]
  )
}
