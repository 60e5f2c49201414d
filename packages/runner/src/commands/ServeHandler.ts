/**
 * `tidemark serve`: ticks until it is stopped. An in-process timer is only one of many schedulers;
 * the work itself is found by each tick.
 *
 * **Source** — architecture, Level-triggered and Two times.
 */
import { SmsCarrier, Tick } from "@tidemark/core/effect"
import { Instant } from "@tidemark/core/rules"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
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

/** Business time as the sandbox says it; `undefined` while it does not answer. */
const followed = (url: string): Effect.Effect<number | undefined> =>
  Effect.tryPromise(async (signal) => {
    const response = await fetch(new URL("/sandbox/clock", url), { signal })
    return Schema.decodeUnknownSync(ClockAnswer)(await response.json()).nowMs
  }).pipe(Effect.catch(() => Effect.as(Effect.sleep("1 second"), undefined)))

/** A runner that is behind ticks in slices, so that a stop is heeded between them. */
const sliceMs = 30_000

export const serve = async (input: ServeInput, context: CommandContext): Promise<void> => {
  const roles = rolesOf(input.roles)
  const settings = Config.read(context.configFile)
  const follow = Option.getOrUndefined(input.businessClock)
  const time: Effect.Effect<number | undefined> =
    follow === undefined ? Effect.succeed(undefined) : followed(follow)
  const program = Effect.gen(function* () {
    const carrier = yield* SmsCarrier
    if (follow !== undefined && !carrier.isSandbox) {
      const reason = "--business-clock is refused with a real carrier: it lives in real time"
      return yield* Effect.fail(new BadInput({ reason }))
    }
    if (settings.carrier.webhookSecret !== undefined) {
      const webhook = yield* ReceiptWebhook.listen({
        port: settings.carrier.webhookPort ?? 0,
        host: "127.0.0.1",
        secrets: [settings.carrier.webhookSecret],
        time: Effect.flatMap(time, (nowMs) =>
          nowMs === undefined ? Clock.currentTimeMillis : Effect.succeed(nowMs)
        )
      })
      yield* webhook.connect
      context.out.json({ webhook: webhook.url })
    }
    return yield* tickForEver(roles, time, follow !== undefined, settings.scanMs, context)
  })
  await Operate.run(
    Effect.scoped(program).pipe(
      Effect.provide(Composition.layer(settings)),
      Effect.provide(Operate.logs("Info"))
    ),
    context.signal
  )
}

/** How soon a followed clock is looked at again. */
const followMs = 100

const tickForEver = Effect.fnUntraced(function* (
  roles: ReadonlyArray<Tick.Role>,
  time: Effect.Effect<number | undefined>,
  follows: boolean,
  scanMs: number,
  context: CommandContext
) {
  for (;;) {
    const nowMs = yield* time
    if (follows && nowMs === undefined) continue
    const result = yield* Tick.tick({
      roles,
      budgetMs: sliceMs,
      ...(nowMs === undefined ? {} : { nowMs })
    }).pipe(
      Effect.catchTag("ProgramStoreError", (error) =>
        Effect.as(
          Effect.logError("the store failed; the next tick tries again", {
            reason: error.reason,
            detail: error.detail
          }),
          undefined
        )
      )
    )
    if (result === undefined) {
      yield* Effect.sleep(1000)
      continue
    }
    const tickedMs = nowMs ?? (yield* Clock.currentTimeMillis)
    // One line per tick: what a supervisor, or the test of two runners, reads.
    context.out.json({
      tick: Instant.toIso(tickedMs),
      done: result.done,
      late: result.late.length,
      nextWakeAt: Instant.toIso(result.nextWakeAtMs),
      recheck: result.recheck
    })
    yield* Effect.promise(() => context.out.drain())
    if (result.more || result.done.length > 0) continue
    const untilWakeMs = Math.max(result.nextWakeAtMs - tickedMs, 0)
    yield* Effect.sleep(follows ? followMs : Math.min(untilWakeMs, scanMs))
  }
})
