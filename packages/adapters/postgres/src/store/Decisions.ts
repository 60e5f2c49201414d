/** Decisions of a month by page, their revisions, and the notifications they hold or withdraw. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  type Announced,
  type CalendarMonth,
  Consequences,
  type DecisionRecord,
  type Delivery,
  type FinishQualification,
  type MonthRow,
  type ProgramStoreError,
  type RecordDecisions,
  type StaleRun
} from "../Core.ts"
import * as P from "../Parameters.ts"
import { insert, type Writing } from "./DecisionInsert.ts"
import * as D from "./decisionRow.ts"
import { insertNew, lookFirst } from "./InsertNew.ts"
import * as Months from "./Months.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import * as Runs from "./Runs.ts"
import * as Restores from "./Restores.ts"
import { affected, type Store } from "./Store.ts"

const stale: StaleRun = { _tag: "StaleRun" }
const recorded = { _tag: "Recorded" } as const

/**
 * A page of decisions: revision 1 of each new one and its held notification. A re-run that decides
 * differently supersedes while the message is not marked; one that decides alike changes nothing.
 */
export const recordDecisions =
  (store: Store) =>
  (
    input: RecordDecisions
  ): Effect.Effect<{ readonly _tag: "Recorded" } | StaleRun, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { decisions, month, nowMs, policyHash } = input
        const run = yield* Runs.advance(store, input)
        if (run === undefined) return stale
        if (run.replayed) return recorded
        yield* Months.make(store, month)
        const writing = { month, nowMs, policyHash, cause: null }
        const fresh = yield* insert(store, writing, decisions, null)
        if (fresh === decisions.length) yield* holdNew(store, month, decisions)
        else yield* revise(store, writing, decisions)
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: "qualify",
          action: "qualify.page",
          subject: input.run.runId,
          detail: { page: input.page, customers: decisions.length, policyHash }
        })
        return recorded
      })
    )

/** The decisions in force of these customers, locked, in customer order. */
export const current = (
  store: Store,
  month: CalendarMonth.CalendarMonth,
  customerIds: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<D.DecisionRow>, SqlError> =>
  store.sql<D.DecisionRow>`
    SELECT d.* FROM unnest(${P.texts(customerIds.toSorted())}::text[]) AS t(customer_id)
    CROSS JOIN LATERAL (
      SELECT customer_id, revision, outcome, reasons, reach, reach_reason, observed, met, derived,
        waived, account_ids, opened, closed, evidence_hash, policy_hash, notification_id,
        decided_at
      FROM decision
      WHERE program = ${store.program} AND month = ${month} AND customer_id = t.customer_id
        AND superseded_at IS NULL
      OFFSET 0 FOR UPDATE
    ) AS d`

/** The last revision number of each customer, counterfactuals included. */
const lastRevisions = (
  store: Store,
  month: CalendarMonth.CalendarMonth,
  customerIds: ReadonlyArray<string>
): Effect.Effect<ReadonlyMap<string, number>, SqlError> =>
  Effect.map(
    store.sql<{ readonly customer_id: string; readonly last: number }>`
      SELECT t.customer_id, d.last
      FROM unnest(${P.texts(customerIds)}::text[]) AS t(customer_id)
      CROSS JOIN LATERAL (
        SELECT max(revision) AS last FROM decision
        WHERE program = ${store.program} AND month = ${month} AND customer_id = t.customer_id
      ) AS d
      WHERE d.last IS NOT NULL`,
    (rows) => new Map(rows.map((row) => [row.customer_id, row.last]))
  )

/** Records what would have been decided, beside the decision that stands. */
export const insertCounterfactual = Effect.fnUntraced(function* (
  store: Store,
  writing: Writing,
  decision: DecisionRecord
) {
  const last = yield* lastRevisions(store, writing.month, [decision.customerId])
  const revision = (last.get(decision.customerId) ?? 0) + 1
  yield* insert(store, writing, [decision], [revision], true)
})

/** Puts decisions in the place of those in force, and brings their notifications in line. */
export const replace = Effect.fnUntraced(function* (
  store: Store,
  writing: Writing,
  decisions: ReadonlyArray<DecisionRecord>
) {
  const { month } = writing
  const customerIds = decisions.map((decision) => decision.customerId)
  const last = yield* lastRevisions(store, month, customerIds)
  yield* store.sql`
    UPDATE decision d SET superseded_at = ${P.instant(writing.nowMs)}
    FROM unnest(${P.texts(customerIds)}::text[]) AS t(customer_id)
    CROSS JOIN LATERAL (
      SELECT ctid FROM decision
      WHERE program = ${store.program} AND month = ${month} AND customer_id = t.customer_id
        AND superseded_at IS NULL
      OFFSET 0 FOR UPDATE
    ) AS found
    WHERE d.ctid = found.ctid`
  const revisions = customerIds.map((customerId) => (last.get(customerId) ?? 0) + 1)
  yield* insert(store, writing, decisions, revisions)
  yield* align(store, writing, decisions)
})

const isWanted = (decision: DecisionRecord): boolean =>
  decision.outcome === "Qualified" &&
  decision.reach?._tag === "Reachable" &&
  decision.notificationId !== null

/** One held notification per qualified and reachable customer that has none. */
const hold = (
  store: Store,
  month: CalendarMonth.CalendarMonth,
  decisions: ReadonlyArray<DecisionRecord>
): Effect.Effect<unknown, SqlError> =>
  decisions.some(isWanted) ? holding(store, month, decisions)(lookFirst) : Effect.void

/** The same of customers who are decided for the first time. */
const holdNew = (
  store: Store,
  month: CalendarMonth.CalendarMonth,
  decisions: ReadonlyArray<DecisionRecord>
): Effect.Effect<unknown, SqlError> =>
  decisions.some(isWanted) ? insertNew(store, holding(store, month, decisions)) : Effect.void

const holding = (
  store: Store,
  month: CalendarMonth.CalendarMonth,
  decisions: ReadonlyArray<DecisionRecord>
): ((onConflict: string) => Effect.Effect<unknown, SqlError>) => {
  const wanted = decisions.filter(isWanted)
  return (onConflict) =>
    store.sql`
    INSERT INTO notification (program, notification_id, month, customer_id, quarantine_since)
    SELECT ${store.program}, t.notification_id, ${month}, t.customer_id,
      (${Restores.since(store, month)})
    FROM unnest(
      ${P.texts(wanted.map((decision) => decision.notificationId))}::text[],
      ${P.texts(wanted.map((decision) => decision.customerId))}::text[]
    ) AS t(notification_id, customer_id)
    ${store.sql.literal(onConflict)}`.raw
}

/** Holds, holds again or withdraws, as the new decisions say. */
const align = Effect.fnUntraced(function* (
  store: Store,
  writing: Writing,
  decisions: ReadonlyArray<DecisionRecord>
) {
  yield* hold(store, writing.month, decisions)
  const batch = yield* Notifications.loadCustomers(
    store,
    writing.month,
    decisions.map((decision) => decision.customerId)
  )
  const context = Consequences.commandContext(writing.nowMs, batch.clockMs)
  const byCustomer = new Map(decisions.map((decision) => [decision.customerId, decision]))
  const own: Array<string> = []
  for (const row of batch.rows.values()) {
    const decision = byCustomer.get(row.customerId)
    if (row.granted && decision?.outcome === "Qualified") own.push(row.notificationId)
    const event = decision === undefined ? undefined : alignment(decision, row)
    if (event !== undefined) Notifications.apply(batch, row, event, context)
  }
  yield* Notifications.save(store, batch, writing.nowMs)
  if (own.length > 0) yield* disown(store, own)
})

/** Of a customer who qualifies after all the message is the program's own. */
const disown = (
  store: Store,
  notificationIds: ReadonlyArray<string>
): Effect.Effect<unknown, SqlError> =>
  store.sql`
    UPDATE notification SET granted = false
    WHERE program = ${store.program}
      AND notification_id = ANY(${P.texts(notificationIds)}::text[])`

const alignment = (
  decision: DecisionRecord,
  row: Notifications.Loaded
): Delivery.DeliveryEvent | undefined => {
  if (row.granted && decision.outcome !== "Qualified") return undefined
  if (!isWanted(decision)) {
    const reason = decision.outcome === "Qualified" ? "REACH_CHANGED" : "NOT_QUALIFIED"
    return { _tag: "Withdrawn", reason }
  }
  return row.notification.state === "withdrawn" ? { _tag: "QualifiedAgain" } : undefined
}

/** Some of the page's customers were decided before: those decided differently are revised. */
const revise = Effect.fnUntraced(function* (
  store: Store,
  writing: Writing,
  decisions: ReadonlyArray<DecisionRecord>
) {
  const customerIds = decisions.map((decision) => decision.customerId)
  const rows = yield* current(store, writing.month, customerIds)
  const known = new Map(rows.map((row) => [row.customer_id, row]))
  const batch = yield* Notifications.loadCustomers(store, writing.month, customerIds)
  const closed = new Set<string>()
  for (const row of batch.rows.values()) {
    if (!Notifications.isOpenToDecision(row)) closed.add(row.customerId)
  }
  const open = decisions.filter((decision) => !closed.has(decision.customerId))
  const changed = open.filter((decision) => {
    const row = known.get(decision.customerId)
    return row === undefined || !D.isSame(row, decision)
  })
  if (changed.length > 0) yield* replace(store, writing, changed)
  yield* hold(store, writing.month, open)
})

/**
 * Counts the decisions in force, ends the run and makes the month `decided`. After the release
 * nothing changes; another content hash before it voids the approvals of the old one.
 */
export const finishQualification =
  (store: Store) =>
  (input: FinishQualification & Announced): Effect.Effect<MonthRow, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { contentHash, month, nowMs, run } = input
        yield* Months.make(store, month)
        const correlationId = yield* Runs.finish(store, run, nowMs)
        if (correlationId === undefined) return yield* Months.read(store, month)
        const changed = yield* store.sql`
          UPDATE month m SET status = 'decided', content_hash = ${contentHash},
            decided_at = coalesce(m.decided_at, ${P.instant(nowMs)}),
            approved_hash = CASE WHEN m.approved_hash = ${contentHash} THEN m.approved_hash END
          WHERE m.program = ${store.program} AND m.month = ${month}
            AND m.status IN ('open', 'complete', 'decided')`.raw
        if (affected(changed) === 0) return yield* Months.read(store, month)
        yield* Months.count(store, month)
        yield* store.sql`
          DELETE FROM approval
          WHERE program = ${store.program} AND month = ${month} AND content_hash <> ${contentHash}`
        yield* Outbox.announce(store, nowMs, input.announcements, {
          correlationId,
          causationId: run.runId
        })
        const row = yield* Months.read(store, month)
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: "qualify",
          action: "qualify.finish",
          subject: run.runId,
          detail: { month, contentHash, population: row.population, qualified: row.qualified }
        })
        return row
      })
    )
