/**
 * Events and faults applied to a state of the model.
 *
 * **Source** — delivery protocol 1.1; 2.4, rule 1.
 */
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import type { Failure } from "../../delivery/FailureCategory.ts"
import { Did, type Emit, type FaultKind, faultKinds, Kind } from "./Exploration.ts"
import { type Model, standingOf } from "./Exploration.ts"
import * as World from "./World.ts"

type State = World.World

/** What a carrier says when it refuses, or cannot deliver: time may cure it. */
export const failure: Failure = { category: "Undeliverable", disposition: "retry", code: "X" }

/** Codes of events for the table of decisions: unique per event and attempt. */
const code = (kind: number, n: number): number => kind * 4 + n

/** The same world with another worker at `i`. */
export const setWorker = (world: State, i: number, w: number): State => ({
  ...world,
  workers: i === 0 ? [w, world.workers[1]] : [world.workers[0], w]
})

/** Nobody who holds the attempt may write about it any more. */
export const disown = (world: State, n: number): State => {
  const [a, b] = world.workers
  const take = (w: number): number => (World.workerN(w) === n ? World.withoutFence(w) : w)
  return { ...world, workers: [take(a), take(b)] }
}

/** A request whose worker has left. */
export const withOrphan = (world: State, request: number): State => ({
  ...world,
  orphans: [...world.orphans, request].toSorted((x, y) => x - y)
})

/** Emits what a fault leads to, while the budget allows it. */
export const fault = (
  model: Model,
  emit: Emit,
  world: State,
  kind: FaultKind,
  n: number,
  to: () => State
): void => {
  if (!model.may(world, kind)) return
  const next = to()
  emit(Did.fault + faultKinds.indexOf(kind), n, Kind.fault, { ...next, faults: world.faults + 1 })
}

/**
 * The world after an event of this kind: the same one where the rules change nothing. An acceptance
 * moves the fence on.
 */
export const apply = (
  model: Model,
  world: State,
  event: DeliveryEvent,
  kind: number,
  n: number,
  askedAgo = 0
): State => {
  const { notifications } = model
  const next = notifications.step(
    world.notification,
    event,
    code(kind, n),
    standingOf(world, askedAgo)
  )
  if (next === world.notification) return world
  const after = { ...world, notification: next }
  const isEvidence = event._tag === "AcceptanceSeen" || event._tag === "ReceiptSeen"
  return isEvidence ? disown(after, n) : after
}
