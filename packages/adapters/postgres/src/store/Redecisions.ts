/** Corrections after the decision: the queue, and what a new decision means for the message. */
import * as Effect from "effect/Effect"
import type {
  CalendarMonth,
  DecisionRecord,
  ProgramStoreError,
  RecordRedecision,
  Redecision,
  RedecisionOutcome
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as D from "./decisionRow.ts"
import * as Decisions from "./Decisions.ts"
import * as Escalations from "./Escalations.ts"
import * as Months from "./Months.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import type { Store } from "./Store.ts"

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
          SELECT customer_id, month, ticket FROM redecision
          WHERE program = ${store.program}
          ORDER BY ticket LIMIT ${input.limit}`,
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
  writing: Decisions.Writing,
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
  const raised = yield* Escalations.raise(store, nowMs, [
    { cause: "CORRECTION_OBSERVED", customerId, month, notificationId }
  ])
  yield* Outbox.append(store, nowMs, raised)
  yield* Outbox.audit(store, {
    atMs: nowMs,
    actor: "correction",
    action: "decision.correction-observed",
    subject: customerId,
    detail: { month, decided: stands.outcome, counterfactual: counterfactual.outcome }
  })
})
