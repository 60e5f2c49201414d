/**
 * A bank that keeps its end-of-day balances already: months are decided straight from its tables.
 * Its database is PostgreSQL where there is one, else PGlite; customers' phones and the carrier are
 * a sandbox.
 */
import { PGlite } from "@electric-sql/pglite"
import { memory, Tidemark } from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"
import { postgres } from "@tidemark/postgres"
import { Pool } from "pg"
import { type Database, ownTable, tables } from "./own-table.ts"

const { TIDEMARK_TEST_DATABASE_URL: url, EXAMPLE_SCHEMA: schema = "tidemark" } = process.env
const bankSchema = `${schema}_bank`
const pool =
  url === undefined
    ? undefined
    : new Pool({
        connectionString: url,
        options: `-c search_path=${bankSchema}`,
        max: 4,
        allowExitOnIdle: true
      })
const database: Database = pool ?? (await PGlite.create("memory://", { database: "postgres" }))
const month = "2026-09"
const host = SandboxHost.make({ month, customers: 30 })

// What the bank has anyway.
await database.query(`CREATE SCHEMA IF NOT EXISTS "${bankSchema}"`)
if (pool === undefined) await database.query(`SET search_path TO "${bankSchema}"`)
for (const table of tables) await database.query(table)
const { signal } = new AbortController()
const people = await host.customers.active(month, null, signal)
for (const { accounts, customerId } of people.customers) {
  for (const { accountId, closedOn, openedOn, primary } of accounts) {
    const values = [customerId, accountId, primary, openedOn, closedOn]
    await database.query("INSERT INTO accounts VALUES ($1, $2, $3, $4, $5)", values)
  }
}
host.tell("2026-10-02T06:00:00.000Z")
for (let day = 0; day <= 30; day++) {
  const date = new Date(Date.UTC(2026, 8, day)).toISOString().slice(0, 10)
  const { balances } = await host.balances.page(date, null, signal)
  await database.query(
    `INSERT INTO eod_balances (account_id, business_date, closing)
     SELECT account_id, $1::date, closing::numeric
     FROM unnest($2::text[], $3::text[]) AS day (account_id, closing)`,
    [date, balances.map(({ accountId }) => accountId), balances.map(({ amount }) => amount)]
  )
}

// The program: no `balances`, so nothing is captured; a page of ten customers at a time.
const { active, history } = ownTable(database, 10)
await using tidemark = await Tidemark.open({
  program: "premium-retail",
  policy: {
    qualification: { approval: "automatic" },
    message: { messageClass: "service", sender: { id: "Bank", canReceiveReplies: false } },
    schedule: { startsOn: "2026-08-31" }
  },
  store: pool === undefined ? memory() : postgres({ pool, schema }),
  history,
  customers: { ...host.customers, active },
  carrier: host.carrier,
  secrets: { clientReferenceKey: () => "07".repeat(32) }
})
const outcome = async (id: string) => (await tidemark.explain(id, month))?.outcome ?? "unknown"
let now = `${month}-30T06:00:00.000Z`
const before = await tidemark.tick({ now })
console.log(`on the 30th: ${before.done.length} pieces of work, the next after the month's end`)
now = before.nextWakeAt
while ((await tidemark.months({ now }))[0]?.status !== "released") {
  now = (await tidemark.tick({ now })).nextWakeAt
}
const [row] = await tidemark.months({ now })
console.log(`${row?.month}: ${row?.qualified} of ${row?.population} qualify`)

// A correction before the message has gone: the table has a new revision, and the program is told.
console.log(`C-0000002: ${await outcome("C-0000002")}`)
await database.query(`
  INSERT INTO eod_balances (account_id, business_date, revision, closing)
  SELECT account_id, '2026-09-10', 2, 1 FROM accounts WHERE customer_id = 'C-0000002'`)
await tidemark.redecide(month, ["C-0000002"], { now: before.nextWakeAt })
console.log(`after the correction: ${await outcome("C-0000002")}`)

const report = await SandboxHost.passMonth(tidemark, { host, month, from: now })
const { delivered, qualified } = report.delivery.dispositions
console.log(`${delivered} of ${qualified} delivered, duplicates ${host.audit().duplicates}`)
if (pool !== undefined) await pool.query(`DROP SCHEMA "${bankSchema}", "${schema}" CASCADE`)
