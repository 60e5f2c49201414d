/** Capture: a page of balances in a few statements, corrections as superseding revisions. */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import {
  type BusinessDate,
  CalendarMonth,
  Consequences,
  type CapturedPageResult,
  type CaptureTotals,
  type DataQualityIssue,
  type FinishCapture,
  type ProgramStoreError,
  type RaiseIssues,
  type RecordCapturedPage,
  type StaleRun
} from "../Core.ts"
import * as P from "../Parameters.ts"
import { ensurePartition } from "../Partitions.ts"
import * as Outbox from "./Outbox.ts"
import * as Runs from "./Runs.ts"
import { affected, type Store } from "./Store.ts"

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
          const page = pageOf(input)
          const fresh = yield* insertFresh(store, input, run.sequence, page, false)
          const inConflict = yield* insertFresh(store, input, run.sequence, page, true)
          const arrived = page.accountIds.length
          const known =
            fresh + inConflict === arrived
              ? noArrivals
              : yield* reconcileKnown(store, input, run.sequence, page)
          const accounts =
            inConflict === 0 ? known.accounts : [...known.accounts, ...input.conflictingAccountIds]
          if (accounts.length > 0) yield* queueRedecisions(store, input, accounts)
          yield* storeIssues(store, input.nowMs, input.run.runId, run.correlationId, input.issues)
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
const partitionOf = (
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

/** The page with its conflicting accounts at the end: they have no amount of their own. */
interface Page {
  readonly accountIds: ReadonlyArray<string>
  readonly minorUnits: ReadonlyArray<bigint>
  readonly met: ReadonlyArray<boolean>
  /** Rows before this index are balances, the others conflicts. */
  readonly balances: number
}

const pageOf = (input: RecordCapturedPage): Page => {
  const { accountIds, minorUnits, met } = input.checks
  const conflicting = input.conflictingAccountIds
  if (conflicting.length === 0) {
    return { accountIds, minorUnits, met, balances: accountIds.length }
  }
  const excluded = new Set(conflicting)
  const keep = accountIds.map((_, i) => i).filter((i) => !excluded.has(accountIds[i] ?? ""))
  const inConflict = [...excluded]
  return {
    accountIds: [...keep.map((i) => accountIds[i] ?? ""), ...inConflict],
    minorUnits: [...keep.map((i) => minorUnits[i] ?? 0n), ...inConflict.map(() => 0n)],
    met: [...keep.map((i) => met[i] ?? false), ...inConflict.map(() => false)],
    balances: keep.length
  }
}

/** Revision 1 of every account that has none for the date; how many there were. */
const insertFresh = (
  store: Store,
  input: RecordCapturedPage,
  sequence: number,
  page: Page,
  conflict: boolean
): Effect.Effect<number, SqlError> => {
  const from = conflict ? page.balances : 0
  const to = conflict ? page.accountIds.length : page.balances
  if (from === to) return Effect.succeed(0)
  const whole = from === 0 && to === page.accountIds.length
  const part = <A>(values: ReadonlyArray<A>) => (whole ? values : values.slice(from, to))
  return Effect.map(
    store.sql`
      INSERT INTO balance_check (program, account_id, business_date, revision, met, conflict,
        sequence, page, minor_units, captured_at)
      SELECT ${store.program}, t.account_id, ${P.date(input.businessDate)}, 1, t.met, ${conflict},
        ${P.integer(sequence)}, ${P.integer(input.page)}, t.minor_units, ${P.instant(input.nowMs)}
      FROM unnest(
        ${P.texts(part(page.accountIds))}::text[],
        ${P.bigints(part(page.minorUnits))}::bigint[],
        ${P.booleans(part(page.met))}::boolean[]
      ) AS t(account_id, minor_units, met)
      ON CONFLICT DO NOTHING`.raw,
    affected
  )
}

interface Arrivals {
  readonly superseded: number
  readonly conflicts: number
  /** Accounts whose balance is no longer what it was. */
  readonly accounts: ReadonlyArray<string>
}

const noArrivals: Arrivals = { superseded: 0, conflicts: 0, accounts: [] }

interface KnownRow {
  readonly position: bigint
  readonly revision: number
  readonly sequence: number
  readonly conflict: boolean
}

/**
 * What a page says about accounts already known for the date, where it differs: another amount in
 * the same run is a conflict, in a later run the next revision. A later run also settles a
 * conflict.
 */
const reconcileKnown = Effect.fnUntraced(function* (
  store: Store,
  input: RecordCapturedPage,
  sequence: number,
  page: Page
) {
  const rows = yield* store.sql<KnownRow>`
    SELECT t.position, b.revision, b.sequence, b.conflict
    FROM unnest(
      ${P.texts(page.accountIds)}::text[], ${P.bigints(page.minorUnits)}::bigint[]
    ) WITH ORDINALITY AS t(account_id, minor_units, position)
    CROSS JOIN LATERAL (
      SELECT revision, sequence, conflict, minor_units FROM balance_check
      WHERE program = ${store.program} AND account_id = t.account_id
        AND business_date = ${P.date(input.businessDate)} AND superseded_at IS NULL
      OFFSET 0
    ) AS b
    WHERE b.minor_units <> t.minor_units
      OR b.conflict <> (t.position > ${P.integer(page.balances)})`
  const conflicts = new Map<string, number>()
  const next = new Map<string, { readonly at: number; readonly revision: number }>()
  let superseded = 0
  for (const row of rows) {
    const at = Number(row.position) - 1
    const accountId = page.accountIds[at] ?? ""
    if (row.sequence < sequence) {
      if (!next.has(accountId)) superseded += at < page.balances ? 1 : 0
      next.set(accountId, { at, revision: row.revision })
    } else if (!row.conflict) conflicts.set(accountId, row.revision)
  }
  if (conflicts.size > 0) {
    yield* revise(
      store,
      input,
      [...conflicts.keys()],
      [...conflicts.values()],
      store.sql`conflict = true, met = false`
    )
  }
  if (next.size > 0) yield* insertSuperseding(store, input, sequence, page, next)
  return {
    conflicts: conflicts.size + next.size - superseded,
    superseded,
    accounts: [...conflicts.keys(), ...next.keys()]
  }
})

/**
 * Changes revisions known to be there. The insert never inserts: it finds each row by its key in
 * the date's own partition, whatever the planner believes of a table that has just been filled.
 */
const revise = (
  store: Store,
  input: RecordCapturedPage,
  accountIds: ReadonlyArray<string>,
  revisions: ReadonlyArray<number>,
  change: Fragment
): Effect.Effect<unknown, SqlError> =>
  store.sql`
    INSERT INTO balance_check (program, account_id, business_date, revision, met, sequence, page,
      minor_units, captured_at)
    SELECT ${store.program}, t.account_id, ${P.date(input.businessDate)}, t.revision, false, 0, 0,
      0, ${P.instant(input.nowMs)}
    FROM unnest(
      ${P.texts(accountIds)}::text[], ${P.integers(revisions)}::integer[]
    ) AS t(account_id, revision)
    ON CONFLICT (program, account_id, business_date, revision) DO UPDATE SET ${change}`

/** Closes the old revision and inserts the next; the key refuses a second one of its number. */
const insertSuperseding = Effect.fnUntraced(function* (
  store: Store,
  input: RecordCapturedPage,
  sequence: number,
  page: Page,
  next: ReadonlyMap<string, { readonly at: number; readonly revision: number }>
) {
  const accountIds = [...next.keys()]
  const places = [...next.values()]
  const revisions = places.map(({ revision }) => revision)
  const closed = store.sql`superseded_at = ${P.instant(input.nowMs)}`
  yield* revise(store, input, accountIds, revisions, closed)
  yield* store.sql`
    INSERT INTO balance_check (program, account_id, business_date, revision, met, conflict,
      sequence, page, minor_units, captured_at)
    SELECT ${store.program}, t.account_id, ${P.date(input.businessDate)}, t.revision + 1, t.met,
      t.conflict, ${P.integer(sequence)}, ${P.integer(input.page)}, t.minor_units,
      ${P.instant(input.nowMs)}
    FROM unnest(
      ${P.texts(accountIds)}::text[],
      ${P.integers(revisions)}::integer[],
      ${P.bigints(places.map(({ at }) => page.minorUnits[at] ?? 0n))}::bigint[],
      ${P.booleans(places.map(({ at }) => page.met[at] ?? false))}::boolean[],
      ${P.booleans(places.map(({ at }) => at >= page.balances))}::boolean[]
    ) AS t(account_id, revision, minor_units, met, conflict)`
})

/**
 * Queues the customers of these accounts whose month is decided, each under a new ticket. The next
 * month counts too: its first days may carry this month's last balance.
 */
const queueRedecisions = Effect.fnUntraced(function* (
  store: Store,
  input: RecordCapturedPage,
  accountIds: ReadonlyArray<string>
) {
  const month = CalendarMonth.of(input.businessDate)
  const months = [month, CalendarMonth.next(month)]
  const accounts = P.texts(accountIds)
  const decided = yield* store.sql<{ readonly month: string }>`
    SELECT month FROM month
    WHERE program = ${store.program} AND month = ANY(${P.texts(months)}::text[])
      AND status IN ('decided', 'released', 'closed')`
  for (const row of decided) {
    yield* store.sql`
      INSERT INTO redecision (program, month, customer_id, ticket, queued_at)
      SELECT ${store.program}, ${row.month}, d.customer_id, nextval('fence'),
        ${P.instant(input.nowMs)}
      FROM (
        SELECT d.customer_id FROM unnest(${accounts}::text[]) AS t(account_id)
        CROSS JOIN LATERAL (
          SELECT program, month, customer_id FROM decision
          WHERE account_ids[1] = t.account_id AND superseded_at IS NULL
          OFFSET 0
        ) AS d
        WHERE d.program = ${store.program} AND d.month = ${row.month}
        UNION
        SELECT customer_id FROM decision
        WHERE program = ${store.program} AND month = ${row.month} AND superseded_at IS NULL
          AND cardinality(account_ids) > 1 AND account_ids && ${accounts}::text[]
      ) AS d
      ON CONFLICT (program, month, customer_id) DO UPDATE
      SET ticket = excluded.ticket, queued_at = excluded.queued_at`
  }
})

/** Stores what is not stored yet, announces it by code and date, and counts it with its run. */
const storeIssues = Effect.fnUntraced(function* (
  store: Store,
  nowMs: number,
  runId: string | null,
  correlationId: string,
  issues: ReadonlyArray<DataQualityIssue>
) {
  if (issues.length === 0) return
  const keys = issues.map((issue) => hash("sha256", Consequences.issueKey(issue), "hex"))
  const rows = yield* store.sql<{ readonly key: string }>`
    INSERT INTO data_quality_issue (program, issue_key, run_id, code, severity, business_date,
      account_id, customer_id, detail, raised_at)
    SELECT ${store.program}, decode(t.key, 'hex'), ${P.text(runId)}, t.code, t.severity,
      t.business_date, t.account_id, t.customer_id, t.detail, ${P.instant(nowMs)}
    FROM unnest(
      ${P.texts(keys)}::text[],
      ${P.texts(issues.map((issue) => issue.code))}::text[],
      ${P.texts(issues.map((issue) => issue.severity))}::text[],
      ${P.dates(issues.map((issue) => issue.businessDate))}::date[],
      ${P.texts(issues.map((issue) => issue.accountId))}::text[],
      ${P.texts(issues.map((issue) => issue.customerId))}::text[],
      ${P.texts(issues.map((issue) => issue.detail))}::text[]
    ) AS t(key, code, severity, business_date, account_id, customer_id, detail)
    ON CONFLICT DO NOTHING
    RETURNING encode(issue_key, 'hex') AS key`
  if (rows.length === 0) return
  const added = new Set(rows.map((row) => row.key))
  // Deleting as they are found leaves one of several equal issues of this page.
  const fresh = issues.filter((_, i) => added.delete(keys[i] ?? ""))
  yield* Outbox.announce(store, nowMs, Consequences.issuesRaised(fresh), {
    correlationId,
    causationId: runId ?? correlationId
  })
  if (runId !== null) {
    yield* store.sql`
      UPDATE run SET issues = issues + ${P.integer(fresh.length)}
      WHERE program = ${store.program} AND run_id = ${runId}`
  }
})

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

interface TotalsRow {
  readonly count: bigint
  readonly sum: string | null
  readonly met: bigint
  readonly conflicts: bigint
  readonly comparable: bigint
  readonly unchanged: bigint
  readonly issues: bigint | null
  readonly previous: BusinessDate.BusinessDate | null
  readonly previous_count: bigint
  readonly previous_met: bigint
}

export const captureTotals =
  (store: Store) =>
  (input: {
    readonly runId: string
    readonly businessDate: BusinessDate.BusinessDate
  }): Effect.Effect<CaptureTotals, ProgramStoreError> =>
    store.count(
      Effect.gen(function* () {
        const previous = yield* store.sql<{ readonly key: string | null }>`
          SELECT max(key) AS key FROM run
          WHERE program = ${store.program} AND kind = 'capture' AND key < ${input.businessDate}
            AND finished_at IS NOT NULL`
        const before = previous[0]?.key ?? null
        const rows = yield* store.sql<TotalsRow>`
          WITH today AS (
            SELECT account_id, minor_units, met, conflict FROM balance_check
            WHERE program = ${store.program} AND business_date = ${P.date(input.businessDate)}
              AND superseded_at IS NULL
          ), earlier AS (
            SELECT account_id, minor_units, met FROM balance_check
            WHERE program = ${store.program} AND business_date = ${P.date(before)}
              AND superseded_at IS NULL AND NOT conflict
          ), one AS (
            SELECT count(*) FILTER (WHERE NOT t.conflict) AS count,
              sum(t.minor_units) FILTER (WHERE NOT t.conflict) AS sum,
              count(*) FILTER (WHERE t.met AND NOT t.conflict) AS met,
              count(*) FILTER (WHERE t.conflict) AS conflicts,
              count(e.account_id) FILTER (WHERE NOT t.conflict) AS comparable,
              count(*) FILTER (WHERE NOT t.conflict AND e.minor_units = t.minor_units) AS unchanged
            FROM today t LEFT JOIN earlier e USING (account_id)
          )
          SELECT one.*, ${P.date(before)} AS previous,
            (SELECT issues FROM run
              WHERE program = ${store.program} AND run_id = ${input.runId}) AS issues,
            (SELECT count(*) FROM earlier) AS previous_count,
            (SELECT count(*) FROM earlier WHERE met) AS previous_met
          FROM one`
        return totalsOf(input.businessDate, rows[0])
      })
    )

const totalsOf = (
  businessDate: BusinessDate.BusinessDate,
  row: TotalsRow | undefined
): CaptureTotals => ({
  businessDate,
  count: Number(row?.count ?? 0n),
  sumMinor: BigInt(row?.sum ?? "0"),
  met: Number(row?.met ?? 0n),
  comparable: Number(row?.comparable ?? 0n),
  unchangedFromDayBefore: Number(row?.unchanged ?? 0n),
  previous:
    row === undefined || row.previous === null
      ? null
      : { captured: Number(row.previous_count), met: Number(row.previous_met) },
  conflicts: Number(row?.conflicts ?? 0n),
  issues: Number(row?.issues ?? 0n)
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
        yield* storeIssues(store, nowMs, run.runId, correlationId, input.issues)
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: "capture",
          action: "capture.finish",
          subject: run.runId,
          detail: { issues: input.issues.length }
        })
      })
    )

export const raiseIssues =
  (store: Store) =>
  (input: RaiseIssues): Effect.Effect<void, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { issues, nowMs } = input
        yield* storeIssues(store, nowMs, null, "raiseIssues", issues)
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: "quality",
          action: "quality.raise",
          subject: "issues",
          detail: { issues: issues.length }
        })
      })
    )
