/**
 * Runs an Effect for a command: logs on stderr, the command's signal, and one clear line for every
 * expected failure.
 */
import type { ProgramStore, Secrets } from "@tidemark/core/effect"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import * as References from "effect/References"
import * as Composition from "./Composition.ts"
import type { RunnerSettings } from "./Config.ts"
import * as Config from "./Config.ts"
import type { CommandContext } from "./TerminalCommand.ts"
import { CommandFailed, Ended } from "./TerminalFailure.ts"

/** Logs as JSON lines on stderr, so that stdout stays the command's own. */
export const logs = (level: LogLevel.LogLevel): Layer.Layer<never> =>
  Layer.merge(
    Logger.layer([Logger.withConsoleError(Logger.formatJson)]),
    Layer.succeed(References.MinimumLogLevel, level)
  )

const isTagged = (error: unknown): error is Error & { readonly _tag: string } =>
  error instanceof Error && "_tag" in error && typeof error._tag === "string"

/** Runs to a promise; expected failures become `CommandFailed`, defects stay what they are. */
export const run = async <A>(
  effect: Effect.Effect<A, unknown>,
  signal: AbortSignal
): Promise<A> => {
  const exit = await Effect.runPromiseExit(effect, { signal })
  if (Exit.isSuccess(exit)) return exit.value
  if (Cause.hasInterruptsOnly(exit.cause)) throw new Ended({ exitCode: 130 })
  const error = Cause.squash(exit.cause)
  if (Cause.hasFails(exit.cause) && isTagged(error)) {
    throw error._tag === "BadInput" || error._tag === "CommandFailed" || error._tag === "Ended"
      ? error
      : new CommandFailed({ reason: error.message })
  }
  throw error
}

/** Runs an effect over everything the settings compose, or over what is open already. */
export const withEverything = async <A, E>(
  context: CommandContext,
  effect: Effect.Effect<A, E, Composition.Services>,
  reads?: Composition.Reads
): Promise<A> => {
  if (context.opened !== undefined) return withOpened(context.opened, effect, context)
  const settings = Config.read(context.configFile)
  const layer = Layer.merge(Composition.layer(settings, reads), logs(settings.logLevel))
  return run(Effect.provide(effect, layer), context.signal)
}

/** Runs an effect over the store alone: neither bank nor carrier is composed. */
export const withStore = async <A, E>(
  context: CommandContext,
  settings: RunnerSettings,
  effect: Effect.Effect<A, E, ProgramStore | Secrets>
): Promise<A> => {
  if (context.opened !== undefined) return withOpened(context.opened, effect, context)
  const layer = Layer.merge(Composition.storeLayer(settings), logs("Warn"))
  return run(Effect.provide(effect, layer), context.signal)
}

const withOpened = <A, E, R>(
  opened: Context.Context<R>,
  effect: Effect.Effect<A, E, R>,
  { signal }: CommandContext
): Promise<A> => run(Effect.provideContext(effect, opened), signal)
