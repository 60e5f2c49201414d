/**
 * What a campaign does to its runners, and when: at requests to the bank and the carrier as they
 * arrive and as they are answered, and between ticks.
 *
 * **Source** — fault list, process and database (P1, P2, D1).
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { Dice } from "./Dice.ts"
import type { Runner } from "./Runner.ts"
import type { Store } from "./Store.ts"
import type { Passing, WireHooks } from "./Wire.ts"

const kinds = ["kill", "stop", "terminate", "crash"] as const
type Kind = (typeof kinds)[number]

/** How often each was done. */
export type Struck = Record<Kind, number>

export interface StrikeOptions {
  readonly dice: Dice
  readonly store: Store
  /** How often each may be done in one month; 0 leaves it out. */
  readonly most: Readonly<Record<Kind, number>>
  /** So many of them at most while the month is captured: what is sent comes after it. */
  readonly early: number
  /** A stopped process sleeps longer than this. */
  readonly leaseMs: number
}

export interface Strikes {
  readonly struck: Struck
  /** The hooks of one runner's wire to the bank or the carrier. */
  readonly hooks: (runner: () => Runner) => WireHooks
  /** Asked at each line of a runner. */
  readonly between: (runner: Runner) => void
  /** The month is decided: from now on messages are sent. */
  readonly decided: () => void
  /** The month draws to its end: what is asleep is woken, and nothing strikes any more. */
  readonly cease: () => void
}

/** How likely a request is struck: those that send messages are few, and matter most. */
const likelihood = ({ path }: Passing): number => {
  if (path.startsWith("/sandbox")) return 0
  if (path === "/v1/messages") return 0.6
  return path.startsWith("/v1/messages/") || path.startsWith("/v1/receipts") ? 0.4 : 0.1
}

const betweenLikelihood = 0.08
/** A strike after an answer lands in the transactions that follow it. */
const mostDelayMs = 40

export const make = ({ dice, early, leaseMs, most, store }: StrikeOptions): Strikes => {
  const struck: Struck = { kill: 0, stop: 0, terminate: 0, crash: 0 }
  const asleep = new Map<Runner, NodeJS.Timeout>()
  let ceased = false
  let decided = false

  const wake = (runner: Runner) => {
    clearTimeout(asleep.get(runner))
    asleep.delete(runner)
    runner.resume()
  }

  const acts: Readonly<Record<Kind, (runner: Runner) => boolean | Promise<boolean>>> = {
    kill: (runner) => runner.kill(),
    stop: (runner) => {
      if (!runner.stop()) return false
      asleep.set(
        runner,
        setTimeout(() => wake(runner), leaseMs + 500)
      )
      return true
    },
    terminate: async () => {
      const ended = await store.terminate?.().catch(() => 0)
      return ended !== undefined && ended > 0
    },
    crash: () => {
      store.crash?.()
      return store.crash !== undefined
    }
  }

  const strike = async (runner: Runner): Promise<void> => {
    const done = kinds.reduce((sum, kind) => sum + struck[kind], 0)
    if (ceased || (!decided && done >= early)) return
    const possible = kinds.filter((kind) => struck[kind] < most[kind])
    const left = possible.flatMap((kind) =>
      Array.from({ length: most[kind] - struck[kind] }, () => kind)
    )
    const kind = dice.oneOf("kind", left)
    // Counted at once: two strikes may be under way at the same time.
    if (kind === undefined) return
    struck[kind]++
    if (!(await acts[kind](runner))) struck[kind]--
  }

  const falls = (name: string, chance: number) => dice.fraction(name) < chance

  return {
    struck,
    hooks: (runner) => ({
      arrived: async (passing): Promise<"pass"> => {
        // Whoever decided the month may have died before it said so.
        if (passing.path === "/v1/messages") decided = true
        if (falls(`arrived ${passing.path}`, likelihood(passing) / 2)) await strike(runner())
        return "pass"
      },
      answered: async (passing, answer) => {
        if (!falls(`answered ${passing.path}`, likelihood(passing) / 2)) return answer
        if (falls("before or after", 0.5)) await strike(runner())
        else {
          const delayMs = dice.fraction("delay") * mostDelayMs
          void sleep(delayMs).then(() => strike(runner()))
        }
        return answer
      }
    }),
    between: (runner) => {
      if (falls("between", betweenLikelihood)) void strike(runner)
    },
    decided: () => {
      decided = true
    },
    cease: () => {
      ceased = true
      for (const runner of asleep.keys()) wake(runner)
    }
  }
}
