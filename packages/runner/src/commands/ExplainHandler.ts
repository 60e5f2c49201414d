/**
 * `tidemark explain`: the decision, the calendar and the message of one customer's month.
 *
 * **Source** — surfaces, explain; product rules, Days (structured, dated reasons).
 */
import { type CustomerMonth, ProgramStore } from "@tidemark/core/effect"
import {
  type Attempt,
  CalendarMonth,
  type Currency,
  Instant,
  ProgramPolicy,
  Reason
} from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Composition from "../Composition.ts"
import * as Config from "../Config.ts"
import * as MonthCalendar from "../MonthCalendar.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"

const lookUp = Effect.fnUntraced(function* (
  customerId: string,
  month: CalendarMonth.CalendarMonth
) {
  const store = yield* ProgramStore
  return yield* store.customerMonth({ customerId, month })
})

/** Needs the store only: neither bank nor carrier is asked. */
export const explain = async (
  input: { readonly customer: string; readonly month: string },
  context: CommandContext
): Promise<void> => {
  const month = CalendarMonth.parse(input.month)
  if (month === undefined) throw new BadInput({ reason: `--month ${input.month}: no such month` })
  const settings = Config.read(context.configFile)
  const known = await Operate.run(
    lookUp(input.customer, month).pipe(
      Effect.provide(Composition.storeLayer(settings)),
      Effect.provide(Operate.logs("Warn"))
    ),
    context.signal
  )
  if (known.decision === null && known.checks.length === 0) {
    const reason = `no decision and no balance of customer ${input.customer} in ${month}`
    throw new BadInput({ reason })
  }
  if (context.json) return context.out.json(jsonOf(known))
  const { currency } = ProgramPolicy.pinnedFor(settings.policies, month).policy.balance
  for (const line of text(known, currency)) context.out.line(line)
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const jsonOf = (known: CustomerMonth): Record<string, unknown> => ({
  customerId: known.customerId,
  month: known.month,
  revision: known.revision,
  decidedAt: isoOf(known.decidedMs),
  outcome: known.decision?.outcome ?? null,
  reasons: known.decision?.reasons.map(Reason.toJson) ?? [],
  reach: known.decision?.reach ?? null,
  days: known.decision && {
    observed: known.decision.observed,
    met: known.decision.met,
    derived: known.decision.derived,
    waived: known.decision.waived
  },
  evidenceHash: known.decision && hex(known.decision.evidenceHash),
  policyHash: known.policyHash,
  notification: known.notification && {
    id: known.notification.notificationId,
    state: known.notification.notification.state,
    reason: known.notification.notification.reason,
    attempts: known.notification.notification.attempts.map((attempt) => ({
      n: attempt.n,
      state: attempt.state,
      firstMarkAt: isoOf(attempt.firstMarkMs),
      reference: known.references[attempt.n - 1] ?? null,
      failure: attempt.failure
    }))
  },
  escalations: known.escalations
})

const isoOf = (instantMs: number | null): string | null =>
  instantMs === null ? null : Instant.toIso(instantMs)

const text = (known: CustomerMonth, currency: Currency.Currency): ReadonlyArray<string> => {
  const { decision } = known
  if (decision === null) return [`${known.customerId} ${known.month}: not decided yet`]
  return [
    `Customer ${known.customerId}, ${known.month}: ${decision.outcome}`,
    ...decision.reasons.map((reason) => `  ${Reason.toText(reason, currency)}`),
    "",
    ...MonthCalendar.ofCustomer(known.month, decision),
    "",
    `  decided ${isoOf(known.decidedMs)}, revision ${known.revision}`,
    `  evidence ${hex(decision.evidenceHash)}`,
    `  policy   ${known.policyHash}`,
    "",
    ...messageText(known)
  ]
}

const messageText = (known: CustomerMonth): ReadonlyArray<string> => {
  const { decision, notification } = known
  if (notification === null) {
    const reach = decision?.reach
    if (decision?.outcome !== "Qualified") return ["No message: the customer did not qualify."]
    if (reach === null || reach === undefined || reach._tag === "Reachable") {
      return ["No message yet."]
    }
    return [`No message: ${reach._tag.toLowerCase()}, ${reach.reason}.`]
  }
  const { attempts, reason, state } = notification.notification
  return [
    `Message ${state}${reason === null ? "" : ` (${reason})`}`,
    ...attempts.map((attempt) => `  ${attemptText(attempt)}`),
    ...known.escalations
      .filter((escalation) => escalation.resolvedMs === null)
      .map((escalation) => `  open escalation: ${escalation.cause}`)
  ]
}

const attemptText = (attempt: Attempt.Attempt): string => {
  const marked = isoOf(attempt.firstMarkMs)
  const failure = attempt.failure
  return (
    `attempt ${attempt.n}: ${attempt.state}` +
    (marked === null ? "" : `, submitted ${marked}`) +
    (failure === null ? "" : `, ${failure.category} (${failure.code})`)
  )
}
