/**
 * What every command shares: the global flags, and a handler that is loaded when it runs.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Option from "effect/Option"
import type { Writable } from "node:stream"
import type { Services } from "./Composition.ts"
import * as TerminalFailure from "./TerminalFailure.ts"
import * as TerminalOutput from "./TerminalOutput.ts"

/** `--json`: one JSON object per line on stdout instead of text for people. */
export const Json = GlobalFlag.Setting("json")({
  flag: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withoutNegation,
    Flag.withDescription("one JSON object per line on stdout; everything else on stderr")
  )
})

/** `--config FILE`: the settings to use instead of `tidemark.json` in the working directory. */
export const ConfigFile = GlobalFlag.Setting("config")({
  flag: Flag.String("config").pipe(
    Flag.optional,
    Flag.withMetavar("FILE"),
    Flag.withDescription("settings file (default: tidemark.json where it exists)")
  )
})

/** The global flags of `tidemark`. */
export const globalFlags = [Json, ConfigFile] as const

/** Where a handler prints and how. */
export interface CommandContext {
  readonly json: boolean
  /** `--config`, where it was given. */
  readonly configFile: string | undefined
  readonly out: TerminalOutput.TerminalOutput
  /** Aborted when the command is interrupted. */
  readonly signal: AbortSignal
  /** Where `out` leads; absent: the process's own stdout. */
  readonly stdout?: Writable
  /** What is open already; absent: each command opens what the settings name, and closes it. */
  readonly opened?: Context.Context<Services> | undefined
}

/** Where commands print, and what they work on without opening it themselves. */
export interface Desk {
  readonly stdout: Writable
  readonly opened?: Context.Context<Services> | undefined
}

/** The process's own stdout, and nothing open: many commands in one process give another. */
export const Desk = Context.Reference<Desk>("@tidemark/runner/TerminalCommand/Desk", {
  defaultValue: () => ({ stdout: process.stdout })
})

const isExpected = (
  error: unknown
): error is TerminalFailure.BadInput | TerminalFailure.CommandFailed | TerminalFailure.Ended =>
  error instanceof TerminalFailure.BadInput ||
  error instanceof TerminalFailure.CommandFailed ||
  error instanceof TerminalFailure.Ended

/**
 * Makes a handler of a promise: `load` imports the module that does the work, so that a command
 * that is not run costs nothing at start. Output is flushed also when the handler fails; what it
 * throws beside the three endings of `TerminalFailure` is a defect.
 */
export const run =
  <Input>(load: () => Promise<(input: Input, context: CommandContext) => Promise<void>>) =>
  (input: Input) =>
    Effect.gen(function* () {
      const json = yield* Json
      const configFile = Option.getOrUndefined(yield* ConfigFile)
      const { opened, stdout } = yield* Desk
      const out = TerminalOutput.make(stdout)
      const attempt = Effect.tryPromise({
        try: async (signal) => {
          const handler = await load()
          try {
            await handler(input, { json, configFile, out, stdout, opened, signal })
          } finally {
            await out.drain()
          }
        },
        catch: (error) => error
      })
      yield* attempt.pipe(
        Effect.catch((error) => (isExpected(error) ? Effect.fail(error) : Effect.die(error)))
      )
    })
