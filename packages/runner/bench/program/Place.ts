/** Where a whole program lives while it is measured: sandbox servers, a schema, a settings file. */
import { BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "pg"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import * as Child from "../../test/process/Child.ts"
import * as Meter from "../Meter.ts"

export interface Place {
  readonly month: CalendarMonth.CalendarMonth
  readonly settings: string
  readonly schema: string
  readonly client: Client
  /** The database server's process; `null` where it is on another machine. */
  readonly server: number | null
  /** Moves the business time of both sandboxes. */
  readonly tell: (nowMs: number) => Promise<void>
  readonly carrier: string
  readonly close: () => Promise<void>
}

/** A month of 30 days, without holidays of the week. */
const monthText = "2026-11"

const urlOf = async (child: Child.Child): Promise<string> => {
  const { url } = await Child.firstLine(child)
  if (typeof url !== "string") throw new Error(`no address: ${child.err()}`)
  return url
}

const settingsOf = (
  month: CalendarMonth.CalendarMonth,
  servers: { readonly bank: string; readonly carrier: string },
  database: { readonly url: string; readonly schema: string }
) => ({
  Program: {
    Name: "premium",
    Environment: "bench",
    Policies: [
      {
        EffectiveFrom: monthText,
        Policy: {
          qualification: { approval: "automatic" },
          message: {
            messageClass: "service",
            sender: { id: "BankPremium", canReceiveReplies: false }
          },
          schedule: { startsOn: DemoPlan.startsOn(month) }
        }
      }
    ]
  },
  Database: { ConnectionString: database.url, Schema: database.schema },
  Banking: { ApiUrl: servers.bank, Timeout: 60_000 },
  // The rate is the carrier's promise; a bench must not wait for it.
  SmsCarrier: {
    ApiUrl: servers.carrier,
    Account: "sandbox",
    Sandbox: true,
    MaxBatch: 500,
    RatePerSecond: 1_000_000
  },
  Secrets: { ClientReferenceKey: "11".repeat(32), DataKey: "22".repeat(32) },
  Logging: { LogLevel: { Default: "Warning" } }
})

const put = async (url: string, nowMs: number): Promise<void> => {
  const answer = await fetch(`${url}/sandbox/clock`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ now: new Date(nowMs).toISOString() })
  })
  if (!answer.ok) throw new Error(`the sandbox refused its clock: ${await answer.text()}`)
}

/** A place for so many customers on a PostgreSQL server. */
export const open = async (url: string, customers: number): Promise<Place> => {
  const month = CalendarMonth.parse(monthText) ?? CalendarMonth.of(BusinessDate.fromEpochDay(0))
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"))
  const schema = `bench_${randomBytes(4).toString("hex")}`
  const common = ["--port", "0", "--null", "--json"]
  const bank = Child.start([
    "sandbox",
    "bank",
    "--customers",
    String(customers),
    "--month",
    monthText,
    ...common
  ])
  const carrier = Child.start([
    "sandbox",
    "carrier",
    "--log",
    join(folder, "carrier.ndjson"),
    ...common
  ])
  const servers = { bank: await urlOf(bank), carrier: await urlOf(carrier) }
  const settings = join(folder, "tidemark.json")
  writeFileSync(settings, JSON.stringify(settingsOf(month, servers, { url, schema })))
  const client = new Client({ connectionString: url })
  await client.connect()
  const { hostname } = new URL(url)
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")
  const isHere = ["127.0.0.1", "localhost", "::1", ""].includes(hostname)
  return {
    month,
    settings,
    schema,
    client,
    server: isHere ? Meter.parentOf(rows[0]?.pid ?? 0) : null,
    tell: async (nowMs) => {
      await put(servers.bank, nowMs)
      await put(servers.carrier, nowMs)
    },
    carrier: servers.carrier,
    close: async () => {
      await Promise.all([bank.kill(), carrier.kill()])
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
      await client.end()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
