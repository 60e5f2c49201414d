/**
 * The one message a qualified customer gets for a month, over all its attempts.
 *
 * **Source** — delivery protocol 1.2.
 */
import type { Attempt } from "./Attempt.ts"

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
  /** E: never marked after this instant; `null` while held. */
  readonly expiryMs: number | null
  readonly attempts: ReadonlyArray<Attempt>
}
