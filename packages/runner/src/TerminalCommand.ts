/**
 * What every command shares: the global flags, and a handler that is loaded when it runs.
 */
import * as Effect from "effect/Effect"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Option from "effect/Option"
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
}

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
      const out = TerminalOutput.make(process.stdout)
      const attempt = Effect.tryPromise({
        try: async (signal) => {
          const handler = await load()
          try {
            await handler(input, { json, configFile, out, signal })
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
