import * as Effect from "effect/Effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { CalendarMonth, type ProgramStoreError } from "../src/Core.ts"
import * as Migrations from "../src/Migrations.ts"
import { type Database, kinds, openDatabase } from "./Database.ts"

const fromMonth = CalendarMonth.parse("2026-10")

for (const kind of kinds) {
  describe(`migrations (${kind})`, () => {
    let database: Database
    beforeAll(async () => {
      database = await openDatabase(kind)
    }, 60_000)
    afterAll(() => database.close())

    const options = () => {
      assert.isDefined(fromMonth)
      return { schema: database.schema, fromMonth, months: 3 }
    }
    const migrate = (all?: typeof Migrations.migrations) =>
      database.run(Migrations.migrate(database.sql, options(), all))
    const refused = (effect: Effect.Effect<unknown, ProgramStoreError>) =>
      database.run(Effect.flip(effect))

    it("apply in order, and applying them again changes nothing", async () => {
      const before = await refused(Migrations.verify(database.sql, database.schema))
      assert.strictEqual(before.reason, "SchemaMismatch")
      assert.include(before.detail, "0001 ledger")
      assert.deepStrictEqual((await migrate()).applied, [
        "0001 ledger",
        "0002 delivery",
        "0003 operating",
        "0004 explaining",
        "0005 circuit",
        "0006 restore",
        "0007 hot paths"
      ])
      assert.deepStrictEqual((await migrate()).applied, [])
      await database.run(Migrations.verify(database.sql, database.schema))
    })

    it("make the partitions asked for", async () => {
      const rows = await database.run(database.sql<{ readonly name: string }>`
        SELECT inhrelid::regclass::text AS name FROM pg_inherits
        WHERE inhparent = 'balance_check'::regclass ORDER BY 1`)
      assert.deepStrictEqual(
        rows.map((row) => row.name),
        ["balance_check_2026_10", "balance_check_2026_11", "balance_check_2026_12"]
      )
    })

    it("refuse a schema whose migration was changed, and name it", async () => {
      const [first, second] = Migrations.migrations
      assert.isDefined(first)
      assert.isDefined(second)
      const changed = [first, { ...second, statements: [...second.statements, "SELECT 1"] }]
      const error = await refused(Migrations.verify(database.sql, database.schema, changed))
      assert.strictEqual(error.reason, "SchemaMismatch")
      assert.include(error.detail, "0002 delivery was changed")
    })

    it("refuse a schema that a newer version has migrated", async () => {
      const older = Migrations.migrations.slice(0, 1)
      const apply = Migrations.migrate(database.sql, options(), older)
      for (const effect of [Migrations.verify(database.sql, database.schema, older), apply]) {
        const error = await refused(effect)
        assert.strictEqual(error.reason, "SchemaMismatch")
        assert.include(error.detail, "newer version")
      }
    })

    it("change nothing when one of their statements fails", async () => {
      const broken = {
        version: Migrations.migrations.length + 1,
        name: "broken",
        statements: ["CREATE TABLE half_done (a int)", "SELECT no_such_column"]
      }
      const all = [...Migrations.migrations, broken]
      await refused(Migrations.migrate(database.sql, options(), all))
      const rows = await database.run(database.sql<{ readonly found: string | null }>`
        SELECT to_regclass('half_done')::text AS found`)
      assert.isNull(rows[0]?.found)
      await database.run(Migrations.verify(database.sql, database.schema))
    })

    it("refuse a schema in which one is missing", async () => {
      await database.run(database.sql`DELETE FROM migration WHERE version = 1`)
      const error = await refused(Migrations.verify(database.sql, database.schema))
      assert.strictEqual(error.reason, "SchemaMismatch")
      assert.include(error.detail, "migration 1 is missing")
    })
  })
}

describe("the schema as text", () => {
  it("is one transaction with every statement and checksum", () => {
    assert.isDefined(fromMonth)
    const text = Migrations.sqlText({ schema: "bank", fromMonth, months: 1 })
    assert.isTrue(text.startsWith("BEGIN;"))
    assert.isTrue(text.trimEnd().endsWith("COMMIT;"))
    assert.include(text, 'SET LOCAL search_path TO "bank"')
    for (const migration of Migrations.migrations) {
      assert.include(text, Migrations.checksum(migration))
    }
  })
})
