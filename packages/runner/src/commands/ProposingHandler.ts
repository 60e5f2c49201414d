/**
 * `tidemark waive`, `tidemark grant` and `tidemark confirm`: what takes two people.
 *
 * **Guarantee** — a proposal changes nothing; a confirmation by the same person, however the name
 * is written, is refused.
 *
 * **Source** — surfaces, command line; product rules, Days.
 */
import {
  type ConfirmOutcome,
  type ProposalRow,
  Proposing,
  ProgramStore
} from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as BusinessTime from "../BusinessTime.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"
import { monthOf } from "./MonthFlag.ts"
import { businessMs, dateOf, type PeopleInput, said, whoAndWhy } from "./PeopleInput.ts"
import * as ProposalWords from "./ProposalWords.ts"

type Output = Pick<CommandContext, "json" | "out">

export interface WaiveInput extends PeopleInput {
  readonly customer: string
  readonly dates: string
}

const refuse = (reason: string) => Effect.fail(new BadInput({ reason }))

/** The work of `waive`, over whatever is composed. */
export const waiving = (input: WaiveInput, context: Output) => {
  const customerId = said("customer", input.customer)
  const [first, ...more] = input.dates.split(",")
  const dates = [
    dateOf("dates", first ?? ""),
    ...more.map((text) => dateOf("dates", text))
  ] as const
  const people = whoAndWhy(input)
  return Effect.gen(function* () {
    const nowMs = yield* businessMs(input)
    const result = yield* Proposing.waive({ ...people, customerId, dates, nowMs })
    return yield* tell(result, context)
  })
}

/** The work of `restore confirm`, over whatever is composed. */
export const restoring = (input: PeopleInput, context: Output) => {
  const people = whoAndWhy(input)
  return Effect.gen(function* () {
    const nowMs = yield* businessMs(input)
    const result = yield* Proposing.restore({ ...people, nowMs })
    return yield* tell(result, context)
  })
}

export interface GrantInput extends PeopleInput {
  readonly customer: string
  readonly month: string
}

/** The work of `grant`, over whatever is composed. */
export const granting = (input: GrantInput, context: Output) => {
  const customerId = said("customer", input.customer)
  const month = monthOf(input.month)
  const people = whoAndWhy(input)
  return Effect.gen(function* () {
    const nowMs = yield* businessMs(input)
    const result = yield* Proposing.grant({ ...people, customerId, month, nowMs })
    return yield* tell(result, context)
  })
}

const tell = Effect.fnUntraced(function* (result: Proposing.ProposeResult, context: Output) {
  if (result._tag === "DayNotOver") {
    return yield* refuse(`--dates ${result.date}: the day is not over yet`)
  }
  if (result._tag === "Refused") return yield* refuse(ProposalWords.refusals[result.reason])
  const { again, proposal } = result
  if (context.json) {
    return context.out.json({ outcome: "proposed", ...ProposalWords.jsonOf(proposal) })
  }
  const by = again ? ` (as ${proposal.by} has asked before)` : ""
  context.out.line(
    `proposed ${proposal.proposalId}${by}: ${ProposalWords.wordsOf(proposal.proposed)}`
  )
  context.out.line(ProposalWords.nextOf(proposal))
})

export interface ConfirmInput extends BusinessTime.NowFlag {
  readonly id: Option.Option<string>
  readonly by: Option.Option<string>
}

/** The work of `confirm`: with an id it confirms, without one it lists what waits. */
export const confirming = (input: ConfirmInput, context: Output) => {
  if (Option.isNone(input.id)) {
    return Effect.flatMap(businessMs(input), (nowMs) => list(nowMs, context))
  }
  const proposalId = input.id.value.trim()
  const by = said("by", Option.getOrUndefined(input.by) ?? "")
  return Effect.gen(function* () {
    const nowMs = yield* businessMs(input)
    const outcome = yield* Proposing.confirm({ proposalId, by, nowMs })
    return yield* tellOutcome(outcome, proposalId, context)
  })
}

const tellOutcome = Effect.fnUntraced(function* (
  outcome: ConfirmOutcome,
  proposalId: string,
  context: Output
) {
  switch (outcome._tag) {
    case "UnknownProposal":
      return yield* refuse(`${proposalId}: no such proposal; \`tidemark confirm\` lists what waits`)
    case "ProposalExpired":
      return yield* refuse(`${proposalId}: nobody confirmed it in time; propose it again`)
    case "SamePerson":
      return yield* refuse(
        `${proposalId}: ${outcome.proposal.by} proposed it, so somebody else must confirm it`
      )
    case "Refused":
      return yield* refuse(`${proposalId}: ${ProposalWords.refusals[outcome.reason]}`)
    case "AlreadyConfirmed":
    case "Confirmed":
      return tellConfirmed(outcome, context)
  }
})

const tellConfirmed = (
  {
    _tag,
    proposal
  }: { readonly _tag: "AlreadyConfirmed" | "Confirmed"; readonly proposal: ProposalRow },
  { json, out }: Output
): void => {
  const confirmed = _tag === "Confirmed"
  if (json) {
    const outcome = confirmed ? "confirmed" : "alreadyConfirmed"
    return out.json({ outcome, ...ProposalWords.jsonOf(proposal) })
  }
  const words = ProposalWords.wordsOf(proposal.proposed)
  if (!confirmed)
    return out.line(`nothing to do: ${proposal.confirmedBy} has confirmed it: ${words}`)
  out.line(`confirmed: ${words}`)
  out.line(next[proposal.proposed.kind])
}

const next: Readonly<Record<ProposalRow["proposed"]["kind"], string>> = {
  waive: "a decided customer is decided again by the next `tidemark qualify` or `tidemark tick`",
  grant: "the message is released and sent by the next `tidemark dispatch` or `tidemark tick`",
  correct: "customers it counts for are decided again by the next `tidemark tick`",
  resolve: "what is sent again leaves with the next `tidemark dispatch` or `tidemark tick`",
  restore: "what may have been sent is asked about by the next `tidemark tick`",
  closure: "customers without a balance that day are decided again by the next `tidemark tick`"
}

/** Pages of what waits. */
const pageSize = 500

const list = Effect.fnUntraced(function* (nowMs: number, { json, out }: Output) {
  const store = yield* ProgramStore
  let after: string | null = null
  for (;;) {
    const page: ReadonlyArray<ProposalRow> = yield* store.openProposals({
      nowMs,
      after,
      limit: pageSize
    })
    for (const proposal of page) {
      if (json) out.json({ outcome: "waiting", ...ProposalWords.jsonOf(proposal) })
      else out.line(ProposalWords.lineOf(proposal))
    }
    if (after === null && page.length === 0 && !json) out.line("nothing waits for a second person")
    after = page.at(-1)?.proposalId ?? null
    if (page.length < pageSize) return
  }
})

export const waive = (input: WaiveInput, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, waiving(input, context))

export const grant = (input: GrantInput, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, granting(input, context))

export const restore = (input: PeopleInput, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, restoring(input, context))

export const confirm = (input: ConfirmInput, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, confirming(input, context))
