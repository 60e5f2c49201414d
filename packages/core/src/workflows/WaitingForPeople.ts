/**
 * What the program cannot do by itself at this moment: dates without any balance, days that are
 * missing, approvals, second persons, escalations, a pause, a closed send window. Found by looking,
 * like all work.
 *
 * **Source** — product rules, Days (an empty date asks an operator; the completeness gate);
 * architecture, Level-triggered.
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as BankCalendar from "../calendar/BankCalendar.ts"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as SendWindow from "../delivery/SendWindow.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { LedgerView } from "../ports/store/Reports.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import { policyAt } from "./DeliveryTime.ts"
import { Program } from "./Program.ts"
import { approvalsFor, isOfNow, Surveys } from "./TickPlan.ts"

type Month = CalendarMonth.CalendarMonth

/** One thing that waits. */
export type Waiting =
  /** The bank's feed was asked for the date and had nothing of anybody. */
  | { readonly _tag: "EmptyDate"; readonly businessDate: BusinessDate }
  /** The month is over, and these days of these customers are not known. */
  | {
      readonly _tag: "MissingDays"
      readonly month: Month
      readonly dates: ReadonlyArray<BusinessDate>
      readonly customers: number
      /** The first of them, by id. */
      readonly customerIds: ReadonlyArray<string>
    }
  /** Customers of decided months whose balances have changed: nothing is released before. */
  | { readonly _tag: "Redecisions"; readonly customers: number }
  | {
      readonly _tag: "Approval"
      readonly month: Month
      readonly contentHash: string
      readonly approvedBy: ReadonlyArray<string>
      readonly required: number
    }
  /** Proposals without their second person, `countedUpTo` at most. */
  | { readonly _tag: "SecondPerson"; readonly proposals: number }
  /** Open items, `countedUpTo` at most. */
  | { readonly _tag: "Escalations"; readonly open: number }
  | { readonly _tag: "Paused"; readonly state: "paused" | "killed" }
  /** Messages are due, and nothing is sent at this hour. */
  | { readonly _tag: "SendWindow"; readonly opensMs: number }

/** Proposals and escalations are counted up to here: more is "many" to who reads it. */
export const countedUpTo = 500

/** Everything that waits at this moment, in the order of the stages. */
export const look = Effect.fn("WaitingForPeople.look")(function* (nowMs: number) {
  const store = yield* ProgramStore
  const ledger = yield* store.ledger({ nowMs })
  const { policyFor } = yield* Program
  const surveys = yield* Ref.get(yield* Surveys)
  const waiting: Array<Waiting> = [...emptyDates(ledger, policyFor)]
  for (const survey of surveys) {
    const { customerIds, customers, missing, month } = survey
    if (missing.length === 0 || isDecided(ledger, month) || !isOfNow(survey, ledger)) continue
    waiting.push({ _tag: "MissingDays", month, dates: missing, customers, customerIds })
  }
  if (ledger.redecisions > 0) {
    waiting.push({ _tag: "Redecisions", customers: ledger.redecisions })
  }
  for (const { approvedBy, contentHash, month, status } of ledger.months) {
    const required = approvalsFor(policyFor(month))
    if (status !== "decided" || contentHash === null || approvedBy.length >= required) continue
    waiting.push({ _tag: "Approval", month, contentHash, approvedBy, required })
  }
  const first = { after: null, limit: countedUpTo }
  const proposals = (yield* store.openProposals({ nowMs, ...first })).length
  if (proposals > 0) waiting.push({ _tag: "SecondPerson", proposals })
  const open = (yield* store.escalations({ openOnly: true, ...first })).length
  if (open > 0) waiting.push({ _tag: "Escalations", open })
  if (ledger.paused !== "none") waiting.push({ _tag: "Paused", state: ledger.paused })
  else waiting.push(...(yield* closedWindow(ledger, nowMs)))
  const all: ReadonlyArray<Waiting> = waiting
  return all
}, withDeclaredClosures)

const closedWindow = Effect.fnUntraced(function* ({ delivery }: LedgerView, nowMs: number) {
  const none: ReadonlyArray<Waiting> = []
  if (delivery.submitDueMs === null || delivery.submitDueMs > nowMs) return none
  const { zone } = yield* Program
  const { calendar, policy } = yield* policyAt(nowMs)
  const window = SendWindow.stateAt(policy.sendWindow, calendar, zone, nowMs)
  if (window.open || window.opensMs === null) return none
  const closed: ReadonlyArray<Waiting> = [{ _tag: "SendWindow", opensMs: window.opensMs }]
  return closed
})

const isDecided = ({ months }: LedgerView, month: Month): boolean => {
  const status = months.find((row) => row.month === month)?.status ?? "open"
  return status !== "open" && status !== "complete"
}

const emptyDates = (
  ledger: LedgerView,
  policyFor: (typeof Program)["Service"]["policyFor"]
): ReadonlyArray<Waiting> =>
  ledger.captures
    .filter(({ businessDate, count }) => {
      if (count > 0 || isDecided(ledger, CalendarMonth.of(businessDate))) return false
      const { calendar } = policyFor(CalendarMonth.of(businessDate))
      return BankCalendar.isBusinessDay(calendar, businessDate)
    })
    .map(({ businessDate }) => ({ _tag: "EmptyDate", businessDate }))
