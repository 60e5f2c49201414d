/**
 * T3: the question about the earlier attempts, the guard, and the mark, as one move.
 *
 * **Source** — delivery protocol 1.1 (G), 1.2 (for n > 1); 2.4.
 */
import * as Notification from "../../delivery/Notification.ts"
import { apply, setWorker } from "./Applied.ts"
import { Did, type Emit, Kind, type Model, standingOf } from "./Exploration.ts"
import { gridMs, modelPolicy, nowMs } from "./ModelCarriers.ts"
import { contextOf } from "./Notifications.ts"
import * as World from "./World.ts"

type State = World.World

/** When the send window closes: later than every validity. */
const windowClosesMs = nowMs + 20 * 3_600_000

/** One attempt at a mark by the worker that claimed. */
export const tryMark = (model: Model, world: State, i: number, did: number, emit: Emit): void => {
  const w = world.workers[i] ?? 0
  const n = World.workerN(w)
  if (model.rules.marksUnderFence && (!World.holdsFence(w) || World.isLate(w))) {
    emit(did, n, Kind.progress, setWorker(world, i, 0))
    return
  }
  const asked = askEarlier(model, world, n)
  const notification = model.notifications.at(asked.notification)
  const { capabilities } = model.notifications
  const context = contextOf(capabilities, standingOf(asked))
  const refused = model.rules.guard(notification, n, context, {
    windowClosesMs,
    contactAskedMs: nowMs,
    paused: false,
    circuitAllows: true,
    incarnationConfirmed: true,
    earlierReceiptsFolded: true,
    earlierAskedMs: isEarlierDead(asked, n, capabilities.lookup !== "none") ? nowMs : null
  })
  if (refused !== undefined) {
    const notBeforeMs = nowMs + gridMs
    const next = apply(model, asked, { _tag: "MarkRefused", n, notBeforeMs }, 13, n)
    emit(did, n, Kind.progress, setWorker(next, i, 0))
    return
  }
  if (asked.suppressed) return model.violate("marked after the opt-out", did, n)
  if (asked.expired) return model.violate("marked after the expiry", did, n)
  marked(model, asked, i, n, did, emit)
}

const marked = (
  model: Model,
  world: State,
  i: number,
  n: number,
  did: number,
  emit: Emit
): void => {
  const { capabilities } = model.notifications
  const valid = model.rules.validUntilMs(nowMs, windowClosesMs, modelPolicy, capabilities, 0)
  const next = apply(model, world, { _tag: "Marked", n, validUntilMs: valid, parts: 1 }, 14, n)
  const row = Notification.attemptAt(model.notifications.at(next.notification), n)
  if (row?.state !== "submitting") {
    emit(did, n, Kind.progress, setWorker(next, i, 0))
    return
  }
  const steps =
    row.validUntilMs === null
      ? World.noValidity
      : Math.max(0, Math.floor((row.validUntilMs - nowMs) / gridMs))
  const request = World.request(n, Math.min(7, model.rules.keyOf(row)), steps)
  const w = World.withRequest(World.withDoing(next.workers[i] ?? 0, 2), request)
  emit(did === Did.claim ? Did.claim : Did.mark, n, Kind.progress, setWorker(next, i, w))
}

/** A void attempt that the look-up shows after all is accepted, before the guard is asked. */
const askEarlier = (model: Model, world: State, n: number): State => {
  if (model.notifications.capabilities.lookup === "none") return world
  let asked = world
  for (let earlier = 1; earlier < n; earlier++) {
    const c = world.carrier[earlier - 1] ?? 0
    if (World.acceptances(c) === 0 || World.lag(c) > 0) continue
    const row = Notification.attemptAt(model.notifications.at(asked.notification), earlier)
    if (row?.state !== "void") continue
    const event = {
      _tag: "AcceptanceSeen",
      n: earlier,
      carrierMessageId: null,
      via: "lookup"
    } as const
    asked = apply(model, asked, event, 10, earlier)
  }
  return asked
}

const isEarlierDead = (world: State, n: number, looksUp: boolean): boolean => {
  if (!looksUp) return true
  for (let earlier = 1; earlier < n; earlier++) {
    const c = world.carrier[earlier - 1] ?? 0
    if (World.acceptances(c) > 0 && World.lag(c) === 0 && World.isLive(c)) return false
  }
  return true
}
