/** What people change of a month's evidence: corrections, waivers, declared closures. */
import * as MonthDays from "../../balance/MonthDays.ts"
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Waiver from "../../qualification/Waiver.ts"
import type * as Amendments from "../store/Amendments.ts"
import type * as Proposals from "../store/Proposals.ts"
import * as BalanceLedger from "./BalanceLedger.ts"
import { queueCustomer, queueRedecisions } from "./Captures.ts"
import { isOpenToDecision } from "./Decisions.ts"
import * as Notifications from "./Notifications.ts"
import * as State from "./State.ts"

const statusOf = (state: State.State, month: CalendarMonth.CalendarMonth) =>
  state.months.get(month)?.status ?? "open"

const isReleased = (state: State.State, month: CalendarMonth.CalendarMonth): boolean =>
  statusOf(state, month) === "released"

/** An operator's amount; a capture that comes later supersedes it again. */
export const correctBalance = (
  state: State.State,
  input: Amendments.CorrectBalance
): Amendments.CorrectOutcome => {
  const { by, businessDate, nowMs } = input
  const known = knownRow(state, input)
  if (known === "unknown account") return { _tag: "UnknownAccount" }
  if (known !== undefined && !known.conflict && known.minorUnits === input.minorUnits) {
    return { _tag: "Unchanged" }
  }
  const month = CalendarMonth.of(businessDate)
  if (isReleased(state, month) || isReleased(state, CalendarMonth.next(month))) {
    return { _tag: "NeedsSecondPerson" }
  }
  const outcome = correct(state, input, nowMs)
  State.audit(state, "correctBalance", nowMs, `${input.accountId} ${businessDate}`, by)
  return outcome
}

const knownRow = (
  state: State.State,
  { accountId, businessDate }: Pick<Amendments.CorrectBalance, "accountId" | "businessDate">
) => {
  const days = state.ledgers.get(CalendarMonth.of(businessDate))?.accounts.get(accountId)
  const row = days?.[BusinessDate.dayOfMonth(businessDate) - 1]
  if (row !== undefined) return row
  for (const ledger of state.ledgers.values()) if (ledger.accounts.has(accountId)) return undefined
  return "unknown account" as const
}

/** The amount becomes the revision in force, whatever that sends. */
export const correct = (
  state: State.State,
  input: Omit<Amendments.CorrectBalance, "by" | "nowMs" | "reason">,
  nowMs: number
): Amendments.CorrectOutcome => {
  const { accountId, businessDate, met, minorUnits } = input
  if (knownRow(state, input) === "unknown account") return { _tag: "UnknownAccount" }
  const month = CalendarMonth.of(businessDate)
  const ledger = BalanceLedger.ledgerOf(state.ledgers, month)
  const day = BusinessDate.dayOfMonth(businessDate) - 1
  const source = `operator-${state.nextId++}`
  const change = BalanceLedger.put(ledger, accountId, day, source, { minorUnits, met }, nowMs)
  if (change === "unchanged") return { _tag: "Unchanged" }
  State.monthOf(state, month)
  amended(state, month, nowMs)
  amended(state, CalendarMonth.next(month), nowMs)
  const queued = queueRedecisions(state, accountId, businessDate)
  return { _tag: change === "stored" ? "Stored" : "Superseded", queued }
}

/** A survey of the month made before is worth nothing any more. */
const amended = (state: State.State, month: CalendarMonth.CalendarMonth, nowMs: number): void => {
  const row = state.months.get(month)
  if (row !== undefined) row.amendedMs = Math.max(row.amendedMs ?? nowMs, nowMs)
}

/** The first reason against it, or the days are waived and the customer is decided again. */
export const waive = (
  state: State.State,
  proposed: Proposals.ProposedWaiver & { readonly by: string; readonly reason: string },
  input: Proposals.ConfirmProposal
): Proposals.ProposalRefusal | undefined => {
  const { customerId } = proposed
  const { nowMs, terms } = input
  const month = State.monthOf(state, proposed.month)
  if (month.status === "closed") return "MONTH_CLOSED"
  const decided = month.status === "decided" || month.status === "released"
  if (decided && !month.decisions.has(customerId)) return "UNKNOWN_CUSTOMER"
  const row = Notifications.find(state, customerId, proposed.month)
  if (decided && !isOpenToDecision(row)) return "DECISION_STANDS"
  if (terms.expiryMs !== null && nowMs >= terms.expiryMs) return "MESSAGES_EXPIRED"
  const waiver = { ...proposed, confirmedBy: input.by }
  const known = month.waived.get(customerId) ?? 0
  const bits = Waiver.add(known, waiver, terms.qualification)
  if (typeof bits !== "number") {
    return bits._tag === "TooManyDays" ? "TOO_MANY_DAYS" : "DATE_OUTSIDE_MONTH"
  }
  month.waived.set(customerId, bits)
  amended(state, proposed.month, nowMs)
  if (month.status !== "open") queueCustomer(state, customerId, proposed.month)
  return undefined
}

export const waivers = (
  state: State.State,
  input: Amendments.WaiverRequest
): ReadonlyArray<Amendments.WaivedDays> => {
  const waived = state.months.get(input.month)?.waived
  return input.customerIds.flatMap((customerId) => {
    const bits = waived?.get(customerId)
    return bits === undefined ? [] : [{ customerId, waived: bits }]
  })
}

export const declareClosure = (
  state: State.State,
  input: Amendments.DeclareClosure
): Amendments.DeclareOutcome => {
  if (state.closures.has(input.businessDate)) return { _tag: "AlreadyDeclared" }
  if (isReleased(state, CalendarMonth.of(input.businessDate))) {
    return { _tag: "NeedsSecondPerson" }
  }
  const queued = declare(state, input)
  State.audit(state, "declareClosure", input.nowMs, input.businessDate, input.by)
  return { _tag: "Declared", queued }
}

export const closures = (
  state: State.State,
  { from }: { readonly from: BusinessDate.BusinessDate | null }
): ReadonlyArray<Amendments.DeclaredClosure> =>
  Array.from(state.closures.values())
    .filter(({ businessDate }) => from === null || businessDate >= from)
    .toSorted((left, right) => (left.businessDate < right.businessDate ? -1 : 1))

/** The date is closed, whatever that sends; how many customers are decided again. */
export const declare = (state: State.State, input: Amendments.DeclareClosure): number => {
  const { businessDate, by, nowMs, reason } = input
  if (state.closures.has(businessDate)) return 0
  state.closures.set(businessDate, { businessDate, reason, by, declaredMs: nowMs })
  const name = CalendarMonth.of(businessDate)
  const month = State.monthOf(state, name)
  amended(state, name, nowMs)
  if (month.status === "open") return 0
  let queued = 0
  const day = BusinessDate.dayOfMonth(businessDate)
  for (const [customerId, { decision }] of month.decisions) {
    if (MonthDays.has(decision.observed | decision.derived, day)) continue
    queueCustomer(state, customerId, name)
    queued++
  }
  return queued
}
