#!/usr/bin/env -S node --max-semi-space-size=4
/**
 * The `tidemark` command: runs the commands and turns every ending into an exit code.
 *
 * New objects are collected after 4 MB: what dies with its page leaves the memory with it. Node's
 * own limit grows with the machine, to 64 MB and more, and nothing runs faster by it here.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as CommandLine from "./CommandLine.ts"
import * as TerminalFailure from "./TerminalFailure.ts"
import * as TerminalOutput from "./TerminalOutput.ts"

const tell = (ending: TerminalFailure.Ending): number => {
  if (ending.line !== undefined) process.stderr.write(`tidemark: ${ending.line}\n`)
  return ending.exitCode
}

TerminalOutput.quietOnClosedPipe()
process.on("uncaughtException", (error) => {
  process.exit(tell(TerminalFailure.internalError(error)))
})

CommandLine.tidemark.pipe(
  Command.run({ version: "0.1.0" }),
  Effect.provide(CommandLine.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, onExit) =>
      onExit(Exit.isSuccess(exit) ? 0 : tell(TerminalFailure.endingOf(exit.cause)))
  })
)
