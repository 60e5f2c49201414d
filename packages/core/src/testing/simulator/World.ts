/**
 * What a run is made of, and how its processes live in it.
 *
 * **Source** — simulation, level 2; architecture, Level-triggered.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as References from "effect/References"
import * as Scheduler from "effect/Scheduler"
import type * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Memory from "../../ports/memory/MemoryProgramStore.ts"
import * as Witness from "../../ports/memory/Witness.ts"
import * as Protocol from "../../ports/memory/Protocol.ts"
import type { ProgramStoreVerbs } from "../../ports/ProgramStore.ts"
import * as Tick from "../../workflows/Tick.ts"
import type * as SandboxBank from "../SandboxBank.ts"
import type { ModelRules } from "../model/Rules.ts"
import * as SandboxCarrier from "../SandboxCarrier.ts"
import * as Process from "./Process.ts"
import * as ProcessPorts from "./ProcessPorts.ts"
import type { Fault, SimulationPlan } from "./SimulationPlan.ts"
import * as TableRows from "./TableRows.ts"
import * as VirtualTime from "./VirtualTime.ts"
import type { Wire } from "./Wire.ts"

/** A fault that struck, and when. */
export interface Struck {
  readonly atMs: number
  readonly fault: Fault
}

/** A backup that was put back. */
export interface Restored {
  readonly backupMs: number
  readonly restoredMs: number
  readonly confirmedMs: number
}

/** Nothing falls due before an instant, unless the store changes. */
interface Rest {
  readonly changes: number
  readonly untilMs: number
}

/** Everything of a run, seen by nobody inside it. */
export interface World {
  readonly plan: SimulationPlan
  readonly time: VirtualTime.VirtualTime
  readonly bank: SandboxBank.Bank
  readonly wire: Wire
  readonly verbs: ProgramStoreVerbs
  readonly store: Memory.MemoryProgramStore
  /** The backups that were put back and confirmed, in order. */
  readonly restores: Array<Restored>
  /** All that ever ran. */
  readonly processes: Array<Process.Process>
  readonly strikes: Process.Strikes
  readonly setting: ProcessPorts.Setting
  readonly rules: ModelRules | undefined
  readonly optOuts: Array<{ readonly customer: number; readonly atMs: number }>
  readonly faults: Array<Struck>
  readonly ticks: Array<string>
  /** Dates whose balances were asked for. */
  readonly askedDates: Set<string>
  /** How often each row of the delivery tables was taken. */
  readonly rows: ReadonlyMap<string, number>
  /** Asks the store, in the world's own time. */
  readonly ask: <A, E>(effect: Effect.Effect<A, E>) => A
  readonly struck: (fault: Fault) => void
  /** What the last turn that left nothing to do said of the store as it was then. */
  rest: Rest | undefined
  /** Turns that would have found nothing, lived or not. */
  idle: number
  /** What the operators mean it to be. */
  paused: "none" | "paused"
  quiet: boolean
  turns: number
}

/** A world at the instant at which its program begins. */
export const makeWorld = (
  plan: SimulationPlan,
  months: ReadonlyArray<CalendarMonth.CalendarMonth>,
  startMs: number,
  rules: ModelRules | undefined
): World => {
  const time = VirtualTime.make(startMs)
  const faults: Array<Struck> = []
  const struck = (fault: Fault): void => {
    faults.push({ atMs: time.nowMs(), fault })
  }
  const setting = ProcessPorts.settingOf(plan, months)
  const { program } = ProcessPorts
  const rows = new Map<string, number>()
  const asked = rules ?? Protocol.real
  const protocol = { ...asked, step: TableRows.watched(asked.step, rows) }
  const store = Memory.make({ program, witness: Witness.make(), protocol })
  const clock = VirtualTime.clockOf(
    time,
    () => 0,
    (resume) => resume()
  )
  const world: World = {
    plan,
    time,
    bank: setting.bank,
    wire: {
      time,
      model: SandboxCarrier.make(ProcessPorts.carrierOptions(plan), startMs),
      capabilities: setting.capabilities,
      indexLagMs: plan.indexLagMs ?? 0,
      deadlineMs: setting.policy.policy.delivery.requestDeadlineMs,
      faults: ProcessPorts.wireFaults(plan),
      storms: [],
      struck,
      log: [],
      departures: []
    },
    verbs: store.verbs,
    store,
    restores: [],
    processes: [],
    strikes: {
      time,
      calls: new Map(),
      planned: Process.plannedStrikes(plan.faults),
      struck,
      restart: (worker, atMs) => time.at(atMs, () => startWorker(world, worker))
    },
    setting,
    rules,
    optOuts: [],
    faults,
    ticks: [],
    askedDates: new Set(),
    rows,
    ask: (effect) => Effect.runSync(Effect.provideService(effect, Clock.Clock, clock)),
    struck,
    rest: undefined,
    idle: 0,
    paused: "none",
    quiet: false,
    turns: 0
  }
  return world
}

/** What waits for process time is looked at again this soon, then less and less often. */
const recheckMs = 10_000

const afterFailureMs = 1000

/** A month of two workers takes about two hundred. */
export const mostTurnsPerMonth = 20_000

/** How long a process sleeps after a turn; `undefined`: it has no more turns. */
type Sleep = (tickedMs: number, exit: Exit.Exit<Tick.TickResult, unknown>) => number | undefined

/** One in so many turns that would find nothing is lived all the same. */
const idleLived = 8

/**
 * Until when a process need not look: another has just looked and left nothing to do, and the store
 * is as it was. Two workers wake for the same piece of work, and one of them finds it done.
 */
const restsUntilMs = (world: World): number | undefined => {
  const { rest, store, time } = world
  if (rest === undefined || rest.changes !== store.changes()) return undefined
  if (rest.untilMs <= time.nowMs()) return undefined
  return ++world.idle % idleLived === 0 ? undefined : rest.untilMs
}

/** Ticks for ever, as `serve` does. */
const sleepOf = (world: World, process: Process.Process): Sleep => {
  let rechecks = 0
  return (tickedMs, exit) => {
    // A mistake of the program ends its process; whatever fails is tried again.
    if (Exit.isFailure(exit)) return Cause.hasDies(exit.cause) ? undefined : afterFailureMs
    const { done, more, nextWakeAtMs, recheck } = exit.value
    if (done.length > 0) {
      const words = done.map(({ count, subject, work }) => `${work} ${subject} ${count}`)
      world.ticks.push(`${tickedMs} ${process.name} ${words.join(", ")}`)
    }
    world.turns++
    // Turns that lead nowhere would never let the run end: the auditor is told instead.
    if (world.turns > world.plan.months * mostTurnsPerMonth) return undefined
    if (more) return 0
    world.rest = undefined
    // The carrier was asked again what became of a message: no reason to ask sooner than last time.
    const asked = done.length > 0 && done.every(({ work }) => work === "reconcile")
    if (!recheck) rechecks = 0
    else if (asked) rechecks = Math.max(rechecks, 1)
    else rechecks = done.length === 0 ? rechecks + 1 : 0
    // What was done may have made more due that only process time frees: it is looked at once.
    if (recheck && rechecks === 0) return 0
    const untilWakeMs = Math.max(nextWakeAtMs - tickedMs, 1)
    const againMs = recheck ? recheckMs * 2 ** Math.min(rechecks, 8) : untilWakeMs
    const forMs = Math.min(untilWakeMs, againMs)
    // A turn during which others moved speaks of a store that has changed since; and where it did
    // something and more waits for process time, every process looks for itself.
    if (world.time.nowMs() === tickedMs && (!recheck || done.length === 0)) {
      world.rest = { changes: world.store.changes(), untilMs: tickedMs + forMs }
    }
    return forMs
  }
}

/** Turn after turn, each a fiber of its own: between two of them a process is an event to come. */
const live = (
  world: World,
  process: Process.Process,
  turn: () => Fiber.Fiber<Tick.TickResult, unknown>,
  sleep: Sleep
): void => {
  const { strikes, time } = world
  const go = (): void => {
    const untilMs = restsUntilMs(world)
    if (untilMs !== undefined) return time.at(untilMs, () => Process.wake(strikes, process, go))
    for (;;) {
      const tickedMs = time.nowMs()
      const fiber = turn()
      const exit = fiber.pollUnsafe()
      if (exit === undefined) {
        fiber.addObserver((late) => {
          if (rests(tickedMs, late)) go()
        })
        return
      }
      if (!rests(tickedMs, exit)) return
    }
  }
  /** Whether the next turn follows at once. */
  const rests = (tickedMs: number, exit: Exit.Exit<Tick.TickResult, unknown>): boolean => {
    const forMs = sleep(tickedMs, exit)
    if (forMs === undefined) return false
    if (forMs === 0) return true
    time.at(time.nowMs() + Math.ceil(forMs), () => Process.wake(strikes, process, go))
    return false
  }
  go()
}

/** A process takes a worker's place; a name is never used twice. */
export const startWorker = (world: World, worker: number): void => {
  const { strikes, time } = world
  const name = `worker-${worker}.${time.nowMs()}`
  const process: Process.Process = { worker, name, alive: true, pausedUntilMs: 0 }
  world.processes.push(process)
  const clock = VirtualTime.clockOf(
    time,
    () => 0,
    (resume) => Process.wake(strikes, process, resume)
  )
  // Ports, clock and randomness of a process are made once: each of its turns has the same.
  const surroundings = Effect.context<ProcessPorts.Ports>().pipe(
    Effect.provide(ProcessPorts.layerOf(world, process)),
    Effect.provideService(Clock.Clock, clock),
    Random.withSeed(`${world.plan.seed} ${name}`),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provideService(References.TracerEnabled, false),
    Effect.provideService(Scheduler.Scheduler, time.scheduler),
    Effect.provideService(Scheduler.PreventSchedulerYield, true)
  )
  const fork = Effect.runForkWith(Effect.runSync(surroundings))
  live(world, process, () => fork(Tick.tick({})), sleepOf(world, process))
}
