/**
 * `tidemark serve`: ticks until it is stopped. An in-process timer is only one of many schedulers;
 * the work itself is found by each tick.
 *
 * **Source** — architecture, Level-triggered and Two times.
 */
import { Tick } from "@tidemark/core/effect"
import { Instant } from "@tidemark/core/rules"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as BusinessTime from "../BusinessTime.ts"
import * as Composition from "../Composition.ts"
import * as Config from "../Config.ts"
import * as Operate from "../Operate.ts"
import * as ReceiptWebhook from "../ReceiptWebhook.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"

interface ServeInput {
  readonly roles: string
  readonly businessClock: Option.Option<string>
}

const rolesOf = (text: string): ReadonlyArray<Tick.Role> =>
  text.split(",").map((part) => {
    const role = Tick.allRoles.find((known) => known === part.trim())
    if (role === undefined) {
      throw new BadInput({ reason: `--roles ${part}: one of ${Tick.allRoles.join(", ")}` })
    }
    return role
  })

const ClockAnswer = Schema.Struct({ nowMs: Schema.Int })
const readClock = Schema.decodeUnknownSync(ClockAnswer)

const askClockTimeoutMs = 5000

/** Business time as the sandbox says it; `undefined` while it does not answer. */
const followed = (url: URL): Effect.Effect<number | undefined> =>
  Effect.tryPromise(async (signal) => {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(askClockTimeoutMs)])
    })
    return readClock(await response.json()).nowMs
  }).pipe(Effect.catch(() => Effect.as(Effect.sleep("1 second"), undefined)))

const clockOf = (text: string): URL => {
  if (URL.canParse(text)) return new URL("/sandbox/clock", text)
  throw new BadInput({ reason: "--business-clock: expected the URL of a sandbox server" })
}

/** A runner that is behind ticks in slices, so that a stop is heeded between them. */
const sliceMs = 30_000

/** `tidemark serve` over what the settings compose. */
export const serve = (input: ServeInput, context: CommandContext): Promise<void> =>
  serveOver(input, context, Composition.layer)

/** The same over another composition, in which a test has wrapped a port. */
export const serveOver = async (
  input: ServeInput,
  context: CommandContext,
  compose: (settings: Config.RunnerSettings) => Layer.Layer<Composition.Services, unknown>
): Promise<void> => {
  const roles = rolesOf(input.roles)
  const follow = Option.getOrUndefined(Option.map(input.businessClock, clockOf))
  const settings = Config.read(context.configFile)
  const time: Effect.Effect<number | undefined> =
    follow === undefined ? Effect.succeed(undefined) : followed(follow)
  const program = Effect.gen(function* () {
    if (follow !== undefined) yield* BusinessTime.refuseRealCarrier("--business-clock")
    if (settings.carrier.webhookSecret !== undefined) {
      const webhook = yield* ReceiptWebhook.listen({
        port: settings.carrier.webhookPort,
        host: settings.carrier.webhookHost,
        secrets: [settings.carrier.webhookSecret],
        time: Effect.flatMap(time, (nowMs) =>
          nowMs === undefined ? Clock.currentTimeMillis : Effect.succeed(nowMs)
        )
      })
      yield* webhook.connect
      if (context.json) context.out.json({ webhook: webhook.url })
      else context.out.line(`receipts are taken at ${webhook.url}`)
    }
    return yield* tickForEver(roles, time, follow !== undefined, settings.scanMs, context)
  })
  await Operate.run(
    Effect.scoped(program).pipe(
      Effect.provide(compose(settings)),
      Effect.provide(Operate.logs(settings.logLevel))
    ),
    context.signal
  )
}

/** How soon a followed clock is looked at again. */
const followMs = 50

/** What waits for process time (a settle delay, a throttle, a lease) is looked at this soon. */
const recheckMs = 2000

/** After a failure of something outside: the store, the bank, the carrier. */
const afterFailureMs = 1000

const tickForEver = Effect.fnUntraced(function* (
  roles: ReadonlyArray<Tick.Role>,
  time: Effect.Effect<number | undefined>,
  follows: boolean,
  scanMs: number,
  context: CommandContext
) {
  const teller = tellerOf(context)
  for (;;) {
    const nowMs = yield* time
    if (follows && nowMs === undefined) continue
    const result = yield* Tick.tick({
      roles,
      budgetMs: sliceMs,
      ...(nowMs === undefined ? {} : { nowMs })
    }).pipe(
      // A runner outlives what it depends on: work stays due, and the next tick finds it again.
      Effect.catch(({ message }) =>
        Effect.as(
          Effect.logError("a tick failed; the next one tries again", { message }),
          undefined
        )
      )
    )
    if (result === undefined) {
      yield* Effect.sleep(afterFailureMs)
      continue
    }
    const tickedMs = nowMs ?? (yield* Clock.currentTimeMillis)
    teller(tickedMs, result)
    yield* Effect.promise(() => context.out.drain())
    if (result.more || result.done.length > 0) continue
    const untilWakeMs = Math.max(result.nextWakeAtMs - tickedMs, 0)
    const patienceMs = result.recheck ? Math.min(scanMs, recheckMs) : scanMs
    yield* Effect.sleep(follows ? followMs : Math.min(untilWakeMs, patienceMs))
  }
})

/** With `--json` one line per tick, as a supervisor reads it; else only what is news. */
const tellerOf = (context: CommandContext) => {
  let told = ""
  return (tickedMs: number, result: Tick.TickResult): void => {
    const nextWakeAt = Instant.toIso(result.nextWakeAtMs)
    const { done, late, recheck } = result
    const tick = Instant.toIso(tickedMs)
    if (context.json) {
      return context.out.json({ tick, done, late: late.length, nextWakeAt, recheck })
    }
    for (const { count, subject, work } of done) {
      context.out.line(`${tick} ${work}${subject === "" ? "" : ` ${subject}`}: ${count}`)
    }
    const next =
      (late.length === 0 ? "" : `${late.length} late, `) + `nothing due before ${nextWakeAt}`
    if (done.length > 0 || next === told) return
    told = next
    context.out.line(`${tick} ${next}`)
  }
}
