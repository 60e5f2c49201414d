/**
 * What to do about an attempt whose outcome is unknown: ask, replay, void, escalate or wait.
 *
 * The settle delay counts process time since the outcome became unknown; V, the key's window and
 * the 72 h count business time.
 *
 * **Source** — delivery protocol 1.1 (rows of `unknown`), 2.4 rules 5 and 6.
 */
import * as Attempt from "./Attempt.ts"
import * as DeliveryContext from "./DeliveryContext.ts"
import type { Notification } from "./Notification.ts"
import * as RetryPolicy from "./RetryPolicy.ts"

/**
 * - `NOT_UNKNOWN`: there is nothing to reconcile
 * - `NOT_SETTLED`: bytes may still be on the wire, or the carrier's index may lag
 * - `REPLAY_NOT_DUE`: the mark was refused until `untilMs`
 * - `VALIDITY_OPEN`: a request on its way could still be accepted
 * - `CLOSING`: people know; nothing but evidence or the 72 h end it
 * - `OTHER_CLASS`: the carrier's class has no such step
 */
export type WaitReason =
  | "NOT_UNKNOWN"
  | "NOT_SETTLED"
  | "REPLAY_NOT_DUE"
  | "VALIDITY_OPEN"
  | "CLOSING"
  | "OTHER_CLASS"

/** `untilMs` is business time, `untilClockMs` process time; null where neither ends the wait. */
export type Action =
  | { readonly _tag: "Ask" }
  | { readonly _tag: "Replay" }
  | { readonly _tag: "Void" }
  | { readonly _tag: "Escalate" }
  | {
      readonly _tag: "Wait"
      readonly because: WaitReason
      readonly untilMs: number | null
      readonly untilClockMs: number | null
    }

/** What may follow once asking is over. */
export type Resolution = Exclude<Action, { readonly _tag: "Ask" }>

const wait = (
  because: WaitReason,
  untilMs: number | null = null,
  untilClockMs: number | null = null
): Resolution => ({ _tag: "Wait", because, untilMs, untilClockMs })

/** When "not found" starts to count, in process time; `null` when nobody knows since when. */
export const settledAtClockMs = (
  attempt: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): number | null =>
  attempt.unknownSinceMs === null
    ? null
    : attempt.unknownSinceMs + RetryPolicy.settleMs(context.policy, context.capabilities)

/** Whether every request of the attempt has arrived or died, and the carrier's index shows it. */
export const isSettled = (
  attempt: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): boolean => {
  const at = settledAtClockMs(attempt, context)
  return at !== null && context.clockMs >= at
}

/**
 * When V is over by the carrier's clock as well, and a look-up shows what it accepted until then; 0
 * where the attempt has none.
 */
export const validityOverMs = (
  attempt: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): number =>
  attempt.validUntilMs === null
    ? 0
    : attempt.validUntilMs +
      DeliveryContext.skewMs(context) +
      RetryPolicy.lookupLagMs(context.capabilities)

const isReplayable = (
  attempt: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): boolean => Attempt.isReplayable(attempt, context.nowMs, context.policy, context.capabilities)

/**
 * The first step for an attempt: whether it is worth asking the carrier, or what follows where
 * nobody can be asked.
 *
 * **Outcomes, first match wins**
 * 1. wait `NOT_UNKNOWN`
 * 2. wait `NOT_SETTLED`
 * 3. `Ask` — the carrier has look-up; the answer goes to `afterNotFound` or is an acceptance
 * 4. as `withoutLookup`
 *
 * **Source** — delivery protocol 1.1.
 */
export const reconcile = (
  notification: Notification,
  attempt: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): Action => {
  if (attempt.state !== "unknown") return wait("NOT_UNKNOWN")
  if (!isSettled(attempt, context)) {
    return wait("NOT_SETTLED", null, settledAtClockMs(attempt, context))
  }
  if (context.capabilities.lookup !== "none") return { _tag: "Ask" }
  return withoutLookup(notification, attempt, context)
}

/**
 * What a settled "no such reference" means.
 *
 * **Outcomes, first match wins**
 * 1. wait `NOT_UNKNOWN`, `OTHER_CLASS` (no look-up to speak of) or `NOT_SETTLED`
 * 2. `Replay` — replayable and something may still be sent; before its due instant wait
 * 3. `Void` — V is over: no request of it can be accepted any more
 * 4. wait `VALIDITY_OPEN` until V plus skew
 *
 * **Source** — delivery protocol 1.1.
 */
export const afterNotFound = (
  notification: Notification,
  attempt: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): Resolution => {
  if (attempt.state !== "unknown") return wait("NOT_UNKNOWN")
  if (context.capabilities.lookup === "none") return wait("OTHER_CLASS")
  if (!isSettled(attempt, context)) {
    return wait("NOT_SETTLED", null, settledAtClockMs(attempt, context))
  }
  if (isReplayable(attempt, context) && !DeliveryContext.isNever(notification, context)) {
    return replay(attempt, context)
  }
  const overMs = validityOverMs(attempt, context)
  return context.nowMs >= overMs ? { _tag: "Void" } : wait("VALIDITY_OPEN", overMs)
}

/**
 * What follows where the carrier cannot be asked.
 *
 * **Outcomes, first match wins**
 * 1. wait `NOT_UNKNOWN` or `OTHER_CLASS` (there is a look-up: ask)
 * 2. replayable and something may still be sent: `Replay`, or wait until settled and due
 * 3. `Escalate` — once, before the 72 h are over
 * 4. wait `CLOSING` until S + 72 h
 *
 * **Source** — delivery protocol 1.1.
 */
export const withoutLookup = (
  notification: Notification,
  attempt: Attempt.Attempt,
  context: DeliveryContext.DeliveryContext
): Resolution => {
  if (attempt.state !== "unknown") return wait("NOT_UNKNOWN")
  if (context.capabilities.lookup !== "none") return wait("OTHER_CLASS")
  if (isReplayable(attempt, context) && !DeliveryContext.isNever(notification, context)) {
    if (isSettled(attempt, context)) return replay(attempt, context)
    return wait("NOT_SETTLED", null, settledAtClockMs(attempt, context))
  }
  const closesMs = (attempt.firstMarkMs ?? context.nowMs) + context.policy.confirmationWindowMs
  if (!attempt.escalated && context.nowMs < closesMs) return { _tag: "Escalate" }
  return wait("CLOSING", closesMs)
}

/** A mark refused for a while (the window is closed) is not asked for again before its time. */
const replay = (attempt: Attempt.Attempt, context: DeliveryContext.DeliveryContext): Resolution =>
  context.nowMs < attempt.dueMs ? wait("REPLAY_NOT_DUE", attempt.dueMs) : { _tag: "Replay" }
