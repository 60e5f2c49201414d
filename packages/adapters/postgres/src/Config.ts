/**
 * How to reach the store: options by value, and the same read from the environment. The only file
 * of this package that reads configuration.
 */
import * as EffectConfig from "effect/Config"
import type * as Redacted from "effect/Redacted"

/** What both transports need. */
export interface StoreOptions {
  readonly program: string
  /** Default `tidemark`. Lower-case letters, digits and underscores. */
  readonly schema?: string | undefined
  /**
   * `apply` (default): bring the schema up to date at start. `verify`: the role has no DDL, the
   * schema must be there and must be ours.
   */
  readonly migrations?: "apply" | "verify" | undefined
  /** Month partitions kept ahead by `apply`, the present month included. Default 6. */
  readonly partitionMonths?: number | undefined
  /**
   * The witness that tells a restored database from the one that sent: a file nothing restores
   * together with the database. Absent: a restore is not noticed. PostgreSQL servers only.
   */
  readonly witnessFile?: string | undefined
}

export interface PostgresOptions extends StoreOptions {
  readonly url: Redacted.Redacted
  /**
   * A replica of the same database, for reads that may be a little behind: a month's figures and
   * customers. For a process that prints reports; one that issues them reads what it wrote.
   */
  readonly replicaUrl?: Redacted.Redacted | undefined
  /** Default 10. */
  readonly maxConnections?: number | undefined
  /** Default 30 s; 0 leaves it to the server. */
  readonly statementTimeoutMs?: number | undefined
}

export interface EmbeddedOptions extends StoreOptions {
  /** A directory, or `memory://` for a store that ends with the process. */
  readonly dataDirectory: string
}

export const defaults = {
  schema: "tidemark",
  migrations: "apply",
  partitionMonths: 6,
  maxConnections: 10,
  statementTimeoutMs: 30_000
} as const

/**
 * - `TIDEMARK_DATABASE_URL` (required), `TIDEMARK_DATABASE_MAX_CONNECTIONS`,
 *   `TIDEMARK_DATABASE_STATEMENT_TIMEOUT_MS`
 * - `TIDEMARK_SCHEMA`, `TIDEMARK_MIGRATIONS` (`apply`, `verify`)
 */
export const postgres = (program: string): EffectConfig.Config<PostgresOptions> =>
  EffectConfig.map(
    EffectConfig.all({
      url: EffectConfig.Redacted("TIDEMARK_DATABASE_URL"),
      maxConnections: EffectConfig.Int("TIDEMARK_DATABASE_MAX_CONNECTIONS").pipe(
        EffectConfig.withDefault(defaults.maxConnections)
      ),
      statementTimeoutMs: EffectConfig.Int("TIDEMARK_DATABASE_STATEMENT_TIMEOUT_MS").pipe(
        EffectConfig.withDefault(defaults.statementTimeoutMs)
      ),
      ...shared
    }),
    (options) => ({ program, ...options })
  )

/** `TIDEMARK_DATA_DIR` (required), `TIDEMARK_SCHEMA`, `TIDEMARK_MIGRATIONS`. */
export const embedded = (program: string): EffectConfig.Config<EmbeddedOptions> =>
  EffectConfig.map(
    EffectConfig.all({ dataDirectory: EffectConfig.String("TIDEMARK_DATA_DIR"), ...shared }),
    (options) => ({ program, ...options })
  )

const shared = {
  schema: EffectConfig.String("TIDEMARK_SCHEMA").pipe(EffectConfig.withDefault(defaults.schema)),
  migrations: EffectConfig.Literals(["apply", "verify"], "TIDEMARK_MIGRATIONS").pipe(
    EffectConfig.withDefault(defaults.migrations)
  )
}
