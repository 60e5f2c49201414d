/**
 * Transactions on a client of the host's own pool, without leaving anything behind on it: settings
 * are local to the transaction, so that the host's next user of the connection finds it as it was.
 *
 * **Source** — PostgreSQL manual, SET LOCAL, SAVEPOINT; architecture, Storage (third transport).
 */
import * as PgText from "./PgText.ts"

/** What is used of a query of `pg`. */
export interface HostQuery {
  readonly text: string
  readonly values?: Array<unknown>
  readonly types?: { readonly getTypeParser: (oid: number) => (text: string) => unknown }
  readonly rowMode?: "array"
}

export interface HostQueryResult {
  readonly command: string
  readonly rowCount: number | null
  readonly rows: ReadonlyArray<unknown>
}

/** What is used of a client of `pg`. */
export interface HostClient {
  query(query: HostQuery): Promise<HostQueryResult>
}

export interface HostPoolClient extends HostClient {
  release(destroy?: boolean): void
  on(event: "error", listener: (error: Error) => void): unknown
  removeListener(event: "error", listener: (error: Error) => void): unknown
}

/** What is used of a pool of `pg`; any pool that fits will do. */
export interface HostPool {
  connect(): Promise<HostPoolClient>
}

/** A transaction from its beginning to its end, on one client. */
export interface Session {
  /** `isolation`: `ISOLATION LEVEL …`, where it is not read committed. */
  readonly begin: (isolation?: string) => Promise<void>
  readonly commit: () => Promise<void>
  readonly rollback: () => Promise<void>
  readonly query: (
    text: string,
    values: ReadonlyArray<unknown>,
    rowMode?: "array"
  ) => Promise<HostQueryResult>
  /** Gives the client back; one that may be broken, or in a transaction, is destroyed. */
  readonly release: () => void
}

/** By name: what every transaction needs set. */
export type Settings = Readonly<Record<string, string>>

const run = (
  client: HostClient,
  text: string,
  values: ReadonlyArray<unknown>,
  rowMode?: "array"
): Promise<HostQueryResult> =>
  client.query({
    text,
    types: PgText.types,
    ...(values.length === 0 ? {} : { values: values.map(PgText.encode) }),
    ...(rowMode === undefined ? {} : { rowMode })
  })

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const localSettings = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `set_config(${literal(name)}, ${literal(value)}, true)`)
    .join(", ")

/** PostgreSQL answers a COMMIT of a failed transaction with ROLLBACK, and no error. */
const abortedTransaction = (): Error =>
  Object.assign(new Error("COMMIT rolled back an aborted transaction"), { code: "25P02" })

/** A session on a client of the pool's own. */
export const pooled = async (pool: HostPool, settings: Settings): Promise<Session> => {
  const client = await pool.connect()
  let broken = false
  let open = false
  // Without a listener the loss of a connection would end the host's process.
  const onError = () => {
    broken = true
  }
  client.on("error", onError)
  const attempt = async <A>(work: () => Promise<A>): Promise<A> => {
    try {
      return await work()
    } catch (error) {
      if (!hasSqlState(error)) broken = true
      throw error
    }
  }
  return {
    begin: (isolation = "ISOLATION LEVEL READ COMMITTED READ WRITE") =>
      attempt(async () => {
        open = true
        // One message of two statements: one way to the server and back.
        await run(client, `BEGIN ${isolation}; SELECT ${localSettings(settings)}`, [])
      }),
    commit: () =>
      attempt(async () => {
        const { command } = await run(client, "COMMIT", [])
        open = false
        if (command === "ROLLBACK") throw abortedTransaction()
      }),
    rollback: () =>
      attempt(async () => {
        await run(client, "ROLLBACK", [])
        open = false
      }),
    query: (text, values, rowMode) => attempt(() => run(client, text, values, rowMode)),
    release: () => {
      client.removeListener("error", onError)
      client.release(broken || open)
    }
  }
}

/** Whether the server itself spoke: then the connection is there. */
export const hasSqlState = (error: unknown): boolean => {
  const code: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "code") : ""
  return typeof code === "string" && /^(?!08|57P)[0-9A-Z]{5}$/.test(code) && /\d/.test(code)
}

/**
 * A session inside a transaction that the host has begun: a savepoint, and the host's own settings
 * again when it is over. A failure leaves the host's transaction usable.
 */
export const joined = (client: HostClient, settings: Settings): Session => {
  let before: Settings = {}
  const names = Object.keys(settings)
  return {
    begin: async () => {
      const columns = names.map((name) => `current_setting(${literal(name)})`).join(", ")
      const { rows } = await run(client, `SELECT ${columns}`, [], "array")
      const values: unknown = rows[0]
      before = Object.fromEntries(
        names.map((name, i) => [name, Array.isArray(values) ? String(values[i]) : ""])
      )
      await run(client, `SAVEPOINT tidemark_joined`, [])
      await run(client, `SELECT ${localSettings(settings)}`, [])
    },
    commit: async () => {
      await run(client, `SELECT ${localSettings(before)}`, [])
      await run(client, `RELEASE SAVEPOINT tidemark_joined`, [])
    },
    rollback: async () => {
      // The settings go back with the savepoint.
      await run(client, `ROLLBACK TO SAVEPOINT tidemark_joined`, [])
      await run(client, `RELEASE SAVEPOINT tidemark_joined`, [])
    },
    query: (text, values, rowMode) => run(client, text, values, rowMode),
    release: () => {}
  }
}
