/** Two people at the desk: what one proposes another confirms. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { Proposed, ProposalTerms } from "../../ports/store/Proposals.ts"
import { defaultQualificationPolicy } from "../../qualification/QualificationPolicy.ts"
import { day } from "./Bank.ts"
import { type Desk, hour, month, notificationIdOf, t0 } from "./Desk.ts"

const reason = "branch flooded"

const terms: ProposalTerms = { qualification: defaultQualificationPolicy, expiryMs: null }

export const waiver = (customerId: string, ...days: ReadonlyArray<number>): Proposed => ({
  kind: "waive",
  customerId,
  month,
  dates: days.map(day)
})

export const granting = (customerId: string): Proposed => ({
  kind: "grant",
  customerId,
  month,
  notificationId: notificationIdOf(customerId)
})

export const propose = ({ store }: Desk, proposed: Proposed, nowMs = t0) =>
  store.propose({ proposed, reason, by: "dana", nowMs, expiresMs: nowMs + 24 * hour })

export const confirm = (
  { store }: Desk,
  proposalId: string,
  over: { readonly by?: string; readonly nowMs?: number; readonly expiryMs?: number } = {}
) => {
  const { by = "noa", expiryMs = null, nowMs = t0 } = over
  return store.confirmProposal({ proposalId, by, nowMs, terms: { ...terms, expiryMs } })
}

/** Proposed by one person and confirmed by another; the reason where it is refused. */
export const agree = Effect.fnUntraced(function* (
  desk: Desk,
  proposed: Proposed,
  over: { readonly nowMs?: number; readonly expiryMs?: number } = {}
) {
  const { proposal } = yield* propose(desk, proposed)
  const outcome = yield* confirm(desk, proposal.proposalId, over)
  return outcome._tag === "Refused" ? outcome.reason : outcome._tag
})

/** Another amount of an account for the fifth of the month. */
export const correct = ({ store }: Desk, accountId: string, minorUnits: bigint, met = true) =>
  store.correctBalance({
    accountId,
    businessDate: day(5),
    minorUnits,
    met,
    reason,
    by: "dana",
    nowMs: t0
  })

export const declareClosed = ({ store }: Desk, date = day(5)) =>
  store.declareClosure({ businessDate: date, reason, by: "dana", nowMs: t0 })

/** Who waits to be decided again, by name. */
export const queued = Effect.fnUntraced(function* ({ store }: Desk) {
  const waiting = yield* store.pendingRedecisions({ limit: 100 })
  return waiting.map(({ customerId }) => customerId).toSorted()
})

/** The approvals of the month, and the hash they must name. */
export const monthRow = Effect.fnUntraced(function* ({ store }: Desk) {
  const { months } = yield* store.ledger({ nowMs: t0 })
  return months.find((row) => row.month === month) ?? assert.fail("the month is not known")
})
