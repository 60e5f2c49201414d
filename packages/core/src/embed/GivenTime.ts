/**
 * What every call reads from its options first.
 *
 * **Source** — architecture, Two times.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { SmsCarrier } from "../ports/SmsCarrier.ts"
import * as Instants from "./Instants.ts"
import { refused } from "./TidemarkError.ts"
import type { CallOptions } from "./TidemarkTypes.ts"

/** Business time as given, `undefined` for the process clock: messages are sent in real time only. */
export const givenMs = Effect.fnUntraced(function* ({ now }: CallOptions = {}) {
  if (now === undefined) return undefined
  const carrier = yield* SmsCarrier
  if (!carrier.isSandbox) {
    return yield* Effect.fail(
      refused("RealCarrier", "now: a carrier that is no sandbox lives in real time")
    )
  }
  return yield* parsed(() => Instants.instantMs(now, "now"))
})

/** The same as an instant: the process clock where none was given. Epoch milliseconds. */
export const businessMs = Effect.fnUntraced(function* (options?: CallOptions) {
  return (yield* givenMs(options)) ?? (yield* Clock.currentTimeMillis)
})

/** What a parser throws is a failure like any other. */
export const parsed = <A>(parse: () => A): Effect.Effect<A, unknown> =>
  Effect.try({ try: parse, catch: (error) => error })
