/**
 * The operations desk over a store in memory: what it tells, what it refuses in one line, and what
 * takes two people.
 *
 * **Source** — surfaces, command line; delivery protocol 1.2.
 */
import { type EscalationRow, ProgramStore, Secrets } from "@tidemark/core/effect"
import { CalendarMonth } from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import * as DeskHandler from "../../src/commands/DeskHandler.ts"
import * as Composition from "../../src/Composition.ts"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import { BadInput } from "../../src/TerminalFailure.ts"

const month = CalendarMonth.parse("2026-09") ?? assert.fail("no month")
const now = Option.some("2026-10-05T08:00:00Z")
const raisedMs = Date.parse("2026-10-05T07:00:00Z")

const directory = mkdtempSync(join(tmpdir(), "tidemark-desk-"))
const settings = DemoPlan.settings(
  DemoPlan.options({ customers: 100, month, seed: 1, directory }),
  { bank: "http://127.0.0.1:9", carrier: "http://127.0.0.1:9" }
)

const item = (escalationId: string, cause: string): EscalationRow => ({
  escalationId,
  cause,
  customerId: "C-1",
  month,
  notificationId: "N-1",
  detail: null,
  raisedMs,
  resolvedMs: null
})

/** Items as the delivery tables raise them; what is acknowledged is counted by the memory store. */
const items = [item("E-1", "LOOKUP_SILENT"), item("E-2", "RETRIES_EXHAUSTED")]

const store = Layer.effect(
  ProgramStore,
  Effect.map(ProgramStore, (verbs) =>
    ProgramStore.of({
      ...verbs,
      escalations: ({ after }) => Effect.succeed(after === null ? items : []),
      acknowledgeEscalations: () => Effect.succeed({ acknowledged: 3 })
    })
  )
).pipe(
  Layer.provide(ProgramStore.layerMemory({ program: settings.program })),
  Layer.provideMerge(Secrets.layerMemory(new Uint8Array(32)))
)
const runtime = ManagedRuntime.make(Composition.layerOver(settings, store))
afterAll(async () => {
  await runtime.dispose()
  rmSync(directory, { recursive: true, force: true })
})

type Work = Effect.Effect<unknown, unknown, Composition.Services>

/** What a command prints, or the one line it refuses with. */
const run = async (
  work: (output: Parameters<typeof DeskHandler.pausing>[2]) => Work,
  json = false
) => {
  const printed: Array<string> = []
  const out = {
    line: (text: string) => void printed.push(text),
    json: (value: unknown) => void printed.push(JSON.stringify(value)),
    drain: () => Promise.resolve()
  }
  const told = Effect.suspend(() => work({ json, out })).pipe(
    Effect.catch((error) =>
      Effect.sync(() => printed.push(error instanceof BadInput ? error.message : "?"))
    )
  )
  await runtime.runPromise(told)
  return printed
}

describe("suppress", () => {
  it("suppresses each customer once, lists them, and lifts them", async () => {
    const add = { customers: "C-1, C-2,C-1", reason: "OPERATOR", by: "dana", now }
    const suppress = () => run((output) => DeskHandler.suppressing(add, output))
    assert.deepStrictEqual(await suppress(), ["2 suppressed, 0 were already"])
    assert.deepStrictEqual(await suppress(), ["0 suppressed, 2 were already"])
    assert.deepStrictEqual(await run(DeskHandler.listingSuppressions), [
      "C-1  OPERATOR  since 2026-10-05T08:00:00.000Z",
      "C-2  OPERATOR  since 2026-10-05T08:00:00.000Z"
    ])
    const remove = { customers: "C-1,C-2,C-3", by: "dana", now }
    assert.deepStrictEqual(await run((output) => DeskHandler.unsuppressing(remove, output)), [
      "2 lifted, 1 were not suppressed"
    ])
    assert.deepStrictEqual(await run(DeskHandler.listingSuppressions), ["nobody is suppressed"])
  })

  it("refuses an empty customer or nobody", () => {
    const add = { customers: "C-1,,C-2", reason: "OPERATOR", by: "dana", now }
    const output = { json: false, out: silent }
    assert.throws(() => DeskHandler.suppressing(add, output), /--customer: must not be empty/)
    const nobody = { ...add, customers: "C-1", by: " " }
    assert.throws(() => DeskHandler.suppressing(nobody, output), /--by: must not be empty/)
  })
})

describe("pause and resume", () => {
  const standing = () =>
    runtime.runPromise(
      Effect.gen(function* () {
        const verbs = yield* ProgramStore
        return (yield* verbs.ledger({ nowMs: raisedMs })).paused
      })
    )

  it("hold every submission until resumed", async () => {
    for (const state of ["paused", "killed", "none"] as const) {
      const who = { by: "dana", now }
      await run((output) => DeskHandler.pausing(who, state, output))
      assert.strictEqual(await standing(), state)
    }
  })
})

describe("escalations", () => {
  const asked: DeskHandler.ResolveInput = {
    id: Option.none(),
    cause: Option.none(),
    action: "close",
    reason: "the carrier does not know",
    by: "dana",
    now
  }
  const resolve = (over: Partial<DeskHandler.ResolveInput>, json = false) =>
    run((output) => DeskHandler.resolving({ ...asked, ...over }, output), json)

  it("are listed with what may be decided", async () => {
    const raised = "customer C-1, 2026-09  raised 2026-10-05T07:00:00.000Z"
    assert.deepStrictEqual(
      await run((output) => DeskHandler.listingEscalations({ all: false }, output)),
      [`E-1  LOOKUP_SILENT  ${raised}  resend or close`, `E-2  RETRIES_EXHAUSTED  ${raised}  close`]
    )
  })

  // Caught: an item about a lost message closed by one person.
  it("about a message take a second person, by item and by cause", async () => {
    const [one = "", next = ""] = await resolve({ id: Option.some("E-1"), action: "resend" })
    assert.match(one, /^proposed \S+: resend the message of escalation E-1$/)
    assert.match(next, /^nothing has changed yet: a second person must run `tidemark confirm /)
    const [all = ""] = await resolve({ cause: Option.some("LOOKUP_SILENT") }, true)
    assert.deepInclude(JSON.parse(all), {
      outcome: "proposed",
      kind: "resolve",
      action: "close",
      escalation: null,
      cause: "LOOKUP_SILENT",
      confirmedBy: null
    })
  })

  it("about a message that has ended are closed by one person", async () => {
    assert.deepStrictEqual(await resolve({ cause: Option.some("RETRIES_EXHAUSTED") }), [
      "closed 3 of RETRIES_EXHAUSTED: their messages have ended"
    ])
  })

  it("refuse in one line what cannot be decided", async () => {
    assert.deepStrictEqual(
      await resolve({ cause: Option.some("RETRIES_EXHAUSTED"), action: "resend" }),
      ["--action resend: of RETRIES_EXHAUSTED only close"]
    )
    assert.deepStrictEqual(await resolve({ id: Option.some("E-9") }), [
      "E-9: no such escalation is open; see `escalations list`"
    ])
    assert.throws(() => DeskHandler.resolving(asked, { json: false, out: silent }), /either one/)
  })
})

const silent = { line: () => {}, json: () => {}, drain: () => Promise.resolve() }
