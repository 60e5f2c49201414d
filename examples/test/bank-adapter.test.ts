/** The adapter of examples/bank-adapter.ts against the bank it was written for. */
import { BankPorts } from "@tidemark/core/effect"
import { Currency, Instant } from "@tidemark/core/rules"
import { SandboxHost } from "@tidemark/core/sandbox"
import { closingBalancesContract, customersContract } from "@tidemark/core/testing"
import * as Effect from "effect/Effect"
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { bankAdapter } from "../bank-adapter.ts"

const timeoutMs = 5000
const { signal } = new AbortController()

const bodyOf = async (request: IncomingMessage): Promise<ReadonlyArray<string>> => {
  let text = ""
  for await (const chunk of request) text += String(chunk)
  return text === "" ? [] : JSON.parse(text)
}

/** The core system's own words for what the sandbox bank knows. */
const answer = async (host: SandboxHost.SandboxHost, request: IncomingMessage) => {
  const url = new URL(request.url ?? "", "http://bank")
  const asked = (name: string) => url.searchParams.get(name) ?? ""
  const ids = await bodyOf(request)
  switch (url.pathname) {
    case "/balances": {
      const page = await host.balances.page(asked("date"), url.searchParams.get("from"), signal)
      return {
        rows: page.balances.map(({ accountId, amount }) => ({ iban: accountId, closing: amount })),
        next: page.nextCursor,
        total: page.controlTotals && {
          rows: page.controlTotals.count,
          agorot: String(page.controlTotals.sumMinor)
        }
      }
    }
    case "/customers": {
      const page = await host.customers.active(asked("month"), url.searchParams.get("from"), signal)
      const customers = page.customers.map(({ accounts, customerId }) => ({
        id: customerId,
        accounts: accounts.map((account) => ({
          iban: account.accountId,
          main: account.primary,
          from: account.openedOn,
          to: account.closedOn
        }))
      }))
      return { customers, next: page.nextCursor }
    }
    case "/contacts":
      return host.customers.contact(ids, signal)
    default:
      return (await host.customers.mayContact(ids, signal)).map((one) => ({
        id: one.customerId,
        ok: one.mayContact,
        known: one.mayContact && one.consentKnown === true,
        barred: !one.mayContact && one.kind === "excluded",
        why: one.mayContact ? "" : one.reason
      }))
  }
}

const listening = (host: SandboxHost.SandboxHost) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<Server>((resolve) => {
          const server = createServer((request, response) => {
            void answer(host, request).then((body) => response.end(JSON.stringify(body)))
          })
          server.listen(0, "127.0.0.1", () => resolve(server))
        })
    ),
    (server) => Effect.promise(() => new Promise((resolve) => server.close(resolve)))
  ).pipe(
    Effect.map((server) =>
      bankAdapter(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    )
  )

closingBalancesContract(
  "examples/bank-adapter",
  Effect.fnUntraced(function* ({ customers, nowMs, pageSize }) {
    const host = SandboxHost.make({ month: "2026-09", customers, pageSize })
    host.tell(Instant.toIso(nowMs))
    const { balances } = yield* listening(host)
    return {
      balances: BankPorts.closingBalances(balances, () => Currency.ils, timeoutMs),
      tell: (toMs: number) => Effect.sync(() => host.tell(Instant.toIso(toMs)))
    }
  }),
  "honest"
)

customersContract(
  "examples/bank-adapter",
  Effect.fnUntraced(function* ({ customers, month, pageSize }) {
    const host = SandboxHost.make({ month, customers, pageSize })
    const adapter = yield* listening(host)
    return { customers: BankPorts.activeCustomers(adapter.customers, timeoutMs) }
  }),
  "honest"
)
