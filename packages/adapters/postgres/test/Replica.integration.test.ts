import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { BusinessDate, CalendarMonth, ProgramStore, type ProgramStoreError } from "../src/Core.ts"
import { layer } from "../src/layers.ts"
import { databaseUrl, secrets } from "./Database.ts"

const nowMs = 1_793_610_000_000
const first = BusinessDate.unchecked("2026-10-05")
const second = BusinessDate.unchecked("2026-10-06")
const month = CalendarMonth.of(first)

const urlOf = (database: string): string => {
  const url = new URL(databaseUrl ?? "postgres://none")
  url.pathname = `/${database}`
  return url.href
}

/** A copy that no transaction may write to stands for a hot standby that has fallen behind. */
describe.skipIf(databaseUrl === undefined)("a store with a replica", () => {
  const name = `replica_${randomBytes(6).toString("hex")}`
  const behind = `${name}_behind`
  const admin = new Client({ connectionString: databaseUrl })

  const within = <A>(
    use: Effect.Effect<A, ProgramStoreError, ProgramStore>,
    replica?: string
  ): Promise<A> => {
    const url = Redacted.make(urlOf(name))
    const replicaUrl = replica === undefined ? undefined : Redacted.make(urlOf(replica))
    const store = layer({ program: "p", url, replicaUrl }).pipe(Layer.provide(secrets))
    return Effect.runPromise(Effect.provide(use, store))
  }

  const capture = (businessDate: BusinessDate.BusinessDate) =>
    Effect.gen(function* () {
      const store = yield* ProgramStore
      const claim = yield* store.claimRun({
        kind: "capture",
        key: businessDate,
        again: false,
        leaseMs: 60_000,
        nowMs,
        correlationId: "test"
      })
      if (claim._tag !== "Claimed") return assert.fail(claim._tag)
      yield* store.finishCapture({ run: claim.run, nowMs, businessDate, issues: [] })
    })

  beforeAll(async () => {
    await admin.connect()
    await admin.query(`CREATE DATABASE ${name}`)
    await within(capture(first))
    await admin.query(`CREATE DATABASE ${behind} TEMPLATE ${name}`)
    await admin.query(`ALTER DATABASE ${behind} SET default_transaction_read_only = on`)
    await within(capture(second))
  }, 60_000)

  afterAll(async () => {
    await admin.query(`DROP DATABASE IF EXISTS ${behind}`)
    await admin.query(`DROP DATABASE IF EXISTS ${name}`)
    await admin.end()
  })

  const seen = Effect.gen(function* () {
    const store = yield* ProgramStore
    const { captures } = yield* store.monthFigures({ month })
    const customers = yield* store.monthCustomers({ month, after: null, limit: 10 })
    const ledger = yield* store.ledger({ nowMs })
    return {
      figures: Object.keys(captures.finishedMs),
      customers: customers.length,
      ledger: ledger.captures.map((each) => each.businessDate).toSorted()
    }
  })

  // Caught: the figures read from the primary; the ledger, which plans what is due, from the copy.
  it("reads a month's figures there, and everything that decides at the primary", async () => {
    const [figures, ledger] = [[first], [first, second]]
    assert.deepStrictEqual(await within(seen, behind), { figures, customers: 0, ledger })
    assert.deepStrictEqual(await within(seen), { figures: ledger, customers: 0, ledger })
  })

  // Caught: the store opened on the replica, which refuses the row it is opened with.
  it("writes to the primary alone", async () => {
    const third = BusinessDate.unchecked("2026-10-07")
    await within(capture(third), behind)
    const { figures, ledger } = await within(seen, behind)
    assert.deepStrictEqual([figures, ledger], [[first], [first, second, third]])
  })

  it("is not opened while the replica cannot be reached", async () => {
    const error = await within(seen, "no_such_database").catch((error: unknown) => error)
    assert.include(String(error), "does not exist")
  })
})
