/** Captured balances, issues and the queue of re-decisions. */
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type * as Captures from "../store/Captures.ts"
import * as Consequences from "../store/Consequences.ts"
import * as BalanceLedger from "./BalanceLedger.ts"
import { advance, heldRun } from "./Runs.ts"
import * as State from "./State.ts"

type Date = BusinessDate.BusinessDate

export const recordCapturedPage = (
  state: State.State,
  input: Captures.RecordCapturedPage,
  clockMs: number
): Captures.CapturedPageResult | Captures.StaleRun => {
  const run = heldRun(state, input.run)
  if (run === undefined) return { _tag: "StaleRun" }
  const { businessDate, checks } = input
  if (input.page < run.page) {
    const unchanged = checks.accountIds.length
    return { _tag: "Recorded", stored: 0, unchanged, superseded: 0, conflicts: 0 }
  }
  const month = CalendarMonth.of(businessDate)
  const ledger = BalanceLedger.ledgerOf(state.ledgers, month)
  const day = BusinessDate.dayOfMonth(businessDate) - 1
  const counts = { stored: 0, unchanged: 0, superseded: 0, conflicts: 0 }
  const take = (accountId: string, change: BalanceLedger.Change): void => {
    if (change === "conflict") counts.conflicts++
    else counts[change]++
    if (change === "superseded" || change === "conflict") {
      queueRedecisions(state, accountId, businessDate)
    }
  }
  let passed = 0
  for (let i = 0; i < checks.accountIds.length; i++) {
    const accountId = checks.accountIds[i]
    const minorUnits = checks.minorUnits[i]
    if (accountId === undefined || minorUnits === undefined) continue
    const met = checks.met[i] ?? false
    if (met) passed++
    take(
      accountId,
      BalanceLedger.put(ledger, accountId, day, run.runId, { minorUnits, met }, input.nowMs)
    )
  }
  for (const accountId of input.conflictingAccountIds) {
    take(accountId, BalanceLedger.put(ledger, accountId, day, run.runId, undefined, input.nowMs))
  }
  const stamp = {
    occurredAtMs: input.nowMs,
    correlationId: run.correlationId,
    causationId: run.runId
  }
  if (input.announce && checks.accountIds.length > 0) {
    const { runId } = run
    const thresholdMinor = input.thresholdMinor.toString()
    const failed = checks.accountIds.length - passed
    const payload = { runId, page: input.page, businessDate, thresholdMinor, passed, failed }
    State.announce(state, [{ type: "BalanceVerified", businessDate, payload }], stamp)
  }
  run.issues.push(...storeIssues(state, input.issues, input.nowMs))
  advance(run, input.page, input.nextCursor, clockMs + input.leaseMs)
  State.audit(state, "recordCapturedPage", input.nowMs, `${run.runId}#${input.page}`)
  return { _tag: "Recorded", ...counts }
}

/** Stores what is not stored yet, and gives that. */
const storeIssues = (
  state: State.State,
  issues: ReadonlyArray<Captures.DataQualityIssue>,
  nowMs: number
): ReadonlyArray<Captures.DataQualityIssue> => {
  const added: Array<Captures.DataQualityIssue> = []
  for (const issue of issues) {
    const key = Consequences.issueKey(issue)
    if (state.issueKeys.has(key)) continue
    state.issueKeys.add(key)
    state.issues.push({ ...issue, atMs: nowMs })
    added.push(issue)
  }
  return added
}

/**
 * Queues the customers whose decision the account took part in. The last balance of a month is also
 * carried into the first closed days of the next one.
 */
export const queueRedecisions = (state: State.State, accountId: string, date: Date): number => {
  const month = CalendarMonth.of(date)
  const queued = queueMonth(state, accountId, month)
  const days = state.ledgers.get(month)?.accounts.get(accountId) ?? []
  if (days.length > BusinessDate.dayOfMonth(date)) return queued
  return queued + queueMonth(state, accountId, CalendarMonth.next(month))
}

const queueMonth = (
  state: State.State,
  accountId: string,
  month: CalendarMonth.CalendarMonth
): number => {
  const row = state.months.get(month)
  if (row === undefined || row.status === "open") return 0
  const customers = row.customersOf.get(accountId) ?? []
  for (const customerId of customers) queueCustomer(state, customerId, month)
  return customers.length
}

/** One that waits already goes to the end, under a new ticket. */
export const queueCustomer = (
  state: State.State,
  customerId: string,
  month: CalendarMonth.CalendarMonth
): void => {
  const key = JSON.stringify([customerId, month])
  state.redecisions.delete(key)
  state.redecisions.set(key, { customerId, month, ticket: `${state.nextId++}` })
}

export const finishCapture = (state: State.State, input: Captures.FinishCapture): void => {
  const run = heldRun(state, input.run)
  if (run === undefined) return
  run.issues.push(...storeIssues(state, input.issues, input.nowMs))
  State.announce(state, Consequences.issuesRaised(run.issues), {
    occurredAtMs: input.nowMs,
    correlationId: run.correlationId,
    causationId: run.runId
  })
  run.finishedMs = input.nowMs
  addCaptured(state.capturedDates, input.businessDate)
  if (State.monthOf(state, CalendarMonth.of(input.businessDate)).status !== "closed") {
    state.captures.set(input.businessDate, run)
  }
  State.audit(state, "finishCapture", input.nowMs, run.runId)
}

export const raiseIssues = (state: State.State, input: Captures.RaiseIssues): void => {
  const added = storeIssues(state, input.issues, input.nowMs)
  if (added.length === 0) return
  State.announce(state, Consequences.issuesRaised(added), {
    occurredAtMs: input.nowMs,
    correlationId: "raiseIssues",
    causationId: "raiseIssues"
  })
  State.audit(state, "raiseIssues", input.nowMs, `${added.length}`)
}

/** Balances in force of a date, conflicts apart. */
const totalsAt = (state: State.State, date: Date) => {
  const day = BusinessDate.dayOfMonth(date) - 1
  const ledger = state.ledgers.get(CalendarMonth.of(date))
  const totals = { count: 0, sumMinor: 0n, met: 0, conflicts: 0 }
  for (const days of ledger?.accounts.values() ?? []) {
    const row = days[day]
    if (row === undefined) continue
    if (row.conflict) {
      totals.conflicts++
      continue
    }
    totals.count++
    totals.sumMinor += row.minorUnits
    if (row.met) totals.met++
  }
  return totals
}

/** The number of balances in force of a date. */
export const countAt = (state: State.State, date: Date): number =>
  state.ledgers.get(CalendarMonth.of(date))?.inForce[BusinessDate.dayOfMonth(date) - 1] ?? 0

const previousCaptured = ({ capturedDates }: State.State, date: Date): Date | undefined =>
  capturedDates.findLast((captured) => captured < date)

/** Dates are captured in order but for those asked for again: the place is near the end. */
const addCaptured = (dates: Array<Date>, date: Date): void => {
  const before = dates.findLastIndex((captured) => captured <= date)
  if (dates[before] !== date) dates.splice(before + 1, 0, date)
}

export const captureTotals = (
  state: State.State,
  input: { readonly runId: string; readonly businessDate: Date }
): Captures.CaptureTotals => {
  const { businessDate } = input
  const totals = totalsAt(state, businessDate)
  const before = previousCaptured(state, businessDate)
  let comparable = 0
  let unchanged = 0
  if (before !== undefined) {
    const day = BusinessDate.dayOfMonth(businessDate) - 1
    const ledger = state.ledgers.get(CalendarMonth.of(businessDate))
    const earlier = state.ledgers.get(CalendarMonth.of(before))
    const dayBefore = BusinessDate.dayOfMonth(before) - 1
    for (const [accountId, days] of ledger?.accounts ?? []) {
      const row = days[day]
      const old = earlier?.accounts.get(accountId)?.[dayBefore]
      if (row === undefined || old === undefined || row.conflict || old.conflict) continue
      comparable++
      if (row.minorUnits === old.minorUnits) unchanged++
    }
  }
  const old = before === undefined ? undefined : totalsAt(state, before)
  return {
    businessDate,
    ...totals,
    comparable,
    unchangedFromDayBefore: unchanged,
    previous: old === undefined ? null : { captured: old.count, met: old.met },
    issues: state.runs.get(input.runId)?.issues.length ?? 0
  }
}
