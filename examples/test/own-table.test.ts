/**
 * The tables of examples/own-table.ts against the contract of the port, and against captured
 * balances. On the server of TIDEMARK_TEST_DATABASE_URL; without one, on PGlite.
 */
import { PGlite } from "@electric-sql/pglite"
import { memory, type OpenOptions, Tidemark } from "@tidemark/core"
import { type HistoryBalance, HistoryPort } from "@tidemark/core/effect"
import { Currency } from "@tidemark/core/rules"
import { SandboxHost } from "@tidemark/core/sandbox"
import { balanceHistoryContract } from "@tidemark/core/testing"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import { Pool } from "pg"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Database, ownTable, tables } from "../own-table.ts"

const url = process.env["TIDEMARK_TEST_DATABASE_URL"]
const kind = url === undefined ? "PGlite" : "PostgreSQL"
const schema = `bank_${randomBytes(6).toString("hex")}`
let database: Database
let close: () => Promise<unknown>

beforeAll(async () => {
  if (url === undefined) {
    const embedded = await PGlite.create("memory://")
    await embedded.query(`CREATE SCHEMA "${schema}"`)
    await embedded.query(`SET search_path TO "${schema}"`)
    database = embedded
    close = () => embedded.close()
  } else {
    const options = `-c search_path=${schema}`
    const pool = new Pool({ connectionString: url, options, max: 2 })
    await pool.query(`CREATE SCHEMA "${schema}"`)
    database = pool
    close = async () => {
      await pool.query(`DROP SCHEMA "${schema}" CASCADE`)
      await pool.end()
    }
  }
  for (const table of tables) await database.query(table)
}, 60_000)
afterAll(() => close())

/** A capture as the bank writes it: a date it has a balance for already gets the next revision. */
const write = (rows: ReadonlyArray<HistoryBalance>) =>
  database.query(
    `INSERT INTO eod_balances (account_id, business_date, revision, closing)
     SELECT row.account_id, row.business_date, 1 + coalesce((
         SELECT max(revision) FROM eod_balances AS known
         WHERE known.account_id = row.account_id AND known.business_date = row.business_date
       ), 0), row.minor / 100.0
     FROM unnest($1::text[], $2::date[], $3::bigint[]) AS row (account_id, business_date, minor)`,
    [
      rows.map(({ accountId }) => accountId),
      rows.map(({ businessDate }) => businessDate),
      rows.map(({ minorUnits }) => String(minorUnits))
    ]
  )

balanceHistoryContract(
  `examples/own-table on ${kind}`,
  Effect.fnUntraced(function* ({ captures }) {
    yield* Effect.promise(() => database.query("TRUNCATE eod_balances"))
    for (const capture of captures) yield* Effect.promise(() => write(capture))
    const { history } = ownTable(database)
    return { history: HistoryPort.balanceHistory(history, () => Currency.ils, 5000) }
  })
)

const month = "2026-09"
const now = "2026-10-05T06:00:00.000Z"
const { signal } = new AbortController()

/** The sandbox bank's people and balances as rows of the bank's own tables. */
const filled = async (host: SandboxHost.SandboxHost) => {
  await database.query("TRUNCATE accounts, eod_balances")
  host.tell(now)
  const { customers } = await host.customers.active(month, null, signal)
  const accounts = customers.flatMap(({ accounts: all, customerId }) =>
    all.map((account) => ({ customerId, ...account }))
  )
  await database.query(
    `INSERT INTO accounts
     SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[], $4::date[], $5::date[])`,
    [
      accounts.map(({ customerId }) => customerId),
      accounts.map(({ accountId }) => accountId),
      accounts.map(({ primary }) => primary ?? false),
      accounts.map(({ openedOn }) => openedOn ?? null),
      accounts.map(({ closedOn }) => closedOn ?? null)
    ]
  )
}

describe(`the bank's own tables on ${kind}`, () => {
  for (const accounts of ["primaryAccount", "anyAccount", "sumOfAccounts"] as const) {
    // Caught: the month's last day left out; the last balance before the month left out.
    it(`decide as captured balances do, by ${accounts}`, async () => {
      const host = SandboxHost.make({ month, customers: 50, pageSize: 1000 })
      await filled(host)
      const { balances, customers } = host
      const options: Omit<OpenOptions, "store"> = {
        program: "premium-retail",
        policy: {
          qualification: { approval: "automatic", accounts },
          message: { messageClass: "service", sender: { id: "Bank", canReceiveReplies: false } },
          schedule: { startsOn: "2026-08-31" }
        },
        customers,
        carrier: host.carrier,
        secrets: { clientReferenceKey: () => "07".repeat(32) }
      }
      const captured = await Tidemark.open({
        ...options,
        store: memory(),
        balances: {
          page: async (date, cursor, aborted) => {
            const page = await balances.page(date, cursor, aborted)
            await database.query(
              `INSERT INTO eod_balances (account_id, business_date, closing)
               SELECT account_id, $1::date, closing::numeric
               FROM unnest($2::text[], $3::text[]) AS day (account_id, closing)`,
              [
                date,
                page.balances.map(({ accountId }) => accountId),
                page.balances.map(({ amount }) => amount)
              ]
            )
            return page
          }
        }
      })
      const { active, history } = ownTable(database, 7)
      const read = await Tidemark.open({
        ...options,
        store: memory(),
        history,
        customers: { ...customers, active }
      })
      await captured.tick({ now, roles: ["capture", "qualify"] })
      await read.tick({ now, roles: ["capture", "qualify"] })
      const rowOf = async (tidemark: Tidemark) =>
        (await tidemark.months({ now })).find((row) => row.month === month)
      const [left, right] = [await rowOf(captured), await rowOf(read)]
      assert.match(left?.hash ?? "", /^[0-9a-f]{64}$/)
      assert.strictEqual(right?.hash, left?.hash)
      assert.strictEqual(right?.population, 50)
      assert.isAbove(right?.qualified ?? 0, 10)
      await captured.close()
      await read.close()
    })
  }
})
