/**
 * `@tidemark/core/testing`: contract suites, pure bank and carrier models with scripted faults,
 * ports that misbehave, months told in three steps, and generators for property tests.
 *
 * vitest and fast-check are optional peers; the suites and generators need them.
 */
export * from "./sandbox.ts"
export {
  balanceHistoryContract,
  failedBalanceHistoryChecks
} from "./testing/BalanceHistoryContract.ts"
export {
  closingBalancesContract,
  failedClosingBalancesChecks
} from "./testing/ClosingBalancesContract.ts"
export { customersContract, failedCustomersChecks } from "./testing/CustomersContract.ts"
export {
  eventPublisherContract,
  failedEventPublisherChecks
} from "./testing/EventPublisherContract.ts"
export { failedOperationsChecks, operationsContract } from "./testing/OperationsContract.ts"
export * as Faults from "./testing/Faults.ts"
export * as Generators from "./testing/Generators.ts"
export * as MonthScript from "./testing/MonthScript.ts"
export {
  failedReportRendererChecks,
  type MakeRenderer,
  type ReadReport,
  reportRendererContract
} from "./testing/ReportRendererContract.ts"
export * as ReportSamples from "./testing/ReportSamples.ts"
export { failedSecretsChecks, secretsContract } from "./testing/SecretsContract.ts"
export { failedSmsCarrierChecks, smsCarrierContract } from "./testing/SmsCarrierContract.ts"
export {
  failedChecks as failedProgramStoreChecks,
  type MakeStore,
  programStoreContract,
  type StoreCapabilities
} from "./testing/programStore/ProgramStoreContract.ts"
export {
  failedRestoreChecks,
  type MakeRestorable,
  type RestorableStore,
  restoreContract
} from "./testing/programStore/RestoreContract.ts"
