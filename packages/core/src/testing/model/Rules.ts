/**
 * The rules the model explores: the production functions themselves. A broken variant is these with
 * one replaced (`Variants`); nothing in delivery/ knows of it.
 *
 * **Source** — delivery protocol 1.1, 1.2, 1.4; 2.4.
 */
import type { Attempt } from "../../delivery/Attempt.ts"
import * as Delivery from "../../delivery/Delivery.ts"
import { guard } from "../../delivery/MarkGuard.ts"
import * as Reconcile from "../../delivery/Reconcile.ts"
import * as Restore from "../../delivery/Restore.ts"
import * as RetryPolicy from "../../delivery/RetryPolicy.ts"
import * as Consequences from "../../ports/store/Consequences.ts"

/** An exchange that gave no answer of the carrier about the message. */
export type Silence = "timeout" | "answer lost" | "5xx"

export interface ModelRules {
  readonly step: typeof Delivery.step
  readonly guard: typeof guard
  readonly reconcile: typeof Reconcile.reconcile
  readonly validUntilMs: typeof RetryPolicy.validUntilMs
  readonly quarantine: typeof Restore.quarantine
  readonly isReconciled: typeof Restore.isReconciled
  /** How an adapter reads a silence. */
  readonly read: (n: number, silence: Silence) => Delivery.DeliveryEvent
  /** Whose evidence counts: the store asks this of every event. */
  readonly needsFence: (event: Delivery.DeliveryEvent) => boolean
  /** Whether the mark asks for the fence. */
  readonly marksUnderFence: boolean
  /** Which key the bytes of a marked row carry, from 1. */
  readonly keyOf: (row: Attempt) => number
  /** Whether claim and mark are two transactions. */
  readonly marksApart: boolean
}

/** The rules as they are. */
export const rules: ModelRules = {
  step: Delivery.step,
  guard,
  reconcile: Reconcile.reconcile,
  validUntilMs: RetryPolicy.validUntilMs,
  quarantine: Restore.quarantine,
  isReconciled: Restore.isReconciled,
  read: (n) => ({ _tag: "OutcomeUnknown", n }),
  needsFence: Consequences.needsFence,
  marksUnderFence: true,
  keyOf: (row) => row.keyGeneration,
  marksApart: true
}
