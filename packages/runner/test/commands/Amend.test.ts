/**
 * What people change, as commands over an embedded store: what is told, what is refused in one
 * line, and that nothing happens before the second person.
 *
 * **Source** — surfaces, command line; product rules, Days.
 */
import { ProgramStore, Secrets } from "@tidemark/core/effect"
import { CalendarMonth } from "@tidemark/core/rules"
import * as Postgres from "@tidemark/postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as References from "effect/References"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import * as AmendHandler from "../../src/commands/AmendHandler.ts"
import * as ProposingHandler from "../../src/commands/ProposingHandler.ts"
import * as Composition from "../../src/Composition.ts"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import { BadInput } from "../../src/TerminalFailure.ts"
import { context } from "./ReportDesk.ts"
import { lines, tidemark } from "./Tidemark.ts"

const month = CalendarMonth.parse("2026-09") ?? assert.fail("no month")
const now = Option.some("2026-10-05T08:00:00Z")
const nowMs = Date.parse("2026-10-05T08:00:00Z")

const directory = mkdtempSync(join(tmpdir(), "tidemark-amend-"))
const settings = DemoPlan.settings(
  DemoPlan.options({ customers: 100, month, seed: 1, directory }),
  { bank: "http://127.0.0.1:9", carrier: "http://127.0.0.1:9" }
)

const { program } = settings
const secrets = Secrets.layerMemory(new Uint8Array(32))
const store = Postgres.layerEmbedded({ program, dataDirectory: "memory://" }).pipe(
  Layer.provideMerge(secrets)
)
const runtime = ManagedRuntime.make(
  Layer.merge(
    Composition.layerOver(settings, store),
    Layer.succeed(References.MinimumLogLevel, "None")
  )
)

/** One balance of one account, and a decided month of one customer who did not qualify. */
const seeded = Effect.gen(function* () {
  const verbs = yield* ProgramStore
  const leaseMs = 60_000
  const businessDate = CalendarMonth.dateAt(month, 14)
  const claim = { again: false, leaseMs, nowMs, correlationId: "seed" }
  const capture = yield* verbs.claimRun({ kind: "capture", key: businessDate, ...claim })
  if (capture._tag !== "Claimed") return assert.fail(capture._tag)
  yield* verbs.recordCapturedPage({
    run: capture.run,
    nowMs,
    leaseMs,
    businessDate,
    page: 0,
    checks: { accountIds: ["A-77"], minorUnits: [1_499_999n], met: [false] },
    conflictingAccountIds: [],
    issues: [],
    nextCursor: null,
    announce: false,
    thresholdMinor: 1_500_000n
  })
  yield* verbs.finishCapture({ run: capture.run, nowMs, businessDate, issues: [] })
  const qualify = yield* verbs.claimRun({ kind: "qualify", key: month, ...claim })
  if (qualify._tag !== "Claimed") return assert.fail(qualify._tag)
  const { run } = qualify
  yield* verbs.recordDecisions({
    run,
    nowMs,
    leaseMs,
    month,
    policyHash: "policy",
    page: 0,
    decisions: [
      {
        customerId: "C-1029",
        outcome: "NotQualified",
        reasons: [{ code: "BELOW_THRESHOLD", dates: [] }],
        reach: null,
        observed: 0x3fff_ffff,
        met: 0,
        derived: 0,
        waived: 0,
        accountIds: ["A-77"],
        evidenceHash: new Uint8Array(32),
        notificationId: null
      }
    ],
    nextCursor: null
  })
  yield* verbs.finishQualification({ run, nowMs, month, contentHash: "hash", announcements: [] })
})

beforeAll(() => runtime.runPromise(seeded), 60_000)
afterAll(async () => {
  await runtime.dispose()
  rmSync(directory, { recursive: true, force: true })
})

type Told = ReadonlyArray<Readonly<Record<string, unknown>>>

/** What a command prints with `--json`. */
const told = async (
  work: (context: {
    readonly json: boolean
    readonly out: Parameters<typeof AmendHandler.correcting>[1]["out"]
  }) => Effect.Effect<unknown, unknown, Composition.Services>
): Promise<Told> => {
  const printed: Array<string> = []
  const { out } = context(printed)
  await runtime.runPromise(work({ json: true, out }))
  return lines(printed.join("\n")) as Told
}

/** The one line a command is refused with. */
const refused = async (work: () => Promise<unknown>): Promise<string> => {
  const error = await Promise.resolve()
    .then(work)
    .then(
      () => assert.fail("was not refused"),
      (cause: unknown) => cause
    )
  return error instanceof BadInput ? error.message : assert.fail(String(error))
}

const who = { now, by: "dana", reason: "the branch was flooded" }

const correct = (over: Partial<AmendHandler.CorrectInput> = {}) =>
  told((context) =>
    AmendHandler.correcting(
      { ...who, account: "A-77", date: "2026-09-14", amount: "15000.00", ...over },
      context
    )
  )

const declare = (date: string) =>
  told((context) => AmendHandler.declaring({ ...who, date }, context))

const waive = (over: Partial<ProposingHandler.WaiveInput> = {}) =>
  told((context) =>
    ProposingHandler.waiving({ ...who, customer: "C-1029", dates: "2026-09-14", ...over }, context)
  )

const grant = (over: Partial<ProposingHandler.GrantInput> = {}) =>
  told((context) =>
    ProposingHandler.granting({ ...who, customer: "C-1029", month: "2026-09", ...over }, context)
  )

const confirm = (id: unknown, by = "noa") =>
  told((context) =>
    ProposingHandler.confirming({ now, id: Option.some(String(id)), by: Option.some(by) }, context)
  )

const waiting = () =>
  told((context) =>
    ProposingHandler.confirming({ now, id: Option.none(), by: Option.none() }, context)
  )

describe("correct", () => {
  it("says whether it was the first balance and how many are decided again", async () => {
    assert.deepStrictEqual(await correct(), [
      { outcome: "corrected", account: "A-77", date: "2026-09-14", first: false, redecisions: 1 }
    ])
    assert.deepStrictEqual(await correct(), [
      { outcome: "unchanged", account: "A-77", date: "2026-09-14" }
    ])
  })

  it("names the flag that is wrong, in one line", async () => {
    const amount = await refused(() => correct({ amount: "15,000" }))
    assert.match(amount, /^--amount 15,000: no amount .* such as 15000\.00/)
    assert.match(await refused(() => correct({ account: "A-1" })), /^--account A-1: no balance/)
    assert.match(await refused(() => correct({ date: "2026-10-05" })), /^--date .* not over/)
    assert.match(await refused(() => correct({ date: "2026-09-31" })), /^--date .* no such date/)
    assert.strictEqual(await refused(() => correct({ by: " " })), "--by: must not be empty")
    assert.strictEqual(await refused(() => correct({ reason: "" })), "--reason: must not be empty")
  })
})

describe("closure declare", () => {
  it("is declared once", async () => {
    assert.deepStrictEqual(await declare("2026-09-29"), [
      { outcome: "declared", date: "2026-09-29", redecisions: 0 }
    ])
    assert.deepStrictEqual(await declare("2026-09-29"), [
      { outcome: "alreadyDeclared", date: "2026-09-29" }
    ])
  })
})

describe("waive, grant and confirm", () => {
  it("do nothing until a second person has confirmed, who can see what waits", async () => {
    const [proposed] = await waive()
    assert.deepInclude(proposed, {
      outcome: "proposed",
      kind: "waive",
      customer: "C-1029",
      month: "2026-09",
      dates: ["2026-09-14"],
      proposedBy: "dana",
      confirmedBy: null
    })
    const id = proposed?.["proposal"]
    const [listed] = await waiting()
    assert.deepInclude(listed, { outcome: "waiting", proposal: id, kind: "waive" })
    const same = await refused(() => confirm(id, " Dana"))
    assert.strictEqual(same, `${String(id)}: dana proposed it, so somebody else must confirm it`)
    const [confirmed] = await confirm(id)
    assert.deepInclude(confirmed, { outcome: "confirmed", confirmedBy: "noa", proposedBy: "dana" })
    const [again] = await confirm(id, "omer")
    assert.deepInclude(again, { outcome: "alreadyConfirmed", confirmedBy: "noa" })
    assert.deepStrictEqual(await waiting(), [])
  })

  it("give a wronged customer one message, and never a second", async () => {
    const [proposed] = await grant()
    const [confirmed] = await confirm(proposed?.["proposal"])
    assert.deepInclude(confirmed, { outcome: "confirmed", kind: "grant", month: "2026-09" })
    assert.match(await refused(() => grant()), /has a message of that month already/)
  })

  it("are refused in one line that says what to do", async () => {
    assert.match(await refused(() => waive({ dates: "2026-09-14,x" })), /^--dates x: no such date/)
    const months = await refused(() => waive({ dates: "2026-09-14,2026-08-14" }))
    assert.match(months, /once for each month/)
    assert.match(await refused(() => waive({ dates: "2026-10-06" })), /^--dates .* not over/)
    assert.match(await refused(() => grant({ month: "2026-13" })), /^--month 2026-13/)
    assert.match(await refused(() => grant({ month: "2026-08" })), /not decided yet/)
    assert.match(await refused(() => confirm("nothing")), /^nothing: no such proposal/)
    assert.strictEqual(await refused(() => confirm("x", "")), "--by: must not be empty")
  })
})

describe("the command line", () => {
  it("refuses bad input with exit 2 and one line, before it opens a store", async () => {
    const waived = [
      "waive",
      "--customer",
      "C",
      "--dates",
      "yesterday",
      "--reason",
      "r",
      "--by",
      "d"
    ]
    const { code, err, out } = await tidemark(waived)
    assert.deepStrictEqual([code, out], [2, ""])
    assert.strictEqual(err, "tidemark: --dates yesterday: no such date; write YYYY-MM-DD\n")
  })
})
