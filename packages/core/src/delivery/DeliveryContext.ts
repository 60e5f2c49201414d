/**
 * What a delivery decision knows besides the notification and the event.
 *
 * **Source** — delivery protocol, part 1; architecture, Two times.
 */
import type { BreakerPolicy } from "./Breaker.ts"
import type { CarrierCapabilities } from "./CarrierCapabilities.ts"
import * as Notification from "./Notification.ts"
import * as RetryPolicy from "./RetryPolicy.ts"

/** What has been decided about the customer since the notification was made. */
export interface Standing {
  /** Why the qualification no longer holds; `null` while its revision is current. */
  readonly withdrawnReason: string | null
  /** Why the customer may not be contacted, erasure included; `null` when not suppressed. */
  readonly suppressedReason: string | null
}

/** A restore whose lost rows are not yet reconciled for this customer and month. */
export interface Quarantine {
  /** The instant of the restore, in business time: S of every row added under it. */
  readonly sinceMs: number
}

/**
 * Shared by a batch, except `standing` and `quarantine`, which the store adds per notification.
 *
 * **Shapes and units**
 * - `nowMs`: business time; `clockMs`: process time
 * - `carrierSkewMs`: measured from the carrier's HTTP `Date`, either sign; absent: not measured, 0
 * - `breaker`: of the carrier account; absent: `Breaker.defaults`
 */
export interface DeliveryContext {
  readonly nowMs: number
  readonly clockMs: number
  readonly policy: RetryPolicy.DeliveryPolicy
  readonly capabilities: CarrierCapabilities
  readonly carrierSkewMs?: number | undefined
  readonly breaker?: BreakerPolicy | undefined
  readonly standing?: Standing | undefined
  readonly quarantine?: Quarantine | undefined
}

/** What a row added or found under a quarantine starts with. */
export interface Restored {
  readonly sinceMs: number
  readonly validUntilMs: number | null
  readonly sinceClockMs: number
}

/**
 * S is the instant of the restore, V that plus the maximum validity: whatever was sent before it is
 * dead by then.
 *
 * **Source** — delivery protocol 1.4.
 */
export const restored = ({ sinceMs }: Quarantine, context: DeliveryContext): Restored => ({
  sinceMs,
  // The clock that V is compared with here is ours: a skewed carrier only moves the allowance.
  validUntilMs: RetryPolicy.validUntilMs(
    sinceMs,
    Number.MAX_SAFE_INTEGER,
    context.policy,
    context.capabilities,
    0
  ),
  sinceClockMs: context.clockMs
})

/** Why the qualification no longer holds, or `null`. */
export const withdrawnReason = (context: DeliveryContext): string | null =>
  context.standing?.withdrawnReason ?? null

/** Why the customer is suppressed, or `null`. */
export const suppressedReason = (context: DeliveryContext): string | null =>
  context.standing?.suppressedReason ?? null

/** Skew of the carrier's clock with the policy's allowance. */
export const skewMs = (context: DeliveryContext): number =>
  RetryPolicy.skewMs(context.policy, context.carrierSkewMs ?? 0)

/** Withdrawn, suppressed or past E: nothing more may be sent, whatever state it is in. */
export const isBarred = (
  notification: Notification.Notification,
  context: DeliveryContext
): boolean =>
  withdrawnReason(context) !== null ||
  suppressedReason(context) !== null ||
  Notification.isExpired(notification, context.nowMs, context.policy)

/**
 * *Never*: barred, ended, or in the hands of people; no replay will follow, so an attempt that was
 * not found may be voided at once.
 *
 * **Source** — delivery protocol 1.1 (Never).
 */
export const isNever = (
  notification: Notification.Notification,
  context: DeliveryContext
): boolean => isBarred(notification, context) || !Notification.isLive(notification)
