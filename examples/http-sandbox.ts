/**
 * The sandbox bank and carrier behind HTTP, as a bank's service meets the real ones: `overHttp` is
 * the service's side, `serve` the sandbox's, whose carrier keeps its own log.
 */
import type { SandboxHost } from "@tidemark/core/sandbox"
import { SmsCarrierMemory } from "@tidemark/core/sandbox"
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

export type Sandbox = Omit<SandboxHost.SandboxHost, "audit" | "tell"> & {
  /** Business time is now this instant. */
  readonly tell: (now: string) => Promise<unknown> | void
}

/** The ports as calls; whatever is no whole answer is thrown, and the program knows what to do. */
export const overHttp = (base: string): Sandbox => {
  const ask = async <A>(path: string, signal: AbortSignal | null, ...args: Array<unknown>) => {
    const body = JSON.stringify(args)
    const response = await fetch(`${base}/${path}`, { method: "POST", body, signal })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    return (await response.json()) as A
  }
  return {
    tell: (now) => ask("tell", null, now),
    balances: { page: (date, cursor, signal) => ask("balances.page", signal, date, cursor) },
    customers: {
      active: (month, cursor, signal) => ask("customers.active", signal, month, cursor),
      contact: (ids, signal) => ask("customers.contact", signal, ids),
      mayContact: (ids, signal) => ask("customers.mayContact", signal, ids)
    },
    carrier: {
      capabilities: SmsCarrierMemory.capabilities,
      account: "sandbox",
      sandbox: true,
      submit: (messages, signal) => ask("carrier.submit", signal, messages),
      lookup: (references, signal) => ask("carrier.lookup", signal, references),
      receipts: (references, signal) => ask("carrier.receipts", signal, references)
    }
  }
}

/** Serves a sandbox on a free port; `met` hears of each answer after the work, before it is given. */
export const serve = async (
  host: SandboxHost.SandboxHost,
  met: (path: string) => Promise<unknown> | void = () => {}
): Promise<{ readonly server: Server; readonly url: string }> => {
  const { signal } = new AbortController()
  const answer = async (path: string, args: ReadonlyArray<unknown>): Promise<unknown> => {
    if (path === "tell") return host.tell(String(args[0]))
    const [port = "", verb = ""] = path.split(".")
    const result: unknown = await Reflect.get(Reflect.get(host, port), verb)(...args, signal)
    await met(path)
    return result
  }
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const args: ReadonlyArray<unknown> = JSON.parse(Buffer.concat(chunks).toString())
      answer(request.url?.slice(1) ?? "", args).then(
        (body) => response.end(JSON.stringify(body ?? null, withoutTotals)),
        () => response.writeHead(500).end()
      )
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** JSON has no bigint, and a feed without control totals is a feed all the same. */
const withoutTotals = (key: string, value: unknown): unknown =>
  key === "controlTotals" ? null : value
