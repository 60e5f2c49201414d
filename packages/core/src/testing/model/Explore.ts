/**
 * Every state one customer's month can reach, over the production rules: two workers, a carrier, a
 * lease, a network, faults in any number up to a bound and in any order.
 *
 * **Source** — delivery protocol 2.6; fault list, target figures 4 and 6.
 */
import * as Delivery from "../../delivery/Delivery.ts"
import * as Notification from "../../delivery/Notification.ts"
import { memoryMoves, receiptMoves, wireMoves } from "./CarrierMoves.ts"
import { Did, type Emit, type Exploration, Kind } from "./Exploration.ts"
import type { FaultKind, Model, Violation } from "./Exploration.ts"
import * as Found from "./Found.ts"
import * as Graph from "./Graph.ts"
import { carrierOf, farMs, lagSteps, modelPolicy } from "./ModelCarriers.ts"
import { contextOf, notifications } from "./Notifications.ts"
import { type ModelRules, rules as production } from "./Rules.ts"
import { customerMoves, leaseMoves, restoreMoves, timeMoves } from "./TimeMoves.ts"
import { verdict } from "./Verdict.ts"
import { workerMoves } from "./WorkerMoves.ts"
import * as World from "./World.ts"

export interface Explored {
  readonly states: number
  /** Whether every state was visited. */
  readonly complete: boolean
  /** The first trace to each kind of violation. */
  readonly violations: ReadonlyMap<Violation, string>
  /** End states with the number of messages the carrier accepted, as `delivered/1`, sorted. */
  readonly ends: ReadonlyArray<string>
  /** Every kind of fact the rules gave. */
  readonly facts: ReadonlySet<string>
  /** The most changes of the notification on any path; -1: without end. */
  readonly writes: number
}

/** A state without workers, carrier or network beside a notification. */
const initial = (notification: number): World.World => ({
  notification,
  suppressed: false,
  expired: false,
  restored: 0,
  sinceRestore: 0,
  faults: 0,
  workers: [0, 0],
  carrier: Array.from({ length: modelPolicy.maxRows }, () => 0),
  orphans: []
})

/** What is being looked at, and what has been seen of it. */
interface Cursor {
  state: number
  notification: number
  /** Somebody has something to do before time passes. */
  isBusy: boolean
  /** Something has to happen yet. */
  isOpen: boolean
  /** It led to a violation: what would have followed is nobody's loss. */
  isBroken: boolean
}

/**
 * Explores everything within the bounds; with other rules, a variant.
 *
 * **Shapes and units** — `stopAt`: no further than the first violation of this kind
 */
export const explore = (
  exploration: Exploration,
  rules: ModelRules = production,
  stopAt: Violation | null = null
): Explored => {
  const found = Found.nothing(exploration.faults)
  const violations = new Map<Violation, string>()
  const report = (what: Violation, state: number, last?: number): void => {
    if (!violations.has(what)) violations.set(what, Found.traceTo(found, state, last))
  }
  const at: Cursor = { state: 0, notification: 0, isBusy: false, isOpen: false, isBroken: false }
  const model = modelOf(exploration, rules, at, report)
  const { notifications } = model
  Found.enter(found, initial(notifications.intern(released)), 0, 0)
  const emit = emitInto(found, at)
  const ends = new Set<string>()
  const good: Array<number> = []
  const given = (complete: boolean): Explored => ({
    states: found.worlds.length,
    complete,
    violations,
    ends: [...ends].toSorted(),
    facts: notifications.facts,
    writes: complete ? judge({ states: found.worlds.length, ...found }, good, report) : 0
  })
  for (const queue of found.queues) {
    for (let next = 0; next < queue.length; next++) {
      if (found.worlds.length >= exploration.maxStates) return given(false)
      if (stopAt !== null && violations.has(stopAt)) return given(false)
      at.state = queue[next] ?? 0
      const world = found.worlds[at.state]
      if (world === undefined) continue
      // A state is needed once; those that wait are many.
      found.worlds[at.state] = undefined
      at.notification = world.notification
      moveOn(model, world, at, emit)
      if (at.isOpen && !at.isBroken) continue
      good.push(at.state)
      if (at.isBroken) continue
      const notification = notifications.at(world.notification)
      const wrong = verdict(notification, world.carrier)
      if (wrong !== undefined) report(wrong, at.state)
      ends.add(`${notification.state}/${acceptancesOf(world)}`)
    }
  }
  return given(true)
}

/** The month's one notification, just released: also the backup of a restore. */
const released = Delivery.step(
  Notification.held,
  { _tag: "Released", expiryMs: farMs },
  contextOf(carrierOf("N"), { suppressed: false, quarantine: -1, askedAgo: 0 })
).notification

const modelOf = (
  exploration: Exploration,
  rules: ModelRules,
  at: Cursor,
  report: (what: Violation, state: number, last: number) => void
): Model => {
  const allowed = new Set<FaultKind>(exploration.kinds)
  return {
    exploration,
    rules,
    notifications: notifications(carrierOf(exploration.carrierClass), rules),
    lagSteps,
    may: (world, kind) => world.faults < exploration.faults && allowed.has(kind),
    violate: (what, did, n) => {
      at.isBroken = true
      report(what, at.state, (did << 3) | n)
    }
  }
}

const emitInto =
  (found: Found.Found, at: Cursor): Emit =>
  (did, n, kind, to) => {
    const target = Found.enter(found, to, at.state, (did << 3) | n)
    if (target === at.state) return
    found.sources.push(at.state)
    found.targets.push(target)
    found.kinds.push(kind)
    found.writes.push(did !== Did.wait && to.notification !== at.notification)
    if (kind === Kind.progress || kind === Kind.idle) at.isBusy = true
    if (kind !== Kind.maybe && kind !== Kind.fault) at.isOpen = true
  }

const acceptancesOf = ({ carrier }: World.World): number => {
  let accepted = 0
  for (const c of carrier) accepted += World.acceptances(c)
  return accepted
}

const moveOn = (model: Model, world: World.World, at: Cursor, emit: Emit): void => {
  at.isBusy = false
  at.isOpen = false
  at.isBroken = false
  const { state } = model.notifications.at(world.notification)
  if (model.exploration.untilEscalated && state === "escalated") return
  workerMoves(model, world, emit)
  wireMoves(model, world, emit)
  receiptMoves(model, world, emit)
  memoryMoves(model, world, emit)
  leaseMoves(model, world, emit)
  restoreMoves(model, world, released, emit)
  customerMoves(model, world, emit)
  timeMoves(model, world, at.isBusy, emit)
}

/** Whether every state can come to rest, and how often a path writes. */
const judge = (
  graph: Graph.Graph,
  rests: ReadonlyArray<number>,
  report: (what: Violation, state: number) => void
): number => {
  const good = new Uint8Array(graph.states)
  for (const state of rests) good[state] = 1
  const lost = Graph.stuck(graph, good)
  if (lost >= 0) report("livelock", lost)
  const writes = Graph.mostWrites(graph)
  if (writes.most < 0) report("unbounded writes", writes.circle[0] ?? 0)
  return writes.most
}
