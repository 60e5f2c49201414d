/**
 * Escalated messages that two people decide, page by page under their locks, and items that one
 * person ends.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  type AcknowledgeEscalations,
  type ConfirmProposal,
  Escalation,
  type ProgramStoreError,
  type ProposalRefusal,
  type ProposalRow,
  type ProposedResolution
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import { affected, type Store } from "./Store.ts"

/** Notifications loaded and written together. */
const pageSize = 500

/** Each by the rules' own step; what they do not allow is left open. */
export const resolve = Effect.fnUntraced(function* (
  store: Store,
  { by, proposed, proposedMs }: ProposalRow & { readonly proposed: ProposedResolution },
  input: ConfirmProposal
): Effect.fn.Return<ProposalRefusal | undefined, SqlError> {
  const { delivery } = input.terms
  if (delivery === undefined) return "NOTHING_TO_RESOLVE"
  let changed = 0
  let after: string | null = ""
  while (after !== null) {
    const page: ReadonlyArray<Item> = yield* itemsAfter(store, proposed, proposedMs, after)
    const ids = page.map((item) => item.notification_id)
    const batch = yield* Notifications.load(store, ids)
    const context = { ...delivery, nowMs: input.nowMs, clockMs: batch.clockMs }
    const event = { _tag: "Resolved", action: proposed.action, by: [by, input.by] } as const
    for (const row of batch.rows.values()) {
      if (Notifications.apply(batch, row, event, context)) changed++
    }
    yield* Notifications.save(store, batch, input.nowMs)
    after = page.length < pageSize ? null : (page.at(-1)?.escalation_id ?? null)
  }
  return changed === 0 ? "NOTHING_TO_RESOLVE" : undefined
})

interface Item {
  readonly escalation_id: string
  readonly notification_id: string
}

const itemsAfter = (
  store: Store,
  { cause, escalationId }: ProposedResolution,
  proposedMs: number,
  after: string
): Effect.Effect<ReadonlyArray<Item>, SqlError> => store.sql<Item>`
  SELECT escalation_id, notification_id FROM escalation
  WHERE program = ${store.program} AND escalation_id > ${after} AND resolved_at IS NULL
    AND raised_at <= ${P.instant(proposedMs)} AND notification_id IS NOT NULL
    AND (${P.text(escalationId)}::text IS NULL OR escalation_id = ${P.text(escalationId)})
    AND (${P.text(cause)}::text IS NULL OR cause = ${P.text(cause)})
  ORDER BY escalation_id LIMIT ${pageSize}`

export const acknowledge =
  (store: Store) =>
  (
    input: AcknowledgeEscalations
  ): Effect.Effect<{ readonly acknowledged: number }, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { by, cause, escalationId, nowMs } = input
        const ended = yield* store.sql`
          UPDATE escalation SET resolved_at = ${P.instant(nowMs)}, resolution = 'acknowledge',
            resolved_by = ARRAY[${by}::text]
          WHERE program = ${store.program} AND resolved_at IS NULL
            AND raised_at <= ${P.instant(input.raisedUntilMs)}
            AND (${P.text(escalationId)}::text IS NULL OR escalation_id = ${P.text(escalationId)})
            AND (${P.text(cause)}::text IS NULL OR cause = ${P.text(cause)})
            AND cause <> ALL(${P.texts(Escalation.decidedByTwo)}::text[])`.raw
        const acknowledged = affected(ended)
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: by,
          action: "escalation.acknowledge",
          subject: escalationId ?? cause ?? "",
          detail: { acknowledged }
        })
        return { acknowledged }
      })
    )
