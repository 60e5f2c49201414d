/**
 * Level 1 of the simulator: whole years of the rules alone, over plain arrays and one event heap,
 * fast enough for millions of customer-months. No Effect runs inside; no clock, no randomness but
 * the seed's.
 *
 * Faults strike until some days after the last month; then nothing more goes wrong, and everything
 * must come to its end.
 *
 * **Source** — simulation, level 1; invariants 34, 35 and 50.
 */
import type { CarrierCapabilities, CarrierClass } from "../../delivery/CarrierCapabilities.ts"
import * as RetryPolicy from "../../delivery/RetryPolicy.ts"
import * as SendWindow from "../../delivery/SendWindow.ts"
import * as MessagePolicy from "../../message/MessagePolicy.ts"
import * as MessageSet from "../../message/MessageSet.ts"
import * as MonthState from "../../qualification/MonthState.ts"
import * as Seeded from "../Seeded.ts"
import type { Violation } from "../simulator/Auditor.ts"
import { carrierClasses } from "../simulator/SimulationPlan.ts"
import * as VirtualTime from "../simulator/VirtualTime.ts"
import * as Books from "./Books.ts"
import type { CarrierBook } from "./CarrierBook.ts"
import * as Era from "./Era.ts"
import * as Following from "./Following.ts"
import * as Ledger from "./Ledger.ts"
import * as Months from "./Months.ts"
import * as People from "./People.ts"
import * as RulesAuditor from "./RulesAuditor.ts"
import type { Sim } from "./Sim.ts"
import { type SimulatedRules, simulatedRules } from "./SimulatedRules.ts"
import * as Strikes from "./Strikes.ts"
import * as Working from "./Working.ts"

/** What a seed does not choose. */
export interface RunRulesOptions {
  /** Default 50. */
  readonly customers?: number
  /** Decided months; default 13, so that a year's end and both changes of the clock are inside. */
  readonly months?: number
  /** Default: drawn. */
  readonly carrierClass?: CarrierClass
  /** A program with some of its rules replaced. */
  readonly rules?: Partial<SimulatedRules>
}

/** What a run of the rules showed. */
export interface RunRulesResult {
  /** Customers times decided months. */
  readonly customerMonths: number
  /** How many faults struck. */
  readonly faults: number
  /** The same by kind; every kind is there. */
  readonly struck: ReadonlyMap<Strikes.FaultKind, number>
  readonly violations: ReadonlyArray<Violation>
  /** Two runs of one seed have the same. */
  readonly traceHash: string
  readonly accepted: number
}

const day = 86_400_000
const hour = 3_600_000

/** Nothing goes wrong any more so long after the last month. */
const quietAfterMs = 12 * day

/** By then everything must have ended: five open days, three attempts of 72 h, grace, people. */
const endsAfterMs = 50 * day

const compiled = MessageSet.compile({ ...MessagePolicy.DEFAULTS, messageClass: "service" })

const messageSet = (): MessageSet.MessageSet => {
  if (compiled._tag !== "MessageSet") throw new Error("the default messages must be valid")
  return compiled
}

const capabilitiesOf = (carrierClass: CarrierClass, lagMs: number): CarrierCapabilities => ({
  idempotency: carrierClass.includes("K")
    ? { scope: "message", windowMs: 72 * hour, stores5xx: false, inProgress: "409" }
    : "none",
  lookup: carrierClass.includes("L") ? { by: "clientReference", readAfterWriteMs: lagMs } : "none",
  validity: carrierClass.includes("V") ? { kind: "absolute", maxMs: 48 * hour } : "none",
  receipts: { carriesClientReference: true, destructiveRead: false, retentionMs: 720 * hour },
  notSentProof: ["429"],
  maxBatch: 500,
  ratePerSecond: 100
})

/** Lives a seed to its end, and audits it. */
export const runRules = (seed: number, options: RunRulesOptions = {}): RunRulesResult => {
  const { customers = 50, months = 13 } = options
  const sim = make(seed, customers, months, options)
  Books.plan(sim.books, sim.all)
  sim.carrier.tell = (message) => Following.tell(sim, message)
  sim.on = {
    work: (worker, epoch) => Working.work(sim, worker, epoch),
    fold: (report) => Following.fold(sim, report),
    poll: (row, n, dueMs) => Following.poll(sim, row, n, dueMs)
  }
  Months.begin(sim)
  const endMs = sim.era.months.at(-1)?.endMs ?? 0
  sim.time.at(endMs + quietAfterMs, () => {
    sim.all.quiet = true
  })
  sim.time.runUntil(endMs + endsAfterMs)
  return {
    customerMonths: customers * months,
    faults: sim.all.count,
    struck: new Map(Strikes.faultKinds.map((kind) => [kind, sim.all.kinds[kind].struck])),
    violations: RulesAuditor.audit(sim),
    traceHash: hex(sim.hash) + hex(sim.hash2),
    accepted: sim.carrier.accepted.length
  }
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, "0")

const make = (seed: number, customers: number, months: number, options: RunRulesOptions): Sim => {
  const draw = (limit: number, name: string) => Seeded.below(limit, Seeded.site(seed, name), 0)
  const era = Era.ofSeed(seed, months)
  const rules = { ...simulatedRules, ...options.rules }
  const carrierClass =
    options.carrierClass ?? carrierClasses[draw(carrierClasses.length, "carrier")] ?? "KLV"
  const capabilities = capabilitiesOf(carrierClass, draw(2, "index") * 10 * 60_000)
  const skewMs = (draw(3, "skew") - 1) * draw(20 * 60_000, "skew by")
  const all = Strikes.ofSeed(seed)
  const people = People.ofSeed(seed, customers, era)
  const books = Books.ofSeed(seed, era, people)
  const carrier: CarrierBook = {
    capabilities,
    skewMs,
    all,
    lies: capabilities.lookup !== "none",
    messages: new Map(),
    accepted: [],
    requests: [],
    keys: new Map(),
    tell: () => undefined
  }
  const cells = era.months.length * customers
  return {
    seed,
    era,
    rules,
    all,
    time: VirtualTime.make((books.firstDay - 1) * day),
    people,
    books,
    ledger: Ledger.make(era, people, books.days),
    carrier,
    policy: RetryPolicy.defaults,
    capabilities,
    skewMs,
    bounded: carrierClass === "L" || carrierClass === "KL",
    batch: 1 + draw(12, "batch"),
    messages: messageSet(),
    windows: rules.windowAt === SendWindow.stateAt ? era.windows : new Map(),
    months: era.months.map(({ month }) => ({
      state: MonthState.open(month),
      decidedMs: Infinity,
      releasedMs: Infinity,
      expiryMs: Infinity,
      rows: []
    })),
    ...nothingYet(cells, customers),
    hash: seed
  }
}

/** The parts of a run in which nothing has happened. */
const nothingYet = (cells: number, customers: number) => ({
  on: { work: () => undefined, fold: () => undefined, poll: () => undefined },
  decided: Array.from({ length: cells }, () => undefined),
  firstDecided: Array.from({ length: cells }, () => undefined),
  rows: [],
  rowOf: Array.from({ length: cells }, () => undefined),
  optedOutMs: new Float64Array(customers).fill(Infinity),
  workers: [1, 2].map((number) => ({
    name: `worker-${number}`,
    epoch: 0,
    alive: true,
    busy: false
  })),
  ready: [],
  asks: [],
  byCarrierId: new Map(),
  orphans: new Map(),
  departures: [],
  pauses: [],
  downUntilMs: 0,
  pausedUntilMs: 0,
  notBeforeMs: 0,
  fence: 0,
  wakeMs: 0,
  hash2: 0
})
