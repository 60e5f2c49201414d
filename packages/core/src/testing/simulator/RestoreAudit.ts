/**
 * What no restore may do: send before two people have confirmed it, or send again what the store
 * has forgotten having sent.
 *
 * **Source** — delivery protocol 1.4; invariant 14.
 */
import type { Violation } from "./Auditor.ts"
import type { CarrierTruth } from "./CarrierTruth.ts"
import type { Run } from "./Run.ts"

/** Every request that a restore should have kept back. */
export const auditRestores = (run: Run, carrier: CarrierTruth): ReadonlyArray<Violation> => {
  const violations: Array<Violation> = []
  for (const { backupMs, confirmedMs, restoredMs } of run.restores) {
    const forgotten = new Set(
      run.log.flatMap((line) =>
        line.t === "accepted" && line.at >= backupMs && line.at <= restoredMs ? [line.ref] : []
      )
    )
    for (const { atMs, references } of run.departures) {
      if (atMs < restoredMs) continue
      for (const reference of references) {
        const customer = carrier.customerOf.get(reference) ?? null
        const violate = (what: string): void => {
          violations.push({ invariant: 14, what, customer, month: null, detail: reference })
        }
        if (atMs < confirmedMs) violate("sent before a restore was confirmed")
        if (forgotten.has(reference)) violate("sent again after a restore")
      }
    }
  }
  return violations
}
