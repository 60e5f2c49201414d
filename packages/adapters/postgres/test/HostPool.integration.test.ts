/** On the server of TIDEMARK_TEST_DATABASE_URL; without one, `pg` speaks to PGlite's wire. */
import { PgTypes } from "@effect/sql-pg"
import { InputError } from "@tidemark/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { PoolClient } from "pg"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { ProgramStore } from "../src/Core.ts"
import * as HostPool from "../src/HostPool.ts"
import { type Database, kinds as wireKinds, openDatabase } from "./Database.ts"
import { type HostPoolDatabase, kinds, openHostPool } from "./HostPoolDatabase.ts"

const { OID } = PgTypes
const array = (values: ReadonlyArray<unknown>, oid: number) =>
  Result.getOrThrow(PgTypes.array(values, oid))

/** By column: a value of each type the store uses, and the awkward ones of each. */
const values: Readonly<Record<string, unknown>> = {
  text: "a 'quoted' \"text\" \\ with {braces}, שלום",
  empty: PgTypes.text(""),
  missing: PgTypes.text(null),
  small: 7,
  large: 2 ** 40,
  negative: -1,
  float: 0.1,
  minor: -999_999_999_999_999_999n,
  yes: true,
  bytes: PgTypes.bytea(Uint8Array.from([0, 1, 92, 255])),
  date: PgTypes.date("2024-02-29"),
  instant: PgTypes.timestamptz(Date.UTC(2026, 8, 1, 6, 0, 0, 123)),
  before: PgTypes.timestamptz(-1),
  json: PgTypes.jsonb({ a: [1, null, "x"] }),
  texts: array(["", "NULL", "a,b", '"', "\\", "{}", null, "שלום"], OID.text),
  none: array([], OID.text),
  bigints: array([1n, null, -(2n ** 62n)], OID.int8),
  integers: array([1, -1, null], OID.int4),
  booleans: array([true, false], OID.bool),
  dates: array(["2026-01-31", null], OID.date),
  instants: array([0, null, Date.UTC(2026, 0, 1)], OID.timestamptz),
  listOfBytes: array([Uint8Array.from([255, 0]), null], OID.bytea)
}

for (const kind of kinds) {
  describe(`a host's pool on ${kind}`, () => {
    let host: HostPoolDatabase
    let wire: Database
    beforeAll(async () => {
      host = await openHostPool(kind)
      wire = await openDatabase(wireKinds.at(-1) ?? "PGlite")
    }, 60_000)
    afterAll(async () => {
      await wire.close()
      await host.close()
    })

    const both = async (name: string, value: unknown) => {
      const ask = (sql: Database["sql"]) =>
        Effect.runPromise(
          sql`SELECT value, pg_typeof(value)::text AS type FROM (SELECT ${value} AS value) AS t`
        )
      const [overPool, overWire] = [await ask(host.sql), await ask(wire.sql)]
      assert.deepEqual(overPool, overWire, name)
    }

    it("sends and reads every type as the wire client does", async () => {
      for (const [name, value] of Object.entries(values)) await both(name, value)
    })

    it("gives the host's client back as it was", async () => {
      const shown = async () => {
        const client = await host.pool.connect()
        const { rows } = await client.query(`SELECT current_setting('search_path') AS path,
          current_setting('timezone') AS zone, current_setting('enable_seqscan') AS scan`)
        client.release()
        return rows
      }
      const before = await shown()
      await Effect.runPromise(host.sql`SELECT 1`)
      await Effect.runPromise(host.sql.withTransaction(host.sql`SELECT 1`))
      await Effect.runPromise(Effect.flip(host.sql`SELECT 1 / 0`))
      assert.deepEqual(await shown(), before)
      assert.strictEqual(host.pool.idleCount, host.pool.totalCount)
    })

    /** Suppresses one customer through the store, in the transaction of the given client. */
    const suppressed = async (client: PoolClient, customerId: string) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const store = yield* ProgramStore
          return yield* store.suppress({
            customerIds: [customerId],
            reason: "test",
            by: "dana",
            nowMs: 0
          })
        }).pipe(
          Effect.provide(host.store("joined")),
          Effect.provideService(HostPool.JoinedClient, client)
        )
      )

    const listed = async () => {
      const { rows } = await host.pool.query(
        `SELECT customer_id FROM "${host.schema}".suppression WHERE program = 'joined' ORDER BY 1`
      )
      return rows.map((row: { customer_id: string }) => row.customer_id)
    }

    it("commits and rolls back with the host's transaction", async () => {
      const client = await host.pool.connect()
      await client.query("BEGIN; SET LOCAL search_path TO pg_catalog")
      await suppressed(client, "C-1")
      const { rows } = await client.query("SHOW search_path")
      assert.deepEqual(rows, [{ search_path: "pg_catalog" }])
      await client.query("COMMIT; BEGIN")
      await suppressed(client, "C-2")
      await client.query("ROLLBACK")
      client.release()
      assert.deepEqual(await listed(), ["C-1"])
    })

    it("leaves the host's transaction usable when a verb fails", async () => {
      const client = await host.pool.connect()
      await client.query("BEGIN")
      const failed = await Effect.runPromise(
        Effect.exit(host.sql.withTransaction(host.sql`SELECT 1 / 0`)).pipe(
          Effect.provideService(HostPool.JoinedClient, client)
        )
      )
      assert.strictEqual(failed._tag, "Failure")
      const { rows } = await client.query("SELECT 1 AS one")
      await client.query("COMMIT")
      client.release()
      assert.deepEqual(rows, [{ one: 1 }])
    })

    it("says that a client outside a transaction cannot be joined", async () => {
      const client = await host.pool.connect()
      const failed: unknown = await suppressed(client, "C-3").then(
        () => "joined",
        (error: unknown) => error
      )
      client.release()
      assert.instanceOf(failed, InputError)
      assert.deepEqual(await listed(), ["C-1"])
    })
  })
}
