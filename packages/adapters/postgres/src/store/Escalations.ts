/** Work items for people: at most one open per cause and subject. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import {
  type CalendarMonth,
  Consequences,
  type EscalationRow,
  type ProgramStoreError
} from "../Core.ts"
import * as Ids from "../Ids.ts"
import * as P from "../Parameters.ts"
import type { OutboxEvent } from "./Outbox.ts"
import type { Store } from "./Store.ts"

/** What an escalation is about. */
export interface Raising {
  readonly cause: string
  readonly customerId: string | null
  readonly month: CalendarMonth.CalendarMonth | null
  readonly notificationId: string | null
  /** Absent: there is nothing to say beside the cause. */
  readonly detail?: string
}

interface Row {
  readonly escalation_id: string
  readonly cause: string
  readonly customer_id: string | null
  readonly month: CalendarMonth.CalendarMonth | null
  readonly notification_id: string | null
  readonly detail: string | null
  readonly raised_at: Date
  readonly resolved_at: Date | null
}

/** Opens those that are not open yet; the events of the ones really opened. */
export const raise = (
  store: Store,
  nowMs: number,
  all: ReadonlyArray<Raising>
): Effect.Effect<ReadonlyArray<OutboxEvent>, SqlError> =>
  all.length === 0
    ? Effect.succeed([])
    : Effect.map(
        store.sql<Row>`
          INSERT INTO escalation (program, escalation_id, cause, customer_id, month,
            notification_id, detail, raised_at)
          SELECT ${store.program}, t.*, ${P.instant(nowMs)}
          FROM unnest(
            ${P.texts(all.map(() => Ids.uuid(nowMs)))}::text[],
            ${P.texts(all.map((row) => row.cause))}::text[],
            ${P.texts(all.map((row) => row.customerId))}::text[],
            ${P.texts(all.map((row) => row.month))}::text[],
            ${P.texts(all.map((row) => row.notificationId))}::text[],
            ${P.texts(all.map((row) => row.detail ?? null))}::text[]
          ) AS t
          ON CONFLICT DO NOTHING
          RETURNING escalation_id, cause, customer_id, month, notification_id, detail, raised_at,
            resolved_at`,
        (rows) =>
          rows.map((row) => ({
            id: Ids.uuid(nowMs),
            correlationId: row.notification_id ?? row.escalation_id,
            causationId: row.cause,
            announcement: Consequences.escalationRaised(toRow(row))
          }))
      )

/** An item that is open already says what is so now. */
export const retell = (
  store: Store,
  { cause, customerId, detail, month }: Raising
): Effect.Effect<unknown, SqlError> => store.sql`
  UPDATE escalation SET detail = ${P.text(detail ?? null)}
  WHERE program = ${store.program} AND cause = ${cause} AND customer_id = ${customerId}
    AND month = ${month} AND resolved_at IS NULL`

/** Closes the open ones: people have decided. */
export const resolve = (
  store: Store,
  nowMs: number,
  all: ReadonlyArray<Raising>
): Effect.Effect<unknown, SqlError> =>
  all.length === 0
    ? Effect.void
    : store.sql`
        UPDATE escalation e SET resolved_at = ${P.instant(nowMs)}
        FROM unnest(
          ${P.texts(all.map((row) => row.cause))}::text[],
          ${P.texts(all.map((row) => row.notificationId ?? ""))}::text[],
          ${P.texts(all.map((row) => row.customerId ?? ""))}::text[],
          ${P.texts(all.map((row) => row.month ?? ""))}::text[]
        ) AS t(cause, notification_id, customer_id, month)
        WHERE e.program = ${store.program} AND e.cause = t.cause AND e.resolved_at IS NULL
          AND coalesce(e.notification_id, '') = t.notification_id
          AND coalesce(e.customer_id, '') = t.customer_id AND coalesce(e.month, '') = t.month`

/** The program's work items; what follows narrows them. */
const selected = (store: Store): Fragment => store.sql`
  SELECT escalation_id, cause, customer_id, month, notification_id, detail, raised_at, resolved_at
  FROM escalation
  WHERE program = ${store.program}`

export const toRow = (row: Row): EscalationRow => ({
  escalationId: row.escalation_id,
  cause: row.cause,
  customerId: row.customer_id,
  month: row.month,
  notificationId: row.notification_id,
  detail: row.detail,
  raisedMs: P.ms(row.raised_at),
  resolvedMs: P.msOrNull(row.resolved_at)
})

export const escalations =
  (store: Store) =>
  (input: {
    readonly openOnly: boolean
    readonly after: string | null
    readonly limit: number
  }): Effect.Effect<ReadonlyArray<EscalationRow>, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<Row>`
          ${selected(store)} AND escalation_id > ${input.after ?? ""}
            AND (resolved_at IS NULL OR NOT ${input.openOnly})
          ORDER BY escalation_id LIMIT ${input.limit}`,
        (rows) => rows.map(toRow)
      )
    )

export const unnotifiedEscalations =
  (store: Store) =>
  (input: {
    readonly limit: number
  }): Effect.Effect<ReadonlyArray<EscalationRow>, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<Row>`
          ${selected(store)} AND notified_at IS NULL
          ORDER BY raised_at, escalation_id LIMIT ${input.limit}`,
        (rows) => rows.map(toRow)
      )
    )

export const escalationsNotified =
  (store: Store) =>
  (input: {
    readonly escalationIds: ReadonlyArray<string>
    readonly nowMs: number
  }): Effect.Effect<void, ProgramStoreError> =>
    store.transaction(
      Effect.asVoid(store.sql`
        UPDATE escalation SET notified_at = ${P.instant(input.nowMs)}
        WHERE program = ${store.program} AND notified_at IS NULL
          AND escalation_id = ANY(${P.texts(input.escalationIds)}::text[])`)
    )

/** Open escalations of a customer's month, and closed ones. */
export const ofCustomer = (
  store: Store,
  customerId: string,
  month: CalendarMonth.CalendarMonth
): Effect.Effect<ReadonlyArray<EscalationRow>, SqlError> =>
  Effect.map(
    store.sql<Row>`
      ${selected(store)} AND customer_id = ${customerId} AND month = ${month}
      ORDER BY escalation_id`,
    (rows) => rows.map(toRow)
  )
