/**
 * The exclusive lock of an embedded data directory: PGlite itself lets a second process in, and
 * one of the two then loses acknowledged rows.
 *
 * It is a real lock of the operating system, held by `BEGIN EXCLUSIVE` on an SQLite file beside the
 * directory, so it goes with the process however that ends. A file with a process id in it would
 * not: ids repeat across containers and outlive a kill.
 */
import { mkdirSync } from "node:fs"
import { dirname, resolve } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ProgramStoreError } from "./Core.ts"

/** Where the lock of a data directory lies. */
export const lockFile = (dataDirectory: string): string => `${resolve(dataDirectory)}.lock`

/**
 * Holds the lock until the scope closes.
 *
 * **Errors** — `Locked` where another opener has the directory; `Unavailable` where the lock file
 * cannot be made.
 */
export const acquire = (
  dataDirectory: string
): Effect.Effect<void, ProgramStoreError, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.flatMap(Effect.promise(loadSqlite), (sqlite) =>
        Effect.try({
          try: () => open(new sqlite.DatabaseSync(prepared(dataDirectory))),
          catch: (cause) => refused(dataDirectory, cause)
        })
      ),
      (database) => Effect.sync(() => database.close())
    )
  )

const prepared = (dataDirectory: string): string => {
  const file = lockFile(dataDirectory)
  mkdirSync(dirname(file), { recursive: true })
  return file
}

const open = (database: DatabaseSync): DatabaseSync => {
  try {
    database.exec("PRAGMA busy_timeout = 0")
    database.exec("BEGIN EXCLUSIVE")
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

const refused = (dataDirectory: string, cause: unknown): ProgramStoreError => {
  const directory = resolve(dataDirectory)
  const busy = cause instanceof Error && /locked|busy/i.test(cause.message)
  return busy
    ? new ProgramStoreError({
        reason: "Locked",
        detail:
          `${directory} is in use by another process. Stop that process, or give this one ` +
          `another data directory; several runners need a PostgreSQL server`
      })
    : new ProgramStoreError({
        reason: "Unavailable",
        detail: `cannot lock ${lockFile(dataDirectory)}`,
        cause
      })
}

/** `node:sqlite` announces on first import that it is experimental; that one line is left out. */
const loadSqlite = async (): Promise<typeof import("node:sqlite")> => {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: ReadonlyArray<unknown>) => {
    const text = typeof warning === "string" ? warning : warning.message
    if (!text.includes("SQLite")) Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return await import("node:sqlite")
  } finally {
    process.emitWarning = emitWarning
  }
}
