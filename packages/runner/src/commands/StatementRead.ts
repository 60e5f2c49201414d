/** `tidemark statement read`: flags and help. The work is in `StatementReadHandler`. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

const read = Command.make(
  "read",
  {
    files: Argument.String("FILE").pipe(
      Argument.withDescription("CSV and NDJSON, .gz as it is"),
      Argument.variadic({ min: 1 })
    ),
    currency: Flag.String("currency").pipe(
      Flag.withDefault("ILS"),
      Flag.withMetavar("CODE"),
      Flag.withDescription("where the file states none")
    ),
    format: Flag.String("format").pipe(
      Flag.withMetavar("csv|ndjson"),
      Flag.withDescription("default: by the name's ending"),
      Flag.optional
    )
  },
  TerminalCommand.run(async () => (await import("./StatementReadHandler.ts")).statementRead)
).pipe(
  Command.withDescription(
    "Prints the balances found in statement files. A file that cannot be read is told as an " +
      "error, the others are still read, and the exit code is 2."
  ),
  Command.withShortDescription("print the balances found in files"),
  Command.withExamples([
    { command: "tidemark statement read balances.csv", description: "as a table" },
    {
      command: "tidemark statement read --json balances.csv.gz",
      description:
        '{"file":"balances.csv.gz","account":"576","businessDate":"2023-01-01",' +
        '"kind":"closingBooked","amountMinor":"90000","currency":"ILS"}'
    }
  ])
)

/** `tidemark statement …` */
export const statement = Command.make("statement").pipe(
  Command.withDescription("Bank statements: the balances they state."),
  Command.withSubcommands([read])
)
