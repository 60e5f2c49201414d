import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { ProgramStore, type ProgramStoreError } from "../src/Core.ts"
import { layer, layerEmbedded } from "../src/layers.ts"
import { secrets } from "./Database.ts"

const nowMs = 1_793_610_000_000

const claim = {
  kind: "capture",
  key: "2026-10-05",
  again: false,
  leaseMs: 3_600_000,
  nowMs,
  correlationId: "test"
} as const

describe("the embedded store", () => {
  let parent: string
  beforeAll(() => {
    parent = mkdtempSync(join(tmpdir(), "tidemark-embedded-"))
  })
  afterAll(() => rmSync(parent, { recursive: true, force: true }))

  const within = <A>(use: Effect.Effect<A, ProgramStoreError, ProgramStore>) =>
    Effect.provide(
      use,
      layerEmbedded({ program: "p", dataDirectory: join(parent, "data") }).pipe(
        Layer.provide(secrets)
      )
    )
  const claimRun = Effect.flatMap(ProgramStore, (store) => store.claimRun(claim))

  it("keeps its rows over a restart, and voids the leases of the process before", async () => {
    const first = await Effect.runPromise(within(claimRun))
    assert(first._tag === "Claimed")
    const second = await Effect.runPromise(within(Effect.all([claimRun, claimRun])))
    const [taken, again] = second
    assert(taken._tag === "Claimed")
    assert.strictEqual(taken.run.runId, first.run.runId)
    assert.isTrue(taken.run.fence > first.run.fence)
    assert.strictEqual(again._tag, "Busy")
  }, 60_000)

  it("refuses a second opener of the directory", async () => {
    const error = await Effect.runPromise(within(Effect.orDie(Effect.flip(within(claimRun)))))
    assert.strictEqual(error.reason, "Locked")
  }, 60_000)
})

describe("a store that cannot be reached", () => {
  it("is Unavailable when it is opened, not at its first use", async () => {
    const url = Redacted.make("postgres://nobody@127.0.0.1:1/none")
    const opening = Layer.build(layer({ program: "p", url }).pipe(Layer.provide(secrets)))
    const error = await Effect.runPromise(Effect.flip(Effect.scoped(opening)))
    assert.strictEqual(error.reason, "Unavailable")
    assert.isTrue(error.isRetryable)
  })

  it("is refused for a schema name that could be a statement", async () => {
    const url = Redacted.make("postgres://nobody@127.0.0.1:1/none")
    const schema = 'x"; DROP SCHEMA public'
    const opening = Layer.build(layer({ program: "p", url, schema }).pipe(Layer.provide(secrets)))
    const error = await Effect.runPromise(Effect.flip(Effect.scoped(opening)))
    assert.strictEqual(error.reason, "SchemaMismatch")
  })
})
