/** What is counted for a month: aggregates only, computed where the rows are. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { CalendarMonth, MonthFigures, ProgramStoreError } from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Months from "./Months.ts"
import type { Store } from "./Store.ts"

type Month = CalendarMonth.CalendarMonth
type Counts = Record<string, number>

interface Counted {
  readonly what: string
  readonly key: string
  readonly count: bigint
}

export const monthFigures =
  (store: Store) =>
  (input: { readonly month: Month }): Effect.Effect<MonthFigures, ProgramStoreError> =>
    store.count(
      Effect.gen(function* () {
        const { month } = input
        const row = yield* Months.read(store, month)
        const decided = grouped(yield* countDecisions(store, month))
        const states = yield* countNotifications(store, month)
        const attempts = yield* countAttempts(store, month)
        const rest = grouped(yield* countRest(store, month))
        const totals = yield* countTotals(store, month)
        const { population, qualified, notQualified, undetermined } = row
        return {
          month,
          population,
          qualified,
          notQualified,
          undetermined,
          reasons: decided("reason"),
          unreachable: decided("Unreachable"),
          excluded: decided("Excluded"),
          unrenderable: decided("Unrenderable"),
          ...states,
          ...attempts,
          openEscalations: rest("escalation"),
          issues: rest("issue"),
          ...totals,
          timings: {
            decidedMs: row.decidedMs,
            releasedMs: row.releasedMs,
            ...totals.timings
          }
        }
      })
    )

const grouped =
  (rows: ReadonlyArray<Counted>) =>
  (what: string): Counts => {
    const counts: Counts = {}
    for (const row of rows) if (row.what === what) counts[row.key] = Number(row.count)
    return counts
  }

/**
 * A message withdrawn at submission keeps the word it counts under before a colon; the customer of
 * one withdrawn otherwise counts by what was decided since.
 */
const atSubmission = "^(unreachable|excluded|unrenderable):"

const countDecisions = (
  store: Store,
  month: Month
): Effect.Effect<ReadonlyArray<Counted>, SqlError> =>
  store.sql<Counted>`
    SELECT 'reason' AS what, first_reason AS key, count(*) AS count FROM decision
    WHERE program = ${store.program} AND month = ${month} AND superseded_at IS NULL
      AND first_reason IS NOT NULL
    GROUP BY first_reason
    UNION ALL
    SELECT d.reach, coalesce(d.reach_reason, ''), count(*) FROM decision d
    LEFT JOIN notification n ON n.program = d.program AND n.month = d.month
      AND n.customer_id = d.customer_id
    WHERE d.program = ${store.program} AND d.month = ${month} AND d.superseded_at IS NULL
      AND d.outcome = 'Qualified' AND d.reach <> 'Reachable'
      AND (n.state IS NULL OR (n.state = 'withdrawn'
        AND coalesce(n.reason, '') !~ ${atSubmission}))
    GROUP BY 1, 2`

const countNotifications = Effect.fnUntraced(function* (store: Store, month: Month) {
  const rows = yield* store.sql<{
    readonly state: string
    readonly reason: string | null
    readonly granted: boolean
    readonly count: bigint
  }>`
    SELECT c.state, c.reason, c.granted, count(*) AS count FROM (
      SELECT CASE
        WHEN n.granted THEN NULL
        WHEN n.state <> 'withdrawn' AND d.outcome IS DISTINCT FROM 'Qualified'
          THEN upper(n.state) || '_LATE'
        ELSE n.reason
      END AS reason, n.granted, CASE
        WHEN n.granted THEN n.state
        WHEN n.state <> 'withdrawn' AND d.outcome IS DISTINCT FROM 'Qualified' THEN 'late'
        WHEN n.state <> 'withdrawn' THEN n.state
        WHEN d.outcome IS DISTINCT FROM 'Qualified' THEN NULL
        WHEN n.reason ~ ${atSubmission} THEN n.state
        WHEN d.reach = 'Reachable' THEN 'expired'
      END AS state
      FROM notification n
      LEFT JOIN decision d ON d.program = n.program AND d.month = n.month
        AND d.customer_id = n.customer_id AND d.superseded_at IS NULL
      WHERE n.program = ${store.program} AND n.month = ${month}
    ) AS c
    WHERE c.state IS NOT NULL
    GROUP BY c.state, c.reason, c.granted`
  const states: Counts = {}
  const stateReasons: Record<string, Counts> = {}
  const granted: Counts = {}
  for (const { count, granted: apart, reason, state } of rows) {
    if (apart) {
      granted[state] = Number(count)
      continue
    }
    // It was withdrawn with its customer's qualification, and a late receipt says it arrived.
    const isLate = state === "late"
    if (!isLate) states[state] = (states[state] ?? 0) + Number(count)
    if (reason !== null) (stateReasons[isLate ? "withdrawn" : state] ??= {})[reason] = Number(count)
  }
  return { states, stateReasons, granted }
})

interface AttemptsRow {
  readonly state: string
  readonly failure_category: string | null
  readonly count: bigint
  readonly consumed: bigint
  readonly segments: bigint
}

const countAttempts = Effect.fnUntraced(function* (store: Store, month: Month) {
  const rows = yield* store.sql<AttemptsRow>`
    SELECT a.state, a.failure_category, count(*) AS count,
      count(*) FILTER (WHERE a.state IN ('accepted', 'refused', 'submitting', 'unknown', 'closed')
        OR (a.state IN ('pending', 'claimed') AND a.ambiguous)) AS consumed,
      sum(a.parts) AS segments
    FROM notification n JOIN attempt a USING (program, notification_id)
    WHERE n.program = ${store.program} AND n.month = ${month}
    GROUP BY a.state, a.failure_category`
  const byState: Counts = {}
  const failuresByCategory: Counts = {}
  let total = 0
  let consumed = 0
  let segments = 0
  for (const row of rows) {
    const count = Number(row.count)
    total += count
    consumed += Number(row.consumed)
    segments += Number(row.segments)
    byState[row.state] = (byState[row.state] ?? 0) + count
    if (row.failure_category !== null) {
      failuresByCategory[row.failure_category] =
        (failuresByCategory[row.failure_category] ?? 0) + count
    }
  }
  return { attempts: { total, consumed, byState, failuresByCategory, segments } }
})

const countRest = (store: Store, month: Month): Effect.Effect<ReadonlyArray<Counted>, SqlError> =>
  store.sql<Counted>`
    SELECT 'escalation' AS what, cause AS key, count(*) AS count FROM escalation
    WHERE program = ${store.program} AND month = ${month} AND resolved_at IS NULL
    GROUP BY cause
    UNION ALL
    SELECT 'issue', code, count(*) FROM data_quality_issue
    WHERE program = ${store.program}
      AND business_date >= ${P.date(`${month}-01`)}
      AND business_date < ${P.date(`${month}-01`)} + interval '1 month'
    GROUP BY code`

interface TotalsRow {
  readonly corrections: bigint | null
  readonly corrections_observed: bigint | null
  readonly accepted: bigint
  readonly accepted_pending: bigint
  readonly first_accepted: Date | null
  readonly last_final: Date | null
  readonly dates: ReadonlyArray<string> | null
  readonly finished: ReadonlyArray<Date> | null
  readonly balances: string | bigint | null
  readonly stored: bigint
  readonly orphans: bigint
}

const finishedMs = (
  dates: ReadonlyArray<string>,
  finished: ReadonlyArray<Date>
): Record<string, number> => {
  const byDate: Record<string, number> = {}
  for (const [index, date] of dates.entries()) {
    const at = finished[index]
    if (at !== undefined) byDate[date] = P.ms(at)
  }
  return byDate
}

const countTotals = Effect.fnUntraced(function* (store: Store, month: Month) {
  const { program, sql } = store
  const rows = yield* sql<TotalsRow>`
    SELECT m.corrections, m.corrections_observed, a.*, e.*, c.*, r.*,
      (SELECT count(*) FROM receipt_inbox
        WHERE program = ${program} AND status IN ('orphan', 'disputed')) AS orphans
    FROM (
      SELECT count(DISTINCT notification_id) AS accepted,
        count(DISTINCT notification_id)
          FILTER (WHERE n.state IN ('held', 'active', 'waiting')) AS accepted_pending,
        min(a.accepted_at) AS first_accepted
      FROM notification n JOIN attempt a USING (program, notification_id)
      WHERE n.program = ${program} AND n.month = ${month} AND NOT n.granted
        AND a.accepted_at IS NOT NULL
    ) AS a
    CROSS JOIN (
      SELECT max(ended_at) AS last_final FROM notification
      WHERE program = ${program} AND month = ${month}
    ) AS e
    CROSS JOIN (
      SELECT sum(balances) AS balances, array_agg(key ORDER BY key) AS dates,
        array_agg(first ORDER BY key) AS finished
      FROM (
        SELECT key, (array_agg(balances ORDER BY sequence DESC))[1] AS balances,
          min(finished_at) AS first
        FROM run
        WHERE program = ${program} AND kind = 'capture' AND finished_at IS NOT NULL
          AND left(key, 7) = ${month}
        GROUP BY key
      ) AS dates
    ) AS c
    CROSS JOIN (
      SELECT count(*) AS stored
      FROM receipt_inbox i JOIN attempt a ON a.program = i.program AND a.reference = i.reference
      JOIN notification n ON n.program = a.program AND n.notification_id = a.notification_id
      WHERE i.program = ${program} AND n.month = ${month} AND i.status = 'folded'
    ) AS r
    LEFT JOIN month m ON m.program = ${program} AND m.month = ${month}`
  const row = rows[0]
  return {
    accepted: Number(row?.accepted ?? 0n),
    acceptedPending: Number(row?.accepted_pending ?? 0n),
    corrections: Number(row?.corrections ?? 0n),
    correctionsObserved: Number(row?.corrections_observed ?? 0n),
    captures: {
      balances: Number(row?.balances ?? 0n),
      finishedMs: finishedMs(row?.dates ?? [], row?.finished ?? [])
    },
    receipts: { stored: Number(row?.stored ?? 0n), orphans: Number(row?.orphans ?? 0n) },
    timings: {
      firstAcceptedMs: P.msOrNull(row?.first_accepted ?? null),
      lastFinalMs: P.msOrNull(row?.last_final ?? null)
    }
  }
})
