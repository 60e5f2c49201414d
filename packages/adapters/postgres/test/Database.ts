/** The databases the tests run on, each file in a schema of its own. */
import { PgClient } from "@effect/sql-pg"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "node:crypto"
import { type ProgramStore, Secrets } from "../src/Core.ts"
import { layerClient, layerEmbeddedClient, layerPostgresClient } from "../src/layers.ts"

export const databaseUrl = process.env["TIDEMARK_TEST_DATABASE_URL"]

export const secrets = Secrets.layerMemory(new Uint8Array(32).fill(7))

export interface Database {
  readonly schema: string
  readonly sql: PgClient.PgClient
  readonly run: <A, E>(effect: Effect.Effect<A, E, PgClient.PgClient>) => Promise<A>
  readonly store: (program: string) => Layer.Layer<ProgramStore, unknown>
  readonly close: () => Promise<void>
}

export type Kind = "PGlite" | "PostgreSQL"

/** PGlite always; PostgreSQL where the test run was given a server. */
export const kinds: ReadonlyArray<Kind> =
  databaseUrl === undefined ? ["PGlite"] : ["PGlite", "PostgreSQL"]

export const openDatabase = async (kind: Kind, maxConnections = 4): Promise<Database> => {
  const schema = `test_${randomBytes(6).toString("hex")}`
  const client =
    kind === "PGlite"
      ? layerEmbeddedClient({ dataDirectory: "memory://", schema })
      : layerPostgresClient({ url: Redacted.make(databaseUrl ?? ""), schema, maxConnections })
  const runtime = ManagedRuntime.make(client)
  const sql = await runtime.runPromise(PgClient.PgClient)
  const store = (program: string) =>
    layerClient({ program, schema }).pipe(
      Layer.provide(Layer.succeed(PgClient.PgClient, sql)),
      Layer.provide(secrets)
    )
  const close = async () => {
    await runtime.runPromise(sql.unsafe(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`))
    await runtime.dispose()
  }
  return { schema, sql, store, close, run: (effect) => runtime.runPromise(effect) }
}
