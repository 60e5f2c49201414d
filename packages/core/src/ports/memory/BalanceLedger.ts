/**
 * Balances in force by month, account and day. Two amounts within one capture are a conflict; from
 * a
 * later capture the amount supersedes, and the earlier revision is kept.
 *
 * **Source** — product rules, Days.
 */
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { HistoryBalance } from "../store/Evidence.ts"
import type { CheckRow, MonthLedger } from "./State.ts"

export type Ledgers = Map<CalendarMonth.CalendarMonth, MonthLedger>

/** The month's ledger, made when it is first touched. */
export const ledgerOf = (ledgers: Ledgers, month: CalendarMonth.CalendarMonth): MonthLedger => {
  const known = ledgers.get(month)
  if (known !== undefined) return known
  const made: MonthLedger = { accounts: new Map(), inForce: [], changes: 0 }
  ledgers.set(month, made)
  return made
}

const none: CheckRow["earlier"] = []

export type Change = "stored" | "unchanged" | "superseded" | "conflict"

/** One arriving amount; `undefined` is two amounts within one page. */
export const put = (
  ledger: MonthLedger,
  accountId: string,
  day: number,
  runId: string,
  arriving: { readonly minorUnits: bigint; readonly met: boolean } | undefined,
  sinceMs = 0
): Change => {
  let days = ledger.accounts.get(accountId)
  if (days === undefined) ledger.accounts.set(accountId, (days = []))
  const row = days[day]
  if (row === undefined) {
    ledger.changes++
    days[day] = {
      minorUnits: arriving?.minorUnits ?? 0n,
      met: arriving?.met ?? false,
      conflict: arriving === undefined,
      revision: 1,
      runId,
      sinceMs,
      earlier: none
    }
    if (arriving === undefined) return "conflict"
    ledger.inForce[day] = (ledger.inForce[day] ?? 0) + 1
    return "stored"
  }
  const sameRun = row.runId === runId
  if (sameRun && row.conflict) return "unchanged"
  if (arriving !== undefined && !row.conflict && row.minorUnits === arriving.minorUnits) {
    return "unchanged"
  }
  ledger.changes++
  const nowConflicting = sameRun || arriving === undefined
  const change = Number(row.conflict) - Number(nowConflicting)
  ledger.inForce[day] = (ledger.inForce[day] ?? 0) + change
  if (sameRun) {
    row.conflict = true
    row.met = false
    return "conflict"
  }
  const { conflict, minorUnits, revision } = row
  row.earlier = [...row.earlier, { minorUnits, conflict, revision, sinceMs: row.sinceMs }]
  row.minorUnits = arriving?.minorUnits ?? row.minorUnits
  row.met = arriving?.met ?? false
  row.conflict = arriving === undefined
  row.revision++
  row.runId = runId
  row.sinceMs = sinceMs
  return arriving === undefined ? "conflict" : "superseded"
}

/**
 * One balance with the revision its keeper gave it: the highest is in force, two amounts of one
 * revision are a conflict. The order of the rows does not matter.
 */
export const state = (
  ledgers: Ledgers,
  balance: HistoryBalance & { readonly revision: number }
): void => {
  const { accountId, businessDate, minorUnits, revision } = balance
  const ledger = ledgerOf(ledgers, CalendarMonth.of(businessDate))
  const { accounts } = ledger
  ledger.changes++
  const day = BusinessDate.dayOfMonth(businessDate) - 1
  let days = accounts.get(accountId)
  if (days === undefined) accounts.set(accountId, (days = []))
  const row = days[day]
  if (row === undefined || row.revision < revision) {
    const earlier = none
    const since = { revision, runId: "", sinceMs: 0, earlier }
    days[day] = { minorUnits, met: false, conflict: false, ...since }
  } else if (row.revision === revision && row.minorUnits !== minorUnits) row.conflict = true
}

/** The ledger of whole captures, the earliest first; whether a day is met is left to the reader. */
export const of = (captures: ReadonlyArray<ReadonlyArray<HistoryBalance>>): Ledgers => {
  const ledgers: Ledgers = new Map()
  captures.forEach((balances, capture) => {
    for (const { accountId, businessDate, minorUnits } of balances) {
      const ledger = ledgerOf(ledgers, CalendarMonth.of(businessDate))
      const day = BusinessDate.dayOfMonth(businessDate) - 1
      put(ledger, accountId, day, String(capture), { minorUnits, met: false })
    }
  })
  return ledgers
}
