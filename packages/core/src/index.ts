/**
 * `@tidemark/core`: the program for hosts that call by promises. No Effect in any type.
 *
 * Hosts that use Effect provide layers instead: `@tidemark/core/effect`.
 */
export { Tidemark } from "./embed/Tidemark.ts"
export type * from "./embed/TidemarkTypes.ts"
export type * from "./embed/HostHistory.ts"
export type * from "./embed/HostPorts.ts"
export type { DatedPolicy, PolicyOptions } from "./embed/Policies.ts"
export type { PolicyObject } from "./embed/PolicyObject.ts"
export type { ExplainedDay, ExplainedNotification, Explanation } from "./embed/Explanation.ts"
export type { Store } from "./embed/Store.ts"
export { memory } from "./embed/MemoryStore.ts"
export { ledgerHash } from "./ports/store/LedgerHash.ts"
export {
  AbortedError,
  BankError,
  CarrierError,
  ClosedError,
  InputError,
  PolicyError,
  type Problem,
  RefusedError,
  SecretsError,
  StoreError,
  TidemarkError,
  type TidemarkErrorOptions
} from "./embed/TidemarkError.ts"
export type { CarrierCapabilities } from "./delivery/CarrierCapabilities.ts"
export type { Failure } from "./delivery/Failure.ts"
export type { DomainEvent } from "./events/DomainEvent.ts"
export type { MonthlyReport } from "./report/MonthlyReport.ts"
