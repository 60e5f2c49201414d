/**
 * A process that can die and stand still at any call of a port. Dying is not interruption: nothing
 * is tidied up, calls simply never come back.
 *
 * **Source** — simulation, "crash ≠ interrupt"; fault list P1 to P3.
 */
import * as Effect from "effect/Effect"
import type { CallFault, Fault } from "./SimulationPlan.ts"
import type { VirtualTime } from "./VirtualTime.ts"

type Strike = typeof CallFault.Type

/** One incarnation of a worker. */
export interface Process {
  readonly worker: number
  readonly name: string
  alive: boolean
  pausedUntilMs: number
}

/** What strikes at which call, and what has struck. */
export interface Strikes {
  readonly time: VirtualTime
  /** How often each verb was called, by all processes. */
  readonly calls: Map<string, number>
  readonly planned: PlannedStrikes
  /** Told of every fault that struck. */
  readonly struck: (fault: Fault) => void
  /** A process died: another takes its place at this instant. */
  readonly restart: (worker: number, atMs: number) => void
}

/** Strikes by verb, then by the number of the call and which side of it. */
type PlannedStrikes = ReadonlyMap<string, ReadonlyMap<string, Strike>>

const keyOf = (nth: number, when: "before" | "after"): string => `${nth} ${when}`

const noStrikes: ReadonlyMap<string, Strike> = new Map()

/** The call faults of a plan by the call they strike; the first of several for one call counts. */
export const plannedStrikes = (faults: ReadonlyArray<Fault>): PlannedStrikes => {
  const planned = new Map<string, Map<string, Strike>>()
  for (const fault of faults) {
    if (fault.on !== "call") continue
    const ofVerb = planned.get(fault.verb) ?? new Map<string, Strike>()
    planned.set(fault.verb, ofVerb)
    const key = keyOf(fault.nth, fault.when)
    if (!ofVerb.has(key)) ofVerb.set(key, fault)
  }
  return planned
}

/** Resumes when the process runs: at once, after its pause, or never. */
export const wake = (strikes: Strikes, process: Process, resume: () => void): void => {
  if (!process.alive) return
  if (process.pausedUntilMs <= strikes.time.nowMs()) return resume()
  strikes.time.at(process.pausedUntilMs, () => wake(strikes, process, resume))
}

const held = (strikes: Strikes, process: Process): Effect.Effect<void> =>
  Effect.callback<void>((resume) => wake(strikes, process, () => resume(Effect.void)))

const runs = (strikes: Strikes, process: Process): boolean =>
  process.alive && process.pausedUntilMs <= strikes.time.nowMs()

/** Lets a fault strike. Gives whether the call fails. */
const strike = (strikes: Strikes, process: Process, fault: Strike): boolean => {
  strikes.struck(fault)
  const untilMs = strikes.time.nowMs() + fault.forMs
  if (fault.kind === "unavailable") return true
  if (fault.kind === "pause") process.pausedUntilMs = untilMs
  else {
    process.alive = false
    strikes.restart(process.worker, untilMs)
  }
  return false
}

/** Calls during which others move; every other port answers at the instant at which it is asked. */
const takesTime: ReadonlySet<string> = new Set(["carrier.submit"])

/** A call that nothing strikes: its process may have died or been paused while it took place. */
const whenRunning = <A, E, R>(
  strikes: Strikes,
  process: Process,
  call: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(call, (value) => {
    const answer = Effect.succeed(value)
    return runs(strikes, process) ? answer : Effect.andThen(held(strikes, process), answer)
  })

/**
 * A call of a port by a process, with whatever the plan lets happen before and after it.
 *
 * **Outcomes** — the call's own; `unavailable` where the plan says so and the verb can fail; none
 * at all, once the process is dead.
 */
export const gate = <A, E, R>(
  strikes: Strikes,
  process: Process,
  verb: string,
  call: Effect.Effect<A, E, R>,
  unavailable?: (after: boolean) => E
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const nth = (strikes.calls.get(verb) ?? 0) + 1
    strikes.calls.set(verb, nth)
    const planned = strikes.planned.get(verb) ?? noStrikes
    const before = planned.size === 0 ? undefined : planned.get(keyOf(nth, "before"))
    const after = planned.size === 0 ? undefined : planned.get(keyOf(nth, "after"))
    if (before === undefined && after === undefined && runs(strikes, process)) {
      return takesTime.has(verb) ? whenRunning(strikes, process, call) : call
    }
    if (before !== undefined && strike(strikes, process, before) && unavailable) {
      return Effect.fail(unavailable(false))
    }
    const called = runs(strikes, process) ? call : Effect.andThen(held(strikes, process), call)
    return Effect.flatMap(called, (value) => {
      const fails = after !== undefined && strike(strikes, process, after)
      const answer = fails && unavailable ? Effect.fail(unavailable(true)) : Effect.succeed(value)
      return runs(strikes, process) ? answer : Effect.andThen(held(strikes, process), answer)
    })
  })
