/**
 * Where a check of the store contract works: a store of its own program, a way to let process time
 * pass, and the values every check speaks of.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { CarrierCapabilities } from "../../delivery/CarrierCapabilities.ts"
import type { DeliveryContext } from "../../delivery/DeliveryContext.ts"
import * as RetryPolicy from "../../delivery/RetryPolicy.ts"
import type { ProgramStoreError, ProgramStoreVerbs } from "../../ports/ProgramStore.ts"
import type { DecisionRecord, Outcome } from "../../ports/store/Decisions.ts"

/** What a check is given. */
export interface Desk {
  readonly store: ProgramStoreVerbs
  /** The store of another program behind the same database. */
  readonly other: ProgramStoreVerbs
  /** Lets so much process time pass, in milliseconds. */
  readonly wait: (ms: number) => Effect.Effect<void>
  /** A lease short enough to wait for its end. */
  readonly leaseMs: number
}

/** One named policy of the contract; it fails by a defect (an assertion) or a store error. */
export interface Check {
  readonly name: string
  readonly run: (desk: Desk) => Effect.Effect<void, ProgramStoreError>
}

export const check = (
  name: string,
  body: (desk: Desk) => Generator<Effect.Effect<unknown, ProgramStoreError>, void, never>
): Check => ({ name, run: Effect.fnUntraced(body) })

export const hour = 3_600_000
/** 2026-11-02T09:00:00Z, within the send window. */
export const t0 = 1_793_610_000_000
export const month = CalendarMonth.of(
  CalendarMonth.dateAt("2026-10" as CalendarMonth.CalendarMonth, 1)
)
export const expiryMs = t0 + 120 * hour
export const windowClosesMs = t0 + 200 * hour
/** A lease nobody waits for. */
export const longLeaseMs = 120_000
export const contentHash = "content-hash"
export const threshold = 1_500_000n

/** Every help there is: keys, look-up and validity; nothing lags and nothing is throttled. */
export const carrier: CarrierCapabilities = {
  idempotency: { scope: "message", windowMs: 80 * hour, stores5xx: false, inProgress: "409" },
  lookup: { by: "clientReference", readAfterWriteMs: 1 },
  validity: { kind: "absolute", maxMs: 24 * hour },
  receipts: { carriesClientReference: true, destructiveRead: false, retentionMs: 72 * hour },
  notSentProof: ["401", "403", "413", "429"],
  maxBatch: 500,
  ratePerSecond: 1_000_000
}

/** The defaults, with a deadline and a settle delay that cost no test any time. */
export const policy: RetryPolicy.DeliveryPolicy = {
  ...RetryPolicy.defaults,
  leaseMs: longLeaseMs,
  requestDeadlineMs: 1,
  marginMs: 1,
  networkLifetimeMs: 1
}

/** Longer than the settle delay of `policy` and `carrier`. */
export const settledMs = 20

export const at = Effect.fnUntraced(function* (
  nowMs: number,
  over: { readonly leaseMs?: number; readonly capabilities?: CarrierCapabilities } = {}
) {
  const clockMs = yield* Clock.currentTimeMillis
  const context: DeliveryContext = {
    nowMs,
    clockMs,
    policy: { ...policy, leaseMs: over.leaseMs ?? policy.leaseMs },
    capabilities: over.capabilities ?? carrier
  }
  return context
})

const noDays = { observed: 0, met: 0, derived: 0, waived: 0 }

/** A decision; `evidence` is the byte its hash consists of. */
export const decision = (
  customerId: string,
  outcome: Outcome = "Qualified",
  evidence = 1,
  over: Partial<DecisionRecord> = {}
): DecisionRecord => ({
  customerId,
  outcome,
  reasons: [],
  reach: outcome === "Qualified" ? { _tag: "Reachable" } : null,
  ...noDays,
  accountIds: [`account-${customerId}`],
  evidenceHash: new Uint8Array(32).fill(evidence),
  notificationId: outcome === "Qualified" ? notificationIdOf(customerId) : null,
  ...over
})

export const notificationIdOf = (customerId: string): string => `notification-${customerId}`

export const referenceOf = (customerId: string, n = 1): string => `reference-${customerId}-${n}`
