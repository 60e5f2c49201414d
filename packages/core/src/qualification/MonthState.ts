/**
 * The life of a program month: open → complete → decided → released → closed.
 *
 * Guarantees that nothing is decided before the completeness gate closes, and that nothing is
 * released but the very content that was approved. Plain values: the store applies them.
 */
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import type { ApprovalRule } from "./QualificationPolicy.ts"
import * as TwoPeople from "./TwoPeople.ts"

/** Why the completeness gate closed. */
export type GateReason = "allKnown" | "cutOff"

/** One person's approval of one content. */
export interface Approval {
  readonly by: string
  readonly atMs: number
}

/** A program month. `contentHash` is the hash of the decided content, lower-case hexadecimal. */
export type MonthState =
  | { readonly _tag: "Open"; readonly month: CalendarMonth }
  | {
      readonly _tag: "Complete"
      readonly month: CalendarMonth
      readonly gate: GateReason
      readonly completeAtMs: number
    }
  | {
      readonly _tag: "Decided"
      readonly month: CalendarMonth
      readonly gate: GateReason
      readonly contentHash: string
      /** Different people, all for `contentHash`, in the order given. */
      readonly approvals: ReadonlyArray<Approval>
    }
  | {
      readonly _tag: "Released"
      readonly month: CalendarMonth
      readonly contentHash: string
      readonly approvals: ReadonlyArray<Approval>
      readonly releasedAtMs: number
    }
  | {
      readonly _tag: "Closed"
      readonly month: CalendarMonth
      readonly contentHash: string
      readonly releasedAtMs: number
      readonly closedAtMs: number
    }

/** What may be asked of a month. */
export type MonthCommand =
  | {
      readonly _tag: "CheckGate"
      readonly nowMs: number
      /** The instant at which the month's last day ends in the bank's zone. */
      readonly monthEndMs: number
      /** `BankCalendar.cutOffMs`. */
      readonly cutOffMs: number
      /** Full-month customers with at least one date that is neither known nor waived. */
      readonly incompleteCustomers: number
    }
  /** Also replaces a decision before release, after a correction. */
  | { readonly _tag: "RecordDecision"; readonly contentHash: string }
  | {
      readonly _tag: "Approve"
      readonly by: string
      readonly contentHash: string
      readonly nowMs: number
    }
  | { readonly _tag: "Release"; readonly rule: ApprovalRule; readonly nowMs: number }
  | { readonly _tag: "Close"; readonly pending: number; readonly nowMs: number }

/** Why a command changes nothing, in the order in which it is looked for. */
export type MonthRefusal =
  | "WRONG_STATE"
  | "MONTH_NOT_OVER"
  | "INCOMPLETE"
  | "HASH_DIFFERS"
  | "SAME_PERSON"
  | "NOT_APPROVED"
  | "STILL_PENDING"

/**
 * The next state, or why there is none. A repeated command that has its effect already is `Same`.
 */
export type MonthStep =
  | { readonly _tag: "Moved"; readonly state: MonthState }
  | { readonly _tag: "Same" }
  | { readonly _tag: "Refused"; readonly reason: MonthRefusal }

const moved = (state: MonthState): MonthStep => ({ _tag: "Moved", state })
const same: MonthStep = { _tag: "Same" }
const refused = (reason: MonthRefusal): MonthStep => ({ _tag: "Refused", reason })

/** How many different people must approve. */
export const approvalsNeeded = (rule: ApprovalRule): number => (rule === "twoPeople" ? 2 : 0)

/** A month of which nothing is decided. */
export const open = (month: CalendarMonth): MonthState => ({ _tag: "Open", month })

/**
 * Decides what a command does to a month.
 *
 * | state | command | outcome |
 * |---|---|---|
 * | Open | CheckGate before the month's end | refused `MONTH_NOT_OVER` |
 * | Open | CheckGate, every full-month customer's dates known | Complete(`allKnown`) |
 * | Open | CheckGate at or after the cut-off | Complete(`cutOff`) |
 * | Open | CheckGate otherwise | refused `INCOMPLETE` |
 * | later | CheckGate | same |
 * | Complete | RecordDecision | Decided, no approvals |
 * | Decided | RecordDecision of the same content | same |
 * | Decided | RecordDecision of other content | Decided, approvals void |
 * | Decided | Approve of other content | refused `HASH_DIFFERS` |
 * | Decided | Approve by somebody who has approved | refused `SAME_PERSON` |
 * | Decided | Approve | Decided with one approval more |
 * | Decided | Release with too few approvals | refused `NOT_APPROVED` |
 * | Decided | Release | Released |
 * | Released | Release | same |
 * | Released | Close while messages are pending | refused `STILL_PENDING` |
 * | Released | Close | Closed |
 * | Closed | Release, Close | same |
 * | any other | | refused `WRONG_STATE` |
 *
 * **Source** — product rules, "Days": completeness gate; "The stages": release.
 */
export const decide = (state: MonthState, command: MonthCommand): MonthStep => {
  if (command._tag === "CheckGate") return checkGate(state, command)
  if (command._tag === "RecordDecision") return recordDecision(state, command.contentHash)
  if (command._tag === "Approve") return approve(state, command)
  return command._tag === "Release" ? release(state, command) : close(state, command)
}

type Command<Tag extends MonthCommand["_tag"]> = Extract<MonthCommand, { readonly _tag: Tag }>

const checkGate = (state: MonthState, command: Command<"CheckGate">): MonthStep => {
  if (state._tag !== "Open") return same
  // A month that is not over has unknown days however few customers it has.
  if (command.nowMs < command.monthEndMs) return refused("MONTH_NOT_OVER")
  const { month } = state
  const completeAtMs = command.nowMs
  if (command.incompleteCustomers === 0) {
    return moved({ _tag: "Complete", month, gate: "allKnown", completeAtMs })
  }
  if (command.nowMs < command.cutOffMs) return refused("INCOMPLETE")
  return moved({ _tag: "Complete", month, gate: "cutOff", completeAtMs })
}

const recordDecision = (state: MonthState, contentHash: string): MonthStep => {
  if (state._tag !== "Complete" && state._tag !== "Decided") return refused("WRONG_STATE")
  if (state._tag === "Decided" && state.contentHash === contentHash) return same
  // Approvals were given to other content: they are void.
  const { month, gate } = state
  return moved({ _tag: "Decided", month, gate, contentHash, approvals: [] })
}

const approve = (state: MonthState, command: Command<"Approve">): MonthStep => {
  if (state._tag !== "Decided") return refused("WRONG_STATE")
  if (state.contentHash !== command.contentHash) return refused("HASH_DIFFERS")
  if (state.approvals.some(({ by }) => TwoPeople.isSame(by, command.by)))
    return refused("SAME_PERSON")
  const approvals = [...state.approvals, { by: command.by, atMs: command.nowMs }]
  return moved({ ...state, approvals })
}

const release = (state: MonthState, command: Command<"Release">): MonthStep => {
  if (state._tag === "Released" || state._tag === "Closed") return same
  if (state._tag !== "Decided") return refused("WRONG_STATE")
  if (state.approvals.length < approvalsNeeded(command.rule)) return refused("NOT_APPROVED")
  const { month, contentHash, approvals } = state
  return moved({ _tag: "Released", month, contentHash, approvals, releasedAtMs: command.nowMs })
}

const close = (state: MonthState, command: Command<"Close">): MonthStep => {
  if (state._tag === "Closed") return same
  if (state._tag !== "Released") return refused("WRONG_STATE")
  if (command.pending > 0) return refused("STILL_PENDING")
  const { month, contentHash, releasedAtMs } = state
  return moved({ _tag: "Closed", month, contentHash, releasedAtMs, closedAtMs: command.nowMs })
}
