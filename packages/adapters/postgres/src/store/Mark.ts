/** T3: mark what may be submitted; nothing is submitted that is not marked. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { FrozenMessage, MarkBatch, MarkedBatch, ProgramStoreError } from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Circuit from "./Circuit.ts"
import * as Frozen from "./Frozen.ts"
import { giveBack } from "./MarkRefused.ts"
import { markAll, type MarkedRow, type MarkOne, seal } from "./MarkStatement.ts"
import * as Incarnations from "./Incarnations.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import type { Store } from "./Store.ts"

type Marked = MarkedBatch["marked"][number]

/**
 * Marks what may be submitted, in one statement; gives back or ends the rest by the rules. What a
 * worker no longer holds stays untouched.
 */
export const mark =
  (store: Store) =>
  (input: MarkBatch): Effect.Effect<MarkedBatch, ProgramStoreError> =>
    Effect.gen(function* () {
      const clockMs = yield* Clock.currentTimeMillis
      const context = { ...input.context, clockMs }
      const wanted = input.requests.filter((request) => request._tag === "Mark")
      const sealed = yield* seal(store, wanted)
      const rows = yield* store.transaction(
        Effect.gen(function* () {
          yield* Incarnations.confirm(store)
          const passage = yield* Circuit.enter(store, context)
          const request = { ...input, context }
          const marked = yield* markAll(store, request, wanted, sealed, passage._tag)
          if (passage._tag === "Probe" && marked.length > 0) {
            yield* Circuit.write(store, passage.change)
          }
          yield* activate(store, marked)
          yield* giveBack(store, input, marked)
          yield* freeze(store, input, marked)
          return marked
        })
      )
      return { marked: yield* members(store, wanted, rows) }
    })

/** waiting + T3: active. */
const activate = Effect.fnUntraced(function* (store: Store, marked: ReadonlyArray<MarkedRow>) {
  const waiting = marked.filter((row) => row.waiting)
  if (waiting.length === 0) return
  yield* store.sql`
    UPDATE notification n SET state = 'active', reason = NULL
    FROM unnest(${P.texts(waiting.map((row) => row.notification_id))}::text[]) AS t(id)
    CROSS JOIN LATERAL (
      SELECT ctid FROM notification WHERE program = ${store.program} AND notification_id = t.id
      OFFSET 0
    ) AS found
    WHERE n.ctid = found.ctid`
})

/** The batch's members from here on are these, and a receipt may have been waiting for one. */
const freeze = Effect.fnUntraced(function* (
  store: Store,
  input: MarkBatch,
  marked: ReadonlyArray<MarkedRow>
) {
  const references = marked.map((row) => row.reference ?? "")
  yield* store.sql`
    UPDATE submission_batch
    SET members = ${P.texts(references)}::text[], marked_at = clock_timestamp()
    WHERE program = ${store.program} AND batch_id = ${input.batchId} AND members IS NULL`
  if (marked.length > 0) {
    yield* Notifications.wakeReferences(store, references)
  }
  yield* Outbox.audit(store, {
    atMs: input.context.nowMs,
    actor: "submit",
    action: "submit.mark",
    subject: input.batchId,
    detail: { requested: input.requests.length, marked: marked.length }
  })
})

/** The members in the order of the requests; a replay's bytes come from the row. */
const members = Effect.fnUntraced(function* (
  store: Store,
  wanted: ReadonlyArray<MarkOne>,
  rows: ReadonlyArray<MarkedRow>
) {
  const replays = yield* Frozen.open(
    store,
    rows.filter((row) => row.replayed)
  )
  const byKey = new Map(rows.map((row) => [Frozen.keyOf(row.notification_id, row.n), row]))
  const marked: Array<Marked> = []
  for (const request of wanted) {
    const key = Frozen.keyOf(request.notificationId, request.n)
    const row = byKey.get(key)
    if (row === undefined) continue
    const message: FrozenMessage = replays.get(key) ?? request.message
    marked.push({
      notificationId: row.notification_id,
      n: row.n,
      keyGeneration: row.key_generation,
      validUntilMs: P.msOrNull(row.valid_until),
      message
    })
  }
  return marked
})
