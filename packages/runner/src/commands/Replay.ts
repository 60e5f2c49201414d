/** `tidemark replay`: flags and help. The work is in `ReplayHandler`. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

/** `tidemark replay …` */
export const replay = Command.make(
  "replay",
  {
    customer: Flag.String("customer").pipe(Flag.withDescription("the bank's id of the customer")),
    month: Flag.String("month").pipe(Flag.withMetavar("YYYY-MM"))
  },
  TerminalCommand.run(async () => (await import("./ReplayHandler.ts")).replay)
).pipe(
  Command.withDescription(
    "Proves a decision: computes it again from the stored balances as they were known then and " +
      "from the policy with its hash, and compares outcome, reasons, days and evidence hash. " +
      "Exit 1, naming what differs, when anything does."
  ),
  Command.withShortDescription("prove a decision from the stored evidence"),
  Command.withExamples([
    { command: "tidemark replay --customer C-1029 --month 2026-09", description: "one decision" }
  ])
)
