/**
 * The schema, forward only: contiguous versions, each remembered with the checksum of its
 * statements, all applied in one transaction under an advisory lock.
 *
 * **Source** — architecture, Storage and scale (Migrations).
 */
import { createHash } from "node:crypto"
import type { PgClient } from "@effect/sql-pg"
import { type CalendarMonth, ProgramStoreError } from "./Core.ts"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import * as Executor from "./Executor.ts"
import { m0001 } from "./migrations/M0001Ledger.ts"
import { m0002 } from "./migrations/M0002Delivery.ts"
import { m0003 } from "./migrations/M0003Operating.ts"
import { m0004 } from "./migrations/M0004Explaining.ts"
import { m0005 } from "./migrations/M0005Circuit.ts"
import { m0006 } from "./migrations/M0006Restore.ts"
import { m0007 } from "./migrations/M0007HotPaths.ts"
import type { Migration } from "./migrations/Migration.ts"
import { ensurePartition, monthsFrom, partitionStatement } from "./Partitions.ts"

/** All migrations in order. */
export const migrations: ReadonlyArray<Migration> = [
  m0001,
  m0002,
  m0003,
  m0004,
  m0005,
  m0006,
  m0007
]

/** SHA-256 over the statements, in hexadecimal. */
export const checksum = (migration: Migration): string => {
  const hash = createHash("sha256")
  for (const statement of migration.statements) hash.update(statement).update("\0")
  return hash.digest("hex")
}

export interface MigrateOptions {
  readonly schema: string
  /** Partitions are made from this month on … */
  readonly fromMonth: CalendarMonth.CalendarMonth
  /** … for so many months. */
  readonly months: number
}

export interface MigrationReport {
  readonly applied: ReadonlyArray<string>
  readonly version: number
}

interface AppliedRow {
  readonly version: number
  readonly name: string
  readonly checksum: string
}

const ledgerStatement = `CREATE TABLE IF NOT EXISTS migration (
  version integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
)`

/**
 * Brings the schema to this package's version and makes the partitions asked for.
 *
 * **Errors** — `SchemaMismatch` naming the migration that was changed, is missing or is newer than
 * this package; nothing is changed then.
 */
export const migrate = (
  sql: PgClient.PgClient,
  options: MigrateOptions,
  all: ReadonlyArray<Migration> = migrations
): Effect.Effect<MigrationReport, ProgramStoreError> =>
  Executor.make(sql).transaction(
    Effect.gen(function* () {
      const { schema } = options
      yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${schema} migrations`}, 0))`
      if (!(yield* schemaExists(sql, schema))) yield* sql.unsafe(`CREATE SCHEMA "${schema}"`)
      yield* sql.unsafe(`SET LOCAL search_path TO "${schema}"`)
      if (!(yield* tableExists(sql, schema, "migration"))) yield* sql.unsafe(ledgerStatement)
      const before = yield* appliedRows(sql)
      const problem = mismatch(before, all)
      if (problem !== undefined) return yield* Effect.fail(schemaMismatch(problem))
      const applied: Array<string> = []
      for (const migration of all.slice(before.length)) {
        for (const statement of migration.statements) yield* sql.unsafe(statement)
        yield* sql`INSERT INTO migration (version, name, checksum)
          VALUES (${migration.version}, ${migration.name}, ${checksum(migration)})`
        applied.push(title(migration))
      }
      for (const month of monthsFrom(options.fromMonth, options.months)) {
        yield* ensurePartition(sql, schema, month)
      }
      return { applied, version: all.length }
    })
  )

/**
 * Checks, without changing anything, that the schema is exactly this package's.
 *
 * **Errors** — `SchemaMismatch` naming the first migration that differs or was not applied.
 */
export const verify = (
  sql: PgClient.PgClient,
  schema: string,
  all: ReadonlyArray<Migration> = migrations
): Effect.Effect<void, ProgramStoreError> =>
  Executor.make(sql).transaction(
    Effect.gen(function* () {
      yield* sql.unsafe(`SET LOCAL search_path TO "${schema}"`)
      const rows = (yield* tableExists(sql, schema, "migration")) ? yield* appliedRows(sql) : []
      const problem = mismatch(rows, all) ?? unapplied(rows, all)
      if (problem !== undefined) yield* Effect.fail(schemaMismatch(problem))
    })
  )

/** The whole schema as text for database administrators who apply it themselves. */
export const sqlText = (
  options: MigrateOptions,
  all: ReadonlyArray<Migration> = migrations
): string => {
  const { schema } = options
  const lines = [
    "BEGIN",
    `CREATE SCHEMA IF NOT EXISTS "${schema}"`,
    `SET LOCAL search_path TO "${schema}"`,
    ledgerStatement
  ]
  for (const migration of all) {
    lines.push(...migration.statements)
    lines.push(
      `INSERT INTO migration (version, name, checksum)\n` +
        `  VALUES (${migration.version}, '${migration.name}', '${checksum(migration)}')`
    )
  }
  for (const month of monthsFrom(options.fromMonth, options.months)) {
    lines.push(partitionStatement(month))
  }
  lines.push("COMMIT")
  return lines.map((line) => `${line};\n`).join("\n")
}

const title = (migration: { readonly version: number; readonly name: string }): string =>
  `${String(migration.version).padStart(4, "0")} ${migration.name}`

/** What is wrong with the applied migrations, the first by version; `undefined`: they are ours. */
const mismatch = (
  applied: ReadonlyArray<AppliedRow>,
  all: ReadonlyArray<Migration>
): string | undefined => {
  for (let i = 0; i < applied.length; i++) {
    const row = applied[i]
    const known = all[i]
    if (row === undefined) continue
    if (row.version !== i + 1) return `migration ${i + 1} is missing before ${title(row)}`
    if (known === undefined) {
      return `${title(row)} was applied by a newer version of this package`
    }
    if (row.checksum !== checksum(known)) return `${title(known)} was changed after it was applied`
  }
  return undefined
}

const unapplied = (
  applied: ReadonlyArray<AppliedRow>,
  all: ReadonlyArray<Migration>
): string | undefined => {
  const next = all[applied.length]
  return next === undefined ? undefined : `${title(next)} is not applied: run the migrator`
}

const schemaMismatch = (detail: string): ProgramStoreError =>
  new ProgramStoreError({ reason: "SchemaMismatch", detail })

const appliedRows = (sql: PgClient.PgClient): Effect.Effect<ReadonlyArray<AppliedRow>, SqlError> =>
  sql<AppliedRow>`SELECT version, name, checksum FROM migration ORDER BY version`

const schemaExists = (sql: PgClient.PgClient, schema: string): Effect.Effect<boolean, SqlError> =>
  Effect.map(sql`SELECT FROM pg_namespace WHERE nspname = ${schema}`, (rows) => rows.length > 0)

const tableExists = (
  sql: PgClient.PgClient,
  schema: string,
  table: string
): Effect.Effect<boolean, SqlError> =>
  Effect.map(
    sql<{ readonly found: string | null }>`
      SELECT to_regclass(${`"${schema}".${table}`})::text AS found`,
    (rows) => rows[0]?.found != null
  )
