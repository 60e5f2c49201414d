/**
 * Captures the bank's closing balances of one business date, page by page, each page in one
 * transaction. A dead worker's run is taken over at its cursor; asking again changes nothing.
 *
 * **Source** — original architecture §3.1; product rules, Days and Data quality; fault list of the
 * bank feed.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as BalanceCheck from "../balance/BalanceCheck.ts"
import type { BalancePolicy } from "../balance/BalancePolicy.ts"
import * as DataQuality from "../balance/DataQuality.ts"
import * as BankCalendar from "../calendar/BankCalendar.ts"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import {
  type BalancePage,
  ClosingBalances,
  ClosingBalancesError
} from "../ports/ClosingBalances.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { CapturedPageResult, DataQualityIssue } from "../ports/store/Captures.ts"
import type { RunHandle } from "../ports/store/Runs.ts"
import * as CaptureCursor from "./CaptureCursor.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import { Program } from "./Program.ts"
import { stored } from "./StoredIssue.ts"

/** A worker that stops renewing its run for so long is taken to be dead. */
export const runLeaseMs = 120_000

export interface CaptureInput {
  readonly businessDate: BusinessDate
  /** Ask the bank again although the date was captured (backfill). */
  readonly again: boolean
  readonly nowMs: number
}

/**
 * - `Captured`: the date's balances are stored
 * - `Busy`: another worker is at it
 * - `AlreadyCaptured`: nothing to do
 * - `TakenOver`: another worker took the run over while this one was slow; nothing more was written
 */
export type CaptureOutcome =
  | {
      readonly _tag: "Captured"
      readonly pages: number
      readonly stored: number
      readonly superseded: number
      readonly conflicts: number
      readonly issues: number
    }
  | { readonly _tag: "Busy" }
  | { readonly _tag: "AlreadyCaptured" }
  | { readonly _tag: "TakenOver" }

const busy: CaptureOutcome = { _tag: "Busy" }
const alreadyCaptured: CaptureOutcome = { _tag: "AlreadyCaptured" }
const takenOver: CaptureOutcome & { readonly _tag: "TakenOver" } = { _tag: "TakenOver" }

/** Connection errors are tried again within the run; longer outages wait for the next tick. */
const feedRetries = Schedule.max([Schedule.exponential("200 millis"), Schedule.recurs(4)]).pipe(
  Schedule.jittered
)

export const captureDay = Effect.fn("CaptureDay.captureDay")(function* (input: CaptureInput) {
  const program = yield* Program
  const store = yield* ProgramStore
  const correlationId = `capture-${input.businessDate}`
  const claim = yield* store.claimRun({
    kind: "capture",
    key: input.businessDate,
    again: input.again,
    leaseMs: runLeaseMs,
    nowMs: input.nowMs,
    correlationId
  })
  if (claim._tag === "Busy") return busy
  if (claim._tag === "Finished") return alreadyCaptured
  const start = CaptureCursor.decode(claim.cursor)
  // A worker died between its last page and the finish: its totals are gone, its pages are not.
  const pages =
    claim.cursor === null && claim.page > 0
      ? { ...noPages, page: claim.page }
      : yield* capturePages(input, claim.run, start, claim.page)
  if (pages._tag === "TakenOver") return pages
  const pinned = program.policyFor(CalendarMonth.of(input.businessDate))
  const totals = yield* store.captureTotals({
    runId: claim.run.runId,
    businessDate: input.businessDate
  })
  const found = DataQuality.evaluateCapture(
    {
      businessDate: input.businessDate,
      businessDay: BankCalendar.isBusinessDay(pinned.calendar, input.businessDate),
      // Nobody tells how many balances to expect; the last captured date is the best guess.
      expected: totals.previous?.captured ?? Math.max(totals.count, 1),
      captured: totals.count,
      met: totals.met,
      rows: pages.progress.rows,
      sumMinorUnits: pages.progress.sumMinor,
      comparable: totals.comparable,
      unchanged: totals.unchangedFromDayBefore,
      ...(totals.previous === null ? {} : { previous: totals.previous }),
      ...(pages.control === null
        ? {}
        : { control: { count: pages.control.count, sumMinorUnits: pages.control.sumMinor } })
    },
    pinned.policy.balance.limits
  )
  const issues = found.map(stored)
  yield* store.finishCapture({
    run: claim.run,
    nowMs: input.nowMs,
    businessDate: input.businessDate,
    issues
  })
  const { counts, page } = pages
  const captured: CaptureOutcome = {
    _tag: "Captured",
    pages: page,
    stored: counts.stored,
    superseded: counts.superseded,
    conflicts: counts.conflicts,
    issues: totals.issues + issues.length
  }
  return captured
}, withDeclaredClosures)

/** What the pages of this process added up to; a taken-over run brings its totals in the cursor. */
interface Pages {
  readonly _tag: "Pages"
  readonly page: number
  readonly progress: CaptureCursor.CaptureProgress
  readonly control: BalancePage["controlTotals"]
  readonly counts: { stored: number; superseded: number; conflicts: number }
}

const noPages: Pages = {
  _tag: "Pages",
  page: 0,
  progress: { bankCursor: null, rows: 0, sumMinor: 0n },
  control: null,
  counts: { stored: 0, superseded: 0, conflicts: 0 }
}

const capturePages = Effect.fnUntraced(function* (
  input: CaptureInput,
  run: RunHandle,
  start: CaptureCursor.CaptureProgress,
  firstPage: number
) {
  const { policyFor } = yield* Program
  const { balance, events } = policyFor(CalendarMonth.of(input.businessDate)).policy
  const store = yield* ProgramStore
  const counts = { stored: 0, superseded: 0, conflicts: 0 }
  let pages: Pages = { ...noPages, page: firstPage, progress: start, counts }
  let stale = false
  // The next page is asked for and checked while this one is recorded.
  yield* checkedPages(input.businessDate, start, balance).pipe(
    Stream.buffer({ capacity: 1 }),
    Stream.runForEachWhile(({ checked, feed, progress }) =>
      Effect.gen(function* () {
        const recorded = yield* store.recordCapturedPage({
          run,
          nowMs: input.nowMs,
          leaseMs: runLeaseMs,
          businessDate: input.businessDate,
          page: pages.page,
          ...verdicts(checked),
          issues: [
            ...checked.issues.map(stored),
            ...feed.problems.map(fromFeed(input.businessDate))
          ],
          nextCursor: feed.nextCursor === null ? null : CaptureCursor.encode(progress),
          announce: events.balanceVerified,
          thresholdMinor: balance.thresholdMinorUnits
        })
        stale = recorded._tag === "StaleRun"
        if (recorded._tag === "StaleRun") return false
        add(counts, recorded)
        pages = { ...pages, page: pages.page + 1, progress, control: feed.controlTotals }
        return true
      })
    )
  )
  return stale ? takenOver : pages
})

/** The bank's pages from where the run stands, each checked, with the totals up to its end. */
const checkedPages = (
  businessDate: BusinessDate,
  start: CaptureCursor.CaptureProgress,
  balance: BalancePolicy
) => {
  const seen = new Set<string>()
  return Stream.paginate(start, (before) =>
    Effect.gen(function* () {
      const feed = yield* askForPage(businessDate, before.bankCursor, seen)
      const checked = BalanceCheck.checkPage(feed.balances, balance, { businessDate })
      const progress: CaptureCursor.CaptureProgress = {
        bankCursor: feed.nextCursor,
        rows: before.rows + checked.rows,
        sumMinor: before.sumMinor + checked.sumMinorUnits
      }
      const next = feed.nextCursor === null ? Option.none() : Option.some(progress)
      return [[{ checked, feed, progress }], next] as const
    })
  )
}

const add = (counts: Pages["counts"], recorded: CapturedPageResult): void => {
  counts.stored += recorded.stored
  counts.superseded += recorded.superseded
  counts.conflicts += recorded.conflicts
}

/**
 * A bank that gives the same cursor twice would be read for ever. The page that leads back is not
 * recorded, so that its rows are counted once when the bank has mended its feed.
 */
const askForPage = Effect.fnUntraced(function* (
  businessDate: BusinessDate,
  cursor: string | null,
  seen: Set<string>
) {
  const balances = yield* ClosingBalances
  if (cursor !== null) seen.add(cursor)
  const page = yield* balances
    .page(businessDate, cursor)
    .pipe(Effect.retry({ schedule: feedRetries, while: (error) => error.isRetryable }))
  if (page.nextCursor !== null && seen.has(page.nextCursor)) {
    return yield* new ClosingBalancesError({
      reason: "Malformed",
      detail: "the bank gave the same page cursor twice"
    })
  }
  return page
})

/** The verdicts of a page as the store's parallel arrays; a conflict is no balance. */
const verdicts = (checked: BalanceCheck.CheckedPage) => {
  const accountIds: Array<string> = []
  const minorUnits: Array<bigint> = []
  const met: Array<boolean> = []
  const conflictingAccountIds: Array<string> = []
  for (let i = 0; i < checked.accountIds.length; i++) {
    const accountId = checked.accountIds[i]
    const amount = checked.minorUnits[i]
    if (accountId === undefined || amount === undefined) continue
    if (checked.verdicts[i] === "conflict") {
      conflictingAccountIds.push(accountId)
      continue
    }
    accountIds.push(accountId)
    minorUnits.push(amount)
    met.push(checked.verdicts[i] === "met")
  }
  return { checks: { accountIds, minorUnits, met }, conflictingAccountIds }
}

const fromFeed =
  (businessDate: BusinessDate) =>
  (problem: BalancePage["problems"][number]): DataQualityIssue => ({
    code: problem.code,
    severity: "issue",
    businessDate,
    accountId: problem.accountId,
    customerId: null,
    detail: `${problem.where}: ${problem.message}`
  })
