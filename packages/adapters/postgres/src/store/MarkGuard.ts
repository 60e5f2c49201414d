/**
 * G, the mark guard, as SQL over `a` (the attempt), `n` (its notification, locked), `r` (the
 * request) and `s` (the program's state). Core's `Delivery.guard` is the same conditions as a
 * function; a property test holds the two together. OFFSET 0 keeps each condition a probe by key.
 *
 * **Source** — delivery protocol 1.1 (G; "not amb or replayable"), 1.2 (for n > 1).
 */
import type { Fragment } from "effect/sql/Statement"
import type { Breaker, Delivery, MarkBatch } from "../Core.ts"
import * as P from "../Parameters.ts"
import type { Store } from "./Store.ts"

const millisecond = "interval '1 millisecond'"

/** Everything that must hold besides fence and lease. */
export const guard = (
  store: Store,
  input: MarkBatch,
  passage: Breaker.Passage["_tag"]
): Fragment => {
  const { sql } = store
  const { nowMs, policy } = input.context
  const now = P.instant(nowMs)
  const closes = P.instant(input.windowClosesMs)
  return sql`
    n.state IN ('active', 'waiting')
    AND (n.expiry_at IS NULL OR n.expiry_at >= ${P.instant(nowMs + policy.requestDeadlineMs)})
    AND ${closes}::timestamptz IS NOT NULL AND ${now} < ${closes}
    AND r.contact_asked <= ${now}
    AND r.contact_asked >= ${P.instant(nowMs - policy.contactFreshMs)}
    AND s.pause = 'none' AND s.incarnation_confirmed
    AND (s.breaker = 'closed' OR ${passage === "Probe"})
    AND a.due_at <= ${now}
    AND r.parts BETWEEN 1 AND 255
    AND (n.granted OR EXISTS (
      SELECT FROM decision d
      WHERE d.program = ${store.program} AND d.month = n.month AND d.customer_id = n.customer_id
        AND d.superseded_at IS NULL AND d.outcome = 'Qualified' AND d.reach = 'Reachable'
      OFFSET 0))
    AND NOT EXISTS (
      SELECT FROM suppression u
      WHERE u.program = ${store.program} AND u.customer_id = n.customer_id
      OFFSET 0)
    AND (NOT a.ambiguous OR (${replayable(store, input.context)}))
    AND (a.n = 1 OR (${earlier(store, input.context)}))`
}

/** The key is open, and the same bytes may be sent again. */
export const replayable = (store: Store, context: Delivery.DeliveryContext): Fragment => {
  const { sql } = store
  const { capabilities, nowMs, policy } = context
  const { idempotency } = capabilities
  const keyMs =
    idempotency === "none" || idempotency.scope === "batch"
      ? null
      : idempotency.windowMs - policy.leaseMs - policy.marginMs
  return sql`
    NOT a.key_closed AND a.first_mark_at > ${P.instant(keyMs === null ? null : nowMs - keyMs)}
    AND a.first_mark_at > ${P.instant(nowMs - policy.confirmationWindowMs)}
    AND (a.valid_until IS NULL
      OR a.valid_until >= ${P.instant(nowMs + policy.requestDeadlineMs)})
    AND a.replays < ${P.integer(policy.replayCap)}`
}

/** For n > 1: every earlier attempt is surely dead, we looked, and its retry instant is past. */
const earlier = (store: Store, context: Delivery.DeliveryContext): Fragment => {
  const { sql } = store
  const { capabilities, nowMs, policy } = context
  const skewMs = Math.abs(context.carrierSkewMs ?? 0) + policy.skewMs
  const now = P.instant(nowMs)
  const { validity } = capabilities
  const periodMs =
    validity !== "none" && validity.kind === "relative"
      ? Math.min(policy.validityMs, validity.maxMs)
      : 0
  // What was accepted at the last moment shows in a look-up only so much later.
  const lagMs = capabilities.lookup === "none" ? 0 : capabilities.lookup.readAfterWriteMs
  const over = sql`e.valid_until + ${P.millis(lagMs)} * ${sql.literal(millisecond)}`
  const shown = sql`e.negative_at + CASE WHEN e.state = 'accepted' THEN ${P.millis(lagMs)}
    ELSE 0 END * ${sql.literal(millisecond)}`
  const dead = sql`coalesce(${over},
    ${shown} + CASE WHEN e.state = 'accepted' AND e.outcome IN ('failed', 'partial')
      THEN ${P.millis(periodMs)} ELSE 0 END * ${sql.literal(millisecond)})`
  const asked = sql`greatest(r.earlier_asked, (
    SELECT CASE WHEN bool_and(o.asked_at IS NOT NULL) THEN min(o.asked_at) END
    FROM attempt o
    WHERE o.program = ${store.program} AND o.notification_id = a.notification_id AND o.n < a.n))`
  const from = sql`coalesce(
    ${over} + ${P.millis(skewMs)} * ${sql.literal(millisecond)}, ${shown}, 'epoch')`
  return sql`
    NOT EXISTS (
      SELECT FROM attempt e
      WHERE e.program = ${store.program} AND e.notification_id = a.notification_id AND e.n < a.n
        AND e.state <> 'cancelled'
        AND NOT coalesce(
          (e.state IN ('void', 'refused') OR e.outcome = 'failed'
            OR (e.state = 'closed' AND e.failure_code = 'RESEND_DECIDED'))
          AND NOT EXISTS (
            SELECT FROM receipt_waiting i
            WHERE i.program = ${store.program}
              AND (i.reference = e.reference OR i.carrier_message_id = e.carrier_message_id)
            OFFSET 0)
          AND (${capabilities.lookup === "none"}
            OR (e.state = 'closed' AND e.failure_code = 'RESEND_DECIDED')
            OR ${asked} >= ${from})
          AND (e.first_mark_at IS NULL OR e.state = 'void'
            OR e.first_mark_at <= ${P.instant(nowMs - policy.retryGapMs)})
          AND (e.negative_at IS NULL OR e.negative_at <= ${now})
          AND (${dead} IS NULL
            OR ${dead} + ${P.millis(skewMs)} * ${sql.literal(millisecond)} <= ${now}),
        false)
      OFFSET 0)
    AND (
      SELECT count(*) FROM attempt c
      WHERE c.program = ${store.program} AND c.notification_id = a.notification_id AND c.n < a.n
        AND c.state IN ('accepted', 'refused', 'submitting', 'unknown', 'closed')
    ) < ${P.integer(policy.maxConsumed)}`
}
