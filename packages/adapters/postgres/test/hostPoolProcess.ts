/**
 * A bank's service as a process of its own: bank and carrier answer over HTTP, the pool is its own.
 * Lives the month from the instant it is told, until it is closed or the process is killed.
 */
import { Tidemark } from "@tidemark/core"
import { SmsCarrierMemory } from "@tidemark/core/sandbox"
import { Pool } from "pg"
import { live, openOptions, voidRunLeases } from "./HostPoolEmbedding.ts"

const [, , url = "", schema = "", base = "", from = ""] = process.argv

const ask = async <A>(path: string, signal: AbortSignal | null, ...args: Array<unknown>) => {
  const body = JSON.stringify(args)
  const response = await fetch(`${base}/${path}`, { method: "POST", body, signal })
  if (!response.ok) throw new Error("no answer")
  return (await response.json()) as A
}

const pool = new Pool({ connectionString: url, max: 4 })
await using tidemark = await Tidemark.open(
  openOptions(pool, schema, {
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
  })
)
const recover = () => voidRunLeases(pool, schema)
await recover()
await live({ tidemark, from, tell: (now) => ask("tell", null, now), recover })
console.log("closed")
await tidemark.close()
await pool.end()
