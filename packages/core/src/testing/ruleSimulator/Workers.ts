/**
 * The processes of a run: how they go from step to step, die, stand still, and lose what they had
 * claimed.
 *
 * **Source** — fault list P1 to P3; delivery protocol 1.1 (lease over); invariant 24.
 */
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Rows from "./Rows.ts"
import type { Member, Row, Sim, Worker } from "./Sim.ts"
import { type FaultKind, spread, strikes } from "./Strikes.ts"

const second = 1000
const hour = 3_600_000

/** Done; looks again soon. */
export const rest = (sim: Sim, worker: Worker): void => {
  const { epoch } = worker
  sim.time.at(sim.time.nowMs() + second, () => sim.on.work(worker, epoch))
}

/** The next step of a worker, unless it has died; it may stand still before it. */
export const next = (sim: Sim, worker: Worker, afterMs: number, step: () => void): void => {
  const { epoch } = worker
  const pauseMs = strikes(sim.all, "pause") ? spread(sim.all, "pause", 6 * hour) : 0
  sim.time.at(sim.time.nowMs() + afterMs + pauseMs, () => {
    if (worker.epoch === epoch) step()
  })
}

/** Whether the worker dies here; another takes its place in a while. */
export const dies = (sim: Sim, worker: Worker, kind: FaultKind): boolean => {
  if (!strikes(sim.all, kind)) return false
  worker.epoch++
  worker.alive = false
  sim.time.at(sim.time.nowMs() + second + spread(sim.all, kind, 4 * hour), () => {
    worker.alive = true
    worker.busy = false
    Rows.poke(sim)
  })
  return true
}

/** Claims are looked through every scan. */
export const leaseEnds = (sim: Sim, members: ReadonlyArray<Member>, fence: number): void => {
  const { leaseMs, scanMs } = sim.policy
  const atMs = sim.time.nowMs() + leaseMs + scanMs
  sim.time.at(atMs, () => sweep(sim, members, fence))
}

/** Writes evidence, where the store hears it. */
export const record = (
  sim: Sim,
  row: Row,
  n: number,
  event: DeliveryEvent,
  fence: number,
  nowMs: number
): void => {
  if (sim.rules.needsFence(event) && Rows.sideOf(row, n).fence !== fence) return
  Rows.apply(sim, row, event, nowMs)
}

/** Ends the claims of a worker that did not come back in time. */
export const sweep = (sim: Sim, members: ReadonlyArray<Member>, fence: number): void => {
  for (const { n, row } of members) {
    const side = Rows.sideOf(row, n)
    if (side.fence !== fence || side.leaseUntilMs > sim.time.nowMs()) continue
    const state = Notification.attemptAt(row.notification, n)?.state
    if (state === "unknown") {
      const nowMs = sim.time.nowMs()
      if (side.checkMs <= nowMs) Rows.checkAt(sim, row, n, nowMs + second)
    } else if (state === "claimed" || state === "submitting") {
      Rows.apply(sim, row, { _tag: "LeaseOver", n })
    }
  }
  Rows.poke(sim)
}
