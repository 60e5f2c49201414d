/** What takes two people: proposals, and what each kind does once it is confirmed. */
import * as TwoPeople from "../../qualification/TwoPeople.ts"
import type * as Proposals from "../store/Proposals.ts"
import * as Amendments from "./Amendments.ts"
import { grant } from "./Grants.ts"
import { resolve } from "./Resolutions.ts"
import * as Restores from "./Restores.ts"
import * as State from "./State.ts"

export const propose = (state: State.State, input: Proposals.Propose): Proposals.ProposeOutcome => {
  const { by, expiresMs, nowMs, proposed, reason } = input
  const said = JSON.stringify(proposed)
  for (const known of state.proposals.values()) {
    const waits = known.confirmedMs === null && known.expiresMs > nowMs
    if (waits && JSON.stringify(known.proposed) === said) {
      return { _tag: "AlreadyProposed", proposal: known }
    }
  }
  const proposal: Proposals.ProposalRow = {
    proposalId: `proposal-${state.nextId++}`,
    proposed,
    reason,
    by,
    proposedMs: nowMs,
    expiresMs,
    confirmedBy: null,
    confirmedMs: null
  }
  state.proposals.set(proposal.proposalId, proposal)
  State.audit(state, "propose", nowMs, `${proposal.proposalId} ${proposed.kind}`, by)
  return { _tag: "Proposed", proposal }
}

export const proposal = (
  state: State.State,
  input: { readonly proposalId: string }
): Proposals.ProposalRow | null => state.proposals.get(input.proposalId) ?? null

export const openProposals = (
  state: State.State,
  input: { readonly nowMs: number; readonly after: string | null; readonly limit: number }
): ReadonlyArray<Proposals.ProposalRow> =>
  Array.from(state.proposals.values())
    .filter(({ confirmedMs, expiresMs }) => confirmedMs === null && expiresMs > input.nowMs)
    .filter(({ proposalId }) => input.after === null || proposalId > input.after)
    .toSorted((left, right) => (left.proposalId < right.proposalId ? -1 : 1))
    .slice(0, input.limit)

export const confirmProposal = (
  state: State.State,
  input: Proposals.ConfirmProposal,
  clockMs: number
): Proposals.ConfirmOutcome => {
  const known = state.proposals.get(input.proposalId)
  if (known === undefined) return { _tag: "UnknownProposal" }
  if (known.confirmedMs !== null) return { _tag: "AlreadyConfirmed", proposal: known }
  if (input.nowMs >= known.expiresMs) return { _tag: "ProposalExpired", proposal: known }
  if (TwoPeople.isSame(known.by, input.by)) return { _tag: "SamePerson", proposal: known }
  const refusal = carryOut(state, known, input, clockMs)
  if (refusal !== undefined) return { _tag: "Refused", reason: refusal, proposal: known }
  const confirmed = { ...known, confirmedBy: input.by, confirmedMs: input.nowMs }
  state.proposals.set(input.proposalId, confirmed)
  const subject = `${input.proposalId} ${known.proposed.kind}`
  State.audit(state, "confirmProposal", input.nowMs, subject, input.by)
  return { _tag: "Confirmed", proposal: confirmed }
}

/** Does what was proposed, or says why not and has changed nothing. */
const carryOut = (
  state: State.State,
  known: Proposals.ProposalRow,
  input: Proposals.ConfirmProposal,
  clockMs: number
): Proposals.ProposalRefusal | undefined => {
  const { by, proposed, reason } = known
  switch (proposed.kind) {
    case "waive":
      return Amendments.waive(state, { ...proposed, by, reason }, input)
    case "grant":
      return grant(state, proposed, input, clockMs)
    case "correct": {
      const { accountId, businessDate, met } = proposed
      const minorUnits = BigInt(proposed.minorUnits)
      const balance = { accountId, businessDate, minorUnits, met }
      const outcome = Amendments.correct(state, balance, input.nowMs)
      return outcome._tag === "UnknownAccount" ? "UNKNOWN_ACCOUNT" : undefined
    }
    case "resolve":
      return resolve(state, { ...known, proposed }, input, clockMs)
    case "restore":
      return Restores.restore(state, input, clockMs)
    case "closure":
      Amendments.declare(state, { ...proposed, by, reason, nowMs: input.nowMs })
      return undefined
  }
}
