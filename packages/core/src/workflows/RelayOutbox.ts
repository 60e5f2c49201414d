/**
 * Publishes committed events in order, at least once: an event is marked only after the publisher
 * took it. Tells operations of new escalations the same way.
 *
 * **Source** — original architecture §5; product rules, The stages; invariants 40, 41.
 */
import * as Effect from "effect/Effect"
import { EventPublisher } from "../ports/EventPublisher.ts"
import { Operations } from "../ports/Operations.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { EscalationRow } from "../ports/store/Deliveries.ts"
import { Program } from "./Program.ts"

/** A broker that is down leaves the outbox as it is; the core goes on. */
export const relayOutbox = Effect.fn("RelayOutbox.relayOutbox")(function* (nowMs: number) {
  const program = yield* Program
  const store = yield* ProgramStore
  const publisher = yield* EventPublisher
  let published = 0
  for (;;) {
    const { events } = yield* store.outbox({ limit: program.batch.receipts })
    if (events.length === 0) return published
    const sent = yield* publisher.publish(events).pipe(
      Effect.as(true),
      Effect.catchTag("EventPublisherError", (error) =>
        Effect.as(Effect.logWarning("events wait in the outbox", { reason: error.reason }), false)
      )
    )
    if (!sent) return published
    yield* store.outboxPublished({ eventIds: events.map((event) => event.id), nowMs })
    published += events.length
  }
})

/** New escalations reach operations; one that could not be told is told at the next tick. */
export const notifyOperations = Effect.fn("RelayOutbox.notifyOperations")(function* (
  nowMs: number
) {
  const program = yield* Program
  const store = yield* ProgramStore
  const operations = yield* Operations
  let told = 0
  for (;;) {
    const rows = yield* store.unnotifiedEscalations({ limit: program.batch.receipts })
    if (rows.length === 0) return told
    const sent = yield* operations.notify(rows.map(notice)).pipe(
      Effect.as(true),
      Effect.catchTag("OperationsError", (error) =>
        Effect.as(Effect.logWarning("operations not told", { reason: error.reason }), false)
      )
    )
    if (!sent) return told
    yield* store.escalationsNotified({
      escalationIds: rows.map((row) => row.escalationId),
      nowMs
    })
    told += rows.length
  }
})

const notice = (row: EscalationRow) => ({
  escalationId: row.escalationId,
  cause: row.cause,
  customerId: row.customerId,
  month: row.month,
  text:
    `Escalation ${row.cause}: a person must decide` +
    (row.detail === null ? "" : ` (${row.detail})`)
})
