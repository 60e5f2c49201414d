/**
 * A backup is loaded after messages were sent: on a server of its own databases, under the real
 * workflows, against a carrier that remembers everything (fault D3).
 */
import {
  DeliveryTime,
  EventPublisher,
  LedgerHistory,
  Operations,
  PolicyDocument,
  Program,
  ProgramStore,
  Proposing,
  ClosingBalances,
  Customers,
  SmsCarrier,
  Tick
} from "@tidemark/core/effect"
import { ClosingBalancesMemory, CustomersMemory, SmsCarrierMemory } from "@tidemark/core/testing"
import { randomBytes } from "node:crypto"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { CalendarMonth } from "../src/Core.ts"
import { layer as storeLayer } from "../src/layers.ts"
import { databaseUrl, kinds, secrets } from "./Database.ts"

const month = CalendarMonth.of(CalendarMonth.dateAt("2026-10" as CalendarMonth.CalendarMonth, 1))
const startMs = Date.parse("2026-10-31T20:00:00Z")
const customers = 40

const url = (database: string): string => {
  const made = new URL(databaseUrl ?? "postgres://unused")
  made.pathname = `/${database}`
  return made.href
}

/** One statement on the server, outside any database of the test. */
const server = (statement: string) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql.unsafe(statement)
    }).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url("postgres")) })))
  )

/** The bank, the carrier and the program; only the database is restored. */
const makeOutside = () => {
  const setup = { customers, months: [month] }
  const balances = ClosingBalancesMemory.make(setup, startMs)
  // It forgets its keys at once: no replay of ours is saved by them.
  const carrier = SmsCarrierMemory.make({ keyWindowMs: 0 }, startMs, {
    ...SmsCarrierMemory.capabilities,
    idempotency: "none",
    ratePerSecond: 10
  })
  const read = PolicyDocument.read(
    JSON.stringify({
      balance: {},
      message: { messageClass: "service", bankName: "Bank Sandbox" },
      qualification: { approval: "automatic" },
      delivery: { leaseMs: 2000, requestDeadlineMs: 500, marginMs: 500, networkLifetimeMs: 100 },
      schedule: { startsOn: "2026-10-01" }
    }),
    month
  )
  if ("_tag" in read) return assert.fail(JSON.stringify(read.problems))
  const layer = Layer.mergeAll(
    Layer.succeed(ClosingBalances, balances.balances),
    Layer.succeed(Customers, CustomersMemory.make(setup)),
    Layer.succeed(SmsCarrier, carrier.carrier),
    EventPublisher.layerDiscard,
    Layer.succeed(Operations, { notify: () => Effect.void }),
    Tick.Surveys.layer,
    Layer.succeed(Program.Program, {
      name: "premium",
      environment: "test",
      zone: "Asia/Jerusalem",
      worker: "worker-1",
      batch: Program.defaultBatchSizes,
      policyFor: () => read
    })
  )
  const tell = (nowMs: number) => Effect.andThen(balances.tell(nowMs), carrier.tell(nowMs))
  return { layer, tell, audit: () => Effect.runPromise(carrier.audit) }
}

type Outside = ReturnType<typeof makeOutside>

/** A runner on a database, until it is stopped. */
const begin = (outside: Outside, database: string, witnessFile: string | undefined) => {
  const store = storeLayer({
    program: "premium",
    url: Redacted.make(url(database)),
    schema: "public",
    maxConnections: 2,
    witnessFile
  }).pipe(Layer.provideMerge(secrets))
  const runtime = ManagedRuntime.make(
    LedgerHistory.layer.pipe(Layer.provideMerge(store), Layer.provideMerge(outside.layer))
  )
  let nowMs = startMs
  const tick = async () => {
    await runtime.runPromise(outside.tell(nowMs))
    return runtime.runPromise(Tick.tick({ nowMs }))
  }
  /** Ticks and jumps until `isOver`, as a scheduler would. */
  const live = async (isOver: () => Promise<boolean>, fromMs = startMs) => {
    nowMs = fromMs
    for (let turn = 0; turn < 2000; turn++) {
      const { done, more, nextWakeAtMs, recheck } = await tick()
      if (await isOver()) return nowMs
      if (done.length > 0 || more) continue
      if (recheck) await setTimeout(120)
      nowMs = recheck ? Math.min(nowMs + 10 * minute, nextWakeAtMs) : nextWakeAtMs
    }
    return assert.fail("the month does not end")
  }
  const ledger = () =>
    runtime.runPromise(
      Effect.gen(function* () {
        const store = yield* ProgramStore
        return yield* store.ledger({ nowMs })
      })
    )
  return { ledger, live, tick, run: runtime.runPromise, stop: () => runtime.dispose() }
}

const minute = 60_000
const openStates: ReadonlyArray<string> = ["held", "active", "waiting", "escalated"]

const claimed = Effect.gen(function* () {
  const store = yield* ProgramStore
  const context = yield* DeliveryTime.deliveryContext(Effect.succeed(startMs))
  return yield* store.claimDue({ context, limit: 1, worker: "worker-1" })
})

/** Two people take the database for the program's own. */
const confirmed = (by: string, second: string, nowMs: number) =>
  Effect.gen(function* () {
    const asked = yield* Proposing.restore({ by, reason: "restored from the night", nowMs })
    if (asked._tag !== "Proposed") return asked._tag
    const { proposalId } = asked.proposal
    return (yield* Proposing.confirm({ proposalId, by: second, nowMs }))._tag
  })

if (databaseUrl === undefined) {
  console.warn("restores not tested: TIDEMARK_TEST_DATABASE_URL is not set")
}

// PGlite has no other database to restore from.
for (const kind of kinds.filter((one) => one === "PostgreSQL")) {
  describe(`a backup loaded after messages were sent (${kind})`, () => {
    let folder = ""
    const made: Array<string> = []
    const fresh = async (): Promise<string> => {
      const database = `restore_${randomBytes(6).toString("hex")}`
      made.push(database)
      await server(`CREATE DATABASE "${database}"`)
      return database
    }
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "tidemark-witness-"))
    })
    afterAll(async () => {
      for (const database of made)
        await server(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`)
      await rm(folder, { recursive: true })
    })

    /** Sends until some are sent and some are not, then puts the backup from before back. */
    const restored = async (outside: Outside, witnessFile: string | undefined) => {
      const database = await fresh()
      const backup = `${database}_backup`
      made.push(backup)
      const before = begin(outside, database, witnessFile)
      const pause = (state: "paused" | "none") =>
        Effect.gen(function* () {
          const store = yield* ProgramStore
          yield* store.setPause({ state, by: "dana", nowMs: startMs })
        })
      await before.run(pause("paused"))
      const releasedMs = await before.live(async () =>
        (await before.ledger()).months.some((row) => row.status === "released")
      )
      await before.run(pause("none"))
      await before.stop()
      await server(`CREATE DATABASE "${backup}" TEMPLATE "${database}"`)
      const sending = begin(outside, database, witnessFile)
      const nowMs = await sending.live(async () => (await outside.audit()).accepted > 0, releasedMs)
      await sending.stop()
      await server(`DROP DATABASE "${database}" WITH (FORCE)`)
      await server(`ALTER DATABASE "${backup}" RENAME TO "${database}"`)
      return { database, nowMs }
    }

    const closes = (runner: ReturnType<typeof begin>) => async () =>
      (await runner.ledger()).months.some((row) => row.status === "closed")

    // Caught: a claim that does not compare; a restore that leaves the rows as the backup has them.
    it("sends nothing before two people confirm it, nothing twice after, and all of it ends", async () => {
      const outside = makeOutside()
      const witnessFile = join(folder, "witness.json")
      const { database, nowMs } = await restored(outside, witnessFile)
      const sent = (await outside.audit()).accepted
      const runner = begin(outside, database, witnessFile)
      assert.strictEqual((await runner.ledger()).witness, "OTHER_SYSTEM")
      const refused = await runner.live(closes(runner), nowMs).catch((error: unknown) => error)
      assert.include(String(refused), "tidemark restore confirm")
      assert.strictEqual((await outside.audit()).accepted, sent)

      assert.strictEqual(await runner.run(confirmed("dana", "Dana", nowMs)), "SamePerson")
      assert.strictEqual(await runner.run(confirmed("dana", "noa", nowMs)), "Confirmed")
      assert.strictEqual((await runner.ledger()).witness, "agrees")
      await runner.live(closes(runner), nowMs)
      const audit = await outside.audit()
      const figures = await runner.run(
        Effect.gen(function* () {
          const store = yield* ProgramStore
          return yield* store.monthFigures({ month })
        })
      )
      await runner.stop()
      assert.strictEqual(audit.duplicates, 0)
      assert.isAbove(audit.accepted, sent)
      assert.isAbove(sent, 0)
      const open = Object.keys(figures.states).filter((state) => openStates.includes(state))
      assert.deepStrictEqual(open, [])
      assert.strictEqual(audit.accepted, figures.attempts.byState["accepted"])
    }, 60_000)

    it("sends nothing while the witness cannot be read, or is another program's", async () => {
      const outside = makeOutside()
      const witnessFile = join(folder, "damaged.json")
      const database = await fresh()
      const first = begin(outside, database, witnessFile)
      await first.run(Effect.void)
      await first.stop()
      const text = await readFile(witnessFile, "utf8")
      for (const damaged of ["{", text.replace("premium", "other")]) {
        await writeFile(witnessFile, damaged)
        const runner = begin(outside, database, witnessFile)
        assert.strictEqual((await runner.ledger()).witness, "unreadable")
        const error = await runner.run(Effect.flip(claimed))
        assert.include(String(error), witnessFile)
        await runner.stop()
      }
    }, 30_000)
  })
}
