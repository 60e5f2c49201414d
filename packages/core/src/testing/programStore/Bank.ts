/** The bank's side of a check: captures of a date, and the evidence read back. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { EvidenceRequest } from "../../ports/BalanceHistory.ts"
import type { DataQualityIssue } from "../../ports/store/Captures.ts"
import type { RunHandle } from "../../ports/store/Runs.ts"
import { type Desk, longLeaseMs, month, t0, threshold } from "./Desk.ts"

export const day = (day: number): BusinessDate => CalendarMonth.dateAt(month, day)

export const issue = (code: string, detail = "row 1"): DataQualityIssue => ({
  code,
  severity: "issue",
  businessDate: day(5),
  accountId: null,
  customerId: null,
  detail
})

/** Balances by account. */
export type Balances = Readonly<Record<string, bigint>>

interface ClaimedCapture {
  readonly run: RunHandle
  readonly page: number
  readonly businessDate: BusinessDate
}

export const claimCapture = Effect.fnUntraced(function* (
  { store }: Desk,
  businessDate: BusinessDate,
  again = false
) {
  const claim = yield* store.claimRun({
    kind: "capture",
    key: businessDate,
    again,
    leaseMs: longLeaseMs,
    nowMs: t0,
    correlationId: "capture"
  })
  if (claim._tag !== "Claimed") return assert.fail(`capture not claimed: ${claim._tag}`)
  const claimed: ClaimedCapture = { run: claim.run, page: claim.page, businessDate }
  return claimed
})

export const capturedPage = (
  { store }: Desk,
  claim: ClaimedCapture,
  balances: Balances,
  over: {
    readonly page?: number
    readonly cursor?: string
    readonly conflicting?: ReadonlyArray<string>
    readonly issues?: ReadonlyArray<DataQualityIssue>
    readonly announce?: boolean
  } = {}
) =>
  store.recordCapturedPage({
    run: claim.run,
    nowMs: t0,
    leaseMs: longLeaseMs,
    businessDate: claim.businessDate,
    page: over.page ?? claim.page,
    checks: {
      accountIds: Object.keys(balances),
      minorUnits: Object.values(balances),
      met: Object.values(balances).map((amount) => amount >= threshold)
    },
    conflictingAccountIds: over.conflicting ?? [],
    issues: over.issues ?? [],
    nextCursor: over.cursor ?? null,
    announce: over.announce ?? false,
    thresholdMinor: threshold
  })

/** A whole capture of one page. */
export const capture = Effect.fnUntraced(function* (
  desk: Desk,
  businessDate: BusinessDate,
  balances: Balances,
  again = false
) {
  const claim = yield* claimCapture(desk, businessDate, again)
  yield* capturedPage(desk, claim, balances)
  yield* desk.store.finishCapture({ run: claim.run, nowMs: t0, businessDate, issues: [] })
})

/** The evidence of one customer with these accounts. */
export const evidenceOf = Effect.fnUntraced(function* (
  { store }: Desk,
  accountIds: ReadonlyArray<string>,
  combine: EvidenceRequest["combine"] = "primaryAccount",
  asOfMs?: number
) {
  const [found] = yield* store.monthEvidence({
    month,
    thresholdMinor: threshold,
    combine,
    customers: [{ customerId: "c", accountIds }],
    ...(asOfMs === undefined ? {} : { asOfMs })
  })
  return found ?? assert.fail("no evidence for the customer")
})
