/** `tidemark report` over a month in a store in memory: one customer delivered to, one not. */
import { IssueReport, ProgramStore, Secrets } from "@tidemark/core/effect"
import { BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import type { MonthFigures } from "@tidemark/core/rules/report"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { assert } from "vitest"
import * as Composition from "../../src/Composition.ts"
import * as ReportHandler from "../../src/commands/ReportHandler.ts"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import type { BadInput, CommandFailed } from "../../src/TerminalFailure.ts"
import { inFolder } from "./Tidemark.ts"

/** The month. */
export const month = CalendarMonth.parse("2026-09") ?? assert.fail("no month")
/** When its final report was issued. */
export const nowMs = Date.UTC(2026, 9, 12)

/** What the store counts. */
export const truth: MonthFigures.MonthFigures = {
  month,
  population: 2,
  qualified: 1,
  notQualified: 1,
  undetermined: 0,
  reasons: { MET_EVERY_DAY: 1, BELOW_THRESHOLD: 1 },
  unreachable: {},
  excluded: {},
  unrenderable: {},
  states: { delivered: 1 },
  stateReasons: {},
  granted: {},
  accepted: 1,
  acceptedPending: 0,
  attempts: {
    total: 1,
    consumed: 1,
    byState: { accepted: 1 },
    failuresByCategory: {},
    segments: 2
  },
  openEscalations: {},
  issues: {},
  corrections: 0,
  correctionsObserved: 0,
  captures: { balances: 52, finishedMs: { [BusinessDate.unchecked("2026-09-01")]: 1 } },
  receipts: { stored: 1, orphans: 0 },
  timings: { decidedMs: 1, releasedMs: 2, firstAcceptedMs: 3, lastFinalMs: 4 }
}

const days = { observed: 0x3fff_ffff, met: 0x3fff_ffff, derived: 0, waived: 0 }

const customers = [
  {
    customerId: "C-0000001",
    outcome: "Qualified",
    reasons: [{ code: "MET_EVERY_DAY", dates: [] }],
    reach: { _tag: "Reachable" },
    ...days,
    message: { state: "delivered", reason: null }
  },
  {
    customerId: "C-0000002",
    outcome: "NotQualified",
    reasons: [{ code: "BELOW_THRESHOLD", dates: [] }],
    reach: null,
    ...days,
    message: null
  }
] as const

/** A closed month with its final report, and a way to change what the store counts since. */
const desk = Effect.fnUntraced(function* (directory: string) {
  const counts = { figures: truth }
  const accesses: Array<string> = []
  const store = Layer.effect(
    ProgramStore,
    Effect.map(ProgramStore, (verbs) => ({
      ...verbs,
      monthFigures: () => Effect.sync(() => counts.figures),
      monthCustomers: () => Effect.succeed(customers),
      recordAccess: ({ by, subject, what }) =>
        Effect.sync(() => void accesses.push(`${by} ${what} ${subject}`))
    }))
  ).pipe(Layer.provide(ProgramStore.layerMemory({ program: "premium-retail" })))
  const options = DemoPlan.options({ customers: 100, month, seed: 1, directory })
  const settings = DemoPlan.settings(options, {
    bank: "http://127.0.0.1:9",
    carrier: "http://127.0.0.1:9"
  })
  const secrets = Secrets.layerMemory(new Uint8Array(32))
  const built = yield* Layer.build(Composition.layerOver(settings, Layer.merge(store, secrets)))
  const run = <A, E>(effect: Effect.Effect<A, E, Composition.Services>) =>
    Effect.provideContext(effect, built)
  yield* run(IssueReport.issueReport(month, "final", nowMs))
  return { accesses, counts, run }
})

/** The month, and a way to run over its store. */
type Desk = Effect.Success<ReturnType<typeof desk>>

/** Where a command prints in these tests. */
export const context = (printed: Array<string>) => ({
  json: false,
  configFile: undefined,
  signal: new AbortController().signal,
  out: {
    line: (text: string) => void printed.push(text),
    json: (value: unknown) => void printed.push(JSON.stringify(value)),
    drain: () => Promise.resolve()
  }
})

/** The command with these flags: what it printed, or the one line it fails with. */
export const told = ({ run }: Desk, over: Partial<ReportHandler.Asked> = {}) =>
  Effect.gen(function* () {
    const printed: Array<string> = []
    const asked: ReportHandler.Asked = {
      now: Option.some("2026-10-12T09:00:00Z"),
      month,
      issued: null,
      restate: false,
      format: "json",
      language: "en",
      annex: false,
      by: "dana",
      file: undefined,
      ...over
    }
    const failed = yield* run(ReportHandler.written(asked, context(printed))).pipe(
      Effect.as(undefined),
      Effect.catch((error: BadInput | CommandFailed | { readonly message: string }) =>
        Effect.succeed(error.message)
      )
    )
    return { printed, failed }
  })

/** Runs `body` over a fresh month, with a folder to write to. */
export const using = <A>(body: (desk: Desk, folder: string) => Effect.Effect<A, unknown>) =>
  inFolder((settings) =>
    inFolder((folder) =>
      Effect.runPromise(Effect.scoped(Effect.flatMap(desk(settings), (made) => body(made, folder))))
    )
  )
