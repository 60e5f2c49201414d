/** What a worker asked to mark but may not submit. */
import * as Effect from "effect/Effect"
import { Consequences, type MarkBatch, Notification } from "../Core.ts"
import * as Frozen from "./Frozen.ts"
import type { MarkedRow } from "./MarkStatement.ts"
import * as Notifications from "./Notifications.ts"
import type { Store } from "./Store.ts"

/** What was not marked but is still held goes back, or ends by the rules' own order. */
export const giveBack = Effect.fnUntraced(function* (
  store: Store,
  input: MarkBatch,
  marked: ReadonlyArray<MarkedRow>
) {
  if (marked.length === input.requests.length) return
  const done = new Set(marked.map((row) => Frozen.keyOf(row.notification_id, row.n)))
  const rest = input.requests.filter(
    (request) => !done.has(Frozen.keyOf(request.notificationId, request.n))
  )
  const batch = yield* Notifications.load(
    store,
    rest.map((request) => request.notificationId)
  )
  const { context } = input
  for (const request of rest) {
    const { n } = request
    const notBeforeMs = Consequences.markAgainMs(context, n)
    const row = batch.rows.get(request.notificationId)
    if (row === undefined || !holds(row, n, input, batch.clockMs)) continue
    if (request._tag === "End") Notifications.apply(batch, row, request.event, context)
    Notifications.apply(batch, row, { _tag: "MarkRefused", n, notBeforeMs }, context)
  }
  yield* Notifications.save(store, batch, context.nowMs)
})

const holds = (
  row: Notifications.Loaded,
  n: number,
  input: MarkBatch,
  clockMs: number
): boolean => {
  const side = row.sides[n - 1]
  const { marginMs, requestDeadlineMs } = input.context.policy
  return (
    side !== undefined &&
    Notification.attemptAt(row.notification, n)?.state === "claimed" &&
    side.fence === input.fence &&
    side.batchId === input.batchId &&
    (side.leaseUntilMs ?? 0) > clockMs + requestDeadlineMs + marginMs
  )
}
