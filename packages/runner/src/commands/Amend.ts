/**
 * What people change: `correct`, `closure declare`, and with two of them `waive`, `grant`,
 * `confirm`. Flags and help; the work is in `AmendHandler` and `ProposingHandler`.
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"
import { people } from "./PeopleFlags.ts"

const customer = Flag.String("customer").pipe(
  Flag.withMetavar("ID"),
  Flag.withDescription("the bank's id of the customer")
)

const correct = Command.make(
  "correct",
  {
    account: Flag.String("account").pipe(
      Flag.withMetavar("ID"),
      Flag.withDescription("the bank's id of the account")
    ),
    date: Flag.String("date").pipe(
      Flag.withMetavar("YYYY-MM-DD"),
      Flag.withDescription("the business date of the balance")
    ),
    amount: Flag.String("amount").pipe(
      Flag.withMetavar("15000.00"),
      Flag.withDescription("the true closing balance; below zero as --amount=-12.50")
    ),
    ...people
  },
  TerminalCommand.run(async () => (await import("./AmendHandler.ts")).correct)
).pipe(
  Command.withDescription(
    "Corrects a closing balance. The earlier amount is kept; who counts on it is decided again. " +
      "After a message was submitted the decision stands, and operations are told what it would " +
      "have been. Once a month is released, a correction could send: then it takes a second person."
  ),
  Command.withShortDescription("correct a closing balance"),
  Command.withExamples([
    {
      command:
        "tidemark correct --account A-77 --date 2026-10-14 --amount 15000.00 " +
        '--reason "booked twice" --by dana',
      description: "one balance"
    }
  ])
)

const waive = Command.make(
  "waive",
  {
    customer,
    dates: Flag.String("dates").pipe(
      Flag.withMetavar("YYYY-MM-DD,…"),
      Flag.withDescription("days of one month to leave out of the rule, separated by commas")
    ),
    ...people
  },
  TerminalCommand.run(async () => (await import("./ProposingHandler.ts")).waive)
).pipe(
  Command.withDescription(
    "Proposes to leave named days of a customer out of the rule, and prints the id a second " +
      "person confirms. A waived day is shown as such wherever the month is explained; one that " +
      "had no balance does not hold up the month any more."
  ),
  Command.withShortDescription("leave days of a customer out of the rule (two people)"),
  Command.withExamples([
    {
      command:
        "tidemark waive --customer C-1029 --dates 2026-10-14,2026-10-15 " +
        '--reason "our outage" --by dana',
      description: "the first person"
    },
    { command: "tidemark confirm k3f92m7qxa --by noa", description: "the second one" }
  ])
)

const grant = Command.make(
  "grant",
  {
    customer,
    month: Flag.String("month").pipe(
      Flag.withMetavar("YYYY-MM"),
      Flag.withDescription("the decided month")
    ),
    ...people
  },
  TerminalCommand.run(async () => (await import("./ProposingHandler.ts")).grant)
).pipe(
  Command.withDescription(
    "Proposes a message for a customer who was wronged, until the month's messages expire. The " +
      "decision stands, the report counts the message apart, and nobody ever gets a second one."
  ),
  Command.withShortDescription("a message for a wronged customer (two people)"),
  Command.withExamples([
    {
      command:
        "tidemark grant --customer C-1029 --month 2026-10 " +
        '--reason "our transfer was late" --by dana',
      description: "the first person"
    },
    { command: "tidemark confirm k3f92m7qxa --by noa", description: "the second one" }
  ])
)

const declare = Command.make(
  "declare",
  {
    date: Flag.String("date").pipe(
      Flag.withMetavar("YYYY-MM-DD"),
      Flag.withDescription("the date on which the bank closed no books; also one that is past")
    ),
    ...people
  },
  TerminalCommand.run(async () => (await import("./AmendHandler.ts")).declare)
).pipe(
  Command.withDescription(
    "Declares a date on which the bank closed no books: an election, an emergency order, a feed " +
      "that was empty for everyone. The last balance before it counts for that day, nothing is " +
      "captured or sent on it, and whoever had no balance is decided again. Once a month is " +
      "released it takes a second person."
  ),
  Command.withShortDescription("declare a date on which the bank closed no books"),
  Command.withExamples([
    {
      command: 'tidemark closure declare --date 2026-10-27 --reason "elections" --by dana',
      description: "one date"
    }
  ])
)

const closure = Command.make("closure").pipe(
  Command.withDescription("Dates on which the bank closed no books."),
  Command.withShortDescription("dates on which the bank closed no books"),
  Command.withSubcommands([declare])
)

const confirmRestore = Command.make(
  "confirm",
  people,
  TerminalCommand.run(async () => (await import("./ProposingHandler.ts")).restore)
).pipe(
  Command.withDescription(
    "Takes a database that its witness does not know (restored, failed over, upgraded) for the " +
      "program's own. Every message that may have been sent since the backup is asked about at " +
      "the carrier before anything is sent. It can send, so it takes two people."
  ),
  Command.withShortDescription("take a restored database for the program's own (two people)"),
  Command.withExamples([
    {
      command: 'tidemark restore confirm --reason "restored from 02:00" --by dana',
      description: "the first person"
    },
    { command: "tidemark confirm k3f92m7qxa --by noa", description: "the second one" }
  ])
)

const restore = Command.make("restore").pipe(
  Command.withDescription("What to do after the database was restored or failed over."),
  Command.withShortDescription("after the database was restored or failed over"),
  Command.withSubcommands([confirmRestore])
)

const confirm = Command.make(
  "confirm",
  {
    id: Argument.String("id").pipe(
      Argument.optional,
      Argument.withDescription("the proposal; without it, what waits is listed")
    ),
    by: Flag.String("by").pipe(
      Flag.optional,
      Flag.withMetavar("WHO"),
      Flag.withDescription("who you are: somebody else than who proposed it")
    ),
    now: people.now
  },
  TerminalCommand.run(async () => (await import("./ProposingHandler.ts")).confirm)
).pipe(
  Command.withDescription(
    "Confirms what another person proposed, which carries it out at once; without an id it lists " +
      "what waits. A proposal is forgotten after seven days."
  ),
  Command.withShortDescription("the second person; without an id: what waits for one"),
  Command.withExamples([
    { command: "tidemark confirm", description: "what waits" },
    { command: "tidemark confirm k3f92m7qxa --by noa", description: "confirm one" }
  ])
)

/** The commands by which people change something. */
export const amendments = [correct, waive, grant, closure, restore, confirm] as const
