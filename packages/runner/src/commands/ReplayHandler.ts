/**
 * `tidemark replay`: whether a decision follows from what is stored.
 *
 * **Source** — surfaces, replay; decision 0009.
 */
import { Replay } from "@tidemark/core/effect"
import { CalendarMonth, Instant } from "@tidemark/core/rules"
import * as Config from "../Config.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput, CommandFailed, Ended } from "../TerminalFailure.ts"

type Replayed = Extract<Replay.ReplayOutcome, { readonly _tag: "Replayed" }>

/** Needs the store and the settings: neither bank nor carrier is asked. */
export const replay = async (
  input: { readonly customer: string; readonly month: string },
  context: CommandContext
): Promise<void> => {
  const month = CalendarMonth.parse(input.month)
  if (month === undefined) throw new BadInput({ reason: `--month ${input.month}: no such month` })
  const settings = Config.read(context.configFile)
  const { policies } = settings
  const outcome = await Operate.withStore(
    context,
    settings,
    Replay.replay({ customerId: input.customer, month, policies })
  )
  switch (outcome._tag) {
    case "NotDecided":
      throw new BadInput({ reason: `no decision of customer ${input.customer} in ${month}` })
    case "PolicyUnknown": {
      const reason =
        `the decision was made by the policy ${outcome.policyHash}, which neither the settings ` +
        "nor the store have: put it back into the settings beside the present one"
      throw new CommandFailed({ reason })
    }
    case "Replayed": {
      if (context.json) context.out.json(json(input.customer, month, outcome))
      else for (const line of text(input.customer, month, outcome)) context.out.line(line)
      if (outcome.differences.length > 0) throw new Ended({ exitCode: 1 })
    }
  }
}

/** One object; `equal` is the answer. */
export const json = (customerId: string, month: string, replayed: Replayed) => ({
  customerId,
  month,
  revision: replayed.revision,
  equal: replayed.differences.length === 0,
  outcome: replayed.outcome,
  evidenceHash: replayed.evidenceHash,
  policyHash: replayed.policyHash,
  asOf: Instant.toIso(replayed.asOfMs),
  differences: replayed.differences
})

/** What each field's difference points at. */
const meanings: Readonly<Record<Replay.ReplayedField, string>> = {
  outcome: "the outcome",
  reasons: "the reasons",
  observed: "days with a balance",
  met: "days at or above the threshold",
  derived: "days carried forward",
  evidenceHash: "the evidence: amounts, revisions, dates of opening or closing, waived days"
}

/** Everything for people. */
export const text = (
  customerId: string,
  month: string,
  replayed: Replayed
): ReadonlyArray<string> => [
  `Customer ${customerId}, ${month}, revision ${replayed.revision}: ` +
    (replayed.differences.length === 0
      ? `${replayed.outcome}, proven`
      : "the decision does not follow from what is stored"),
  `  balances as known at ${Instant.toIso(replayed.asOfMs)}`,
  `  policy   ${replayed.policyHash}`,
  `  evidence ${replayed.evidenceHash}`,
  ...replayed.differences.flatMap(({ field, recorded, replayed: again }) => [
    `differs: ${meanings[field]}`,
    `  recorded ${recorded === "" ? "none" : recorded}`,
    `  replayed ${again === "" ? "none" : again}`
  ])
]
