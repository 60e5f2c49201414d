/**
 * Plans from seeds: each seed switches some kinds of fault off and draws how many of the others
 * strike, and when. Rare things happen in every run of some seeds instead of seldom in every run.
 *
 * **Source** — simulation, generation (swarm; many small runs; thirteen months, so that a year's
 * end and both changes of the clock are inside).
 */
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Seeded from "../Seeded.ts"
import { leadDays } from "./ProcessPorts.ts"
import { carrierClasses, type Fault, type SimulationPlan } from "./SimulationPlan.ts"

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

/** Independent draws of one run: each kind of choice has its own site. */
const drawsOf = (seed: number) => {
  const site = (name: string) => Seeded.site(seed, name)
  return {
    below: (limit: number, name: string, n = 0) => Seeded.below(limit, site(name), n),
    /** Small numbers are as likely as large ones: 1, 2 to 3, 4 to 7 … */
    spread: (limit: number, name: string, n = 0) =>
      Math.floor(Math.exp(Seeded.fraction(site(name), n) * Math.log(limit))),
    /** A quarter of the kinds is off in a run. */
    isOn: (name: string) => Seeded.below(4, site(`on ${name}`), 0) > 0
  }
}
type Draws = ReturnType<typeof drawsOf>

/** The verbs a process may die, stand still or fail at, with how often a run calls them, roughly. */
const verbs: ReadonlyArray<readonly [verb: string, calls: number]> = [
  ["store.claimRun", 500],
  ["store.recordCapturedPage", 400],
  ["store.finishCapture", 400],
  ["store.monthEvidence", 60],
  ["store.recordDecisions", 50],
  ["store.finishQualification", 14],
  ["store.releasePage", 25],
  ["store.claimDue", 150],
  ["store.mark", 100],
  ["store.recordEvidence", 100],
  ["store.sweepLeases", 200],
  ["store.claimUnresolved", 80],
  ["store.claimPolls", 400],
  ["store.storeReceipts", 100],
  ["store.foldReceipts", 100],
  ["store.applyTimers", 200],
  ["store.recordReport", 25],
  ["store.outbox", 400],
  ["store.outboxPublished", 400],
  ["store.ledger", 4000],
  ["bank.page", 500],
  ["customers.active", 30],
  ["customers.contact", 100],
  ["customers.mayContact", 100],
  ["carrier.submit", 100],
  ["carrier.lookup", 60],
  ["carrier.pollReceipts", 100],
  ["events.publish", 400],
  ["operations.notify", 20],
  ["secrets.clientReferenceKey", 100]
]

const isStore = (verb: string): boolean => verb.startsWith("store.")

const callFaults = (draws: Draws): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const strike = (kind: "crash" | "pause" | "unavailable", count: number): void => {
    for (let n = 0; n < count; n++) {
      const [verb, calls] = verbs[draws.below(verbs.length, `${kind} verb`, n)] ?? ["", 1]
      const nth = draws.spread(calls, `${kind} nth`, n)
      const when = draws.below(2, `${kind} when`, n) === 0 ? "before" : "after"
      // Only the store can have done what it says it could not.
      const at = kind === "unavailable" && !isStore(verb) ? "before" : when
      const longMs = draws.spread(6 * hour, `${kind} for`, n)
      const forMs = kind === "unavailable" ? 0 : Math.max(1000, longMs)
      faults.push({ on: "call", verb, nth, when: at, kind, forMs })
    }
  }
  if (draws.isOn("crash")) strike("crash", draws.below(20, "crashes"))
  if (draws.isOn("pause")) strike("pause", draws.below(12, "pauses"))
  if (draws.isOn("unavailable")) strike("unavailable", draws.below(20, "unavailables"))
  return faults
}

const wireKinds = [
  "refused-connection",
  "request-lost",
  "answer-lost",
  "request-late",
  "answer-late",
  "5xx-before-accept",
  "5xx-after-accept"
] as const

const wireFaults = (draws: Draws): ReadonlyArray<Fault> =>
  wireKinds.flatMap((kind) => {
    if (!draws.isOn(kind)) return []
    return Array.from({ length: draws.below(6, kind) }, (_, n) => ({
      on: "wire" as const,
      nth: draws.spread(120, `${kind} nth`, n),
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

const carrierFaults = (draws: Draws): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const sites = { message: 160, receipt: 150, lookup: 40, receipts: 60 }
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

const bankFaults = (
  draws: Draws,
  dates: ReadonlyArray<string>,
  customers: number
): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const dateAt = (name: string, n: number) => dates[draws.below(dates.length, name, n)] ?? ""
  const requests = ["timeout", "reset", "5xx", "429", "truncated", "malformed"] as const
  for (const on of ["balances", "customers", "contact", "permissions"] as const) {
    for (let n = 0; n < (draws.isOn(on) ? draws.below(5, on) : 0); n++) {
      const kind = requests[draws.below(requests.length, `${on} kind`, n)] ?? "timeout"
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
  const rows = [
    "malformed-amount",
    "number-amount",
    "wrong-currency",
    "conflict",
    "repeat",
    "missing"
  ] as const
  for (let n = 0; n < (draws.isOn("row") ? draws.below(14, "rows") : 0); n++) {
    const kind = rows[draws.below(rows.length, "row kind", n)] ?? "missing"
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
      ...callFaults(draws),
      ...wireFaults(draws),
      ...carrierFaults(draws),
      ...bankFaults(draws, dates, customers),
      ...worldFaults(draws, spanMs, customers),
      ...(options.restores === true ? restoreFaults(draws, spanMs) : [])
    ]
  }
}
