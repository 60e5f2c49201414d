/**
 * `tidemark correct` and `tidemark closure declare`: what one person changes of a month's evidence.
 *
 * **Guarantee** — bad input changes nothing and is told in one line; what could send by itself
 * waits for a second person.
 *
 * **Source** — surfaces, command line; product rules, Days.
 */
import { Amend, type ProposalRow } from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"
import { businessMs, dateOf, type PeopleInput, said, whoAndWhy } from "./PeopleInput.ts"
import * as ProposalWords from "./ProposalWords.ts"

export interface CorrectInput extends PeopleInput {
  readonly account: string
  readonly date: string
  readonly amount: string
}

const refuse = (reason: string) => Effect.fail(new BadInput({ reason }))

/** The work of `correct`, over whatever is composed. */
export const correcting = (input: CorrectInput, context: Pick<CommandContext, "json" | "out">) => {
  const accountId = said("account", input.account)
  const businessDate = dateOf("date", input.date)
  const people = whoAndWhy(input)
  const amount = input.amount.trim()
  return Effect.gen(function* () {
    const nowMs = yield* businessMs(input)
    const about = { accountId, businessDate, amount, nowMs }
    return yield* tellCorrected(yield* Amend.correct({ ...about, ...people }), about, context)
  })
}

const tellCorrected = Effect.fnUntraced(function* (
  result: Amend.CorrectResult,
  {
    accountId,
    amount,
    businessDate
  }: Pick<Amend.CorrectInput, "accountId" | "amount" | "businessDate">,
  context: Pick<CommandContext, "json" | "out">
) {
  switch (result._tag) {
    case "NothingCaptured":
      return yield* refuse("the balances are in the bank's own table: correct them there")
    case "DayNotOver":
      return yield* refuse(`--date ${businessDate}: the day is not over, it has no closing balance`)
    case "MalformedAmount":
      return yield* refuse(
        `--amount ${amount}: no amount (${result.problem}); write digits and a decimal point, ` +
          "such as 15000.00 or -12.50"
      )
    case "UnknownAccount":
      return yield* refuse(`--account ${accountId}: no balance of it was ever captured`)
    case "NeedsSecondPerson":
      return tellProposal(context, result.proposal)
    case "Unchanged":
      if (context.json)
        context.out.json({ outcome: "unchanged", account: accountId, date: businessDate })
      else context.out.line("nothing to do: that very amount is in force")
      return
    case "Corrected": {
      const { first, queued } = result
      const about = { account: accountId, date: businessDate, first, redecisions: queued }
      if (context.json) context.out.json({ outcome: "corrected", ...about })
      else {
        context.out.line(
          `${businessDate}: ${first ? "stored" : "corrected; the earlier amount is kept"}`
        )
        tellQueued(context, queued)
      }
    }
  }
})

export interface DeclareInput extends PeopleInput {
  readonly date: string
}

/** The work of `closure declare`, over whatever is composed. */
export const declaring = (input: DeclareInput, context: Pick<CommandContext, "json" | "out">) => {
  const businessDate = dateOf("date", input.date)
  const people = whoAndWhy(input)
  return Effect.gen(function* () {
    const nowMs = yield* businessMs(input)
    const result = yield* Amend.declareClosure({ ...people, businessDate, nowMs })
    tellDeclared(result, businessDate, context)
  })
}

const tellDeclared = (
  result: Amend.DeclareResult,
  businessDate: string,
  context: Pick<CommandContext, "json" | "out">
): void => {
  switch (result._tag) {
    case "NeedsSecondPerson":
      return tellProposal(context, result.proposal)
    case "AlreadyDeclared":
      if (context.json) context.out.json({ outcome: "alreadyDeclared", date: businessDate })
      else context.out.line(`${businessDate}: declared closed already; that declaration stands`)
      return
    case "Declared":
      if (context.json) {
        const redecisions = result.queued
        context.out.json({ outcome: "declared", date: businessDate, redecisions })
      } else {
        context.out.line(
          `${businessDate}: closed; the last balance before it counts, and nothing is sent that day`
        )
        tellQueued(context, result.queued)
      }
  }
}

const tellProposal = (
  { json, out }: Pick<CommandContext, "json" | "out">,
  proposal: ProposalRow
): void => {
  if (json) return out.json({ outcome: "needsSecondPerson", ...ProposalWords.jsonOf(proposal) })
  out.line("the month is released, so this could send: it takes two people")
  out.line(ProposalWords.nextOf(proposal))
}

const tellQueued = ({ out }: Pick<CommandContext, "out">, queued: number): void => {
  if (queued === 0) return
  const customers = queued === 1 ? "1 customer is" : `${queued} customers are`
  out.line(`${customers} decided again by the next \`tidemark qualify\` or \`tidemark tick\``)
}

export const correct = (input: CorrectInput, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, correcting(input, context))

export const declare = (input: DeclareInput, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, declaring(input, context))
