/** What a host gives to `open`, over the sandbox bank and carrier. */
import type { OpenOptions, PolicyObject } from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"

export const month = "2026-09"

/** Automatic approval, and the process-time constants of a carrier that is only memory. */
export const policy: PolicyObject = {
  qualification: { approval: "automatic" },
  message: {
    messageClass: "service",
    sender: { id: "BankPremium", canReceiveReplies: false }
  },
  delivery: { leaseMs: 30_000, requestDeadlineMs: 600, marginMs: 1000, networkLifetimeMs: 200 },
  schedule: { startsOn: "2026-08-31" }
}

export const sandbox = (options: Partial<SandboxHost.SandboxHostOptions> = {}) =>
  SandboxHost.make({ month, ...options })

/** Everything but the store. */
export const options = (host: SandboxHost.SandboxHost): Omit<OpenOptions, "store"> => ({
  program: "premium-retail",
  policy,
  balances: host.balances,
  customers: host.customers,
  carrier: host.carrier,
  secrets: { clientReferenceKey: () => new Uint8Array(32).fill(7) }
})
