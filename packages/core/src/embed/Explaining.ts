/**
 * What the store knows of a customer's month, as an explanation.
 *
 * **Source** — surfaces, explain; product rules, Days.
 */
import { bytesToHex } from "@noble/hashes/utils.js"
import * as MonthDays from "../balance/MonthDays.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as Instant from "../calendar/Instant.ts"
import * as Money from "../money/Money.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import type { CustomerMonth } from "../ports/store/Reports.ts"
import * as Reason from "../qualification/Reason.ts"
import type { ExplainedDay, ExplainedNotification, Explanation } from "./Explanation.ts"

/** `null` where nothing is known of the customer in that month. */
export const of = (known: CustomerMonth, { policy }: PinnedPolicy): Explanation | null => {
  const { decision, escalations, month } = known
  if (decision === null && known.checks.length === 0) return null
  const { currency } = policy.balance
  return {
    customerId: known.customerId,
    month,
    outcome: decision?.outcome ?? null,
    reasons: (decision?.reasons ?? []).map((reason) =>
      Object.assign(Reason.toJson(reason), { text: Reason.toText(reason, currency) })
    ),
    reach: decision?.reach ?? null,
    days: daysOf(known, currency),
    decidedAt: iso(known.decidedMs),
    revision: known.revision,
    evidenceHash: decision === null ? null : bytesToHex(decision.evidenceHash),
    policyHash: known.policyHash,
    notification: notificationOf(known),
    openEscalations: escalations
      .filter(({ resolvedMs }) => resolvedMs === null)
      .map(({ cause, escalationId }) => ({ id: escalationId, cause }))
  }
}

/** An instant as a host reads it. */
export const isoOf = (instantMs: number): string => Instant.toIso(instantMs)

/** The same where there may be none. */
export const iso = (instantMs: number | null): string | null =>
  instantMs === null ? null : isoOf(instantMs)

const daysOf = (
  { checks, decision, month }: CustomerMonth,
  currency: Parameters<typeof Money.format>[1]
): ReadonlyArray<ExplainedDay> => {
  const byDate = Map.groupBy(checks, ({ businessDate }) => businessDate)
  return CalendarMonth.dates(month).map((date, index) => {
    const captured = byDate.get(date) ?? []
    const day = index + 1
    const has = (bits: number | undefined): boolean => MonthDays.has(bits ?? 0, day)
    const known =
      decision === null
        ? captured.some(({ conflict }) => !conflict)
        : has(decision.observed | decision.derived)
    const met = decision === null ? captured.some((check) => check.met) : has(decision.met)
    return {
      date,
      state: has(decision?.waived) ? "waived" : !known ? "missing" : met ? "met" : "notMet",
      derived: has(decision?.derived),
      balances: captured.map(({ accountId, conflict, minorUnits, revision }) => ({
        accountId,
        amount: Money.format(minorUnits, currency),
        revision,
        conflict
      }))
    }
  })
}

const notificationOf = ({
  notification,
  references
}: CustomerMonth): ExplainedNotification | null => {
  if (notification === null) return null
  const { attempts, reason, state } = notification.notification
  return {
    id: notification.notificationId,
    state,
    reason,
    attempts: attempts.map((attempt) => ({
      n: attempt.n,
      state: attempt.state,
      firstMarkAt: iso(attempt.firstMarkMs),
      reference: references[attempt.n - 1] ?? null,
      carrierMessageId: attempt.carrierMessageId,
      failure: attempt.failure
    }))
  }
}
