/**
 * `@tidemark/core/testing`: contract suites, pure bank and carrier models with scripted faults.
 *
 * vitest and fast-check are optional peers; only the contract suites need them.
 */
export * from "./sandbox.ts"
export { closingBalancesContract } from "./testing/ClosingBalancesContract.ts"
export { customersContract } from "./testing/CustomersContract.ts"
export { smsCarrierContract } from "./testing/SmsCarrierContract.ts"
export {
  failedChecks as failedProgramStoreChecks,
  type MakeStore,
  programStoreContract,
  type StoreCapabilities
} from "./testing/programStore/ProgramStoreContract.ts"
