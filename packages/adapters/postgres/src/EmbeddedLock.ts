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
      Effect.try({
        try: () => locked(openFile(prepared(dataDirectory))),
        catch: (cause) => refused(dataDirectory, cause)
      }),
      (database) => Effect.sync(() => database.close())
    )
  )

const prepared = (dataDirectory: string): string => {
  const file = lockFile(dataDirectory)
  mkdirSync(dirname(file), { recursive: true })
  return file
}

const locked = (database: DatabaseSync): DatabaseSync => {
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

/**
 * `node:sqlite` announces at its first use that it is experimental; that one line is left out. It
 * is loaded in one synchronous step, so nobody else's warning can fall into it.
 */
const openFile = (file: string): DatabaseSync => {
  const emitWarning = Object.getOwnPropertyDescriptor(process, "emitWarning")
  Object.defineProperty(process, "emitWarning", { configurable: true, value: () => {} })
  try {
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
    return new DatabaseSync(file)
  } finally {
    if (emitWarning !== undefined) Object.defineProperty(process, "emitWarning", emitWarning)
  }
}
