/**
 * The faults of a run: which kinds a seed switches off, how often the others strike, and what has
 * struck. Each kind draws from a site of its own, so that one more fault changes no other.
 *
 * **Source** — simulation, generation (swarm); fault list 4.1 to 4.3.
 */
import * as Seeded from "../Seeded.ts"

/**
 * Kinds with how often they strike where they can, per ten thousand: rows and balances per captured
 * date, crashes per step, the network per request, receipts per message, operators per month.
 */
const rates = {
  "row missing": 80,
  "row late": 100,
  "row malformed": 50,
  "row in another currency": 40,
  "row of another date": 40,
  "row of another kind": 30,
  "row of an unknown account": 40,
  "rows in conflict": 80,
  "row repeated": 80,
  "balance corrected": 200,
  "day late": 140,
  "day empty": 25,
  "crash after claim": 150,
  "crash before mark": 100,
  "crash after mark": 150,
  "crash in flight": 200,
  "crash before record": 200,
  "crash after record": 100,
  "crash in reconciliation": 600,
  pause: 250,
  "bank silent": 200,
  "connection refused": 200,
  "request lost": 200,
  "answer lost": 300,
  "request late": 250,
  "answer late": 200,
  "5xx before acceptance": 200,
  "5xx after acceptance": 300,
  "request throttled": 150,
  "commit unknown": 200,
  "look-up fails": 800,
  "poll fails": 500,
  "refused for good": 80,
  "refused for now": 150,
  "message throttled": 100,
  "omitted before acceptance": 60,
  "omitted after acceptance": 100,
  "answered twice": 60,
  "absent subscriber": 300,
  "failed for good": 80,
  "validity over": 100,
  "rejected later": 60,
  "no receipt, arrived": 80,
  "no receipt, lost": 80,
  "state unknown": 60,
  "receipt twice": 200,
  "receipt late": 150,
  "receipts out of order": 150,
  "receipts contradict": 60,
  "called dead, arrived": 60,
  "part failed": 60,
  "receipt not pushed": 300,
  "receipt without reference": 200,
  "receipt malformed": 60,
  "fold delayed": 100,
  "opted out": 30,
  "operator pauses": 1200,
  "carrier down": 1200
} as const

export type FaultKind = keyof typeof rates

/** Every kind, in a fixed order. */
export const faultKinds: ReadonlyArray<FaultKind> = Object.keys(rates).filter(
  (name): name is FaultKind => name in rates
)

interface Kind {
  readonly site: number
  readonly threshold: number
  asked: number
  struck: number
}

/** The faults of one run. */
export interface Strikes {
  readonly seed: number
  readonly kinds: Readonly<Record<FaultKind, Kind>>
  count: number
  /** Nothing goes wrong any more. */
  quiet: boolean
}

const whole = 10_000
const paces = [0.4, 1, 1, 2.5]

/** The swarm of a seed: a quarter of the kinds is off, the others seldom, as they are, or often. */
export const ofSeed = (seed: number): Strikes => {
  const kinds: Record<string, Kind> = {}
  for (const name of faultKinds) {
    const site = Seeded.site(seed, name)
    const isOn = Seeded.at(site, -1) % 4 !== 0
    const pace = paces[Seeded.at(site, -2) % paces.length] ?? 1
    const threshold = isOn ? ((rates[name] * pace) / whole) * 4_294_967_296 : 0
    kinds[name] = { site, threshold, asked: 0, struck: 0 }
  }
  return { seed, kinds: complete(kinds), count: 0, quiet: false }
}

const complete = (kinds: Record<string, Kind>): Record<FaultKind, Kind> => {
  if (!isComplete(kinds)) throw new Error("a kind of fault is missing")
  return kinds
}

const isComplete = (kinds: Record<string, Kind>): kinds is Record<FaultKind, Kind> =>
  faultKinds.every((name) => name in kinds)

/** Whether a kind strikes here: asked once wherever it could. */
export const strikes = (all: Strikes, name: FaultKind): boolean => {
  const kind = all.kinds[name]
  if (all.quiet || kind.threshold === 0) return false
  if (Seeded.at(kind.site, kind.asked++) >= kind.threshold) return false
  kind.struck++
  all.count++
  return true
}

/** A whole number below `limit` that belongs to the last strike of a kind. */
export const amount = (all: Strikes, name: FaultKind, limit: number): number => {
  const kind = all.kinds[name]
  return Seeded.below(limit, kind.site, kind.asked, 1)
}

/** The same, small numbers as likely as large ones: 1, 2 to 3, 4 to 7 … */
export const spread = (all: Strikes, name: FaultKind, limit: number): number => {
  const kind = all.kinds[name]
  return Math.floor(Math.exp(Seeded.fraction(kind.site, kind.asked, 2) * Math.log(limit)))
}
