/** `tidemark sandbox bank|carrier`: starts a server, says where, and lives until interrupted. */
import * as fs from "node:fs"
import { CalendarMonth } from "@tidemark/core/rules"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as BusinessTime from "../BusinessTime.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput, CommandFailed } from "../TerminalFailure.ts"
import { startBank } from "./Bank.ts"
import { startCarrier } from "./Carrier.ts"
import * as ScriptFile from "./ScriptFile.ts"

interface Common {
  readonly port: number
  readonly now?: Option.Option<string>
  readonly script: Option.Option<string>
  readonly immediate: boolean
  readonly seed: number
}

const checkPort = ({ port }: Common): void => {
  if (port < 0 || port > 65_535) throw new BadInput({ reason: "--port must be 0 to 65535" })
}

/** Business time at start, where it was given. */
const beginning = ({ now }: Common): { readonly nowMs?: number } =>
  now === undefined || Option.isNone(now) ? {} : { nowMs: BusinessTime.ofFlag(now.value) }

/** Runs until the command is interrupted; the server's port is told first. */
const serve = async (
  what: string,
  server: Effect.Effect<{ readonly url: string }, Error, Scope.Scope>,
  { json, out, signal }: CommandContext
): Promise<void> => {
  const program = Effect.gen(function* () {
    const { url } = yield* server
    if (json) out.json({ url })
    else out.line(`The sandbox ${what} listens on ${url}; stop it with Ctrl-C.`)
    yield* Effect.promise(() => out.drain())
    return yield* Effect.never
  })
  const exit = await Effect.runPromiseExit(Effect.scoped(program), { signal })
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return
  const error = Cause.squash(exit.cause)
  throw new CommandFailed({ reason: error instanceof Error ? error.message : "cannot start" })
}

/** `tidemark sandbox bank`. */
export const bank = async (
  flags: Common & { readonly customers: number; readonly month: string },
  context: CommandContext
): Promise<void> => {
  checkPort(flags)
  const { port, seed, customers } = flags
  const month = CalendarMonth.parse(flags.month)
  if (month === undefined) throw new BadInput({ reason: "--month must be written YYYY-MM" })
  if (customers < 1 || customers > 1_000_000) {
    throw new BadInput({ reason: "--customers must be 1 to 1000000" })
  }
  const script = Option.match(flags.script, { onNone: () => [], onSome: ScriptFile.bank })
  const faults = flags.immediate ? [] : script
  await serve(
    "bank",
    startBank({ port, seed, customers, months: [month], script: faults, ...beginning(flags) }),
    context
  )
}

/** `tidemark sandbox carrier`. */
export const carrier = async (
  flags: Common & {
    readonly log: string
    readonly webhook: Option.Option<string>
    readonly secretFile: Option.Option<string>
  },
  context: CommandContext
): Promise<void> => {
  checkPort(flags)
  const { port, seed, immediate, log } = flags
  const script = Option.match(flags.script, { onNone: () => [], onSome: ScriptFile.carrier })
  const webhook = webhookOf(flags.webhook, flags.secretFile)
  const start = { port, seed, immediate, script, logFile: log, ...beginning(flags) }
  const server = startCarrier(webhook === undefined ? start : { ...start, webhook })
  await serve("carrier", server, context)
}

const webhookOf = (url: Option.Option<string>, secretFile: Option.Option<string>) => {
  if (Option.isNone(url)) return undefined
  if (!URL.canParse(url.value)) throw new BadInput({ reason: "--webhook must be a URL" })
  if (Option.isNone(secretFile)) {
    throw new BadInput({ reason: "--webhook needs --webhook-secret-file: pushes are signed" })
  }
  return { url: url.value, secret: readSecret(secretFile.value) }
}

const readSecret = (file: string): string => {
  let secret: string
  try {
    secret = fs.readFileSync(file, "utf8").trim()
  } catch {
    throw new BadInput({ where: file, reason: "cannot be read" })
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64")
  if (!secret.startsWith("whsec_") || key.length < 24) {
    throw new BadInput({ where: file, reason: "is no secret: whsec_ and base64 of 24 bytes" })
  }
  return secret
}
