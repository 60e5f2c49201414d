/**
 * Leases, timers, time itself, and what may befall a notification at any moment: an opt-out, its
 * expiry, a restore.
 *
 * **Source** — delivery protocol 1.1, 1.2, 1.4; part 1 (Timing).
 */
import type { Notification } from "../../delivery/Notification.ts"
import { isTerminal } from "../../delivery/Notification.ts"
import { apply, disown, fault, setWorker } from "./Applied.ts"
import { Did, type Emit, Kind, type Model, standingOf } from "./Exploration.ts"
import { nowMs } from "./ModelCarriers.ts"
import { contextOf } from "./Notifications.ts"
import * as World from "./World.ts"

type State = World.World

/** Leases that end, with their worker alive (a fault) or dead. */
export const leaseMoves = (model: Model, world: State, emit: Emit): void => {
  for (const { n, state } of model.notifications.at(world.notification).attempts) {
    const i = world.workers.findIndex((w) => World.holdsFence(w) && World.workerN(w) === n)
    const w = world.workers[i] ?? 0
    if (state === "claimed" || state === "submitting") {
      const over = (): State => {
        const after = apply(model, disown(world, n), { _tag: "LeaseOver", n }, 17, n)
        return i < 0 ? after : setWorker(after, i, World.late(World.withoutFence(w)))
      }
      if (i < 0) emit(Did.leaseOver, n, Kind.progress, over())
      else fault(model, emit, world, "lease over, worker alive", n, over)
    } else if (state === "unknown" && i >= 0 && !World.isLate(w)) {
      fault(model, emit, world, "lease over, worker alive", n, () =>
        setWorker(world, i, World.late(w))
      )
    }
  }
}

/**
 * Time passes, once nobody has anything to do, to the next instant at which a rule may answer
 * otherwise. Steps of the clock are longer than a lease, so nothing may be held by a worker that is
 * not late; where pauses are bounded, no request may be on the wire either.
 */
export const timeMoves = (model: Model, world: State, isBusy: boolean, emit: Emit): void => {
  const { notifications } = model
  if (notifications.isTimerDue(world.notification)) {
    emit(Did.timePassed, 0, Kind.progress, apply(model, world, { _tag: "TimePassed" }, 18, 0))
    return
  }
  for (const { state } of notifications.at(world.notification).attempts) {
    if (state === "claimed" || state === "submitting") return
  }
  if (world.workers.some((w) => w !== 0 && !World.isLate(w))) return
  if (model.exploration.bounded && isOnTheWire(world)) return
  const steps = notifications.next(world.notification)
  if (steps === 0) return
  const later = World.pass(world, steps)
  const notification = notifications.later(world.notification, steps)
  const waited = { ...later, notification }
  // In the matrix an outage only delays what is to be found out: it costs no receipt.
  const { attempts } = notifications.at(world.notification)
  const isKnown = attempts.some((row) => row.state === "accepted")
  if (isBusy && model.exploration.untilEscalated && isKnown) return
  if (isBusy) fault(model, emit, world, "outage", 0, () => waited)
  else emit(Did.wait, 0, Kind.progress, waited)
}

const isOnTheWire = (world: State): boolean =>
  world.orphans.length > 0 ||
  world.workers.some(
    (w) =>
      World.doing(w) === World.Doing.waiting &&
      World.answer(World.requestOf(w)) === World.Answer.none
  )

/** An opt-out and the expiry, each once and at any moment. */
export const customerMoves = (model: Model, world: State, emit: Emit): void => {
  const { notifications } = model
  const notification = notifications.at(world.notification)
  if (isTerminal(notification.state) && !hasUnknown(notification)) return
  if (!world.suppressed) {
    const event = { _tag: "Suppressed", reason: "OPT_OUT" } as const
    fault(model, emit, world, "opt-out", 0, () =>
      apply(model, { ...world, suppressed: true }, event, 19, 0)
    )
  }
  if (!world.expired) {
    fault(model, emit, world, "expiry", 0, () => {
      const over = notifications.intern({ ...notification, expiryMs: nowMs })
      return { ...world, notification: over, expired: true }
    })
  }
}

const hasUnknown = ({ attempts }: Notification): boolean =>
  attempts.some((row) => row.state === "unknown")

/** The receipts are lost with the rows; the carrier tells them again. */
const untold = (c: number): number =>
  World.fate(c) === World.Fate.failed
    ? World.withFate(c, World.Fate.expired)
    : World.fate(c) === World.Fate.delivered
      ? World.withFate(c, World.Fate.underway)
      : c

/**
 * One restore of the backup taken just after the release: everything since is lost, the carrier and
 * what is on the wire are not.
 */
export const restoreMoves = (
  model: Model,
  world: State,
  backup: Notification,
  emit: Emit
): void => {
  if (world.restored !== 0) return
  fault(model, emit, world, "restore", 0, () => {
    const { capabilities, intern, at } = model.notifications
    const standing = { ...standingOf(world), quarantine: 0 }
    const { expiryMs } = at(world.notification)
    const from = { ...backup, expiryMs }
    const { notification } = model.rules.quarantine(from, contextOf(capabilities, standing))
    const [a, b] = world.workers
    return {
      ...world,
      notification: intern(notification),
      carrier: world.carrier.map(untold),
      workers: [World.withoutFence(a), World.withoutFence(b)],
      restored: 1,
      sinceRestore: 0
    }
  })
}
