/** Where a whole program lives while it is measured: sandbox servers, a database, settings. */
import { BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import * as Child from "../../test/process/Child.ts"
import * as BenchDatabase from "./BenchDatabase.ts"

export interface Place {
  readonly month: CalendarMonth.CalendarMonth
  readonly settings: string
  readonly database: BenchDatabase.BenchDatabase
  /** Moves the business time of both sandboxes. */
  readonly tell: (nowMs: number) => Promise<void>
  readonly carrier: string
  /** The same database again, with a carrier that has seen nothing. */
  readonly copy: () => Promise<Place>
  readonly close: () => Promise<void>
}

/** A month of 30 days, without holidays of the week. */
const monthText = "2026-11"

export const schema = "tidemark"

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

const common = ["--port", "0", "--null", "--json"]

interface Bank {
  readonly child: Child.Child
  readonly url: string
}

const startBank = async (customers: number): Promise<Bank> => {
  const whose = ["--customers", String(customers), "--month", monthText]
  const child = Child.start(["sandbox", "bank", ...whose, ...common])
  return { child, url: await urlOf(child) }
}

/** A place on a database: the carrier is its own, the bank anybody's. */
const make = async (
  bank: Bank,
  database: BenchDatabase.BenchDatabase,
  closeBank: () => Promise<void>
): Promise<Place> => {
  const month = CalendarMonth.parse(monthText) ?? CalendarMonth.of(BusinessDate.fromEpochDay(0))
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"))
  const log = join(folder, "carrier.ndjson")
  const child = Child.start(["sandbox", "carrier", "--log", log, ...common])
  const servers = { bank: bank.url, carrier: await urlOf(child) }
  const settings = join(folder, "tidemark.json")
  writeFileSync(settings, JSON.stringify(settingsOf(month, servers, { url: database.url, schema })))
  return {
    month,
    settings,
    database,
    tell: async (nowMs) => {
      await put(servers.bank, nowMs)
      await put(servers.carrier, nowMs)
    },
    carrier: servers.carrier,
    copy: async () => make(bank, await database.copy(), async () => undefined),
    close: async () => {
      await child.kill()
      await database.close()
      await closeBank()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** A place for so many customers on a PostgreSQL server. */
export const open = async (url: string, customers: number): Promise<Place> => {
  const bank = await startBank(customers)
  return make(bank, await BenchDatabase.open(url), () => bank.child.kill())
}
