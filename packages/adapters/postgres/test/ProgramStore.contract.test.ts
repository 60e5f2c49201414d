import { programStoreContract } from "@tidemark/core/testing"
import { afterAll, beforeAll, describe } from "vitest"
import { type Database, databaseUrl, kinds, openDatabase } from "./Database.ts"

if (databaseUrl === undefined) {
  console.warn("PostgreSQL suites not run: TIDEMARK_TEST_DATABASE_URL is not set")
}

for (const kind of kinds) {
  describe(kind, () => {
    let database: Database
    beforeAll(async () => {
      database = await openDatabase(kind)
    }, 60_000)
    afterAll(() => database.close())
    programStoreContract(kind, (program) => database.store(program), { clock: "real" })
  })
}
