/** On the server of TIDEMARK_TEST_DATABASE_URL; without one, `pg` speaks to PGlite's wire. */
import { programStoreContract } from "@tidemark/core/testing"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe } from "vitest"
import { type HostPoolDatabase, kinds, openHostPool } from "./HostPoolDatabase.ts"

for (const kind of kinds) {
  describe(kind, () => {
    let database: HostPoolDatabase
    beforeAll(async () => {
      database = await openHostPool(kind)
    }, 60_000)
    afterAll(() => database.close())
    programStoreContract(kind, (program) => Layer.suspend(() => database.store(program)), {
      clock: "real"
    })
  })
}
