/** A host's plain functions, wrapped, are held to the very contracts of the ports. */
import { BankPorts, CarrierPort } from "@tidemark/core/effect"
import { Currency, Instant } from "@tidemark/core/rules"
import { SandboxHost } from "@tidemark/core/sandbox"
import {
  closingBalancesContract,
  customersContract,
  smsCarrierContract
} from "@tidemark/core/testing"
import * as Effect from "effect/Effect"
import { month } from "./Host.ts"

const timeoutMs = 1000

const at = (host: SandboxHost.SandboxHost) => (nowMs: number) =>
  Effect.sync(() => host.tell(Instant.toIso(nowMs)))

closingBalancesContract("a host's functions", ({ nowMs, script, ...options }) =>
  Effect.sync(() => {
    const host = SandboxHost.make({ ...options, month, bankScript: script })
    host.tell(Instant.toIso(nowMs))
    const balances = BankPorts.closingBalances(host.balances, () => Currency.ils, timeoutMs)
    return { balances, tell: at(host) }
  })
)

customersContract("a host's functions", ({ month: of, script, ...options }) =>
  Effect.sync(() => {
    const host = SandboxHost.make({ ...options, month: of, bankScript: script })
    return { customers: BankPorts.activeCustomers(host.customers, timeoutMs) }
  })
)

smsCarrierContract("a host's functions", ({ nowMs, script }) =>
  Effect.sync(() => {
    const host = SandboxHost.make({ month, script, throttleSeconds: 30 })
    host.tell(Instant.toIso(nowMs))
    const carrier = CarrierPort.smsCarrier(host.carrier, timeoutMs)
    return { carrier, tell: at(host), audit: Effect.sync(host.audit) }
  })
)
