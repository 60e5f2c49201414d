/**
 * `tidemark explain`: the decision, the calendar and the message of one customer's month.
 *
 * **Source** — surfaces, explain; product rules, Days (structured, dated reasons).
 */
import { type CustomerMonth, ProgramStore, RecordingPolicies } from "@tidemark/core/effect"
import {
  CalendarMonth,
  Instant,
  MonthDays,
  ProgramPolicy,
  Reason,
  ZonedTime
} from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Config from "../Config.ts"
import * as MonthCalendar from "../MonthCalendar.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"
import * as TerminalStyle from "../TerminalStyle.ts"
import * as ExplainHistory from "./ExplainHistory.ts"
import * as ExplainWords from "./ExplainWords.ts"

const lookUp = Effect.fnUntraced(function* (
  customerId: string,
  month: CalendarMonth.CalendarMonth,
  policies: Config.PinnedPolicies
) {
  const store = yield* ProgramStore
  const known = yield* store.customerMonth({ customerId, month })
  const { policyHash } = known
  const exact =
    policyHash === null ? undefined : yield* RecordingPolicies.policyOf(policyHash, policies)
  const applied: Applied =
    exact === undefined
      ? { exact: false, pinned: ProgramPolicy.pinnedFor(policies, month) }
      : { exact: true, pinned: exact }
  return { known, applied }
})

/** Needs the store only: neither bank nor carrier is asked. */
export const explain = async (
  input: { readonly customer: string; readonly month: string },
  context: CommandContext
): Promise<void> => {
  const month = CalendarMonth.parse(input.month)
  if (month === undefined) throw new BadInput({ reason: `--month ${input.month}: no such month` })
  const settings = Config.read(context.configFile)
  const { applied, known } = await Operate.withStore(
    context,
    settings,
    lookUp(input.customer, month, settings.policies)
  )
  if (known.decision === null && known.checks.length === 0) {
    const reason =
      `no decision and no balance of customer ${input.customer} in ${month}: the month is not ` +
      "decided yet, or the bank had no such customer then"
    throw new BadInput({ reason })
  }
  if (context.json) return context.out.json(json(known, applied))
  const paint = TerminalStyle.on(context.stdout ?? process.stdout)
  for (const line of text(known, applied, paint)) context.out.line(line)
}

/** The policy of the decision; `exact` unless neither settings nor store have it. */
export interface Applied {
  readonly exact: boolean
  readonly pinned: ProgramPolicy.PinnedPolicy
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const isoOf = (instantMs: number | null): string | null =>
  instantMs === null ? null : Instant.toIso(instantMs)

/** Days with two amounts, as the decision saw them. */
const conflictOf = ({ decision, month }: CustomerMonth): number => {
  const dates = decision?.reasons.find(({ code }) => code === "DAYS_IN_CONFLICT")?.dates ?? []
  let bits = 0
  for (const [index, date] of CalendarMonth.dates(month).entries()) {
    if (dates.some(({ from, to }) => from <= date && date <= to)) bits |= MonthDays.bitOf(index + 1)
  }
  return bits
}

/** One object: everything the text says, instants in UTC. */
export const json = (known: CustomerMonth, { exact, pinned }: Applied) => {
  const { decision, notification } = known
  const days = decision && { ...decision, conflict: conflictOf(known) }
  return {
    customerId: known.customerId,
    month: known.month,
    outcome: decision?.outcome ?? null,
    reasons: decision?.reasons.map(Reason.toJson) ?? [],
    reach: decision?.reach ?? null,
    days:
      days &&
      CalendarMonth.dates(known.month).map((date, index) =>
        Object.assign({ date }, MonthCalendar.dayOf(days, index + 1))
      ),
    decidedAt: isoOf(known.decidedMs),
    revision: known.revision,
    evidenceHash: decision && hex(decision.evidenceHash),
    policyHash: known.policyHash,
    policyEffectiveFrom: exact ? pinned.effectiveFrom : null,
    notification: notification && {
      id: notification.notificationId,
      state: notification.notification.state,
      reason: notification.notification.reason,
      attempts: notification.notification.attempts.map((attempt) => ({
        n: attempt.n,
        state: attempt.state,
        firstMarkAt: isoOf(attempt.firstMarkMs),
        reference: known.references[attempt.n - 1] ?? null,
        carrierMessageId: attempt.carrierMessageId,
        failure: attempt.failure
      }))
    },
    history: ExplainHistory.of(known).map(({ atMs, ...happening }) =>
      Object.assign({ at: Instant.toIso(atMs) }, happening)
    ),
    escalations: known.escalations.map((escalation) => ({
      id: escalation.escalationId,
      cause: escalation.cause,
      raisedAt: isoOf(escalation.raisedMs),
      resolvedAt: isoOf(escalation.resolvedMs)
    }))
  }
}

/** Everything for people: first the two sentences that answer the call, then what they rest on. */
export const text = (
  known: CustomerMonth,
  { exact, pinned }: Applied,
  paint: TerminalStyle.Paint = TerminalStyle.plain
): ReadonlyArray<string> => {
  const { decision } = known
  const { balance, calendar } = pinned.policy
  const applied = { threshold: balance.thresholdMinorUnits, currency: balance.currency }
  const head = (words: string): string => paint("bold", words)
  const local = (instantMs: number): string => localOf(instantMs, calendar.zone)
  const answer = [
    head(`Customer ${known.customerId}, ${known.month}`),
    "",
    `  ${ExplainWords.decisionOf(known, exact ? applied : undefined)}`,
    `  ${ExplainWords.messageOf(known, local)}`
  ]
  if (decision === null) return answer
  const policy = exact
    ? `in force from ${pinned.effectiveFrom}`
    : "in neither the settings nor the store: its threshold is not shown"
  return [
    ...answer,
    "",
    head("Why"),
    ...decision.reasons.map((reason) => `  ${Reason.toText(reason, applied.currency)}`),
    "",
    ...MonthCalendar.ofCustomer(known.month, { ...decision, conflict: conflictOf(known) }, paint),
    "",
    head(`What happened (times of ${calendar.zone})`),
    ...ExplainHistory.of(known).map(
      (happening) => `  ${local(happening.atMs)}  ${ExplainHistory.toText(happening)}`
    ),
    "",
    head("For the file"),
    `  decision  revision ${known.revision}, ${isoOf(known.decidedMs)}`,
    `  evidence  ${hex(decision.evidenceHash)}`,
    `  policy    ${known.policyHash}, ${policy}`,
    ...known.references.map((reference, index) => `  message   attempt ${index + 1}: ${reference}`)
  ]
}

const two = (value: number): string => String(value).padStart(2, "0")

/** The bank's date and time of day, such as `2026-10-06 09:02`. */
const localOf = (instantMs: number, zone: string): string => {
  const date = ZonedTime.businessDateAt(instantMs, zone)
  const minute = ZonedTime.minuteOfDayAt(instantMs, zone)
  return `${date} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
