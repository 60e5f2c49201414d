/**
 * When to call again.
 *
 * **Source** — architecture, Level-triggered and Two times.
 */
import * as Effect from "effect/Effect"
import * as SendWindow from "../delivery/SendWindow.ts"
import type { LedgerView } from "../ports/store/Reports.ts"
import { policyAt } from "./DeliveryTime.ts"
import { Program } from "./Program.ts"

/**
 * When something falls due next, and whether something is due already that only real time frees.
 */
export interface Wake {
  readonly nextWakeAtMs: number
  readonly recheck: boolean
}

/** When to call again, by the plan and by what the ledger waits for. */
export const wakeOf = Effect.fnUntraced(function* (
  plannedMs: number,
  { delivery, paused }: LedgerView,
  nowMs: number
) {
  const { zone } = yield* Program
  const { calendar, policy } = yield* policyAt(nowMs)
  let nextWakeAtMs = plannedMs
  let recheck = delivery.unresolved > 0
  const at = (instantMs: number | null): void => {
    if (instantMs === null) return
    if (instantMs <= nowMs) recheck = true
    else nextWakeAtMs = Math.min(nextWakeAtMs, instantMs)
  }
  if (paused === "none" && delivery.submitDueMs !== null) {
    const due = Math.max(delivery.submitDueMs, nowMs)
    const window = SendWindow.stateAt(policy.sendWindow, calendar, zone, due)
    at(window.open ? due : window.opensMs)
  }
  at(delivery.timerDueMs)
  at(delivery.pollDueMs)
  const wake: Wake = { nextWakeAtMs, recheck }
  return wake
})
