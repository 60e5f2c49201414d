/**
 * `@tidemark/core/testing`: contract suites, pure bank and carrier models with scripted faults.
 *
 * vitest and fast-check are optional peers; only the contract suites need them.
 */
export * as SandboxBank from "./testing/SandboxBank.ts"
export * as SandboxBankFeed from "./testing/SandboxBankFeed.ts"
export * as SandboxCarrier from "./testing/SandboxCarrier.ts"
export * as SandboxCarrierLog from "./testing/SandboxCarrierLog.ts"
export * as SandboxPeople from "./testing/SandboxPeople.ts"
export * as SandboxReply from "./testing/SandboxReply.ts"
export * as SandboxScript from "./testing/SandboxScript.ts"
export * as Seeded from "./testing/Seeded.ts"
