/**
 * What the carrier and the network do with a request: lose it, accept, refuse or throttle it,
 * answer from memory, or find its validity over; and what receipts say.
 *
 * **Source** — delivery protocol 2.2, 1.3; faults C1, C2, C4, C5, C12.
 */
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import { apply, failure, fault, setWorker } from "./Applied.ts"
import { Did, type Emit, Kind, type Model } from "./Exploration.ts"
import { forgetsKeys } from "./ModelCarriers.ts"
import { nowMs } from "./ModelCarriers.ts"
import * as World from "./World.ts"

type State = World.World

const setCarrier = (world: State, n: number, c: number): State => ({
  ...world,
  carrier: world.carrier.with(n - 1, c)
})

/** The carrier's memory of a key. */
const Memory = { accepted: 1, refused: 2, throttled: 3 } as const

const remembered = [
  World.Answer.none,
  World.Answer.accepted,
  World.Answer.refusedBefore,
  World.Answer.throttledBefore
] as const

/** All moves of requests on the wire, with a worker waiting for them or with nobody. */
export const wireMoves = (model: Model, world: State, emit: Emit): void => {
  world.workers.forEach((w, i) => {
    if (World.doing(w) !== World.Doing.waiting) return
    const request = World.requestOf(w)
    if (World.answer(request) !== World.Answer.none) return
    const answered = (from: State, is: number): State =>
      setWorker(from, i, World.withRequest(w, World.withAnswer(request, is)))
    requestMoves(model, world, request, answered, Kind.progress, emit)
  })
  let before = -1
  world.orphans.forEach((request, i) => {
    if (request === before) return
    before = request
    const dropped = (from: State): State => ({
      ...from,
      orphans: from.orphans.filter((_, j) => j !== i)
    })
    requestMoves(model, world, request, dropped, Kind.late, emit)
  })
}

const requestMoves = (
  model: Model,
  world: State,
  request: number,
  answered: (from: State, is: number) => State,
  kind: number,
  emit: Emit
): void => {
  const n = World.requestN(request)
  const key = World.generation(request)
  const c = world.carrier[n - 1] ?? 0
  const keys = model.notifications.capabilities.idempotency !== "none"
  fault(model, emit, world, "request lost", n, () => answered(world, World.Answer.vanished))
  const known = keys ? World.keyOf(c, key) : 0
  if (known !== 0) {
    emit(Did.replayAnswer, n, kind, answered(world, remembered[known] ?? 0))
    return
  }
  if (World.valid(request) === 0) {
    emit(Did.arriveExpired, n, kind, answered(world, World.Answer.refused))
    return
  }
  const keep = (to: number, memory: number): State =>
    keys ? setCarrier(world, n, World.withKey(to, key, memory)) : setCarrier(world, n, to)
  fault(model, emit, world, "throttled", n, () =>
    answered(keep(c, Memory.throttled), World.Answer.throttled)
  )
  if (model.exploration.refusals) {
    const refused = keep(c, Memory.refused)
    emit(Did.refuse, n, Kind.maybe, answered(refused, World.Answer.refused))
  }
  const lag = model.notifications.capabilities.lookup === "none" ? 0 : model.lagSteps
  const taken = World.accepted(c, World.valid(request), lag)
  const next = keep(taken, Memory.accepted)
  if (World.acceptances(c) > 0) {
    return model.violate("two acceptances under one reference", Did.accept, n)
  }
  let live = 0
  for (const one of next.carrier) if (World.isLive(one)) live++
  if (live > 1) return model.violate("two live messages", Did.accept, n)
  emit(Did.accept, n, kind, answered(next, World.Answer.accepted))
}

const receipt = (n: number, state: "delivered" | "failed"): DeliveryEvent => ({
  _tag: "ReceiptSeen",
  n,
  receipt: { state, part: 1, parts: 1, failure: state === "failed" ? failure : null }
})

/**
 * Receipts, by reference and whatever the attempt's state is. Where receipts can be asked for they
 * come in the end; where they are only pushed they may be lost.
 */
export const receiptMoves = (model: Model, world: State, emit: Emit): void => {
  const rows = model.notifications.at(world.notification).attempts
  const { exploration } = model
  for (const { n, state } of rows) {
    const c = world.carrier[n - 1] ?? 0
    const fate = World.fate(c)
    if (World.acceptances(c) === 0 || fate === World.Fate.delivered || fate === World.Fate.failed) {
      continue
    }
    if (exploration.untilEscalated && state !== "accepted") continue
    const soon = exploration.untilEscalated ? Kind.progress : Kind.late
    const sure = exploration.untilEscalated || model.notifications.capabilities.lookup !== "none"
    const tell = (from: State, what: "delivered" | "failed"): State =>
      apply(model, from, receipt(n, what), what === "delivered" ? 15 : 16, n)
    if (fate === World.Fate.underway) {
      const delivered = setCarrier(world, n, World.withFate(c, World.Fate.delivered))
      const kind = sure ? soon : Kind.maybe
      emit(Did.delivered, n, kind, tell(delivered, "delivered"))
      if (!World.hasLied(c)) {
        fault(model, emit, world, "false negative receipt", n, () =>
          tell(setCarrier(world, n, World.lied(c)), "failed")
        )
      }
      if (!exploration.refusals) continue
    }
    const failed = setCarrier(world, n, World.withFate(c, World.Fate.failed))
    const kind = sure && fate === World.Fate.expired ? soon : Kind.maybe
    emit(Did.failed, n, kind, tell(failed, "failed"))
  }
}

/** A carrier whose key window is over may forget; with validity, not before that is over. */
export const memoryMoves = (model: Model, world: State, emit: Emit): void => {
  const { idempotency } = model.notifications.capabilities
  if (idempotency === "none" || !forgetsKeys(model.exploration.carrierClass)) return
  const rows = model.notifications.at(world.notification).attempts
  for (let n = 1; n <= world.carrier.length; n++) {
    const c = world.carrier[n - 1] ?? 0
    if (World.withoutKeys(c) === c) continue
    const firstMarkMs = rows[n - 1]?.firstMarkMs ?? null
    if (firstMarkMs === null || firstMarkMs + idempotency.windowMs > nowMs) continue
    const left = World.messageValid(c)
    if (left !== 0 && left !== World.noValidity && World.acceptances(c) > 0) continue
    emit(Did.forget, n, Kind.maybe, setCarrier(world, n, World.withoutKeys(c)))
  }
}
