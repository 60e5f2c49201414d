/** Restores by the store's own contract: each check in a database that a template puts back. */
import { PgClient } from "@effect/sql-pg"
import { type MakeRestorable, restoreContract } from "@tidemark/core/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layer as storeLayer } from "../src/layers.ts"
import { databaseUrl, secrets } from "./Database.ts"

const urlOf = (database: string) => {
  const made = new URL(databaseUrl ?? "postgres://unused")
  made.pathname = `/${database}`
  return Redacted.make(made.href)
}

/** One statement on the server, outside any database of the test. */
const server = (statement: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* sql.unsafe(statement)
  }).pipe(Effect.provide(PgClient.layer({ url: urlOf("postgres") })), Effect.asVoid)

const drop = (database: string) =>
  Effect.ignore(server(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`))

const make: MakeRestorable = (program) =>
  Effect.gen(function* () {
    const database = `restores_${randomBytes(6).toString("hex")}`
    const backup = `${database}_backup`
    const folder = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "tidemark-witness-"))),
      (made) => Effect.promise(() => rm(made, { recursive: true }))
    )
    yield* Effect.acquireRelease(server(`CREATE DATABASE "${database}"`), () =>
      Effect.andThen(drop(database), drop(backup))
    )
    const store = storeLayer({
      program,
      url: urlOf(database),
      schema: "public",
      maxConnections: 2,
      witnessFile: join(folder, "witness.json")
    }).pipe(Layer.provide(secrets))
    return {
      store,
      backUp: server(`CREATE DATABASE "${backup}" TEMPLATE "${database}"`),
      // The template stays: a backup is restored as often as it is needed.
      restore: Effect.andThen(
        server(`DROP DATABASE "${database}" WITH (FORCE)`),
        server(`CREATE DATABASE "${database}" TEMPLATE "${backup}"`)
      )
    }
  })

// PGlite has no other database to restore from.
if (databaseUrl === undefined) {
  console.warn("PostgreSQL suites not run: TIDEMARK_TEST_DATABASE_URL is not set")
} else {
  restoreContract("PostgreSQL", make, { clock: "real" })
}
