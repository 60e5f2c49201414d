/** A sandbox bank and a sandbox carrier on loopback, and the one business time both live in. */
import type { CalendarMonth } from "@tidemark/core/rules"
import type { SandboxScript } from "@tidemark/core/sandbox"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { startBank } from "../../src/sandbox/Bank.ts"
import { startCarrier } from "../../src/sandbox/Carrier.ts"

export interface SandboxOptions {
  readonly seed: number
  readonly customers: number
  readonly month: CalendarMonth.CalendarMonth
  readonly bankScript: SandboxScript.BankScript
  readonly carrierScript: SandboxScript.CarrierScript
  /** The carrier's own log: the judge of what was sent. */
  readonly log: string
  readonly nowMs: number
  /** The carrier delivers what it has accepted at once. */
  readonly immediate?: boolean
}

export interface Sandbox {
  readonly bank: string
  readonly carrier: string
  readonly nowMs: () => number
  /** Moves business time forward for both. */
  readonly tell: (nowMs: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** Starts both servers in this process. */
export const start = async (options: SandboxOptions): Promise<Sandbox> => {
  const { bankScript, carrierScript, customers, log, month, seed } = options
  let { nowMs } = options
  const scope = await Effect.runPromise(Scope.make())
  const both = Effect.gen(function* () {
    const bank = yield* startBank({ seed, customers, months: [month], script: bankScript, nowMs })
    const carrier = yield* startCarrier({
      seed,
      script: carrierScript,
      throttleSeconds: 0.2,
      logFile: log,
      immediate: options.immediate ?? false,
      nowMs
    })
    return { bank, carrier }
  })
  const { bank, carrier } = await Effect.runPromise(Effect.provideService(both, Scope.Scope, scope))
  return {
    bank: bank.url,
    carrier: carrier.url,
    nowMs: () => nowMs,
    tell: async (toMs) => {
      nowMs = Math.max(nowMs, toMs)
      await Effect.runPromise(Effect.andThen(bank.tell(nowMs), carrier.tell(nowMs)))
    },
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
