/** Decisions written in one statement, as revisions of their customers' months. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { CalendarMonth, DecisionRecord } from "../Core.ts"
import * as P from "../Parameters.ts"
import * as D from "./decisionRow.ts"
import { insertNew, lookFirst } from "./InsertNew.ts"
import { affected, type Store } from "./Store.ts"

/** What decisions written together have in common. */
export interface Writing {
  readonly month: CalendarMonth.CalendarMonth
  readonly nowMs: number
  readonly policyHash: string
  readonly cause: string | null
}

/**
 * Inserts decisions at the revisions given, or as revision 1 where there is none; how many were
 * inserted. A counterfactual is recorded superseded.
 */
export const insert = (
  store: Store,
  writing: Writing,
  decisions: ReadonlyArray<DecisionRecord>,
  revisions: ReadonlyArray<number> | null,
  counterfactual = false
): Effect.Effect<number, SqlError> => {
  if (decisions.length === 0) return Effect.succeed(0)
  const now = P.instant(writing.nowMs)
  const column = <A>(value: (decision: DecisionRecord) => A): ReadonlyArray<A> =>
    decisions.map(value)
  const write = (onConflict: string): Effect.Effect<unknown, SqlError> =>
    store.sql`
      INSERT INTO decision (program, month, customer_id, revision, outcome, reasons, first_reason,
        reach, reach_reason, observed, met, derived, waived, account_ids, opened, closed,
        evidence_hash, notification_id, policy_hash, cause, counterfactual, decided_at,
        superseded_at)
      SELECT ${store.program}, ${writing.month}, t.customer_id, t.revision, t.outcome, t.reasons,
        t.first_reason, t.reach, t.reach_reason, t.observed, t.met, t.derived, t.waived,
        t.account_ids::text[], t.opened, t.closed, t.evidence_hash, t.notification_id,
        ${writing.policyHash}, ${P.text(writing.cause)}, ${counterfactual}, ${now},
        CASE WHEN ${counterfactual} THEN ${now} END
      FROM unnest(
        ${P.texts(column((decision) => decision.customerId))}::text[],
        ${P.integers(revisions ?? column(() => 1))}::integer[],
        ${P.texts(column((decision) => decision.outcome))}::text[],
        ${P.texts(column((decision) => D.encodeReasons(decision.reasons)))}::text[],
        ${P.texts(column((decision) => decision.reasons[0]?.code ?? null))}::text[],
        ${P.texts(column((decision) => decision.reach?._tag ?? null))}::text[],
        ${P.texts(column((decision) => D.reasonOf(decision.reach)))}::text[],
        ${P.integers(column((decision) => decision.observed))}::integer[],
        ${P.integers(column((decision) => decision.met))}::integer[],
        ${P.integers(column((decision) => decision.derived))}::integer[],
        ${P.integers(column((decision) => decision.waived))}::integer[],
        ${P.texts(column((decision) => P.literal(decision.accountIds)))}::text[],
        ${P.dates(column((decision) => decision.opened ?? null))}::date[],
        ${P.dates(column((decision) => decision.closed ?? null))}::date[],
        ${P.bytes(column((decision) => decision.evidenceHash))}::bytea[],
        ${P.texts(column((decision) => decision.notificationId))}::text[]
      ) AS t(customer_id, revision, outcome, reasons, first_reason, reach, reach_reason, observed,
        met, derived, waived, account_ids, opened, closed, evidence_hash, notification_id)
      ${store.sql.literal(onConflict)}`.raw
  return revisions === null ? insertNew(store, write) : Effect.map(write(lookFirst), affected)
}
