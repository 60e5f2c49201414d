/**
 * What the two workers do: claim, mark, send, record, and resolve what is unknown; and how they
 * die.
 *
 * **Source** — delivery protocol 2.4 (the steps), 1.1; original faults C1, P1 to P3.
 */
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import { apply, disown, failure, fault, setWorker, withOrphan } from "./Applied.ts"
import { Did, type Emit, Kind, type Model, standingOf } from "./Exploration.ts"
import { tryMark } from "./MarkMove.ts"
import { nowMs } from "./ModelCarriers.ts"
import { contextOf } from "./Notifications.ts"
import type { Silence } from "./Rules.ts"
import * as World from "./World.ts"

type State = World.World

/** All moves of the workers. */
export const workerMoves = (model: Model, world: State, emit: Emit): void => {
  const [a, b] = world.workers
  if (a === 0) idleMoves(model, world, 0, emit)
  else busyMoves(model, world, 0, emit)
  if (b !== 0) busyMoves(model, world, 1, emit)
  else if (a !== 0) idleMoves(model, world, 1, emit)
}

const idleMoves = (model: Model, world: State, i: number, emit: Emit): void => {
  const notification = model.notifications.at(world.notification)
  const context = contextOf(model.notifications.capabilities, standingOf(world))
  for (const row of notification.attempts) {
    const { n } = row
    if (row.state === "pending" && row.dueMs <= nowMs) {
      const claimed = disown(apply(model, world, { _tag: "Claimed", n }, 1, n), n)
      const holding = setWorker(claimed, i, World.worker(World.Doing.claimed, n))
      if (model.rules.marksApart) emit(Did.claim, n, Kind.progress, holding)
      else tryMark(model, holding, i, Did.claim, emit)
    }
    if (row.state !== "unknown" || isHeld(world, n)) continue
    if (model.rules.reconcile(notification, row, context)._tag === "Wait") continue
    askMoves(model, world, i, n, emit)
  }
}

/** A live claim of an unknown attempt keeps other reconcilers away. */
const isHeld = (world: State, n: number): boolean =>
  world.workers.some(
    (w) => World.doing(w) === World.Doing.asked && World.workerN(w) === n && !World.isLate(w)
  )

const askMoves = (model: Model, world: State, i: number, n: number, emit: Emit): void => {
  const c = world.carrier[n - 1] ?? 0
  const isFound = World.acceptances(c) > 0 && World.lag(c) === 0
  const looksUp = model.notifications.capabilities.lookup !== "none"
  const told = looksUp ? (isFound ? World.Told.found : World.Told.notFound) : World.Told.noLookup
  const holder = World.worker(World.Doing.asked, n, World.withAnswer(0, told))
  const asked = setWorker(disown(world, n), i, holder)
  // An answer counts as of the moment it was asked for: one that changes nothing now never will.
  resolve(model, asked, i, (_did, _n, kind) => {
    if (kind !== Kind.idle) emit(Did.ask, n, Kind.progress, asked)
  })
}

/** A worker that was paused comes back when it likes. */
const pace = (w: number): number => (World.isLate(w) ? Kind.late : Kind.progress)

const busyMoves = (model: Model, world: State, i: number, emit: Emit): void => {
  const w = world.workers[i] ?? 0
  const n = World.workerN(w)
  const idle = setWorker(world, i, 0)
  const kind = pace(w)
  switch (World.doing(w)) {
    case World.Doing.claimed:
      fault(model, emit, world, "crash after claim", n, () => idle)
      tryMark(model, world, i, Did.mark, emit)
      return
    case World.Doing.marked:
      fault(model, emit, world, "crash after mark", n, () => idle)
      if (model.exploration.bounded && World.isLate(w)) emit(Did.tooLate, n, kind, idle)
      else emit(Did.send, n, kind, setWorker(world, i, World.withDoing(w, 3)))
      return
    case World.Doing.waiting:
      waitingMoves(model, world, i, emit)
      return
    case World.Doing.asked:
      fault(model, emit, world, "reconciler dies", n, () => idle)
      resolve(model, world, i, emit)
      return
    default:
  }
}

const agoOf = (w: number): number => (World.doing(w) === World.Doing.asked ? World.askedAgo(w) : 0)

/** Writes what a worker knows, if the store hears it. */
const record = (
  model: Model,
  world: State,
  w: number,
  event: DeliveryEvent,
  kind: number
): State => {
  if (!World.holdsFence(w) && model.rules.needsFence(event)) return world
  return apply(model, world, event, kind, World.workerN(w), agoOf(w))
}

const silences: ReadonlyArray<Silence> = ["timeout", "answer lost", "5xx"]

const silent = (model: Model, world: State, w: number, silence: Silence): State =>
  record(
    model,
    world,
    w,
    model.rules.read(World.workerN(w), silence),
    2 + silences.indexOf(silence)
  )

const waitingMoves = (model: Model, world: State, i: number, emit: Emit): void => {
  const w = world.workers[i] ?? 0
  const n = World.workerN(w)
  const request = World.requestOf(w)
  const answer = World.answer(request)
  const idle = setWorker(world, i, 0)
  const open = answer === World.Answer.none
  if (open) {
    fault(model, emit, world, "crash in flight", n, () => withOrphan(idle, request))
    fault(model, emit, world, "slow answer", n, () =>
      silent(model, withOrphan(idle, request), w, "timeout")
    )
    fault(model, emit, world, "connect refused", n, () =>
      record(model, idle, w, notSent(n, false), 5)
    )
    return
  }
  if (answer === World.Answer.vanished) {
    fault(model, emit, world, "crash in flight", n, () => idle)
    emit(Did.timeout, n, pace(w), silent(model, idle, w, "timeout"))
    return
  }
  fault(model, emit, world, "crash before record", n, () => idle)
  fault(model, emit, world, "answer lost", n, () => silent(model, idle, w, "answer lost"))
  if (answer === World.Answer.accepted) {
    fault(model, emit, world, "5xx after acceptance", n, () => silent(model, idle, w, "5xx"))
  }
  const [event, kind] = eventOf(n, answer)
  emit(Did.record, n, pace(w), record(model, idle, w, event, kind))
}

const notSent = (n: number, stored: boolean): DeliveryEvent => ({
  _tag: "ProvenNotSent",
  n,
  code: "429",
  notBeforeMs: null,
  stored
})

const acceptance = (n: number, via: "answer" | "lookup"): DeliveryEvent => ({
  _tag: "AcceptanceSeen",
  n,
  carrierMessageId: null,
  via
})

const eventOf = (n: number, answer: number): readonly [DeliveryEvent, number] => {
  const { Answer } = World
  if (answer === Answer.accepted) return [acceptance(n, "answer"), 6]
  if (answer === Answer.throttled) return [notSent(n, false), 5]
  if (answer === Answer.throttledBefore) return [notSent(n, true), 7]
  const stored = answer === Answer.refusedBefore
  return [{ _tag: "RefusalSeen", n, failure, stored }, stored ? 8 : 9]
}

/** What the reconciler makes of what it was told. */
const resolve = (model: Model, world: State, i: number, emit: Emit): void => {
  const w = world.workers[i] ?? 0
  const n = World.workerN(w)
  const idle = setWorker(world, i, 0)
  const told = World.answer(World.requestOf(w))
  const resolved = (to: State): void => {
    const kind = to.notification === world.notification ? Kind.idle : pace(w)
    emit(Did.resolve, n, kind, to)
  }
  if (told === World.Told.found) {
    return resolved(apply(model, idle, acceptance(n, "lookup"), 10, n, agoOf(w)))
  }
  if (told === World.Told.noLookup) {
    return resolved(record(model, idle, w, { _tag: "NoLookup", n }, 11))
  }
  const mayLift = world.restored === 1 && World.holdsFence(w) && laterNotFound(model, world, w)
  const from = mayLift ? { ...idle, restored: 2, sinceRestore: 0 } : idle
  resolved(record(model, from, w, { _tag: "NotFound", n }, 12))
}

/** The same look-up asks for every later reference as well while a quarantine is open. */
const laterNotFound = (model: Model, world: State, w: number): boolean => {
  const n = World.workerN(w)
  const notification = model.notifications.at(world.notification)
  const notFound = [n]
  for (let later = n + 1; later <= world.carrier.length; later++) {
    const c = world.carrier[later - 1] ?? 0
    if (World.acceptances(c) === 0 || World.lag(c) > 0) notFound.push(later)
  }
  const context = contextOf(model.notifications.capabilities, standingOf(world, agoOf(w)))
  return model.rules.isReconciled(notification, n, notFound, context)
}
