/** T2 and T3: claim what is due, mark what may be submitted. */
import * as Breaker from "../../delivery/Breaker.ts"
import type * as Delivery from "../../delivery/Delivery.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Consequences from "../store/Consequences.ts"
import type * as Deliveries from "../store/Deliveries.ts"
import * as MinHeap from "./MinHeap.ts"
import * as Notifications from "./Notifications.ts"
import * as State from "./State.ts"

const second = 1000

/** What the circuit breaker lets pass now, and what the one probe changes. */
interface Circuit {
  readonly most: number
  readonly probe: Breaker.Change | undefined
}

const circuitOf = (state: State.State, context: Delivery.DeliveryContext): Circuit => {
  const policy = context.breaker ?? Breaker.defaults
  const passage = Breaker.passage(state.breaker, context.clockMs, policy)
  switch (passage._tag) {
    case "Free":
      return { most: Number.POSITIVE_INFINITY, probe: undefined }
    case "Probe":
      return { most: 1, probe: passage.change }
    case "Refused":
      return { most: 0, probe: undefined }
  }
}

/** How many messages may be claimed at this instant without passing the carrier's rate. */
const freeSlots = (
  state: State.State,
  context: Delivery.DeliveryContext,
  clockMs: number
): number => {
  state.claims = state.claims.filter((claim) => claim.clockMs > clockMs - second)
  let taken = 0
  for (const claim of state.claims) taken += claim.count
  return Math.max(0, Math.floor(context.capabilities.ratePerSecond) - taken)
}

export const claimDue = (
  state: State.State,
  input: Deliveries.ClaimDue,
  clockMs: number
): Deliveries.ClaimedBatch => {
  const context = { ...input.context, clockMs }
  const blocked = state.paused !== "none" || state.carrierNotBeforeMs > clockMs
  const slots = Math.min(input.limit, freeSlots(state, context, clockMs))
  const limit = blocked ? 0 : Math.min(slots, circuitOf(state, context).most)
  const messages: Array<Deliveries.ClaimedMessage> = []
  const fence = State.takeFence(state)
  const batchId = `${state.program}-batch-${fence}`
  while (messages.length < limit) {
    const dueMs = MinHeap.earliest(state.due)
    if (dueMs === undefined || dueMs > context.nowMs) break
    const key = MinHeap.pop(state.due) ?? ""
    const message = claimOne(state, key, context)
    if (message === undefined) continue
    const side = Notifications.sideOf(message.row, message.n)
    side.fence = fence
    side.batchId = batchId
    side.leaseUntilMs = clockMs + context.policy.leaseMs
    state.leased.add(key)
    messages.push({ ...Notifications.view(message.row), n: message.n, frozen: side.frozen })
  }
  if (messages.length > 0) {
    state.claims.push({ clockMs, count: messages.length })
    State.audit(state, "claimDue", context.nowMs, `${batchId} ${messages.length}`, input.worker)
  }
  return { batchId, fence, messages }
}

/** An entry of the heap that no longer holds gives `undefined`. */
const claimOne = (state: State.State, key: string, context: Delivery.DeliveryContext) => {
  const { n, notificationId } = Notifications.parseKey(key)
  const row = state.notifications.get(notificationId)
  if (row === undefined) return undefined
  const attempt = Notification.attemptAt(row.notification, n)
  if (attempt?.state !== "pending" || attempt.dueMs > context.nowMs) return undefined
  return Notifications.apply(state, row, { _tag: "Claimed", n }, context) ? { row, n } : undefined
}

type Marked = Deliveries.MarkedBatch["marked"][number]

export const mark = (
  state: State.State,
  input: Deliveries.MarkBatch,
  clockMs: number
): Deliveries.MarkedBatch => {
  const context = { ...input.context, clockMs }
  const marked: Array<Marked> = []
  for (const request of input.requests) {
    const row = state.notifications.get(request.notificationId)
    if (row === undefined || !holds(state, row, request.n, input, context)) continue
    if (request._tag === "Mark") {
      const member = markOne(state, row, request, input, context)
      if (member !== undefined) {
        marked.push(member)
        continue
      }
    } else if (request._tag === "End") {
      Notifications.apply(state, row, request.event, context)
    }
    giveBack(state, row, request.n, context)
  }
  State.audit(state, "mark", context.nowMs, `${input.batchId} ${marked.length}`)
  return { marked }
}

/**
 * Whether the caller still holds the attempt, with time left to put the request on the wire.
 *
 * **Source** — delivery protocol 2.4, T3.
 */
const holds = (
  state: State.State,
  row: State.NotificationState,
  n: number,
  input: Deliveries.MarkBatch,
  context: Delivery.DeliveryContext
): boolean => {
  if (!state.protocol.marksUnderFence) return true
  const side = row.sides[n - 1]
  const { marginMs, requestDeadlineMs } = context.policy
  return (
    side !== undefined &&
    side.fence === input.fence &&
    side.batchId === input.batchId &&
    side.leaseUntilMs > context.clockMs + requestDeadlineMs + marginMs
  )
}

const markOne = (
  state: State.State,
  row: State.NotificationState,
  request: Extract<Deliveries.MarkRequest, { readonly _tag: "Mark" }>,
  input: Deliveries.MarkBatch,
  context: Delivery.DeliveryContext
): Marked | undefined => {
  const { n, notificationId, parts } = request
  // Asked for each message: the first that is marked as a probe is the only one.
  const circuit = circuitOf(state, context)
  const failure = Notifications.guard(state, row, n, context, {
    windowClosesMs: input.windowClosesMs,
    contactAskedMs: Consequences.contactAskedMs(request.contactAskedMs, context),
    paused: state.paused !== "none",
    circuitAllows: circuit.most > 0,
    incarnationConfirmed: true,
    earlierReceiptsFolded: earlierFolded(state, row, n),
    earlierAskedMs: request.earlierAskedMs
  })
  if (failure !== undefined) return undefined
  if (circuit.probe !== undefined) state.breaker = circuit.probe.next
  const side = Notifications.sideOf(row, n)
  // A replay sends the frozen bytes whatever its worker has rendered.
  side.frozen ??= request.message
  side.reference = side.frozen.reference
  const event = { _tag: "Marked", n, validUntilMs: request.validUntilMs, parts } as const
  if (!Notifications.apply(state, row, event, context)) return undefined
  state.byReference.set(side.reference, Notifications.keyOf(notificationId, n))
  Notifications.wakeOrphans(state, `reference ${side.reference}`)
  const attempt = Notification.attemptAt(row.notification, n)
  return {
    notificationId,
    n,
    keyGeneration: attempt?.keyGeneration ?? 1,
    validUntilMs: attempt?.validUntilMs ?? null,
    message: side.frozen
  }
}

/** What is still claimed after all goes back, or ends by the rules' own order. */
const giveBack = (
  state: State.State,
  row: State.NotificationState,
  n: number,
  context: Delivery.DeliveryContext
): void => {
  const notBeforeMs = Consequences.markAgainMs(context, n)
  Notifications.apply(state, row, { _tag: "MarkRefused", n, notBeforeMs }, context)
}

/** No stored receipt of an earlier attempt waits to be folded. */
const earlierFolded = (state: State.State, row: State.NotificationState, n: number): boolean => {
  if (n === 1) return true
  for (const digest of state.unfolded) {
    const reference = state.inbox.get(digest)?.report.reference ?? null
    const carrierId = state.inbox.get(digest)?.report.carrierMessageId ?? null
    for (let earlier = 1; earlier < n; earlier++) {
      const attempt = Notification.attemptAt(row.notification, earlier)
      if (reference !== null && row.sides[earlier - 1]?.reference === reference) return false
      if (carrierId !== null && attempt?.carrierMessageId === carrierId) return false
    }
  }
  return true
}
