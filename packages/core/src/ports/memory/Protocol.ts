/**
 * The rules of delivery the memory store asks. They are the real ones everywhere but in a
 * simulation that must see a broken one fail.
 *
 * **Source** — delivery protocol 1.1, 2.4; invariant 52.
 */
import * as Delivery from "../../delivery/Delivery.ts"
import * as Reconcile from "../../delivery/Reconcile.ts"
import * as Restore from "../../delivery/Restore.ts"
import * as Consequences from "../store/Consequences.ts"

export interface Protocol {
  readonly step: typeof Delivery.step
  readonly guard: typeof Delivery.guard
  readonly reconcile: typeof Reconcile.reconcile
  readonly quarantine: typeof Restore.quarantine
  readonly isReconciled: typeof Restore.isReconciled
  /** Whether an event counts from the holder of the fence alone. */
  readonly needsFence: typeof Consequences.needsFence
  /** Whether the mark asks for fence and lease. */
  readonly marksUnderFence: boolean
}

export const real: Protocol = {
  step: Delivery.step,
  guard: Delivery.guard,
  reconcile: Reconcile.reconcile,
  quarantine: Restore.quarantine,
  isReconciled: Restore.isReconciled,
  needsFence: Consequences.needsFence,
  marksUnderFence: true
}
