/**
 * An operator at a keyboard: types the real commands, reads what they print. The settings, the
 * bank's and the carrier's wire and the embedded store are real; they are opened once, so that
 * eighty commands take seconds.
 */
import { EventPublisher } from "@tidemark/core/effect"
import type { DomainEvent } from "@tidemark/core/rules"
import * as Context from "effect/Context"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { Writable } from "node:stream"
import * as CommandLine from "../../src/CommandLine.ts"
import * as Composition from "../../src/Composition.ts"
import * as Config from "../../src/Config.ts"
import * as TerminalCommand from "../../src/TerminalCommand.ts"
import * as TerminalFailure from "../../src/TerminalFailure.ts"

/** What one command left on the screen. */
export interface Screen {
  readonly code: number
  /** Standard output. */
  readonly text: string
  /** The one line of a refusal, else empty. */
  readonly refusal: string
}

const wordsOf = (line: string): ReadonlyArray<string> =>
  Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? "")

/** Sits down at the settings of a file; everything is open until the scope closes. */
export const sitDown = Effect.fnUntraced(function* (configFile: string) {
  const quiet = Layer.succeed(References.MinimumLogLevel, "None")
  const settings = Config.read(configFile, {})
  const events: Array<DomainEvent.DomainEvent> = []
  const composed = yield* Layer.build(Layer.merge(Composition.layer(settings), quiet))
  // What the bank's other systems hear.
  const opened = Context.add(composed, EventPublisher, {
    publish: (page) => Effect.sync(() => void events.push(...page))
  })
  /** Types a command: words are separated by blanks, `"…"` is one word. */
  const type = async (line: string): Promise<Screen> => {
    const pieces: Array<string> = []
    const stdout = new Writable({
      write: (chunk: Buffer, _, done) => {
        pieces.push(chunk.toString("utf8"))
        done()
      }
    })
    const args = [...wordsOf(line), "--config", configFile]
    const typed = Command.runWith(CommandLine.tidemark, { version: "test" })(args).pipe(
      Effect.provideService(TerminalCommand.Desk, { stdout, opened }),
      Effect.provide(CommandLine.layer)
    )
    const exit = await Effect.runPromiseExit(typed)
    const ending: TerminalFailure.Ending = Exit.isSuccess(exit)
      ? { exitCode: 0 }
      : TerminalFailure.endingOf(exit.cause)
    return { code: ending.exitCode, text: pieces.join(""), refusal: ending.line ?? "" }
  }
  return { events, type }
})
