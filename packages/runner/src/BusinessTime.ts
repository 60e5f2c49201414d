/**
 * Business time given on the command line: only a sandbox may live in another time than ours.
 *
 * **Source** — architecture, Two times.
 */
import { SmsCarrier } from "@tidemark/core/effect"
import { Instant } from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { BadInput } from "./TerminalFailure.ts"

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/

/** Epoch milliseconds of an instant in UTC, `2026-10-01T06:00:00Z`; `undefined` otherwise. */
export const parse = (text: string): number | undefined => {
  const nowMs = form.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isFinite(nowMs)) return undefined
  // A day that does not exist would roll over into the next month.
  return Instant.toIso(nowMs).slice(0, 10) === text.slice(0, 10) ? nowMs : undefined
}

const noInstant = (): BadInput =>
  new BadInput({ reason: "--now: expected an instant such as 2026-10-01T06:00:00Z" })

/** The instant of `--now`; `BadInput` for what is none. */
export const ofFlag = (text: string): number => {
  const nowMs = parse(text)
  if (nowMs === undefined) throw noInstant()
  return nowMs
}

/** Refuses a flag that moves business time where messages would really be sent. */
export const refuseRealCarrier = Effect.fnUntraced(function* (flag: string) {
  const carrier = yield* SmsCarrier
  if (carrier.isSandbox) return
  const reason = `${flag} is refused with a real carrier, which lives in real time`
  return yield* Effect.fail(new BadInput({ reason }))
})

export interface NowFlag {
  readonly now: Option.Option<string>
}

/** Business time as given, or `undefined` for the process clock. */
export const given = Effect.fnUntraced(function* ({ now }: NowFlag) {
  if (Option.isNone(now)) return undefined
  yield* refuseRealCarrier("--now")
  const nowMs = parse(now.value)
  return nowMs ?? (yield* Effect.fail(noInstant()))
})
