/**
 * The sandbox bank and carrier as pure models, with scripted faults. Needs no test runner, so the
 * runner's sandbox servers and the demo can stand on it.
 */
export * as SandboxBank from "./testing/SandboxBank.ts"
export * as SandboxBankFeed from "./testing/SandboxBankFeed.ts"
export * as SandboxCarrier from "./testing/SandboxCarrier.ts"
export * as SandboxCarrierLog from "./testing/SandboxCarrierLog.ts"
export * as SandboxCarrierReads from "./testing/SandboxCarrierReads.ts"
export * as SandboxCarrierSubmit from "./testing/SandboxCarrierSubmit.ts"
export * as SandboxHost from "./testing/SandboxHost.ts"
export * as SandboxPeople from "./testing/SandboxPeople.ts"
export * as SandboxReply from "./testing/SandboxReply.ts"
export * as SandboxScript from "./testing/SandboxScript.ts"
export * as Seeded from "./testing/Seeded.ts"
export * as ClosingBalancesMemory from "./testing/ClosingBalancesMemory.ts"
export * as CustomersMemory from "./testing/CustomersMemory.ts"
export * as SmsCarrierMemory from "./testing/SmsCarrierMemory.ts"
