/**
 * Replays one customer's decision: computes it again from what the store keeps and from the pinned
 * policy, and says where it differs.
 *
 * **Guarantee** — equal only if outcome, reasons, days and evidence hash are all equal. Balances
 * and declared closures count as they were known at the instant of the decision, so that a later
 * correction makes no difference. Waived days, accounts and the dates of opening and closing are
 * those kept with the decision; the hash covers them.
 *
 * **Source** — product rules, Days (evidence hash, a replay command); decision 0009.
 */
import { bytesToHex } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import * as MonthDays from "../balance/MonthDays.ts"
import * as BankCalendar from "../calendar/BankCalendar.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import type { ActiveCustomer } from "../ports/Customers.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { DeclaredClosure } from "../ports/store/Amendments.ts"
import type { DecisionRecord } from "../ports/store/Decisions.ts"
import type { EvidenceRequest, MonthEvidence } from "../ports/store/Evidence.ts"
import { evidenceHash } from "../ports/store/EvidenceHash.ts"
import * as Qualification from "../qualification/Qualification.ts"
import * as Reason from "../qualification/Reason.ts"
import * as CustomerMonths from "./CustomerMonths.ts"
import * as DecisionRecords from "./DecisionRecords.ts"
import { policyOf } from "./RecordPolicies.ts"

/** What is compared, in the order in which it is told. */
export type ReplayedField = "outcome" | "reasons" | "observed" | "met" | "derived" | "evidenceHash"

/** A field that is not the same: what was recorded, and what comes out now. */
export interface Difference {
  readonly field: ReplayedField
  readonly recorded: string
  readonly replayed: string
}

/**
 * - `NotDecided`: there is no decision of the customer's month
 * - `PolicyUnknown`: neither the policies given nor the store have the one it was made by
 */
export type ReplayOutcome =
  | { readonly _tag: "NotDecided" }
  | { readonly _tag: "PolicyUnknown"; readonly policyHash: string }
  | {
      readonly _tag: "Replayed"
      readonly revision: number
      readonly asOfMs: number
      readonly policyHash: string
      readonly outcome: DecisionRecord["outcome"]
      readonly evidenceHash: string
      /** Empty: the decision is proven. */
      readonly differences: ReadonlyArray<Difference>
    }

/** Needs the store alone; the bank is not asked. */
export const replay = Effect.fn("Replay.replay")(function* (input: {
  readonly customerId: string
  readonly month: CalendarMonth.CalendarMonth
  /** Those at hand; a policy that is not among them is read from the store, by its hash. */
  readonly policies: ReadonlyArray<PinnedPolicy>
}) {
  const { customerId, month } = input
  const store = yield* ProgramStore
  const known = yield* store.customerMonth({ customerId, month })
  const { decidedMs, decision, policyHash, revision } = known
  const notDecided: ReplayOutcome = { _tag: "NotDecided" }
  if (decision === null || decidedMs === null || policyHash === null) return notDecided
  const pinned = yield* policyOf(policyHash, input.policies)
  const unknown: ReplayOutcome = { _tag: "PolicyUnknown", policyHash }
  if (pinned === undefined) return unknown
  // A closure before the month moves the day whose balance its first days take.
  const from = CalendarMonth.first(CalendarMonth.previous(month))
  const closures = (yield* store.closures({ from })).filter(
    ({ declaredMs }) => declaredMs <= decidedMs
  )
  const policy = withClosures(pinned, closures)
  const carried = CustomerMonths.carriedFrom(month, policy)
  const request: EvidenceRequest = {
    month,
    thresholdMinor: pinned.policy.balance.thresholdMinorUnits,
    combine: pinned.policy.qualification.accounts,
    customers: [{ customerId, accountIds: decision.accountIds }],
    ...(carried !== undefined && { carriesFrom: carried }),
    asOfMs: decidedMs
  }
  const evidence = yield* store.monthEvidence(request)
  const replayed = decideAgain(store.program, month, decision, request, evidence, policy)
  const result: ReplayOutcome = {
    _tag: "Replayed",
    revision,
    asOfMs: decidedMs,
    policyHash,
    outcome: replayed.outcome,
    evidenceHash: bytesToHex(replayed.evidenceHash),
    differences: differences(month, decision, replayed)
  }
  return result
})

const withClosures = (
  pinned: PinnedPolicy,
  closures: ReadonlyArray<DeclaredClosure>
): PinnedPolicy => ({
  ...pinned,
  calendar: BankCalendar.withOverrides(
    pinned.calendar,
    closures.map(({ businessDate, reason }) => ({ date: businessDate, kind: "closed", reason }))
  )
})

/** What a replay gives; `waived` and accounts are the record's own. */
type Again = Pick<
  DecisionRecord,
  "outcome" | "reasons" | "observed" | "met" | "derived" | "evidenceHash"
>

const decideAgain = (
  program: string,
  month: CalendarMonth.CalendarMonth,
  decision: DecisionRecord,
  request: EvidenceRequest,
  evidence: ReadonlyArray<MonthEvidence>,
  pinned: PinnedPolicy
): Again => {
  const { customerId } = decision
  const waivers = [{ customerId, waived: decision.waived }]
  const customers = [customerOf(decision)]
  const [joined] = CustomerMonths.join(month, customers, request, evidence, waivers, pinned)
  if (joined === undefined) {
    const { none } = MonthDays
    return { outcome: "Undetermined", reasons: [], ...none, evidenceHash: new Uint8Array(0) }
  }
  const { days } = joined
  const decided = Qualification.decide(DecisionRecords.input(month, joined))
  return {
    outcome: decided._tag,
    reasons: decided.reasons,
    observed: days.observed,
    met: days.met,
    derived: days.derived,
    evidenceHash: evidenceHash(DecisionRecords.evidence(program, month, joined, pinned))
  }
}

/** The bank's customer as the decision saw it; without accounts the dates are a customer's own. */
const customerOf = ({ accountIds, closed, customerId, opened }: DecisionRecord): ActiveCustomer => {
  const dates = { openedOn: opened ?? null, closedOn: closed ?? null }
  const ids = accountIds.length === 0 ? [""] : accountIds
  return {
    customerId,
    accounts: ids.map((accountId) => Object.assign({ accountId, primary: true }, dates))
  }
}

const differences = (
  month: CalendarMonth.CalendarMonth,
  recorded: DecisionRecord,
  replayed: Again
): ReadonlyArray<Difference> => {
  const dates = (bits: number): string => MonthDays.formatRanges(MonthDays.ranges(bits, month))
  const told: Readonly<Record<ReplayedField, (decision: Again) => string>> = {
    outcome: ({ outcome }) => outcome,
    reasons: ({ reasons }) => JSON.stringify(reasons.map(Reason.toJson)),
    observed: ({ observed }) => dates(observed),
    met: ({ met }) => dates(met),
    derived: ({ derived }) => dates(derived),
    evidenceHash: (decision) => bytesToHex(decision.evidenceHash)
  }
  return fields
    .map((field) => {
      const of = told[field]
      return { field, recorded: of(recorded), replayed: of(replayed) }
    })
    .filter((one) => one.recorded !== one.replayed)
}

const fields: ReadonlyArray<ReplayedField> = [
  "outcome",
  "reasons",
  "observed",
  "met",
  "derived",
  "evidenceHash"
]
