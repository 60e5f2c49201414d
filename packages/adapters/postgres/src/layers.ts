/**
 * The store as layers: on a PostgreSQL server, or embedded in the process.
 *
 * Both build the same client and run the same SQL; they differ in how bytes reach the database and
 * in what they promise when the power fails.
 */
import { PgClient } from "@effect/sql-pg"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { resolve } from "node:path"
import * as Config from "./Config.ts"
import { BusinessDate, CalendarMonth, ProgramStore, ProgramStoreError, Secrets } from "./Core.ts"
import { classifyError } from "./classifyError.ts"
import * as EmbeddedLock from "./EmbeddedLock.ts"
import * as Migrations from "./Migrations.ts"
import { pgliteDuplex } from "./PgliteDuplex.ts"
import * as Store from "./ProgramStore.ts"
import * as Replica from "./Replica.ts"
import * as Witness from "./Witness.ts"

type Layered = Layer.Layer<ProgramStore, ProgramStoreError, Secrets>
type Client = Effect.Effect<PgClient.PgClient, ProgramStoreError, Scope.Scope>

/**
 * The program's store on a PostgreSQL server.
 *
 * **Guarantee** — durable as the server is. Any number of processes may open it at once.
 */
export const layer = (options: Config.PostgresOptions): Layered =>
  Layer.effect(
    ProgramStore,
    Effect.gen(function* () {
      const store = yield* opened(options, postgresClient(options))
      const verbs = Store.make(store)
      const { replicaUrl: url } = options
      if (url === undefined) return verbs
      return Replica.readFrom(yield* postgresClient({ ...options, url }), store, verbs)
    })
  )

/**
 * The program's store in a directory of this process, or in memory.
 *
 * **Guarantee** — survives the death of the process, not the loss of power: PGlite never syncs its
 * files. One process at a time: a second opener fails with `Locked`. Leases of an earlier process
 * are void, because it cannot be alive.
 */
export const layerEmbedded = (options: Config.EmbeddedOptions): Layered =>
  Layer.effect(
    ProgramStore,
    opened(options, embeddedClient(options)).pipe(
      Effect.tap(Store.voidLeases),
      Effect.map(Store.make)
    )
  )

/**
 * The program's store on a client the host has made; its `search_path` must be the schema. Several
 * programs may share one client.
 */
export const layerClient = (
  options: Config.StoreOptions
): Layer.Layer<ProgramStore, ProgramStoreError, Secrets | PgClient.PgClient> =>
  Layer.effect(ProgramStore, Effect.map(opened(options, PgClient.PgClient), Store.make))

/** The client of `layer`, for hosts and tests that share it between programs. */
export const layerPostgresClient = (
  options: Omit<Config.PostgresOptions, "program">
): Layer.Layer<PgClient.PgClient, ProgramStoreError> =>
  Layer.effect(PgClient.PgClient, postgresClient(options))

/** The client of `layerEmbedded`, under its lock. */
export const layerEmbeddedClient = (
  options: Omit<Config.EmbeddedOptions, "program">
): Layer.Layer<PgClient.PgClient, ProgramStoreError> =>
  Layer.effect(PgClient.PgClient, embeddedClient(options))

const opened = <R>(
  options: Config.StoreOptions,
  client: Effect.Effect<PgClient.PgClient, ProgramStoreError, R>
): Effect.Effect<Store.Store, ProgramStoreError, R | Secrets> =>
  Effect.gen(function* () {
    const secrets = yield* Secrets
    const schema = yield* schemaName(options)
    const sql = yield* client
    yield* migrated(sql, schema, options)
    const { program, witnessFile } = options
    const witness = witnessFile === undefined ? undefined : Witness.inFile(witnessFile, program)
    return yield* Store.open(sql, secrets, program, schema, witness)
  })

/** Identifiers are put into statements as text, so only the plainest are taken. */
const schemaName = (options: Config.StoreOptions): Effect.Effect<string, ProgramStoreError> => {
  const schema = options.schema ?? Config.defaults.schema
  return /^[a-z_][a-z0-9_]{0,62}$/.test(schema)
    ? Effect.succeed(schema)
    : Effect.fail(
        new ProgramStoreError({
          reason: "SchemaMismatch",
          detail: "a schema name has lower-case letters, digits and underscores, 63 at most"
        })
      )
}

const migrated = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  schema: string,
  options: Config.StoreOptions
) {
  if ((options.migrations ?? Config.defaults.migrations) === "verify") {
    return yield* Migrations.verify(sql, schema)
  }
  const nowMs = yield* Clock.currentTimeMillis
  const months = options.partitionMonths ?? Config.defaults.partitionMonths
  yield* Migrations.migrate(sql, { schema, fromMonth: monthOf(nowMs), months })
})

/** The month in UTC: only partitions are made by it, a day early or late does no harm. */
const monthOf = (ms: number): CalendarMonth.CalendarMonth =>
  CalendarMonth.of(BusinessDate.fromEpochDay(Math.floor(ms / 86_400_000)))

const postgresClient = (options: Omit<Config.PostgresOptions, "program">): Client => {
  const timeoutMs = options.statementTimeoutMs ?? Config.defaults.statementTimeoutMs
  return clientOf({
    url: options.url,
    applicationName: "tidemark",
    maxConnections: options.maxConnections ?? Config.defaults.maxConnections,
    startupParameters: {
      search_path: options.schema ?? Config.defaults.schema,
      statement_timeout: String(timeoutMs),
      ...plannerSettings,
      timezone: "UTC"
    }
  })
}

const embeddedClient = Effect.fnUntraced(function* (
  options: Omit<Config.EmbeddedOptions, "program">
) {
  const inMemory = options.dataDirectory.startsWith("memory://")
  const directory = inMemory ? options.dataDirectory : resolve(options.dataDirectory)
  if (!inMemory) yield* EmbeddedLock.acquire(directory)
  const database = yield* Effect.acquireRelease(
    Effect.tryPromise({
      // An optional peer: only those who embed install it.
      try: () => import("@electric-sql/pglite").then(({ PGlite }) => PGlite.create(directory)),
      catch: (cause) =>
        new ProgramStoreError({
          reason: "Unavailable",
          detail: "cannot open the embedded database: is @electric-sql/pglite installed?",
          cause
        })
    }),
    (database) => Effect.promise(() => database.close())
  )
  // The session outlives every connection of the pool, so its settings are made once.
  yield* Effect.promise(() =>
    database.exec(
      [
        `SET search_path TO "${options.schema ?? Config.defaults.schema}"`,
        "SET timezone TO 'UTC'",
        ...Object.entries(plannerSettings).map(([name, value]) => `SET ${name} TO ${value}`)
      ].join("; ")
    )
  )
  return yield* clientOf({
    stream: () => pgliteDuplex(database),
    username: "postgres",
    database: "postgres",
    maxConnections: 1
  })
})

/**
 * Every statement of a verb finds its rows by a key. Tables that have just been filled have no
 * statistics yet (an embedded one never gets any), and the planner would scan them.
 */
const plannerSettings = {
  enable_seqscan: "off",
  jit: "off",
  // A plan kept from when a table was small scans it for ever where nothing gathers statistics.
  plan_cache_mode: "force_custom_plan"
} as const

/** The client, proven by one statement: its pool connects lazily. */
const clientOf = (config: PgClient.PgPoolConfig): Client =>
  Effect.gen(function* () {
    const context = yield* Layer.build(PgClient.layer(config))
    const sql = Context.get(context, PgClient.PgClient)
    yield* sql`SELECT 1`
    return sql
  }).pipe(Effect.catchTag("SqlError", (error) => Effect.fail(classifyError(error))))
