/**
 * The commands of `tidemark`, one line each; handlers load when they run, so that `--help` stays
 * fast.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { amendments } from "./commands/Amend.ts"
import { backtest } from "./commands/Backtest.ts"
import { demo } from "./commands/Demo.ts"
import { desk } from "./commands/Desk.ts"
import { explain } from "./commands/Explain.ts"
import { doctor, migrate, serve } from "./commands/Operations.ts"
import { stages } from "./commands/Stages.ts"
import { phone } from "./commands/PhoneCheck.ts"
import { replay } from "./commands/Replay.ts"
import { sms } from "./commands/SmsMeasure.ts"
import { statement } from "./commands/StatementRead.ts"
import { sandbox } from "./sandbox/SandboxCommand.ts"
import * as TerminalCommand from "./TerminalCommand.ts"

/** The whole tree, with the global flags. */
export const tidemark = Command.make("tidemark").pipe(
  Command.withDescription(
    "Thanks a bank's customers who kept a premium balance for a whole calendar month, by one " +
      "SMS each."
  ),
  Command.withSubcommands([
    { group: "Try it", commands: [demo] },
    { group: "The program, stage by stage", commands: [...stages, explain, replay] },
    { group: "What people change", commands: [...amendments, ...desk] },
    { group: "Running it", commands: [serve, migrate, doctor, sandbox] },
    { group: "Tools that need no set-up", commands: [backtest, sms, phone, statement] }
  ]),
  Command.withGlobalFlags(TerminalCommand.globalFlags)
)

/** Help that was asked for is the output; help that was not is told on stderr. */
const presenter: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag === "InvalidInvocation") return Effect.void
    const formatter = CliOutput.defaultFormatter({ colors: process.stdout.isTTY })
    if (event._tag === "Version") return Console.log(event.version)
    const text = formatter.formatHelpDoc(event.helpDoc)
    return event.reason === "Requested" ? Console.log(text) : Console.error(text)
  }
}

const { Help, Version, Completions, LogLevel } = GlobalFlag

/** What the command line itself needs: help, versions, completions, and logs on stderr. */
export const layer = Layer.mergeAll(
  NodeServices.layer,
  CliConfig.layer({ builtIns: [Help, Version, Completions, LogLevel] }),
  CliOutput.layerPresenter(presenter),
  Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])
)
