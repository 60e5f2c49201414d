/** `tidemark sandbox bank|carrier`: one sandbox server until it is stopped. */
import { CalendarMonth } from "@tidemark/core/rules"
import { SandboxScript } from "@tidemark/core/testing"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import * as Operate from "../Operate.ts"
import { startBank } from "../sandbox/Bank.ts"
import { startCarrier } from "../sandbox/Carrier.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"

interface SandboxInput {
  readonly which: "bank" | "carrier"
  readonly port: number
  readonly script: Option.Option<string>
  readonly null: boolean
  readonly log: Option.Option<string>
  readonly customers: number
  readonly months: string
  readonly seed: number
}

/** A script file, checked; `[]` where none is given. */
const scriptOf = <A>(file: Option.Option<string>, schema: Schema.Codec<A, unknown>, none: A): A => {
  if (Option.isNone(file)) return none
  let text: string
  try {
    text = readFileSync(file.value, "utf8")
  } catch {
    throw new BadInput({ where: file.value, reason: "cannot be read" })
  }
  const decoded = Schema.decodeUnknownResult(Schema.fromJsonString(schema), {
    onExcessProperty: "error"
  })(text)
  if (Result.isFailure(decoded)) {
    throw new BadInput({ where: file.value, reason: String(decoded.failure.issue) })
  }
  return decoded.success
}

const monthsOf = (text: string): ReadonlyArray<CalendarMonth.CalendarMonth> =>
  text.split(",").map((part) => {
    const month = CalendarMonth.parse(part.trim())
    if (month === undefined) throw new BadInput({ reason: `--months ${part}: no such month` })
    return month
  })

export const sandbox = async (input: SandboxInput, context: CommandContext): Promise<void> => {
  const server = Effect.gen(function* () {
    const { port, seed } = input
    const running =
      input.which === "bank"
        ? yield* startBank({
            port,
            seed,
            customers: input.customers,
            months: monthsOf(input.months),
            script: scriptOf(input.script, SandboxScript.BankScript, [])
          })
        : yield* startCarrier({
            port,
            seed,
            immediate: input.null,
            script: scriptOf(input.script, SandboxScript.CarrierScript, []),
            ...(Option.isSome(input.log) ? { logFile: input.log.value } : {})
          })
    if (context.json) context.out.json({ sandbox: input.which, url: running.url })
    else context.out.line(`sandbox ${input.which} at ${running.url} (stop with Ctrl-C)`)
    yield* Effect.promise(() => context.out.drain())
    return yield* Effect.never
  })
  await Operate.run(
    Effect.scoped(server).pipe(Effect.provide(Operate.logs("Info"))),
    context.signal
  )
}
