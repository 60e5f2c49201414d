/** Where the runners of a campaign keep their month: a database of its own, or a directory. */
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import pg from "pg"
import * as PgTools from "./Backup.ts"

/** A PostgreSQL server; `crash` only where it is ours alone. */
export interface Server {
  readonly url: string
  readonly crash?: () => void
}

/** The server of `TIDEMARK_TEST_DATABASE_URL`, where there is one: not ours to crash. */
export const given = (): Server | undefined => {
  const url = process.env["TIDEMARK_TEST_DATABASE_URL"]
  return url === undefined ? undefined : { url }
}

/** A dump of the database, and the way back to it. */
export interface Backup {
  readonly dump: (file: string) => Promise<void>
  /** Ends every session; how many messages the restored database knows to be accepted. */
  readonly restore: (file: string) => Promise<number>
}

export interface Store {
  readonly kind: "PostgreSQL" | "PGlite"
  /** The section `Database` of the runners' settings. */
  readonly settings: Readonly<Record<string, string>>
  /** Ends every session of the runners; how many there were. `undefined`: there are none to end. */
  readonly terminate: (() => Promise<number>) | undefined
  readonly crash: (() => void) | undefined
  /** `undefined`: nothing to dump with. */
  readonly backup: Backup | undefined
  readonly close: () => Promise<void>
}

const asked = async (url: string, text: string, values: ReadonlyArray<string> = []) => {
  const client = new pg.Client({ connectionString: url })
  // A server that crashes cuts this connection too, between queries: that is no failure of ours.
  client.on("error", () => undefined)
  await client.connect()
  try {
    return await client.query(text, [...values])
  } finally {
    await client.end()
  }
}

const named = (url: string, name: string): string => {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

/** Loads beside the old one, then takes its place: nobody ever sees an empty database. */
const backupOf = (url: string, name: string): Backup => ({
  dump: (file) => PgTools.dump(named(url, name), file),
  restore: async (file) => {
    const loaded = `${name}_loaded`
    await asked(url, `CREATE DATABASE ${loaded}`)
    await PgTools.load(file, named(url, loaded))
    const { rows } = await asked(
      named(url, loaded),
      "SELECT count(accepted_at)::int AS known FROM tidemark.attempt"
    )
    await asked(url, `DROP DATABASE ${name} WITH (FORCE)`)
    await asked(url, `ALTER DATABASE ${loaded} RENAME TO ${name}`)
    return Number(rows[0]?.known ?? 0)
  }
})

/** A fresh database, or a copy of one nobody is connected to. */
export const postgres = async (server: Server, template?: Store): Promise<Store> => {
  const name = `chaos_${randomBytes(6).toString("hex")}`
  const from = template?.settings["ConnectionString"]
  const copied = from === undefined ? "" : ` TEMPLATE ${new URL(from).pathname.slice(1)}`
  await asked(server.url, `CREATE DATABASE ${name}${copied}`)
  return {
    kind: "PostgreSQL",
    settings: { ConnectionString: named(server.url, name) },
    terminate: async () => {
      const { rowCount } = await asked(
        server.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
        [name]
      )
      return rowCount ?? 0
    },
    crash: server.crash,
    backup: backupOf(server.url, name),
    close: async () => {
      await asked(server.url, `DROP DATABASE ${name} WITH (FORCE)`)
    }
  }
}

/** The embedded store of one runner. */
export const embedded = (folder: string): Store => ({
  kind: "PGlite",
  settings: { Directory: join(folder, "embedded") },
  terminate: undefined,
  crash: undefined,
  backup: undefined,
  close: async () => undefined
})
