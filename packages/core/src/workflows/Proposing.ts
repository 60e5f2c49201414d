/**
 * What takes two people: one proposes, another confirms. What can be seen to be impossible is said
 * to the first person already; the confirmation looks again, in its own transaction.
 *
 * **Source** — product rules, Days (waive, grant); surfaces, command line (`confirm`).
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import type { ResolveAction } from "../delivery/DeliveryEvent.ts"
import type { EscalationCause } from "../delivery/Escalation.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { SmsCarrier } from "../ports/SmsCarrier.ts"
import type {
  ConfirmOutcome,
  Proposed,
  ProposedResolution,
  ProposalRefusal,
  ProposalRow
} from "../ports/store/Proposals.ts"
import * as Waiver from "../qualification/Waiver.ts"
import { policyAt } from "./DeliveryTime.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import { messageKeys } from "./MessageKeys.ts"
import { Program } from "./Program.ts"
import { expiryOf } from "./ReleaseMonth.ts"

/** A proposal nobody has confirmed by then is forgotten: seven days of business time. */
export const proposalLifeMs = 7 * 24 * 3_600_000

/** What both have in common. */
interface Asked {
  readonly customerId: string
  readonly reason: string
  readonly by: string
  readonly nowMs: number
}

export interface WaiveInput extends Asked {
  /** One or more, all of one month. */
  readonly dates: readonly [BusinessDate, ...ReadonlyArray<BusinessDate>]
}

export interface GrantInput extends Asked {
  readonly month: CalendarMonth.CalendarMonth
}

/**
 * First match wins.
 * - `DayNotOver`: a day that is to come is not waived
 * - `Refused`: as it stands now nobody could carry it out
 * - `Proposed`: it waits for a second person; asked for again it is the same proposal
 */
export type ProposeResult =
  | { readonly _tag: "DayNotOver"; readonly date: BusinessDate }
  | { readonly _tag: "Refused"; readonly reason: ProposalRefusal }
  | { readonly _tag: "Proposed"; readonly proposal: ProposalRow; readonly again: boolean }

/** Asks for dates of a customer to be left out of the rule. */
export const waive = Effect.fn("Proposing.waive")(function* (input: WaiveInput) {
  const { zone } = yield* Program
  const dates = [...new Set(input.dates)].toSorted()
  const month = CalendarMonth.of(input.dates[0])
  const today = ZonedTime.businessDateAt(input.nowMs, zone)
  const early = dates.find((date) => date >= today)
  if (early !== undefined) return { _tag: "DayNotOver", date: early } as const
  const { customerId } = input
  return yield* ask({ kind: "waive", customerId, month, dates }, input)
}, withDeclaredClosures)

/** Asks for a message for a customer who was wronged. */
export const grant = Effect.fn("Proposing.grant")(function* (input: GrantInput) {
  const { customerId, month } = input
  const keys = yield* messageKeys(month)
  const notificationId = keys.notificationId(customerId)
  return yield* ask({ kind: "grant", customerId, month, notificationId }, input)
}, withDeclaredClosures)

export interface ResolveInput extends Omit<Asked, "customerId"> {
  readonly action: ResolveAction
  readonly about:
    | { readonly escalationId: string; readonly cause: null }
    | { readonly escalationId: null; readonly cause: EscalationCause }
}

/** Asks for escalated messages to be given up, or sent once more. */
export const resolve = Effect.fn("Proposing.resolve")(function* (input: ResolveInput) {
  const store = yield* ProgramStore
  const { about, action, by, nowMs, reason } = input
  const proposed: ProposedResolution = { kind: "resolve", action, ...about }
  const expiresMs = nowMs + proposalLifeMs
  const { _tag, proposal } = yield* store.propose({ proposed, reason, by, nowMs, expiresMs })
  return { _tag: "Proposed", proposal, again: _tag === "AlreadyProposed" } as const
})

/** Asks for a database that its witness does not know to be taken for the program's own. */
export const restore = Effect.fn("Proposing.restore")(function* (input: Omit<Asked, "customerId">) {
  const store = yield* ProgramStore
  const { by, nowMs, reason } = input
  const { witness } = yield* store.ledger({ nowMs })
  if (witness === "none" || witness === "agrees" || witness === "unreadable") {
    return { _tag: "Refused", reason: "NOT_RESTORED" } as const
  }
  const expiresMs = nowMs + proposalLifeMs
  const proposed = { kind: "restore" } as const
  const { _tag, proposal } = yield* store.propose({ proposed, reason, by, nowMs, expiresMs })
  return { _tag: "Proposed", proposal, again: _tag === "AlreadyProposed" } as const
})

const ask = Effect.fnUntraced(function* (
  proposed: Extract<Proposed, { readonly kind: "waive" | "grant" }>,
  { by, nowMs, reason }: Asked
): Effect.fn.Return<ProposeResult, StoreError, Program | ProgramStore> {
  const store = yield* ProgramStore
  const refusal = yield* foreseen(proposed, nowMs)
  if (refusal !== undefined) return { _tag: "Refused", reason: refusal }
  const expiresMs = nowMs + proposalLifeMs
  const { _tag, proposal } = yield* store.propose({ proposed, reason, by, nowMs, expiresMs })
  return { _tag: "Proposed", proposal, again: _tag === "AlreadyProposed" }
})

type StoreError = Effect.Error<ReturnType<(typeof ProgramStore)["Service"]["propose"]>>

/** The refusal that would come of it now, as far as it can be seen without a transaction. */
const foreseen = Effect.fnUntraced(function* (
  proposed: Extract<Proposed, { readonly kind: "waive" | "grant" }>,
  nowMs: number
): Effect.fn.Return<ProposalRefusal | undefined, StoreError, Program | ProgramStore> {
  const store = yield* ProgramStore
  const { customerId, month } = proposed
  const { months } = yield* store.ledger({ nowMs })
  const status = months.find((row) => row.month === month)?.status ?? "open"
  if (status === "closed") return "MONTH_CLOSED"
  const { expiryMs, qualification } = yield* termsOf(month, nowMs)
  const known = yield* store.customerMonth({ customerId, month })
  const isDecided = status === "decided" || status === "released"
  if (proposed.kind === "grant" && !isDecided) return "MONTH_NOT_DECIDED"
  if (isDecided && known.decision === null) return "UNKNOWN_CUSTOMER"
  if (expiryMs !== null && nowMs >= expiryMs) return "MESSAGES_EXPIRED"
  if (proposed.kind === "grant") {
    if (known.decision?.outcome === "Qualified") return "QUALIFIED"
    const state = known.notification?.notification.state ?? "withdrawn"
    return state === "withdrawn" ? undefined : "HAS_MESSAGE"
  }
  const [waived] = yield* store.waivers({ month, customerIds: [customerId] })
  // Whoever confirms it is somebody else: that is looked at then.
  const people = { reason: "asked", by: "one", confirmedBy: "another" }
  const bits = Waiver.add(
    waived?.waived ?? 0,
    { month, dates: proposed.dates, ...people },
    qualification
  )
  if (typeof bits === "number") return undefined
  return bits._tag === "TooManyDays" ? "TOO_MANY_DAYS" : "DATE_OUTSIDE_MONTH"
})

/** What a confirmation must know of the month. */
const termsOf = Effect.fnUntraced(function* (month: CalendarMonth.CalendarMonth, nowMs: number) {
  const { policyFor } = yield* Program
  const store = yield* ProgramStore
  const { months } = yield* store.ledger({ nowMs })
  const releasedMs = months.find((row) => row.month === month)?.releasedMs ?? null
  return {
    qualification: policyFor(month).policy.qualification,
    expiryMs: releasedMs === null ? null : yield* expiryOf(month, releasedMs)
  }
})

/** What the proposal is about; a resolution and a restore are about the messages of now. */
const monthOf = ({ proposed }: ProposalRow, today: BusinessDate): CalendarMonth.CalendarMonth => {
  if (proposed.kind === "resolve" || proposed.kind === "restore") return CalendarMonth.of(today)
  return "month" in proposed ? proposed.month : CalendarMonth.of(proposed.businessDate)
}

/** How messages are sent now, where a carrier is there. */
const deliveryTerms = Effect.fnUntraced(function* (nowMs: number) {
  const carrier = yield* Effect.serviceOption(SmsCarrier)
  if (Option.isNone(carrier)) return {}
  const { policy } = yield* policyAt(nowMs)
  const { capabilities } = carrier.value
  return { delivery: { policy: policy.delivery, capabilities } }
})

/** Confirms what another person proposed; it is carried out in the same transaction. */
export const confirm = Effect.fn("Proposing.confirm")(function* (input: {
  readonly proposalId: string
  readonly by: string
  readonly nowMs: number
}) {
  const store = yield* ProgramStore
  const { by, nowMs, proposalId } = input
  const proposal = yield* store.proposal({ proposalId })
  const unknown: ConfirmOutcome = { _tag: "UnknownProposal" }
  if (proposal === null) return unknown
  const { zone } = yield* Program
  const month = monthOf(proposal, ZonedTime.businessDateAt(nowMs, zone))
  const terms = { ...(yield* termsOf(month, nowMs)), ...(yield* deliveryTerms(nowMs)) }
  return yield* store.confirmProposal({ proposalId, by, nowMs, terms })
}, withDeclaredClosures)
