/** `tidemark sms lint`: flags and help. The work is in `SmsLintHandler`. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

/** `tidemark sms lint …` */
export const lint = Command.make(
  "lint",
  {
    template: Flag.String("template").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription(
        "the text of one message; or JSON: a policy, or templates by language; or what ships: " +
          "builtin:default, builtin:original"
      )
    ),
    names: Flag.String("names").pipe(
      Flag.withMetavar("FILE"),
      Flag.optional,
      Flag.withDescription(
        'first names to try, as a JSON list or NDJSON of texts or {"name"}; default: a few in ' +
          "every script"
      )
    ),
    language: Flag.Literals("language", ["he", "en", "ar", "ru"]).pipe(
      Flag.optional,
      Flag.withDescription("of a text file (default: by its letters); sets the months' names")
    ),
    price: Flag.String("price").pipe(
      Flag.withDefault("0.04"),
      Flag.withMetavar("AMOUNT"),
      Flag.withDescription("price of one segment in any currency; the default is an example")
    ),
    bankName: Flag.String("bank-name").pipe(
      Flag.withMetavar("NAME"),
      Flag.optional,
      Flag.withDescription("what {BankName} stands for, where no policy says it")
    ),
    twoWay: Flag.Boolean("two-way").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription("replies reach the bank: the sender is a number, where no policy says")
    )
  },
  TerminalCommand.run(async () => (await import("./SmsLintHandler.ts")).smsLint)
).pipe(
  Command.withDescription(
    "What to know about a template before the first message: its smallest and largest size over " +
      "real names and all months, the cost, and the traps (one curly apostrophe, a link, " +
      '"Reply STOP" on a sender that receives nothing). Sends nothing, needs no settings.'
  ),
  Command.withShortDescription("worst case, traps and cost of a template"),
  Command.withExamples([
    {
      command: "tidemark sms lint --template builtin:original",
      description: "two segments for Dana, four for דנה"
    },
    {
      command: "tidemark sms lint --template thanks.txt --names names.json --price 0.035 --json",
      description: "one JSON object per language"
    }
  ])
)
