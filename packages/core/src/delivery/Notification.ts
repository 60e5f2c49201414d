/**
 * The one message a qualified customer gets for a month, over all its attempts: its values, its
 * disposition, and the next instant at which time alone changes it.
 *
 * **Source** — delivery protocol 1.2.
 */
import * as Attempt from "./Attempt.ts"
import type { CarrierCapabilities } from "./CarrierCapabilities.ts"
import type { DeliveryPolicy } from "./RetryPolicy.ts"

export type NotificationState =
  | "held"
  | "active"
  | "waiting"
  | "escalated"
  | "delivered"
  | "failed"
  | "undeliverable"
  | "withdrawn"
  | "suppressed"
  | "expired"

/** The row of one (program, customer, month) with its attempts in order of `n`. */
export interface Notification {
  readonly state: NotificationState
  /** Why it is in an end state or escalated: a stable code such as `EXPIRED`, `OPT_OUT`, `LATE`. */
  readonly reason: string | null
  /**
   * E: never marked after this instant; `null` until the first release, which fixes it for good.
   */
  readonly expiryMs: number | null
  readonly attempts: ReadonlyArray<Attempt.Attempt>
}

/** The summand of the conservation law a notification is counted in. */
export type Disposition =
  | "pending"
  | "delivered"
  | "failed"
  | "undeliverable"
  | "escalated"
  | "suppressed"
  | "expired"
  | "withdrawn"

/** A qualified customer's notification before its release. */
export const held: Notification = { state: "held", reason: null, expiryMs: null, attempts: [] }

/** Whether the state is an end state. `escalated` is none: people still decide. */
export const isTerminal = (state: NotificationState): boolean => {
  switch (state) {
    case "held":
    case "active":
    case "waiting":
    case "escalated":
      return false
    case "delivered":
    case "failed":
    case "undeliverable":
    case "withdrawn":
    case "suppressed":
    case "expired":
      return true
  }
}

/** Active or waiting: the only states in which anything may be marked. */
export const isLive = (notification: Notification): boolean =>
  notification.state === "active" || notification.state === "waiting"

const isInUse = (attempt: Attempt.Attempt): boolean => attempt.state !== "cancelled"

/** The latest attempt that is not cancelled. */
export const currentAttempt = (notification: Notification): Attempt.Attempt | undefined =>
  notification.attempts.findLast(isInUse)

/** Attempt `n`, if there is such a row. */
export const attemptAt = (notification: Notification, n: number): Attempt.Attempt | undefined =>
  notification.attempts[n - 1]

/** No request of the current row can be on the wire, or there is no row yet. */
export const isUnmarked = (notification: Notification): boolean => {
  const current = currentAttempt(notification)
  return current === undefined || Attempt.isUnmarked(current)
}

/** How many attempts count against the three. */
export const consumed = (notification: Notification): number => {
  let count = 0
  for (const attempt of notification.attempts) if (Attempt.isConsumed(attempt)) count++
  return count
}

/**
 * Where the conservation law counts it. `withdrawn` is counted under the customer's new outcome.
 *
 * **Source** — delivery protocol 1.2 (Dispositions); product rules, Dispositions.
 */
export const disposition = (notification: Notification): Disposition => {
  const { state } = notification
  return state === "held" || state === "active" || state === "waiting" ? "pending" : state
}

/**
 * Whether no mark is possible any more: business time + D > E. The exact complement of the mark
 * guard's condition, so that no instant lies between the two.
 *
 * **Source** — delivery protocol 1.1 (G).
 */
export const isExpired = (
  notification: Notification,
  nowMs: number,
  policy: DeliveryPolicy
): boolean =>
  notification.expiryMs !== null && nowMs + policy.requestDeadlineMs > notification.expiryMs

/**
 * When expiry ends it, or `null` when it cannot: ended, escalated, or the current row is marked.
 */
export const expiryTimerMs = (notification: Notification, policy: DeliveryPolicy): number | null =>
  notification.expiryMs !== null &&
  (notification.state === "held" || isLive(notification)) &&
  isUnmarked(notification)
    ? notification.expiryMs - policy.requestDeadlineMs + 1
    : null

/**
 * When time alone changes an attempt: S + 72 h closes what was accepted without a final receipt and
 * what nobody can look up; S + 72 h + grace escalates what a silent look-up left unresolved.
 *
 * **Source** — delivery protocol 1.1 (closed), 1.2 ("cannot be resolved by asking"), Timing.
 */
export const attemptTimerMs = (
  notification: Notification,
  attempt: Attempt.Attempt,
  policy: DeliveryPolicy,
  capabilities: CarrierCapabilities
): number | null => {
  if (attempt.firstMarkMs === null) return null
  const closesMs = attempt.firstMarkMs + policy.confirmationWindowMs
  if (attempt.state === "accepted") return Attempt.outcome(attempt) === "open" ? closesMs : null
  if (attempt.state !== "unknown") return null
  if (capabilities.lookup === "none") return closesMs
  const asks = notification.state === "active" && currentAttempt(notification)?.n === attempt.n
  return asks ? closesMs + policy.graceMs : null
}

/**
 * The next business instant at which `TimePassed` changes something, which may lie in the past, or
 * `null`. Exact: at this instant it does change something, and before it it does not.
 *
 * **Source** — delivery protocol 1.1, 1.2.
 */
export const nextTimerMs = (
  notification: Notification,
  policy: DeliveryPolicy,
  capabilities: CarrierCapabilities
): number | null => {
  let next = expiryTimerMs(notification, policy)
  for (const attempt of notification.attempts) {
    const timer = attemptTimerMs(notification, attempt, policy, capabilities)
    if (timer !== null) next = next === null ? timer : Math.min(next, timer)
  }
  return next
}
