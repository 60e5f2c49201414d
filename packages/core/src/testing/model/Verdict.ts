/**
 * What is wrong with a state in which nothing more has to happen, read off what the carrier did.
 *
 * **Source** — delivery protocol, part 1; invariants 18 to 22, 34.
 */
import type { Attempt } from "../../delivery/Attempt.ts"
import * as Notification from "../../delivery/Notification.ts"
import type { Violation } from "./Exploration.ts"
import * as World from "./World.ts"

const denies = (row: Attempt): boolean =>
  row.state === "refused" || row.state === "void" || row.state === "cancelled"

/** `undefined` when the end is true and nobody was lost. */
export const verdict = (
  notification: Notification.Notification,
  carrier: ReadonlyArray<number>
): Violation | undefined => {
  const { attempts, state } = notification
  if (!Notification.isTerminal(state) && state !== "escalated") return "silent loss"
  for (const row of attempts) {
    const taken = World.acceptances(carrier[row.n - 1] ?? 0)
    if (denies(row) && taken > 0) return "untruthful status"
    if (row.state === "accepted" && taken === 0) return "untruthful status"
  }
  const arrived = carrier.some((c) => World.fate(c) === World.Fate.delivered)
  if (state === "delivered") return arrived ? undefined : "untruthful status"
  const silent = state === "suppressed" || state === "expired" || state === "withdrawn"
  const claims = silent || state === "failed"
  if (claims && carrier.some((c) => World.isLive(c))) return "untruthful status"
  if (state === "expired" && carrier.some((c) => World.acceptances(c) > 0)) {
    return "untruthful status"
  }
  const never = attempts.every((row) => denies(row) || row.firstMarkMs === null)
  return state === "undeliverable" && never ? "untruthful status" : undefined
}
