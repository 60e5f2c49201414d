/** `tidemark backtest`: flags and help. The work is in `BacktestHandler`. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

const optionalText = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.optional
  )

const flags = {
  feed: Flag.String("feed").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "historic closing balances: CSV date,account_id,closing_balance or the same as NDJSON; " +
        ".gz is read as it is"
    )
  ),
  feedFormat: Flag.Literals("feed-format", ["csv", "ndjson", "camt053", "mt940"]).pipe(
    Flag.withDescription("default: by the name's ending"),
    Flag.optional
  ),
  customers: optionalText(
    "customers",
    "FILE",
    "CSV customer_id,account_id,primary,opened,closed,…; without it each account is one " +
      "customer, there from its first balance to its last"
  ),
  from: optionalText("from", "YYYY-MM", "first month; default: the feed's first"),
  to: optionalText("to", "YYYY-MM", "last month; default: the feed's last"),
  threshold: Flag.String("threshold").pipe(
    Flag.withDefault("15000"),
    Flag.withMetavar("AMOUNT"),
    Flag.withDescription("a day passes at or above it")
  ),
  currency: Flag.String("currency").pipe(
    Flag.withDefault("ILS"),
    Flag.withMetavar("CODE"),
    Flag.withDescription("currency of threshold and balances")
  ),
  carryForward: Flag.Literals("carry-forward", ["none", "bank-days", "always"]).pipe(
    Flag.withDefault("bank-days"),
    Flag.withDescription(
      "days without a balance: none stay missing, bank-days fills days the bank was closed, " +
        "always fills every gap"
    )
  ),
  list: Flag.Boolean("list").pipe(
    Flag.withDefault(false),
    Flag.withoutNegation,
    Flag.withDescription("name the customers who qualified")
  ),
  report: optionalText("report", "DIR", "also write backtest.json into this folder")
}

/** `tidemark backtest` */
export const backtest = Command.make(
  "backtest",
  flags,
  TerminalCommand.run(async () => (await import("./BacktestHandler.ts")).backtest)
).pipe(
  Command.withDescription(
    "What the program would have decided on historic balances, month by month. Sends " +
      "nothing, stores nothing. Rows that cannot be read are listed as issues and their days " +
      "stay missing."
  ),
  Command.withShortDescription("decide past months on historic balances; sends nothing"),
  Command.withExamples([
    {
      command: "tidemark backtest --feed balances.csv.gz",
      description: "every month of the file, 15,000.00 ILS, as a table"
    },
    {
      command:
        "tidemark backtest --feed balances.csv --from 2023-02 --to 2023-04 --carry-forward " +
        "none --list --json",
      description: "three months, every calendar day from the file, customers named, as JSON lines"
    }
  ])
)
