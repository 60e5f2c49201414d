/** `tidemark explain`: flags and help. The work is in `ExplainHandler`. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

/** `tidemark explain …` */
export const explain = Command.make(
  "explain",
  {
    customer: Flag.String("customer").pipe(Flag.withDescription("the bank's id of the customer")),
    month: Flag.String("month").pipe(Flag.withMetavar("YYYY-MM"))
  },
  TerminalCommand.run(async () => (await import("./ExplainHandler.ts")).explain)
).pipe(
  Command.withDescription(
    "Answers a complaint call: the decision with dated reasons and a calendar of the month, " +
      "then what happened to the message."
  ),
  Command.withShortDescription("why a customer got a message, or none"),
  Command.withExamples([
    { command: "tidemark explain --customer C-1029 --month 2026-09", description: "one customer" }
  ])
)
