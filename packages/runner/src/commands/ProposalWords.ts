/** A proposal in words and as JSON: what was asked for, by whom, and what becomes of it. */
import type { Proposed, ProposalRefusal, ProposalRow } from "@tidemark/core/effect"
import { Instant } from "@tidemark/core/rules"

/** What is asked for, such as `waive 2026-10-14 of customer C-1029`. */
export const wordsOf = (proposed: Proposed): string => {
  switch (proposed.kind) {
    case "waive":
      return `waive ${proposed.dates.join(", ")} of customer ${proposed.customerId}`
    case "grant":
      return `grant customer ${proposed.customerId} the message of ${proposed.month}`
    case "correct":
      return `correct account ${proposed.accountId} on ${proposed.businessDate}`
    case "resolve":
      return (
        `${proposed.action} the message of ` +
        (proposed.escalationId === null
          ? `every open escalation ${proposed.cause}`
          : `escalation ${proposed.escalationId}`)
      )
    case "restore":
      return "take this database for the restored one, and ask about what may have been sent"
    case "closure":
      return `declare ${proposed.businessDate} closed`
  }
}

/** One line for people. */
export const lineOf = (proposal: ProposalRow): string =>
  `${proposal.proposalId}: ${wordsOf(proposal.proposed)}; proposed by ${proposal.by}, ` +
  `until ${Instant.toIso(proposal.expiresMs)}: ${proposal.reason}`

/** What it needs next. */
export const nextOf = ({ expiresMs, proposalId }: ProposalRow): string =>
  `nothing has changed yet: a second person must run \`tidemark confirm ${proposalId} --by WHO\` ` +
  `before ${Instant.toIso(expiresMs)}`

/** The same for machines; a corrected amount is not shown. */
export const jsonOf = (proposal: ProposalRow): Readonly<Record<string, unknown>> => {
  const { proposed } = proposal
  const about =
    proposed.kind === "correct"
      ? { account: proposed.accountId, date: proposed.businessDate }
      : proposed.kind === "resolve"
        ? { action: proposed.action, escalation: proposed.escalationId, cause: proposed.cause }
        : proposed.kind === "closure"
          ? { date: proposed.businessDate }
          : proposed.kind === "restore"
            ? {}
            : {
                customer: proposed.customerId,
                month: proposed.month,
                ...(proposed.kind === "waive" ? { dates: proposed.dates } : {})
              }
  const { confirmedBy, confirmedMs, proposalId } = proposal
  return {
    proposal: proposalId,
    kind: proposed.kind,
    ...about,
    reason: proposal.reason,
    proposedBy: proposal.by,
    proposedAt: Instant.toIso(proposal.proposedMs),
    expiresAt: Instant.toIso(proposal.expiresMs),
    confirmedBy,
    confirmedAt: confirmedMs === null ? null : Instant.toIso(confirmedMs)
  }
}

/** Why it cannot be carried out, and what can be done instead. */
export const refusals: Readonly<Record<ProposalRefusal, string>> = {
  MONTH_NOT_DECIDED: "the month is not decided yet: there is nothing to make good",
  MONTH_CLOSED: "the month is closed: its final report is issued, and nothing is sent any more",
  UNKNOWN_CUSTOMER: "no such customer in that month",
  QUALIFIED: "the customer qualified: the message is the program's own, see `tidemark explain`",
  HAS_MESSAGE: "the customer has a message of that month already, and never gets a second one",
  DECISION_STANDS: "the message was submitted or has ended: the decision stands",
  MESSAGES_EXPIRED: "the messages of that month have expired: nothing is sent so late",
  TOO_MANY_DAYS: "more days than the policy lets be waived (qualification.maximumWaivedDays)",
  DATE_OUTSIDE_MONTH: "dates of several months: run the command once for each month",
  UNKNOWN_ACCOUNT: "no balance of that account was ever captured",
  NOT_RESTORED:
    "the database is the one its witness knows, or it has none (Database.WitnessFile): " +
    "nothing to confirm",
  NOTHING_TO_RESOLVE:
    "no such escalation is open whose message may be decided so: see `tidemark escalations list`"
}
