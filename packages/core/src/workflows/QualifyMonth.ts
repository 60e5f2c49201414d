/**
 * Decides a calendar month: surveys it for missing days first, and once the completeness gate is
 * closed decides every customer active in it, page by page.
 *
 * **Guarantee** — nothing is decided before the gate closes; a run taken over goes on at its page;
 * the same ledger and policy give the same content hash.
 *
 * **Source** — original architecture §3.2, §6.1; product rules, Days; invariants 5–10.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as MonthDays from "../balance/MonthDays.ts"
import type { Announcement } from "../events/DomainEvent.ts"
import * as Qualification from "../qualification/Qualification.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { RunHandle } from "../ports/store/Runs.ts"
import { runLeaseMs } from "./CaptureDay.ts"
import * as ContentHash from "./ContentHash.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import { decisionRecords } from "./DecisionRecords.ts"
import * as MonthPages from "./MonthPages.ts"
import * as MonthQuality from "./MonthQuality.ts"
import { Program } from "./Program.ts"

export interface QualifyInput {
  readonly month: CalendarMonth.CalendarMonth
  readonly nowMs: number
  /** The cut-off is over: what is missing now stays missing. */
  readonly cutOff: boolean
}

/** What keeps the gate open. */
export interface Missing {
  /** Dates to ask the bank for again: some full-month customer has no known balance on them. */
  readonly missing: ReadonlyArray<BusinessDate>
  /** How many such customers there are. */
  readonly customers: number
  /** The first of them, for an operator to ask about. */
  readonly customerIds: ReadonlyArray<string>
}

/** - `Incomplete`: the gate stays open */
export type QualifyOutcome =
  | (Missing & { readonly _tag: "Incomplete" })
  | { readonly _tag: "Busy" }
  | { readonly _tag: "AlreadyDecided" }
  | { readonly _tag: "TakenOver" }
  | { readonly _tag: "Decided"; readonly population: number; readonly qualified: number }

const busy: QualifyOutcome = { _tag: "Busy" }
const alreadyDecided: QualifyOutcome = { _tag: "AlreadyDecided" }
const takenOver: QualifyOutcome = { _tag: "TakenOver" }

export const qualifyMonth = Effect.fn("QualifyMonth.qualifyMonth")(function* (input: QualifyInput) {
  const program = yield* Program
  const store = yield* ProgramStore
  const { month, nowMs } = input
  if (!input.cutOff) {
    const found = yield* survey(month)
    const incomplete: QualifyOutcome = { _tag: "Incomplete", ...found }
    if (found.missing.length > 0) return incomplete
  }
  const claim = yield* store.claimRun({
    kind: "qualify",
    key: month,
    again: false,
    leaseMs: runLeaseMs,
    nowMs,
    correlationId: `qualify-${month}`
  })
  if (claim._tag === "Busy") return busy
  if (claim._tag === "Finished") return alreadyDecided
  yield* store.completeMonth({ month, nowMs })
  const decided = yield* decidePages(input, claim.run, claim.cursor, claim.page)
  if (decided._tag === "TakenOver") return takenOver
  const { counts, hash } = decided.progress
  yield* MonthQuality.raiseMonth(month, counts, nowMs)
  const announcements: ReadonlyArray<Announcement> = [
    {
      type: "QualificationCalculated",
      businessDate: null,
      payload: {
        runId: claim.run.runId,
        month,
        population: counts.population,
        totalQualified: counts.qualified,
        notQualified: counts.notQualified,
        undetermined: counts.undetermined,
        hash
      }
    }
  ]
  const row = yield* store.finishQualification({
    run: claim.run,
    nowMs,
    month,
    contentHash: hash,
    announcements
  })
  yield* Effect.logInfo("month decided", {
    month,
    population: row.population,
    program: program.name
  })
  const { population, qualified } = row
  const outcome: QualifyOutcome = { _tag: "Decided", population, qualified }
  return outcome
}, withDeclaredClosures)

/** Customers a survey names; the rest are counted. */
const named = 10

/** What is missing of full-month customers; no date when the gate may close. */
export const survey = Effect.fn("QualifyMonth.survey")(function* (
  month: CalendarMonth.CalendarMonth
) {
  const monthBits = MonthDays.allDays(CalendarMonth.days(month))
  let missing = 0
  let customers = 0
  const customerIds: Array<string> = []
  yield* Stream.runForEach(MonthPages.evidence(month, null), (page) =>
    Effect.sync(() => {
      for (const customer of page.customers) {
        if (!Qualification.isFullMonth(month, customer.opened, customer.closed)) continue
        const days = monthBits & ~MonthDays.known(customer.days) & ~customer.days.waived
        if (days === 0) continue
        missing |= days
        customers++
        if (customerIds.length < named) customerIds.push(customer.customerId)
      }
    })
  )
  const found: Missing = {
    missing: CalendarMonth.dates(month).filter((_, day) => MonthDays.has(missing, day + 1)),
    customers,
    customerIds
  }
  return found
}, withDeclaredClosures)

const decidePages = Effect.fnUntraced(function* (
  input: QualifyInput,
  run: RunHandle,
  runCursor: string | null,
  firstPage: number
) {
  const program = yield* Program
  const store = yield* ProgramStore
  const { month, nowMs } = input
  const { hash: policyHash } = program.policyFor(month)
  const start = ContentHash.decode(runCursor)
  let recorded = start
  if (start.complete) return { _tag: "Pages", progress: start } as const
  let page = firstPage
  let stale = false
  // The next page is decided while this one is recorded: each works on its own processor.
  yield* decided(input, start).pipe(
    Stream.buffer({ capacity: 1 }),
    Stream.runForEachWhile(({ decisions, progress }) =>
      Effect.gen(function* () {
        const outcome = yield* store.recordDecisions({
          run,
          nowMs,
          leaseMs: runLeaseMs,
          month,
          policyHash,
          page,
          decisions,
          nextCursor: ContentHash.encode(progress)
        })
        stale = outcome._tag === "StaleRun"
        recorded = progress
        page++
        return !stale
      })
    )
  )
  if (stale) return { _tag: "TakenOver" } as const
  return { _tag: "Pages", progress: recorded } as const
})

/** Pages of decisions in order, each with the progress that its record keeps. */
const decided = ({ month, nowMs }: QualifyInput, start: ContentHash.QualifyProgress) => {
  let progress = start
  return MonthPages.evidence(month, start.bankCursor).pipe(
    Stream.mapEffect((evidence) =>
      Effect.gen(function* () {
        const decisions = yield* decisionRecords(month, evidence.customers)
        yield* MonthQuality.raisePage(month, evidence.customers, nowMs)
        progress = ContentHash.after(progress, decisions, evidence.nextCursor)
        return { decisions, progress }
      })
    )
  )
}
