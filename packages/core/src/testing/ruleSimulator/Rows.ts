/**
 * The store of a run: the one place where a notification changes, and what is due because of it.
 *
 * **Source** — delivery protocol 1.1, 1.2; invariants 14, 24 and 26.
 */
import type * as Attempt from "../../delivery/Attempt.ts"
import type * as Delivery from "../../delivery/Delivery.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Consequences from "../../ports/store/Consequences.ts"
import * as Reconcile from "../../delivery/Reconcile.ts"
import * as Seeded from "../Seeded.ts"
import * as Era from "./Era.ts"
import { contextOf, type Row, type Side, type Sim, trace } from "./Sim.ts"

const second = 1000
const hour = 3_600_000

/** Makes the one notification of a customer and month. */
export const make = (sim: Sim, customer: number, month: number): Row => {
  const at = month * sim.people.length + customer
  const row: Row = {
    id: `${month}-${customer}`,
    customer,
    month,
    notification: Notification.held,
    sides: [],
    timerMs: null,
    writes: 0,
    markedMs: Infinity
  }
  sim.rows.push(row)
  sim.rowOf[at] = row
  return row
}

/** The reference of attempt `n`: opaque to the carrier, known to the auditor. */
export const referenceOf = (row: Row, n: number): number => (row.customer * 64 + row.month) * 8 + n

export const sideOf = (row: Row, n: number): Side => {
  let side = row.sides[n - 1]
  if (side === undefined) {
    side = {
      fence: 0,
      leaseUntilMs: 0,
      frozen: null,
      pollDueMs: null,
      checkMs: 0,
      unfolded: 0
    }
    row.sides[n - 1] = side
  }
  return side
}

/**
 * Lets an event happen to a notification. `nowMs` is earlier than now where evidence counts as of
 * the moment it was asked for. Gives whether anything changed.
 */
export const apply = (
  sim: Sim,
  row: Row,
  event: Delivery.DeliveryEvent,
  nowMs: number = sim.time.nowMs()
): boolean => {
  const before = row.notification
  const context = contextOf(sim, row, nowMs)
  const { facts, notification } = sim.rules.step(before, event, context)
  row.notification = notification
  trace(sim, nowMs)
  trace(sim, row.customer * 64 + row.month)
  trace(sim, event._tag.charCodeAt(0) * 256 + event._tag.charCodeAt(event._tag.length - 3))
  for (const fact of facts) {
    if (fact._tag === "AttemptAccepted" || fact._tag === "AttemptIdentified") {
      if (fact.carrierMessageId !== null) identify(sim, row, fact.n, fact.carrierMessageId)
    } else if (fact._tag === "NotificationEscalated") askPeople(sim, row)
  }
  if (notification === before) return false
  row.writes++
  const { attempts } = notification
  for (let index = 0; index < attempts.length; index++) {
    const attempt = attempts[index]
    const old = before.attempts[index]
    if (attempt !== undefined && attempt !== old) reindex(sim, row, old, attempt, context)
  }
  setTimer(sim, row, Notification.nextTimerMs(notification, sim.policy, sim.capabilities))
  return true
}

const identify = (sim: Sim, row: Row, n: number, id: string): void => {
  const known = sim.byCarrierId.get(id)
  if (known === undefined) sim.byCarrierId.set(id, [{ row, n }])
  else if (!known.some((one) => one.row === row && one.n === n)) known.push({ row, n })
  const orphans = sim.orphans.get(id)
  if (orphans === undefined) return
  sim.orphans.delete(id)
  for (const report of orphans) sim.time.at(sim.time.nowMs(), () => sim.on.fold(report))
}

const reindex = (
  sim: Sim,
  row: Row,
  old: Attempt.Attempt | undefined,
  attempt: Attempt.Attempt,
  context: Delivery.DeliveryContext
): void => {
  const { n } = attempt
  const side = sideOf(row, n)
  if (old !== undefined && !Consequences.keepsFence(old, attempt)) {
    side.fence = 0
    side.leaseUntilMs = 0
  }
  if (attempt.state === "pending") {
    if (attempt.firstMarkMs === null) side.frozen = null
    if (attempt.dueMs <= sim.time.nowMs()) sim.ready.push({ row, n })
    else {
      sim.time.at(attempt.dueMs, () => {
        sim.ready.push({ row, n })
        poke(sim)
      })
    }
  } else if (attempt.state === "submitting") row.markedMs = Math.min(row.markedMs, sim.time.nowMs())
  else if (attempt.state === "unknown" && old?.state !== "unknown") {
    checkAt(sim, row, n, sim.time.nowMs())
  }
  const poll = Consequences.nextPollMs(attempt, context)
  if (poll === null) side.pollDueMs = null
  else if (side.pollDueMs === null) {
    side.pollDueMs = poll
    sim.time.at(poll, () => sim.on.poll(row, n, poll))
  }
}

const setTimer = (sim: Sim, row: Row, timerMs: number | null): void => {
  if (timerMs === row.timerMs) return
  row.timerMs = timerMs
  if (timerMs === null) return
  sim.time.at(timerMs, () => {
    if (row.timerMs !== timerMs) return
    row.timerMs = null
    const changed = apply(sim, row, { _tag: "TimePassed" })
    const next = Notification.nextTimerMs(row.notification, sim.policy, sim.capabilities)
    // One that changed nothing must not return at once.
    if (changed || (next !== null && next > sim.time.nowMs())) setTimer(sim, row, next)
  })
}

/** Looks at an unknown attempt at an instant: asks for it when there is something to ask. */
export const checkAt = (sim: Sim, row: Row, n: number, atMs: number): void => {
  const side = sideOf(row, n)
  side.checkMs = atMs
  sim.time.at(atMs, () => {
    if (side.checkMs === atMs) check(sim, row, n)
  })
}

const check = (sim: Sim, row: Row, n: number): void => {
  const attempt = Notification.attemptAt(row.notification, n)
  if (attempt?.state !== "unknown") return
  const nowMs = sim.time.nowMs()
  const action = sim.rules.reconcile(row.notification, attempt, contextOf(sim, row, nowMs))
  if (action._tag !== "Wait") {
    sim.asks.push({ row, n })
    return poke(sim)
  }
  const untilMs = action.untilMs ?? action.untilClockMs
  if (untilMs !== null) checkAt(sim, row, n, Math.max(untilMs, nowMs + second))
}

/** After an answer that changed nothing: when the next one may. */
export const checkAgain = (sim: Sim, row: Row, n: number): void => {
  const attempt = Notification.attemptAt(row.notification, n)
  if (attempt?.state !== "unknown") return
  const nowMs = sim.time.nowMs()
  const context = contextOf(sim, row, nowMs)
  const action = Reconcile.afterNotFound(row.notification, attempt, context)
  const untilMs = action._tag === "Wait" ? (action.untilMs ?? action.untilClockMs) : null
  const soonMs = Math.max(sideOf(row, n).leaseUntilMs, nowMs) + second
  checkAt(sim, row, n, Math.max(soonMs, Math.min(untilMs ?? 0, nowMs + 2 * hour)))
}

/**
 * Two people decide in the end, or leave it open. They give up on a message for another only when
 * the carrier, by telephone, has never heard of it and nothing can be on its way any more.
 */
const askPeople = (sim: Sim, row: Row): void => {
  const site = Seeded.site(sim.seed, "people decide")
  const draw = Seeded.below(4, site, row.customer, row.month)
  const waitMs = Seeded.below(72 * hour, site, row.customer, 64 + row.month)
  if (draw === 0) return
  sim.time.at(sim.time.nowMs() + 12 * hour + waitMs, () => {
    if (row.notification.state !== "escalated") return
    const n = Notification.currentAttempt(row.notification)?.n ?? 1
    const unheard = !sim.carrier.messages.has(referenceOf(row, n))
    const action = draw > 1 && unheard ? "resend" : "close"
    apply(sim, row, { _tag: "Resolved", action, by: ["first", "second"] })
    poke(sim)
  })
}

/** Wakes the workers that have nothing to do, where there may be something. */
export const poke = (sim: Sim): void => {
  const nowMs = sim.time.nowMs()
  for (const worker of sim.workers) {
    if (!worker.alive || worker.busy) continue
    worker.busy = true
    const { epoch } = worker
    sim.time.at(nowMs + 150, () => sim.on.work(worker, epoch))
    return
  }
}

/** Wakes them at an instant; one appointment is enough. */
export const pokeAt = (sim: Sim, atMs: number): void => {
  if (sim.wakeMs > sim.time.nowMs() && sim.wakeMs <= atMs) return
  sim.wakeMs = atMs
  sim.time.at(atMs, () => poke(sim))
}

/** The window at this instant. */
export const windowNow = (sim: Sim): Era.Window =>
  Era.windowAt(sim.era, sim.windows, sim.rules.windowAt, sim.time.nowMs())
