/**
 * Which calls of ports die, stand still or fail in a run, and how long.
 *
 * **Source** — simulation, generation; fault list P1 to P3, D1, D2.
 */
import { type Fault, nameOf } from "./SimulationPlan.ts"
import { type Draws, scaled } from "./SwarmDraws.ts"

const minute = 60_000
const hour = 60 * minute

/**
 * The verbs a process may die, stand still or fail at, with how often thirteen months call them,
 * roughly.
 */
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

/** Only the store can have done what it says it could not. */
const canStrike = (kind: string, verb: string, when: "before" | "after"): boolean =>
  when === "before" || kind !== "unavailable" || verb.startsWith("store.")

/** Half of what strikes a process strikes it with a message in its hands. */
const deliveryVerbs: ReadonlyArray<string> = [
  "store.claimDue",
  "customers.contact",
  "customers.mayContact",
  "store.mark",
  "carrier.submit",
  "carrier.submit",
  "store.recordEvidence",
  "store.recordEvidence",
  "store.claimUnresolved",
  "carrier.lookup"
]
const delivery = deliveryVerbs.flatMap((name) => verbs.filter(([verb]) => verb === name))

/** A worker that stands still for longer than this comes back as one whose lease is over. */
const zombieMs = 10 * minute

/** The faults of a run that strike processes at their calls. */
export const callFaults = (draws: Draws, months: number): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const strike = (kind: "crash" | "pause" | "unavailable", count: number): void => {
    for (let n = 0; n < count; n++) {
      const among = draws.below(2, `${kind} among`, n) === 0 ? verbs : delivery
      const [verb, calls] = among[draws.below(among.length, `${kind} verb`, n)] ?? ["", 1]
      const nth = draws.spread(scaled(calls, months / 13), `${kind} nth`, n)
      const when = draws.below(2, `${kind} when`, n) === 0 ? "before" : "after"
      const at = canStrike(kind, verb, when) ? when : "before"
      const isLong = draws.below(2, `${kind} long`, n) === 0
      const unitMs = isLong ? zombieMs : 1000
      const longMs = unitMs * draws.spread((6 * hour) / unitMs, `${kind} for`, n)
      const forMs = kind === "unavailable" ? 0 : longMs
      faults.push({ on: "call", verb, nth, when: at, kind, forMs })
    }
  }
  if (draws.isOn("crash")) strike("crash", draws.below(20, "crashes"))
  if (draws.isOn("pause")) strike("pause", draws.below(12, "pauses"))
  if (draws.isOn("unavailable")) strike("unavailable", draws.below(20, "unavailables"))
  return faults
}

/** Every kind of fault that may strike a call, by the names of coverage. */
export const callNames: ReadonlyArray<string> = verbs.flatMap(([verb]) =>
  (["crash", "pause", "unavailable"] as const).flatMap((kind) =>
    (["before", "after"] as const)
      .filter((when) => canStrike(kind, verb, when))
      .map((when) => nameOf({ on: "call", verb, nth: 1, when, kind, forMs: 0 }))
  )
)
