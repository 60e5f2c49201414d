/**
 * What operators hold, stop and decide: `suppress`, `pause`, `resume`, `escalations`. Flags and
 * help; the work is in `DeskHandler`.
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"
import { people } from "./PeopleFlags.ts"

const handlers = () => import("./DeskHandler.ts")
const { by, now } = people

const customers = Flag.String("customer").pipe(
  Flag.withMetavar("ID,…"),
  Flag.withDescription("the bank's ids of the customers, separated by commas")
)

const add = Command.make(
  "add",
  {
    customers,
    reason: Flag.Literals("reason", ["OPERATOR", "COMPLAINT", "OPTED_OUT", "CARRIER_BLOCKED"]).pipe(
      Flag.withDefault("OPERATOR"),
      Flag.withDescription("why, as reports and `explain` say it")
    ),
    by,
    now
  },
  TerminalCommand.run(async () => (await handlers()).suppress)
).pipe(
  Command.withDescription(
    "Sends these customers nothing any more. What is not submitted yet ends at once as " +
      "suppressed; a message on its way to the carrier cannot be stopped."
  ),
  Command.withShortDescription("send customers nothing any more")
)

const remove = Command.make(
  "remove",
  { customers, by, now },
  TerminalCommand.run(async () => (await handlers()).unsuppress)
).pipe(
  Command.withDescription("Lifts the suppression of these customers. No ended message comes back."),
  Command.withShortDescription("lift the suppression of customers")
)

const listSuppressed = Command.make(
  "list",
  {},
  TerminalCommand.run(async () => (await handlers()).suppressions)
).pipe(Command.withDescription("Lists suppressed customers with reason and date, by id."))

const suppress = Command.make("suppress").pipe(
  Command.withDescription("Customers who are sent nothing, whatever they qualify for."),
  Command.withShortDescription("customers who are sent nothing"),
  Command.withSubcommands([add, remove, listSuppressed])
)

const pause = Command.make(
  "pause",
  {
    kill: Flag.Boolean("kill").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription("the emergency stop: the same, and marked as such until it is lifted")
    ),
    by,
    now
  },
  TerminalCommand.run(async () => (await handlers()).pause)
).pipe(
  Command.withDescription(
    "Submits nothing from the next mark on, in every process. Captures, decisions, receipts and " +
      "reports go on; messages wait, and expire if it lasts."
  ),
  Command.withShortDescription("submit nothing until `resume`"),
  Command.withExamples([
    { command: "tidemark pause --by dana", description: "for a while" },
    { command: "tidemark pause --kill --by dana", description: "something is wrong" }
  ])
)

const resume = Command.make(
  "resume",
  { by, now },
  TerminalCommand.run(async () => (await handlers()).resume)
).pipe(
  Command.withDescription("Lifts a pause or an emergency stop."),
  Command.withShortDescription("lift a pause")
)

const listEscalations = Command.make(
  "list",
  {
    all: Flag.Boolean("all").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription("also those that were resolved")
    )
  },
  TerminalCommand.run(async () => (await handlers()).escalations)
).pipe(
  Command.withDescription("Lists what waits for people, oldest first, and what may be decided.")
)

const resolve = Command.make(
  "resolve",
  {
    id: Argument.String("id").pipe(
      Argument.optional,
      Argument.withDescription("one escalation, as `escalations list` prints it")
    ),
    cause: Flag.String("cause").pipe(
      Flag.optional,
      Flag.withMetavar("CAUSE"),
      Flag.withDescription("every one of this cause that is open now, instead of an id")
    ),
    action: Flag.Literals("action", ["resend", "close"]).pipe(
      Flag.withDescription("resend: give the lost attempt up and send the next; close: no more")
    ),
    reason: people.reason.pipe(Flag.withDefault("decided at the desk")),
    by,
    now
  },
  TerminalCommand.run(async () => (await handlers()).resolve)
).pipe(
  Command.withDescription(
    "Decides escalations. Where it says what becomes of a message it takes two people: it prints " +
      "a proposal, and another person runs `tidemark confirm ID`. An accepted message is never " +
      "sent again. Items about messages that have ended are closed by one person."
  ),
  Command.withShortDescription("decide one escalation, or all of a cause"),
  Command.withExamples([
    {
      command: "tidemark escalations resolve --cause LOOKUP_SILENT --action close --by dana",
      description: "the first person"
    },
    { command: "tidemark confirm k3f92m7qxa --by noa", description: "the second one" }
  ])
)

const escalations = Command.make("escalations").pipe(
  Command.withDescription("What waits for people to decide."),
  Command.withShortDescription("what waits for people"),
  Command.withSubcommands([listEscalations, resolve])
)

/** The commands of an operations desk. */
export const desk = [suppress, pause, resume, escalations] as const
