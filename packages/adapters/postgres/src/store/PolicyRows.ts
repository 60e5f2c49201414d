/** Policies as data, append-only. */
import * as Effect from "effect/Effect"
import {
  CalendarMonth,
  type PolicyRow,
  type ProgramStoreError,
  type RecordPolicies,
  type RecordPoliciesOutcome
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Outbox from "./Outbox.ts"
import type { Store } from "./Store.ts"

/** Several processes start at once: one after the other records what is new. */
export const recordPolicies =
  (store: Store) =>
  (input: RecordPolicies): Effect.Effect<RecordPoliciesOutcome, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { program, sql } = store
        const { nowMs } = input
        yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${program} policies`}, 0))`
        const rows = yield* sql<{ readonly effective_from: string; readonly hash: string }>`
          SELECT effective_from, hash FROM policy WHERE program = ${program}`
        const known = new Set(rows.map((row) => `${row.effective_from.slice(0, 7)} ${row.hash}`))
        const added = input.policies.filter(
          ({ effectiveFrom, hash }) => !known.has(`${effectiveFrom} ${hash}`)
        )
        for (const { effectiveFrom } of rows.length === 0 ? [] : added) {
          if (yield* hasBegun(store, effectiveFrom)) {
            return { _tag: "InForce", effectiveFrom } as const
          }
        }
        for (const { effectiveFrom, hash, text } of added) {
          yield* sql`
            INSERT INTO policy (program, effective_from, hash, bytes, recorded_at)
            VALUES (${program}, ${P.date(CalendarMonth.first(effectiveFrom))}, ${hash},
              convert_to(${text}, 'UTF8'), ${P.instant(nowMs)})`
          yield* Outbox.audit(store, {
            atMs: nowMs,
            actor: "program",
            action: "policy.record",
            subject: effectiveFrom,
            detail: { hash }
          })
        }
        return { _tag: "Recorded", added: added.length } as const
      })
    )

/** Whether a month from this one on has begun: a date was captured, or a month decided. */
const hasBegun = (store: Store, from: CalendarMonth.CalendarMonth) =>
  Effect.map(
    store.sql<{ readonly begun: boolean }>`
      SELECT EXISTS (
          SELECT FROM run WHERE program = ${store.program} AND kind = 'capture'
            AND key >= ${CalendarMonth.first(from)} AND finished_at IS NOT NULL)
        OR EXISTS (
          SELECT FROM month WHERE program = ${store.program} AND month >= ${from}
            AND status <> 'open') AS begun`,
    (rows) => rows[0]?.begun === true
  )

export const policyRow =
  (store: Store) =>
  (input: { readonly hash: string }): Effect.Effect<PolicyRow | null, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<{
          readonly effective_from: string
          readonly hash: string
          readonly text: string
        }>`
          SELECT effective_from, hash, convert_from(bytes, 'UTF8') AS text FROM policy
          WHERE program = ${store.program} AND hash = ${input.hash}
          ORDER BY effective_from LIMIT 1`,
        ([row]) => {
          const effectiveFrom = CalendarMonth.parse(row?.effective_from.slice(0, 7) ?? "")
          return row === undefined || effectiveFrom === undefined
            ? null
            : { effectiveFrom, hash: row.hash, text: row.text }
        }
      )
    )
