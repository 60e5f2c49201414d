/** A host's own pool of `pg`: on the test's server, or over PGlite's wire where there is none. */
import { PGlite } from "@electric-sql/pglite"
import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomBytes } from "node:crypto"
import type { Duplex } from "node:stream"
import { Pool } from "pg"
import type { ProgramStore } from "../src/Core.ts"
import * as HostPool from "../src/HostPool.ts"
import { layerClient } from "../src/layers.ts"
import { pgliteDuplex } from "../src/PgliteDuplex.ts"
import { databaseUrl, secrets } from "./Database.ts"

export type Kind = "PGlite" | "PostgreSQL"

export const kinds: ReadonlyArray<Kind> = [databaseUrl === undefined ? "PGlite" : "PostgreSQL"]

export interface HostPoolDatabase {
  readonly pool: Pool
  readonly schema: string
  readonly sql: PgClient.PgClient
  readonly store: (program: string) => Layer.Layer<ProgramStore, unknown>
  readonly close: () => Promise<void>
}

/** What `pg` asks of a socket beside reading and writing. */
const asSocket = (stream: Duplex): Duplex =>
  Object.assign(stream, {
    connect: () => queueMicrotask(() => stream.emit("connect")),
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream
  })

const openPool = async (kind: Kind, max: number): Promise<readonly [Pool, () => Promise<void>]> => {
  if (kind === "PostgreSQL") return [new Pool({ connectionString: databaseUrl, max }), nothing]
  const database = await PGlite.create("memory://")
  const stream = () => asSocket(pgliteDuplex(database))
  const pool = new Pool({ user: "postgres", database: "postgres", max: 1, stream })
  return [pool, () => database.close()]
}

const nothing = () => Promise.resolve()

export const openHostPool = async (kind: Kind, max = 4): Promise<HostPoolDatabase> => {
  const schema = `test_${randomBytes(6).toString("hex")}`
  const [pool, closeServer] = await openPool(kind, max)
  const sql = await Effect.runPromise(HostPool.client({ pool, schema }))
  const store = (program: string) =>
    layerClient({ program, schema }).pipe(
      Layer.provide(Layer.succeed(PgClient.PgClient, sql)),
      Layer.provide(secrets)
    )
  const close = async () => {
    await pool.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
    await pool.end()
    await closeServer()
  }
  return { pool, schema, sql, store, close }
}
