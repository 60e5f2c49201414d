/**
 * The third transport: the same SQL over the host's own `pg` pool, joining the host's transaction
 * where it passes a client of its own.
 *
 * Works behind a transaction pooler too: no session state, no named statements.
 *
 * **Source** — architecture, Storage (one SQL, three transports).
 */
import { PgClient } from "@effect/sql-pg"
import { InputError } from "@tidemark/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { ConnectionError, SqlError, UnknownError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import * as Config from "./Config.ts"
import { classifyError } from "./classifyError.ts"
import type { ProgramStoreError } from "./Core.ts"
import * as HostSession from "./HostSession.ts"
import * as PgText from "./PgText.ts"

export type { HostClient, HostPool, HostPoolClient } from "./HostSession.ts"

export interface HostPoolOptions {
  readonly pool: HostSession.HostPool
  readonly schema?: string | undefined
  /** Default 30 s; 0 leaves it to the server. */
  readonly statementTimeoutMs?: number | undefined
}

/** The client of the host whose transaction the verbs of this fiber join. */
export const JoinedClient = Context.Reference<HostSession.HostClient | undefined>(
  "@tidemark/postgres/JoinedClient",
  { defaultValue: () => undefined }
)

/** The client every verb runs on, proven by one statement. The pool stays the host's to end. */
export const client = (
  options: HostPoolOptions
): Effect.Effect<PgClient.PgClient, ProgramStoreError> =>
  Effect.gen(function* () {
    const settings = settingsOf(options)
    const sql = yield* SqlClient.make({
      acquirer: Effect.map(JoinedClient, (joined) => alone(options.pool, settings, joined)),
      transactionAcquirer: Effect.flatMap(JoinedClient, (joined) =>
        Effect.map(leased(options.pool, settings, joined), inTransaction)
      ),
      driver: "pg",
      compiler,
      commit: (connection) => Effect.asVoid(connection.executeRaw("COMMIT", [])),
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
      spanAttributes: [["db.system.name", "postgresql"]]
    }).pipe(Effect.provide(Reactivity.layer))
    const client = asPgClient(sql)
    yield* client`SELECT 1`
    return client
  }).pipe(Effect.catchTag("SqlError", (error) => Effect.fail(classifyError(error))))

/** The same as a layer. */
export const layerClient = (
  options: HostPoolOptions
): Layer.Layer<PgClient.PgClient, ProgramStoreError> =>
  Layer.effect(PgClient.PgClient, client(options))

/** Local to each transaction; formats are what `PgText` reads, the planner's are the store's. */
const settingsOf = (options: HostPoolOptions): HostSession.Settings => ({
  search_path: `"${options.schema ?? Config.defaults.schema}"`,
  statement_timeout: String(options.statementTimeoutMs ?? Config.defaults.statementTimeoutMs),
  timezone: "UTC",
  datestyle: "ISO, YMD",
  bytea_output: "hex",
  enable_seqscan: "off",
  plan_cache_mode: "force_custom_plan",
  jit: "off"
})

const compiler = Statement.makeCompiler({
  dialect: "pg",
  placeholder: PgText.placeholder,
  onIdentifier: Statement.defaultEscape('"'),
  onRecordUpdate: () => ["", []],
  onCustom: () => ["", []]
})

const unsupported = (what: string): SqlError =>
  new SqlError({
    reason: new UnknownError({ cause: new Error(what), message: what, operation: what })
  })

/** The store uses the general part of the client; the rest needs a connection of its own. */
const asPgClient = (sql: SqlClient.SqlClient): PgClient.PgClient =>
  Object.assign(sql, {
    [PgClient.TypeId]: PgClient.TypeId,
    config: {},
    json: (value: unknown) => sql`${JSON.stringify(value)}::jsonb`,
    listen: () => Effect.fail(unsupported("LISTEN over a host's pool")),
    notify: (channel: string, payload: string) =>
      Effect.asVoid(sql`SELECT pg_notify(${channel}, ${payload})`)
  })

/** A session until the scope closes. Waiting for the pool may be interrupted; a client is not lost. */
const leased = (
  pool: HostSession.HostPool,
  settings: HostSession.Settings,
  joined: HostSession.HostClient | undefined
): Effect.Effect<HostSession.Session, SqlError, Scope.Scope> => {
  if (joined !== undefined) return Effect.succeed(HostSession.joined(joined, settings))
  return Effect.gen(function* () {
    let session: HostSession.Session | undefined
    let over = false
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        over = true
        session?.release()
      })
    )
    return yield* Effect.tryPromise({
      try: async () => {
        const arrived = await HostSession.pooled(pool, settings)
        if (over) arrived.release()
        else session = arrived
        return arrived
      },
      catch: (cause) => sqlError(cause, "acquire")
    })
  })
}

type Query = (
  text: string,
  values: ReadonlyArray<unknown>,
  rowMode?: "array"
) => Effect.Effect<HostSession.HostQueryResult, SqlError>

/** A statement on the wire is waited for: what follows it would queue behind it anyway. */
const sent = <A>(operation: string, send: () => Promise<A>): Effect.Effect<A, SqlError> =>
  Effect.uninterruptible(
    Effect.tryPromise({ try: send, catch: (cause) => cause }).pipe(
      Effect.catch((cause) =>
        isOutsideTransaction(cause)
          ? Effect.die(notInTransaction)
          : Effect.fail(sqlError(cause, operation))
      )
    )
  )

/** no_active_sql_transaction: the host passed a client it has begun nothing on. */
const isOutsideTransaction = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && Reflect.get(cause, "code") === "25P01"

const notInTransaction = new InputError(
  "InputError.Invalid",
  "tx: the client is not inside a transaction: BEGIN first",
  { problems: [{ path: "tx", message: "the client is not inside a transaction: BEGIN first" }] }
)

/** The connection of a transaction: what begins and ends one is the session's to say. */
const inTransaction = (session: HostSession.Session): Connection =>
  connection((text, values, rowMode) =>
    sent("execute", async () => {
      if (values.length > 0) return session.query(text, values, rowMode)
      if (text === "BEGIN") return session.begin().then(() => nothing)
      if (text.startsWith("BEGIN ")) return session.begin(text.slice(6)).then(() => nothing)
      if (text === "COMMIT") return session.commit().then(() => nothing)
      if (text === "ROLLBACK") return session.rollback().then(() => nothing)
      return session.query(text, values, rowMode)
    })
  )

const nothing: HostSession.HostQueryResult = { command: "", rowCount: null, rows: [] }

/** The connection of single statements: each is a transaction, for its settings. */
const alone = (
  pool: HostSession.HostPool,
  settings: HostSession.Settings,
  joined: HostSession.HostClient | undefined
): Connection =>
  connection((text, values, rowMode) =>
    Effect.scoped(
      Effect.flatMap(leased(pool, settings, joined), (session) =>
        sent("execute", async () => {
          await session.begin()
          try {
            const result = await session.query(text, values, rowMode)
            await session.commit()
            return result
          } catch (error) {
            // The first failure is what is told; a client that cannot roll back is destroyed.
            await session.rollback().catch(() => {})
            throw error
          }
        })
      )
    )
  )

const connection = (query: Query): Connection => {
  const rows = (text: string, values: ReadonlyArray<unknown>) =>
    Effect.map(query(text, values), (result) => result.rows)
  const lists = (text: string, values: ReadonlyArray<unknown>) =>
    Effect.map(query(text, values, "array"), (result) => result.rows.filter(isList))
  return {
    execute: rows,
    executeRaw: (text, values) => query(text, values),
    executeUnprepared: rows,
    executeValues: lists,
    executeValuesUnprepared: lists,
    executeStream: (text, values) =>
      Stream.unwrap(Effect.map(rows(text, values), Stream.fromIterable))
  }
}

const isList = (row: unknown): row is ReadonlyArray<unknown> => Array.isArray(row)

/**
 * Without a SQLSTATE it is the connection that failed. Node's own codes, such as `EPIPE`, are kept
 * out of the way: they look like one.
 */
const sqlError = (cause: unknown, operation: string): SqlError => {
  const message = cause instanceof Error ? cause.message : "no error"
  return new SqlError({
    reason: HostSession.hasSqlState(cause)
      ? new UnknownError({ cause, message, operation })
      : new ConnectionError({ cause: new Error(message, { cause }), message, operation })
  })
}
