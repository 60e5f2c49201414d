/**
 * What people change of a month, and what takes two of them: corrections, closures, waivers,
 * grants. In the host's transaction where it passes a client of it.
 *
 * **Source** — product rules, Days; architecture, Embedding.
 */
import * as Effect from "effect/Effect"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { ProposalRefusal, ProposalRow } from "../ports/store/Proposals.ts"
import * as Amend from "../workflows/Amend.ts"
import * as Proposing from "../workflows/Proposing.ts"
import * as Explaining from "./Explaining.ts"
import { businessMs, parsed } from "./GivenTime.ts"
import * as Instants from "./Instants.ts"
import { named } from "./OpenChecks.ts"
import { transacted } from "./Operating.ts"
import { invalid, refused } from "./TidemarkError.ts"
import type {
  AmendReport,
  CallOptions,
  Closure,
  Confirmation,
  Correction,
  Grant,
  Proposal,
  TransactionOptions,
  Waiver
} from "./TidemarkTypes.ts"

/** Who and why, checked. */
const people = (given: { readonly by: string; readonly reason: string }) =>
  parsed(() => ({ by: named("by", given.by), reason: named("reason", given.reason) }))

const waits = (proposal: ProposalRow): AmendReport => ({
  outcome: "needsSecondPerson",
  proposal: proposalOf(proposal)
})

export const correct = Effect.fnUntraced(function* (
  given: Correction,
  options?: TransactionOptions
) {
  const who = yield* people(given)
  const accountId = yield* parsed(() => named("accountId", given.accountId))
  const businessDate = yield* parsed(() => Instants.date(given.date))
  const amount = yield* parsed(() => named("amount", given.amount))
  const nowMs = yield* businessMs(options)
  const work = Amend.correct({ ...who, accountId, businessDate, amount, nowMs })
  const result = yield* transacted(work, options?.tx)
  switch (result._tag) {
    case "NothingCaptured":
      return yield* fail(
        result._tag,
        "the bank's own table is read: after a correction call redecide()"
      )
    case "DayNotOver":
      return yield* fail(result._tag, `${businessDate} is not over yet`)
    case "UnknownAccount":
      return yield* fail(result._tag, refusals.UNKNOWN_ACCOUNT[1])
    case "MalformedAmount":
      return yield* Effect.fail(invalid("amount", `expected such as 15000.00: ${result.problem}`))
    case "Unchanged": {
      const unchanged: AmendReport = { outcome: "unchanged" }
      return unchanged
    }
    case "NeedsSecondPerson":
      return waits(result.proposal)
    case "Corrected": {
      const changed: AmendReport = { outcome: "changed", redecisions: result.queued }
      return changed
    }
  }
})

export const declareClosure = Effect.fnUntraced(function* (
  given: Closure,
  options?: TransactionOptions
) {
  const who = yield* people(given)
  const businessDate = yield* parsed(() => Instants.date(given.date))
  const nowMs = yield* businessMs(options)
  const work = Amend.declareClosure({ ...who, businessDate, nowMs })
  const result = yield* transacted(work, options?.tx)
  if (result._tag === "NeedsSecondPerson") return waits(result.proposal)
  const report: AmendReport =
    result._tag === "AlreadyDeclared"
      ? { outcome: "unchanged" }
      : { outcome: "changed", redecisions: result.queued }
  return report
})

export const waive = Effect.fnUntraced(function* (given: Waiver, options?: TransactionOptions) {
  const who = yield* people(given)
  const customerId = yield* parsed(() => named("customerId", given.customerId))
  const dates = yield* parsed(() => datesOf(given.dates))
  const nowMs = yield* businessMs(options)
  return yield* asked(Proposing.waive({ ...who, customerId, dates, nowMs }), options)
})

const datesOf = (texts: ReadonlyArray<string>): readonly [BusinessDate, ...Array<BusinessDate>] => {
  const [first, ...more] = texts.map((text) => Instants.date(text))
  if (first === undefined) throw invalid("dates", "expected at least one date")
  return [first, ...more]
}

export const grant = Effect.fnUntraced(function* (given: Grant, options?: TransactionOptions) {
  const who = yield* people(given)
  const customerId = yield* parsed(() => named("customerId", given.customerId))
  const month = yield* parsed(() => Instants.month(given.month))
  const nowMs = yield* businessMs(options)
  return yield* asked(Proposing.grant({ ...who, customerId, month, nowMs }), options)
})

const asked = Effect.fnUntraced(function* <E, R>(
  work: Effect.Effect<Proposing.ProposeResult, E, R>,
  options?: TransactionOptions
) {
  const result = yield* transacted(work, options?.tx)
  if (result._tag === "DayNotOver") {
    return yield* fail(result._tag, `${result.date} is not over yet`)
  }
  if (result._tag === "Refused") return yield* fail(...refusals[result.reason])
  return proposalOf(result.proposal)
})

export const confirm = Effect.fnUntraced(function* (
  given: { readonly id: string; readonly by: string },
  options?: TransactionOptions
) {
  const proposalId = yield* parsed(() => named("id", given.id))
  const by = yield* parsed(() => named("by", given.by))
  const nowMs = yield* businessMs(options)
  const work = Proposing.confirm({ proposalId, by, nowMs })
  const result = yield* transacted(work, options?.tx)
  switch (result._tag) {
    case "UnknownProposal":
      return yield* fail(result._tag, "no such proposal: see proposals()")
    case "ProposalExpired":
      return yield* fail(result._tag, "nobody confirmed it in time: propose it again")
    case "SamePerson":
      return yield* fail(result._tag, "who proposed it cannot confirm it")
    case "Refused":
      return yield* fail(...refusals[result.reason])
    case "AlreadyConfirmed":
    case "Confirmed": {
      const outcome = result._tag === "Confirmed" ? "confirmed" : "alreadyConfirmed"
      const confirmation: Confirmation = { outcome, proposal: proposalOf(result.proposal) }
      return confirmation
    }
  }
})

/** As many as anybody looks at. */
const listed = 500

export const proposals = Effect.fnUntraced(function* (options?: CallOptions) {
  const store = yield* ProgramStore
  const nowMs = yield* businessMs(options)
  return (yield* store.openProposals({ nowMs, after: null, limit: listed })).map(proposalOf)
})

const proposalOf = ({
  by,
  confirmedBy,
  confirmedMs,
  expiresMs,
  proposalId,
  proposed,
  proposedMs,
  reason
}: ProposalRow): Proposal => ({
  id: proposalId,
  kind: proposed.kind,
  customerId: "customerId" in proposed ? proposed.customerId : null,
  accountId: "accountId" in proposed ? proposed.accountId : null,
  month: "month" in proposed ? proposed.month : null,
  dates:
    "dates" in proposed
      ? proposed.dates
      : "businessDate" in proposed
        ? [proposed.businessDate]
        : [],
  reason,
  proposedBy: by,
  proposedAt: Explaining.isoOf(proposedMs),
  expiresAt: Explaining.isoOf(expiresMs),
  confirmedBy,
  confirmedAt: Explaining.iso(confirmedMs)
})

const fail = (reason: string, message: string) => Effect.fail(refused(reason, message))

/** As a code of `RefusedError`, and in words. */
const refusals: Readonly<Record<ProposalRefusal, readonly [reason: string, message: string]>> = {
  MONTH_NOT_DECIDED: ["NotDecided", "the month is not decided yet"],
  MONTH_CLOSED: ["MonthClosed", "the final report is issued, and nothing is sent any more"],
  UNKNOWN_CUSTOMER: ["UnknownCustomer", "no such customer in that month"],
  QUALIFIED: ["Qualified", "the customer qualified: the message is the program's own"],
  HAS_MESSAGE: ["HasMessage", "the customer has a message of that month, and never gets a second"],
  DECISION_STANDS: ["DecisionStands", "the message was submitted or has ended"],
  MESSAGES_EXPIRED: ["MessagesExpired", "the messages of that month have expired"],
  TOO_MANY_DAYS: ["TooManyDays", "more days than the policy lets be waived"],
  DATE_OUTSIDE_MONTH: ["DateOutsideMonth", "dates of several months: one call for each"],
  NOTHING_TO_RESOLVE: ["NothingToResolve", "no such escalation is open"],
  NOT_RESTORED: ["NotRestored", "the database is the one its witness knows, or it has none"],
  UNKNOWN_ACCOUNT: ["UnknownAccount", "no balance of that account was ever captured"]
}
