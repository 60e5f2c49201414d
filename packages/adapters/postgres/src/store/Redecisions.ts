/** Corrections after the decision: the queue, and what a new decision means for the message. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import {
  CalendarMonth,
  Consequences,
  type DecisionRecord,
  type ProgramStoreError,
  type RecordCapturedPage,
  type RecordRedecision,
  type Redecision,
  type RedecisionOutcome
} from "../Core.ts"
import * as P from "../Parameters.ts"
import type { Writing } from "./DecisionInsert.ts"
import * as D from "./decisionRow.ts"
import * as Decisions from "./Decisions.ts"
import * as Escalations from "./Escalations.ts"
import * as Incarnations from "./Incarnations.ts"
import * as Months from "./Months.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import { affected, type Store } from "./Store.ts"

/**
 * Queues the customers of these accounts whose month is decided, each under a new ticket. The next
 * month counts too: its first days may carry this month's last balance.
 */
export const queue = Effect.fnUntraced(function* (
  store: Store,
  input: Pick<RecordCapturedPage, "businessDate" | "nowMs">,
  accountIds: ReadonlyArray<string>
) {
  const month = CalendarMonth.of(input.businessDate)
  const months = [month, CalendarMonth.next(month)]
  const accounts = P.texts(accountIds)
  const decided = yield* store.sql<{ readonly month: string }>`
    SELECT month FROM month
    WHERE program = ${store.program} AND month = ANY(${P.texts(months)}::text[])
      AND status <> 'open'`
  let queued = 0
  for (const row of decided) {
    const added = yield* store.sql`
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
      SET ticket = excluded.ticket, queued_at = excluded.queued_at`.raw
    queued += affected(added)
  }
  return queued
})

/** Queues customers by name, each under a new ticket. */
export const queueCustomers = (
  store: Store,
  month: CalendarMonth.CalendarMonth,
  customerIds: ReadonlyArray<string>,
  nowMs: number
): Effect.Effect<unknown, SqlError> =>
  store.sql`
    INSERT INTO redecision (program, month, customer_id, ticket, queued_at)
    SELECT ${store.program}, ${month}, t.customer_id, nextval('fence'), ${P.instant(nowMs)}
    FROM unnest(${P.texts(customerIds)}::text[]) AS t(customer_id)
    ON CONFLICT (program, month, customer_id) DO UPDATE
    SET ticket = excluded.ticket, queued_at = excluded.queued_at`

/** Queues everybody whose decision knew no balance of a day; how many. */
export const queueMissing = (
  store: Store,
  month: CalendarMonth.CalendarMonth,
  day: number,
  nowMs: number
): Effect.Effect<number, SqlError> =>
  Effect.map(
    store.sql`
      INSERT INTO redecision (program, month, customer_id, ticket, queued_at)
      SELECT ${store.program}, ${month}, d.customer_id, nextval('fence'), ${P.instant(nowMs)}
      FROM decision d
      WHERE d.program = ${store.program} AND d.month = ${month} AND d.superseded_at IS NULL
        AND (d.observed | d.derived) & (1 << ${P.integer(day - 1)}) = 0
      ON CONFLICT (program, month, customer_id) DO UPDATE
      SET ticket = excluded.ticket, queued_at = excluded.queued_at`.raw,
    affected
  )

/** A month whose first decisions are still being made is looked at afterwards. */
export const waiting = (store: Store): Fragment => store.sql`
  r.program = ${store.program} AND EXISTS (
    SELECT FROM month m WHERE m.program = r.program AND m.month = r.month
      AND m.status IN ('decided', 'released', 'closed') OFFSET 0)`

export const pendingRedecisions =
  (store: Store) =>
  (input: {
    readonly limit: number
  }): Effect.Effect<ReadonlyArray<Redecision>, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<{
          readonly customer_id: string
          readonly month: CalendarMonth.CalendarMonth
          readonly ticket: bigint
        }>`
          SELECT r.customer_id, r.month, r.ticket FROM redecision r
          WHERE ${waiting(store)}
          ORDER BY r.ticket LIMIT ${input.limit}`,
        (rows) =>
          rows.map((row) => ({
            customerId: row.customer_id,
            month: row.month,
            ticket: row.ticket.toString()
          }))
      )
    )

export const recordRedecision =
  (store: Store) =>
  (input: RecordRedecision): Effect.Effect<RedecisionOutcome, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { cause, decision, month, nowMs, policyHash } = input
        const { customerId } = decision
        // A message that is withdrawn may have been sent where the rows have forgotten it.
        yield* Incarnations.confirm(store)
        yield* store.sql`
          DELETE FROM redecision
          WHERE program = ${store.program} AND month = ${month} AND customer_id = ${customerId}
            AND (${P.text(input.ticket ?? null)}::text IS NULL
              OR ticket::text = ${P.text(input.ticket ?? null)})`
        yield* Months.make(store, month)
        const status = yield* Months.lock(store, month)
        const known = (yield* Decisions.current(store, month, [customerId]))[0]
        const batch = yield* Notifications.loadCustomers(store, month, [customerId])
        const row = [...batch.rows.values()][0]
        const open =
          status !== "closed" && (row === undefined || Notifications.isOpenToDecision(row))
        const writing = { month, nowMs, policyHash, cause }
        if (known !== undefined) {
          const sameOutcome = known.outcome === decision.outcome
          if (sameOutcome && (!open || D.isSame(known, decision))) return unchanged
          if (!open) {
            yield* observe(store, writing, known, decision, row?.notificationId ?? null)
            return observed
          }
        }
        yield* Decisions.replace(store, writing, [decision])
        yield* Months.correct(store, month, known?.outcome ?? null, decision.outcome)
        yield* Months.renew(store, month, decision)
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: "correction",
          action: "decision.redecide",
          subject: customerId,
          detail: { month, cause, from: known?.outcome ?? null, to: decision.outcome }
        })
        return redecided
      })
    )

const unchanged: RedecisionOutcome = { _tag: "Unchanged" }
const observed: RedecisionOutcome = { _tag: "Observed" }
const redecided: RedecisionOutcome = { _tag: "Redecided" }

/** After the mark the decision stands; the counterfactual is kept and people are told. */
const observe = Effect.fnUntraced(function* (
  store: Store,
  writing: Writing,
  stands: D.DecisionRow,
  counterfactual: DecisionRecord,
  notificationId: string | null
) {
  const { month, nowMs } = writing
  const { customerId } = counterfactual
  yield* Decisions.insertCounterfactual(store, writing, counterfactual)
  yield* Months.observed(store, month)
  const payload = {
    customerId,
    month,
    decided: stands.outcome,
    counterfactual: counterfactual.outcome
  }
  yield* Outbox.announce(
    store,
    nowMs,
    [{ type: "CorrectionObserved", businessDate: null, payload }],
    { correlationId: `${customerId} ${month}`, causationId: writing.cause ?? "correction" }
  )
  const detail = Consequences.counterfactualDetail(stands.outcome, counterfactual.outcome)
  const item = { cause: "CORRECTION_OBSERVED", customerId, month, notificationId, detail }
  const raised = yield* Escalations.raise(store, nowMs, [item])
  yield* Escalations.retell(store, item)
  yield* Outbox.append(store, nowMs, raised)
  yield* Outbox.audit(store, {
    atMs: nowMs,
    actor: "correction",
    action: "decision.correction-observed",
    subject: customerId,
    detail: { month, decided: stands.outcome, counterfactual: counterfactual.outcome }
  })
})
