/**
 * A run of the real workflows: several processes over one memory store, a bank and a carrier that
 * live on, business time jumping from event to event. No real I/O, no real time.
 *
 * Faults strike until some days after the last month; then nothing more goes wrong, and everything
 * must come to its end.
 *
 * **Source** — simulation, level 2; invariants 34 and 50.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import type * as Effect from "effect/Effect"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import type { ProgramStoreVerbs } from "../../ports/ProgramStore.ts"
import * as SandboxBank from "../SandboxBank.ts"
import type { ModelRules } from "../model/Rules.ts"
import type { LogLine } from "../SandboxCarrierLog.ts"
import * as ProcessPorts from "./ProcessPorts.ts"
import { scheduleRestore } from "./Restoring.ts"
import { type Fault, nameOf, type SimulationPlan } from "./SimulationPlan.ts"
import type { Departure } from "./Wire.ts"
import { makeWorld, type Restored, startWorker, type Struck, type World } from "./World.ts"

/** What a run leaves behind, for an auditor who trusts none of it but the bank and the carrier. */
export interface Run {
  readonly plan: SimulationPlan
  readonly months: ReadonlyArray<CalendarMonth.CalendarMonth>
  readonly bank: SandboxBank.Bank
  /** The carrier's own log. */
  readonly log: ReadonlyArray<LogLine>
  readonly departures: ReadonlyArray<Departure>
  readonly optOuts: ReadonlyArray<{ readonly customer: number; readonly atMs: number }>
  readonly restores: ReadonlyArray<Restored>
  /** The store as it is at the end. */
  readonly store: ProgramStoreVerbs
  readonly ask: <A, E>(effect: Effect.Effect<A, E>) => A
  readonly endMs: number
  /** Faults of processes, of the wire and of the world that struck, in order. */
  readonly faults: ReadonlyArray<Struck>
  /** All faults that struck, by name. */
  readonly struck: ReadonlyMap<string, number>
  /** How often each row of the delivery tables was taken. */
  readonly rows: ReadonlyMap<string, number>
  readonly turns: number
  /** Two runs of one plan have the same. */
  readonly traceHash: string
}

const day = 86_400_000

/** Nothing goes wrong any more so long after the last month. */
const quietAfterMs = 12 * day

/** By then everything must have ended: five open-window days, three attempts of 72 h, grace. */
const endsAfterMs = 45 * day

/** Lives a plan to its end; by other rules than the real ones where a broken variant is tried. */
export const run = (plan: SimulationPlan, rules?: ModelRules): Run => {
  const months = monthsOf(plan)
  const firstMs = dayMs(CalendarMonth.first(months[0] ?? ProcessPorts.epochMonth))
  const lastMs = dayMs(CalendarMonth.last(months.at(-1) ?? ProcessPorts.epochMonth)) + day
  const world = makeWorld(plan, months, firstMs - ProcessPorts.leadDays * day, rules)
  for (let worker = 1; worker <= plan.workers; worker++) startWorker(world, worker)
  scheduleWorld(world, plan.faults)
  world.time.at(lastMs + quietAfterMs, () => {
    world.quiet = true
  })
  let endMs = lastMs
  world.time.runUntil(endMs)
  while (endMs < lastMs + endsAfterMs && !isOver(world, months)) {
    endMs += day
    world.time.runUntil(endMs)
  }
  return {
    plan,
    months,
    bank: world.bank,
    log: world.wire.log,
    departures: world.wire.departures,
    optOuts: world.optOuts,
    restores: world.restores,
    store: world.verbs,
    ask: world.ask,
    endMs,
    faults: world.faults,
    struck: struckOf(world),
    rows: world.rows,
    turns: world.turns,
    traceHash: traceOf(world)
  }
}

const dayMs = (date: BusinessDate.BusinessDate): number => BusinessDate.toEpochDay(date) * day

const monthsOf = (plan: SimulationPlan): ReadonlyArray<CalendarMonth.CalendarMonth> => {
  const months: Array<CalendarMonth.CalendarMonth> = []
  let month = CalendarMonth.parse(plan.firstMonth)
  while (month !== undefined && months.length < plan.months) {
    months.push(month)
    month = CalendarMonth.next(month)
  }
  return months
}

/** Every month closed and nothing on its way: what is still to come changes nothing. */
const isOver = (world: World, months: ReadonlyArray<CalendarMonth.CalendarMonth>): boolean => {
  const ledger = world.ask(world.verbs.ledger({ nowMs: world.time.nowMs() }))
  const closed = new Set(ledger.months.flatMap((row) => (row.status === "closed" ? row.month : [])))
  // A late receipt may have made a message of a closed month wait for another attempt.
  const waiting = ledger.pendingMonths.length + ledger.unpublished
  return months.every((month) => closed.has(month)) && waiting === 0
}

const scheduleWorld = (world: World, faults: ReadonlyArray<Fault>): void => {
  const startMs = world.time.nowMs()
  for (const fault of faults) {
    if (fault.on === "storm") {
      world.time.at(startMs + fault.atMs, () => {
        world.struck(fault)
        world.wire.storms.push({ untilMs: world.time.nowMs() + fault.forMs })
      })
    } else if (fault.on === "opt-out") {
      world.time.at(startMs + fault.atMs, () => optOut(world, fault))
    } else if (fault.on === "stop") {
      world.time.at(startMs + fault.atMs, () => {
        world.struck(fault)
        setPause(world, "paused")
      })
      world.time.at(startMs + fault.atMs + fault.forMs, () => setPause(world, "none"))
    } else if (fault.on === "restore") {
      scheduleRestore(world, startMs, fault)
    }
  }
}

const setPause = (world: World, state: "none" | "paused"): void => {
  world.paused = state
  world.ask(world.verbs.setPause({ state, by: "operator", nowMs: world.time.nowMs() }))
}

const optOut = (world: World, fault: Extract<Fault, { on: "opt-out" }>): void => {
  const atMs = world.time.nowMs()
  world.struck(fault)
  world.optOuts.push({ customer: fault.customer, atMs })
  const customerIds = [SandboxBank.customerId(fault.customer)]
  world.ask(world.verbs.suppress({ customerIds, reason: "OPTED_OUT", by: "operator", nowMs: atMs }))
}

const struckOf = ({ askedDates, bank, faults, wire }: World): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  const add = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  for (const { fault } of faults) add(nameOf(fault))
  for (const line of wire.log) if (line.t === "fault") add(`${line.on} ${line.kind}`)
  bank.options.script.forEach((fault, index) => {
    const date = fault.on === "date" ? fault.only : fault.on === "row" ? fault.date : undefined
    const strikes = date === undefined ? bank.counters.fired[index] : askedDates.has(date)
    if (strikes) add(`${fault.on} ${fault.kind}`)
  })
  return counts
}

const traceOf = ({ ticks, wire }: World): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify([wire.log, wire.departures, ticks])))).slice(0, 16)
