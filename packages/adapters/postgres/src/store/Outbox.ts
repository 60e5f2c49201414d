/** Domain events and audit entries, written in the transaction of the fact they tell. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import { BusinessDate, type DomainEvent, type OutboxPage, type ProgramStoreError } from "../Core.ts"
import * as Ids from "../Ids.ts"
import * as P from "../Parameters.ts"
import type { Store } from "./Store.ts"

/** One event to be. */
export interface OutboxEvent {
  readonly id: string
  readonly correlationId: string
  readonly causationId: string
  readonly announcement: DomainEvent.Announcement
}

/** Appends events in the order given. */
export const append = (
  store: Store,
  occurredAtMs: number,
  events: ReadonlyArray<OutboxEvent>
): Effect.Effect<void, SqlError> =>
  events.length === 0
    ? Effect.void
    : Effect.asVoid(store.sql`
        INSERT INTO outbox (program, event_id, type, version, occurred_at, business_date,
          correlation_id, causation_id, payload)
        SELECT ${store.program}, e.id, e.type, 1, ${P.instant(occurredAtMs)}, e.business_date,
          e.correlation, e.causation, e.payload
        FROM unnest(
          ${P.texts(events.map((event) => event.id))}::text[],
          ${P.texts(events.map((event) => event.announcement.type))}::text[],
          ${P.dates(events.map((event) => event.announcement.businessDate))}::date[],
          ${P.texts(events.map((event) => event.correlationId))}::text[],
          ${P.texts(events.map((event) => event.causationId))}::text[],
          ${P.texts(events.map((event) => JSON.stringify(event.announcement.payload)))}::text[]
        ) WITH ORDINALITY AS e(id, type, business_date, correlation, causation, payload, position)
        ORDER BY e.position
        ON CONFLICT (program, event_id) DO NOTHING`)

/** Appends what a command or a page of work announces. */
export const announce = (
  store: Store,
  occurredAtMs: number,
  announcements: ReadonlyArray<DomainEvent.Announcement>,
  stamp: { readonly correlationId: string; readonly causationId: string }
): Effect.Effect<void, SqlError> =>
  append(
    store,
    occurredAtMs,
    announcements.map((announcement) => ({ id: Ids.uuid(occurredAtMs), ...stamp, announcement }))
  )

/** One entry per command or page of work: numbers and ids, never a phone, a name or a balance. */
export const audit = (
  store: Store,
  entry: {
    readonly atMs: number
    readonly actor: string
    readonly action: string
    readonly subject: string
    readonly detail: Readonly<Record<string, string | number | boolean | null>>
  }
): Effect.Effect<void, SqlError> =>
  Effect.asVoid(store.sql`
    INSERT INTO audit_entry (program, occurred_at, actor, action, subject, detail)
    VALUES (${store.program}, ${P.instant(entry.atMs)}, ${entry.actor}, ${entry.action},
      ${entry.subject}, ${JSON.stringify(entry.detail)})`)

interface EventRow {
  readonly event_id: string
  readonly type: DomainEvent.DomainEvent["type"]
  readonly occurred_at: Date
  readonly business_date: BusinessDate.BusinessDate | null
  readonly correlation_id: string
  readonly causation_id: string
  readonly payload: string
}

const eventOf = (program: string, row: EventRow): DomainEvent.DomainEvent => {
  const payload: DomainEvent.DomainEvent["payload"] = JSON.parse(row.payload)
  const event = {
    id: row.event_id,
    type: row.type,
    version: 1,
    occurredAt: row.occurred_at.toISOString(),
    businessDate: row.business_date === null ? null : BusinessDate.unchecked(row.business_date),
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    program,
    payload
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written together
  return event as DomainEvent.DomainEvent
}

/** Programs of one schema share its positions: so many times a page may hold a page of one. */
const pagesInWindow = 4

/**
 * The first events not yet published. They are looked for from the first of them and not far beyond
 * it: without statistics the planner would read and sort all that wait, for every page.
 */
export const outbox =
  (store: Store) =>
  (input: { readonly limit: number }): Effect.Effect<OutboxPage, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<EventRow>`
          WITH first AS MATERIALIZED (
            SELECT min(position) AS position FROM outbox
            WHERE program = ${store.program} AND published_at IS NULL
          )
          SELECT event_id, type, occurred_at, business_date, correlation_id, causation_id, payload
          FROM outbox
          WHERE program = ${store.program} AND published_at IS NULL
            AND position >= (SELECT position FROM first)
            AND position < (SELECT position + ${P.integer(pagesInWindow * input.limit)} FROM first)
          ORDER BY position
          LIMIT ${input.limit}`,
        (rows) => ({ events: rows.map((row) => eventOf(store.program, row)) })
      )
    )

export const outboxPublished =
  (store: Store) =>
  (input: {
    readonly eventIds: ReadonlyArray<string>
    readonly nowMs: number
  }): Effect.Effect<void, ProgramStoreError> =>
    store.transaction(
      // Asked for inside, "not yet published" makes the planner read all of those for each event.
      Effect.asVoid(store.sql`
        UPDATE outbox o SET published_at = ${P.instant(input.nowMs)}
        FROM unnest(${P.texts(input.eventIds)}::text[]) AS t(event_id)
        CROSS JOIN LATERAL (
          SELECT ctid, published_at FROM outbox
          WHERE program = ${store.program} AND event_id = t.event_id
          OFFSET 0 FOR UPDATE
        ) AS found
        WHERE o.ctid = found.ctid AND found.published_at IS NULL`)
    )
