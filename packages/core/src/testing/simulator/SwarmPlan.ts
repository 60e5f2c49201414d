/**
 * Plans from seeds: each seed switches some kinds of fault off and draws how many of the others
 * strike, and when. Rare things happen in every run of some seeds instead of seldom in every run.
 *
 * **Source** — simulation, generation (swarm; many small runs; thirteen months, so that a year's
 * end and both changes of the clock are inside).
 */
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import { leadDays } from "./ProcessPorts.ts"
import { carrierClasses, type Fault, type SimulationPlan } from "./SimulationPlan.ts"
import { callFaults, callNames } from "./SwarmCalls.ts"
import { type Draws, drawsOf, scaled } from "./SwarmDraws.ts"

/** What a seed does not choose. */
export interface SwarmOptions {
  readonly customers: number
  readonly months: number
  readonly workers: number
  /** Where given, every seed has this one. */
  readonly carrierClass?: SimulationPlan["carrierClass"]
  /** Backups of the store are put back. */
  readonly restores?: boolean
}

/** Twenty customers, thirteen months, two workers, backups put back. */
export const defaults: SwarmOptions = { customers: 20, months: 13, workers: 2, restores: true }

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const wireKinds = [
  "refused-connection",
  "request-lost",
  "answer-lost",
  "request-late",
  "answer-late",
  "5xx-before-accept",
  "5xx-after-accept"
] as const

const wireFaults = (draws: Draws, months: number): ReadonlyArray<Fault> =>
  wireKinds.flatMap((kind) => {
    if (!draws.isOn(kind)) return []
    return Array.from({ length: draws.below(6, kind) }, (_, n) => ({
      on: "wire" as const,
      nth: draws.spread(scaled(120, months / 13), `${kind} nth`, n),
      kind,
      forMs: kind.endsWith("late") ? 1000 + draws.spread(100_000, `${kind} for`, n) : 0
    }))
  })

const scripted = {
  message: [
    "refuse-invalid-number",
    "refuse-blocked",
    "throttle",
    "omit-before-accept",
    "omit-after-accept",
    "contradict",
    "foreign"
  ],
  receipt: [
    "absent-subscriber",
    "invalid-number",
    "expired",
    "rejected",
    "never",
    "unknown-state",
    "duplicate",
    "late",
    "out-of-order",
    "part-failed"
  ],
  lookup: ["timeout", "reset", "5xx", "429", "unreadable"],
  receipts: ["timeout", "reset", "5xx", "429", "unreadable"]
} as const

const carrierFaults = (draws: Draws, months: number, customers: number): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const messages = (months / 13) * (customers / 20)
  const sites = {
    message: scaled(160, messages),
    receipt: scaled(150, messages),
    lookup: scaled(40, months / 13),
    receipts: scaled(60, months / 13)
  }
  const nthOf = (on: keyof typeof sites, kind: string, n: number) =>
    1 + draws.below(sites[on], `${on} ${kind} nth`, n)
  const times = (on: string, kind: string) =>
    draws.isOn(`${on} ${kind}`) ? draws.below(5, `${on} ${kind}`) : 0
  for (const kind of scripted.message) {
    for (let n = 0; n < times("message", kind); n++) {
      faults.push({ on: "message", kind, nth: nthOf("message", kind, n) })
    }
  }
  for (const kind of scripted.receipt) {
    for (let n = 0; n < times("receipt", kind); n++) {
      faults.push({ on: "receipt", kind, nth: nthOf("receipt", kind, n) })
    }
  }
  for (const on of ["lookup", "receipts"] as const) {
    for (const kind of scripted[on]) {
      for (let n = 0; n < times(on, kind); n++) {
        faults.push({ on, kind, nth: nthOf(on, kind, n) })
      }
    }
  }
  return faults
}

const bankRequests = ["balances", "customers", "contact", "permissions"] as const
const requestKinds = ["timeout", "reset", "5xx", "429", "truncated", "malformed"] as const
const rowKinds = [
  "malformed-amount",
  "number-amount",
  "wrong-currency",
  "conflict",
  "repeat",
  "missing"
] as const

/** Every kind of fault a plan may hold, by the names of coverage. */
export const faultNames: ReadonlyArray<string> = [
  ...callNames,
  ...wireKinds.map((kind) => `wire ${kind}`),
  ...Object.entries(scripted).flatMap(([on, kinds]) => kinds.map((kind) => `${on} ${kind}`)),
  ...bankRequests.flatMap((on) => requestKinds.map((kind) => `${on} ${kind}`)),
  ...rowKinds.map((kind) => `row ${kind}`),
  "date late",
  "date empty",
  "opt-out",
  "storm",
  "stop",
  "restore"
]

const bankFaults = (
  draws: Draws,
  dates: ReadonlyArray<string>,
  customers: number
): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const dateAt = (name: string, n: number) => dates[draws.below(dates.length, name, n)] ?? ""
  for (const on of bankRequests) {
    for (let n = 0; n < (draws.isOn(on) ? draws.below(5, on) : 0); n++) {
      const kind = requestKinds[draws.below(requestKinds.length, `${on} kind`, n)] ?? "timeout"
      faults.push({ on, kind, nth: draws.spread(on === "balances" ? 500 : 60, `${on} nth`, n) })
    }
  }
  for (let n = 0; n < draws.below(4, "late"); n++) {
    const hours = draws.spread(40, "late hours", n)
    faults.push({ on: "date", kind: "late", hours, only: dateAt("late date", n) })
  }
  if (draws.below(6, "empty") === 0) {
    faults.push({ on: "date", kind: "empty", only: dateAt("empty date", 0) })
  }
  for (let n = 0; n < (draws.isOn("row") ? draws.below(14, "rows") : 0); n++) {
    const kind = rowKinds[draws.below(rowKinds.length, "row kind", n)] ?? "missing"
    const nth = 1 + draws.below(customers, "row customer", n)
    faults.push({ on: "row", kind, date: dateAt("row date", n), nth })
  }
  return faults
}

/** The nine days after a month's end are when messages move: that is when it matters. */
const whenMessagesMove = (draws: Draws, spanMs: number, name: string, n: number): number => {
  const months = Math.round(spanMs / (30.4 * day))
  const ended = 1 + draws.below(months, `${name} month`, n)
  const endMs = leadDays * day + Math.floor((ended * spanMs) / months)
  return endMs - day + draws.below(10 * day, name, n)
}

const restoreFaults = (draws: Draws, spanMs: number): ReadonlyArray<Fault> =>
  Array.from({ length: draws.isOn("restore") ? draws.below(3, "restores") : 0 }, (_, n) => ({
    on: "restore" as const,
    atMs: whenMessagesMove(draws, spanMs, "restore", n),
    afterMs: minute + draws.spread(2 * day, "restore after", n),
    forMs: draws.spread(10 * minute, "restore for", n)
  }))

const worldFaults = (draws: Draws, spanMs: number, customers: number): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const at = (name: string, n: number) => whenMessagesMove(draws, spanMs, name, n)
  for (let n = 0; n < (draws.isOn("opt-out") ? draws.below(4, "opt-outs") : 0); n++) {
    const customer = draws.below(customers, "opt-out customer", n)
    faults.push({ on: "opt-out", atMs: at("opt-out", n), customer })
  }
  for (let n = 0; n < (draws.isOn("storm") ? draws.below(3, "storms") : 0); n++) {
    faults.push({
      on: "storm",
      atMs: at("storm", n),
      forMs: draws.spread(6 * hour, "storm for", n)
    })
  }
  for (let n = 0; n < (draws.isOn("stop") ? draws.below(3, "stops") : 0); n++) {
    faults.push({ on: "stop", atMs: at("stop", n), forMs: draws.spread(2 * day, "stop for", n) })
  }
  return faults
}

const weekends: ReadonlyArray<SimulationPlan["weekend"]> = [[6], [5, 6], [6, 0], []]

const monthAt = (first: CalendarMonth.CalendarMonth, index: number) => {
  let month = first
  for (let n = 0; n < index; n++) month = CalendarMonth.next(month)
  return month
}

/** The plan of a seed. */
export const ofSeed = (seed: number, options: SwarmOptions = defaults): SimulationPlan => {
  const draws = drawsOf(seed)
  const year = 2026 + draws.below(78, "year")
  const number = 1 + draws.below(12, "month")
  const text = `${year}-${String(number).padStart(2, "0")}`
  const first = CalendarMonth.parse(text)
  const months =
    first === undefined
      ? []
      : Array.from({ length: options.months }, (_, index) => monthAt(first, index))
  const dates = months.flatMap((month) => CalendarMonth.dates(month))
  const { customers } = options
  const spanMs = dates.length * day
  const holidays = Array.from({ length: draws.below(12, "holidays") }, (_, n) => {
    return dates[draws.below(dates.length, "holiday", n)] ?? ""
  })
  return {
    seed,
    customers,
    firstMonth: text,
    months: options.months,
    workers: options.workers,
    carrierClass:
      options.carrierClass ??
      carrierClasses[draws.below(carrierClasses.length, "carrier")] ??
      "KLV",
    ...(draws.below(3, "key window") === 0 && { keyWindowMs: 2 * hour }),
    ...(draws.below(3, "index lag") === 0 && {
      indexLagMs: minute + draws.below(20 * minute, "index lag for")
    }),
    weekend: weekends[draws.below(weekends.length, "weekend")] ?? [],
    holidays: [...new Set(holidays)].toSorted(),
    faults: [
      ...callFaults(draws, options.months),
      ...wireFaults(draws, options.months),
      ...carrierFaults(draws, options.months, customers),
      ...bankFaults(draws, dates, customers),
      ...worldFaults(draws, spanMs, customers),
      ...(options.restores === true ? restoreFaults(draws, spanMs) : [])
    ]
  }
}
