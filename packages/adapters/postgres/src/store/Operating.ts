/** What people do: suppress, lift a suppression, pause. */
import * as Effect from "effect/Effect"
import { Consequences, type ProgramStoreError, type ProgramStoreVerbs } from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Incarnations from "./Incarnations.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import { affected, type Store } from "./Store.ts"

type Input<Verb extends "suppress" | "unsuppress" | "suppressions" | "setPause"> = Parameters<
  ProgramStoreVerbs[Verb]
>[0]

/**
 * What is not marked yet ends at once; what is marked meets the suppression at its next mark. In a
 * database its witness does not know the suppression is kept and nothing ends: its rows may have
 * forgotten what was sent.
 */
export const suppress =
  (store: Store) =>
  (input: Input<"suppress">): Effect.Effect<{ readonly added: number }, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { by, nowMs, reason } = input
        const added = yield* store.sql<{ readonly customer_id: string }>`
          INSERT INTO suppression (program, customer_id, reason, since, suppressed_by)
          SELECT ${store.program}, customer_id, ${reason}, ${P.instant(nowMs)}, ${by}
          FROM unnest(${P.texts(input.customerIds)}::text[]) AS t(customer_id)
          ON CONFLICT DO NOTHING
          RETURNING customer_id`
        const witness = yield* Incarnations.seen(store)
        const isKnown = witness === "none" || witness === "agrees"
        const customers = P.texts(isKnown ? added.map((row) => row.customer_id) : [])
        const open = yield* store.sql<{ readonly notification_id: string }>`
          SELECT n.notification_id FROM month m
          CROSS JOIN unnest(${customers}::text[]) AS t(customer_id)
          CROSS JOIN LATERAL (
            SELECT notification_id, state FROM notification
            WHERE program = m.program AND month = m.month AND customer_id = t.customer_id
            OFFSET 0
          ) AS n
          WHERE m.program = ${store.program} AND n.state IN ('held', 'active', 'waiting')`
        const batch = yield* Notifications.load(
          store,
          open.map((row) => row.notification_id)
        )
        const context = Consequences.commandContext(nowMs, batch.clockMs)
        for (const row of batch.rows.values()) {
          Notifications.apply(batch, row, { _tag: "Suppressed", reason }, context)
        }
        yield* Notifications.save(store, batch, nowMs)
        yield* auditPeople(store, input, "suppress", { added: added.length, reason })
        return { added: added.length }
      })
    )

export const unsuppress =
  (store: Store) =>
  (input: Input<"unsuppress">): Effect.Effect<{ readonly removed: number }, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const result = yield* store.sql`
          DELETE FROM suppression
          WHERE program = ${store.program}
            AND customer_id = ANY(${P.texts(input.customerIds)}::text[])`.raw
        const removed = affected(result)
        yield* auditPeople(store, input, "unsuppress", { removed })
        return { removed }
      })
    )

export const suppressions =
  (store: Store) =>
  (input: Input<"suppressions">): ReturnType<ProgramStoreVerbs["suppressions"]> =>
    store.query(
      Effect.map(
        store.sql<{
          readonly customer_id: string
          readonly reason: string
          readonly since: Date
        }>`
          SELECT customer_id, reason, since FROM suppression
          WHERE program = ${store.program} AND customer_id > ${input.after ?? ""}
          ORDER BY customer_id LIMIT ${input.limit}`,
        (rows) =>
          rows.map((row) => ({
            customerId: row.customer_id,
            reason: row.reason,
            sinceMs: P.ms(row.since)
          }))
      )
    )

/** Waits for claims that are being made; every mark from then on sees it. */
export const setPause =
  (store: Store) =>
  (input: Input<"setPause">): Effect.Effect<void, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        yield* store.sql`
          UPDATE program_state SET pause = ${input.state}, pause_by = ${input.by},
            pause_at = ${P.instant(input.nowMs)}
          WHERE program = ${store.program}`
        yield* auditPeople(store, input, "pause", { state: input.state })
      })
    )

const auditPeople = (
  store: Store,
  input: { readonly by: string; readonly nowMs: number },
  action: string,
  detail: Readonly<Record<string, string | number>>
) =>
  Outbox.audit(store, {
    atMs: input.nowMs,
    actor: input.by,
    action,
    subject: store.program,
    detail
  })
