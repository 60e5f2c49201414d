/** A database of its own for a lived month, its copy, and what a session outside of it can see. */
import { randomBytes } from "node:crypto"
import { Client } from "pg"
import * as Meter from "../Meter.ts"
import type { TableSize } from "./ProgramPage.ts"

export interface BenchDatabase {
  readonly url: string
  /** The database server's process; `null` where it is on another machine. */
  readonly server: number | null
  /** How long its oldest open transaction has been going on; 0 where there is none. */
  readonly openTransactionMs: () => Promise<number>
  /** What was written: the largest tables of a schema, partitions each for itself. */
  readonly tables: (schema: string) => Promise<ReadonlyArray<TableSize>>
  /** Another database with the same rows. Nobody may be connected to this one meanwhile. */
  readonly copy: () => Promise<BenchDatabase>
  readonly close: () => Promise<void>
}

const named = (url: string, database: string): string => {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

const connected = async <A>(url: string, use: (client: Client) => Promise<A>): Promise<A> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

const tablesOf = (client: Client, schema: string) =>
  client.query<TableSize>(
    `SELECT relname AS table, n_live_tup::int AS live, n_dead_tup::int AS dead,
      seq_tup_read::float8 AS "readWhole", autovacuum_count::int AS vacuums,
      (pg_total_relation_size(relid) / 1048576)::int AS megabytes
    FROM pg_stat_user_tables WHERE schemaname = $1 AND n_live_tup + n_dead_tup > 0
    ORDER BY pg_total_relation_size(relid) DESC LIMIT 8`,
    [schema]
  )

const make = async (url: string, template: string | null): Promise<BenchDatabase> => {
  const name = `bench_${randomBytes(4).toString("hex")}`
  const from = template === null ? "" : ` TEMPLATE ${template} STRATEGY FILE_COPY`
  const outside = new Client({ connectionString: url })
  await outside.connect()
  await outside.query(`CREATE DATABASE ${name}${from}`)
  const { rows } = await outside.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")
  const isHere = ["127.0.0.1", "localhost", "::1", ""].includes(new URL(url).hostname)
  return {
    url: named(url, name),
    server: isHere ? Meter.parentOf(rows[0]?.pid ?? 0) : null,
    openTransactionMs: async () => {
      const { rows: open } = await outside.query<{ ms: number | null }>(
        `SELECT extract(epoch FROM max(clock_timestamp() - xact_start))::float8 * 1000 AS ms
        FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
        [name]
      )
      return open[0]?.ms ?? 0
    },
    tables: (schema) =>
      connected(named(url, name), async (client) => (await tablesOf(client, schema)).rows),
    copy: () => make(url, name),
    close: async () => {
      await outside.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await outside.end()
    }
  }
}

/** A fresh database on a PostgreSQL server (15 or newer). */
export const open = (url: string): Promise<BenchDatabase> => make(url, null)
