/**
 * The stages one at a time, and `tick`, which does whatever is due: flags and help. All of them are
 * idempotent; the work is in `StagesHandler`.
 */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"
import { report } from "./Report.ts"

const now = Flag.String("now").pipe(
  Flag.optional,
  Flag.withMetavar("INSTANT"),
  Flag.withDescription("business time, ISO 8601 in UTC; refused with a real carrier")
)

const month = (description: string) =>
  Flag.String("month").pipe(Flag.withMetavar("YYYY-MM"), Flag.withDescription(description))

const handlers = () => import("./StagesHandler.ts")

const capture = Command.make(
  "capture",
  {
    now,
    date: Flag.String("date").pipe(
      Flag.optional,
      Flag.withMetavar("YYYY-MM-DD"),
      Flag.withDescription("ask the bank for this date (default: every date that is due)")
    )
  },
  TerminalCommand.run(async () => (await handlers()).capture)
).pipe(
  Command.withDescription("Captures the bank's closing balances."),
  Command.withShortDescription("capture the bank's closing balances")
)

const qualify = Command.make(
  "qualify",
  { now, month: month("tell of this month only (default: of every one)").pipe(Flag.optional) },
  TerminalCommand.run(async () => (await handlers()).qualify)
).pipe(
  Command.withDescription(
    "Decides who stayed at or above the threshold on every day of a month, once its " +
      "balances are complete or its cut-off is over."
  ),
  Command.withShortDescription("decide a month whose balances are complete")
)

const approve = Command.make(
  "approve",
  {
    now,
    month: month("the decided month"),
    hash: Flag.String("hash").pipe(Flag.withDescription("content hash of the decisions")),
    by: Flag.String("by").pipe(Flag.withDescription("who approves"))
  },
  TerminalCommand.run(async () => (await handlers()).approve)
).pipe(
  Command.withDescription(
    "Approves a decided month for release. The hash, printed by `qualify`, binds the " +
      "approval to the very decisions that were looked at; the policy says whether two people " +
      "must approve."
  ),
  Command.withShortDescription("approve a decided month for release")
)

const dispatch = Command.make(
  "dispatch",
  { now },
  TerminalCommand.run(async () => (await handlers()).dispatch)
).pipe(
  Command.withDescription(
    "Releases approved months and submits what is due, inside the send window."
  ),
  Command.withShortDescription("release, and submit what is due")
)

const track = Command.make(
  "track",
  { now },
  TerminalCommand.run(async () => (await handlers()).track)
).pipe(
  Command.withDescription(
    "Asks the carrier about unknown outcomes, polls and folds receipts, closes what is " +
      "over. Sends nothing."
  ),
  Command.withShortDescription("follow receipts and unknown outcomes; sends nothing")
)

const tick = Command.make(
  "tick",
  { now },
  TerminalCommand.run(async () => (await handlers()).tick)
).pipe(
  Command.withDescription(
    "Does everything that is due once and says when to call again: for cron, Kubernetes, or " +
      "the bank's own scheduler."
  ),
  Command.withShortDescription("do whatever is due, once")
)

/** The stage commands, in the order of the stages. */
export const stages = [capture, qualify, approve, dispatch, track, report, tick] as const
