/**
 * A simulated run as data: who lives in it, for how long, and every fault that strikes. The same
 * plan is the same run, so a failure is replayed, shrunk and kept as its plan.
 *
 * **Source** — simulation, "a run is data"; fault list 4.1 to 4.3.
 */
import * as Schema from "effect/Schema"
import * as SandboxScript from "../SandboxScript.ts"

const Positive = Schema.Int.check(Schema.isGreaterThan(0))
const Ms = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * Strikes the process that makes the `nth` call of a verb (of all processes, from 1). `crash`: no
 * port call of it ever takes effect or returns again, and after `forMs` another process takes its
 * place. `pause`: it stands still for `forMs` and goes on as if nothing had been. `unavailable`:
 * the call fails; `after`, when its effect has already taken place.
 */
export const CallFault = Schema.Struct({
  on: Schema.Literal("call"),
  /** Such as `store.mark` or `bank.page`. */
  verb: Schema.String,
  nth: Positive,
  when: Schema.Literals(["before", "after"]),
  kind: Schema.Literals(["crash", "pause", "unavailable"]),
  forMs: Ms
})

/** Strikes the `nth` request to take messages on its way; `late` by `forMs`. */
export const WireFault = Schema.Struct({
  on: Schema.Literal("wire"),
  nth: Positive,
  kind: Schema.Literals([
    "refused-connection",
    "request-lost",
    "answer-lost",
    "request-late",
    "answer-late",
    "5xx-before-accept",
    "5xx-after-accept"
  ]),
  forMs: Ms
})

/** What the world does at an instant, `atMs` after the run begins. */
export const WorldFault = Schema.Union([
  /** The carrier answers 503 to every submission, for so long. */
  Schema.Struct({ on: Schema.Literal("storm"), atMs: Ms, forMs: Ms }),
  /** A customer opts out, by the operator's hand. */
  Schema.Struct({ on: Schema.Literal("opt-out"), atMs: Ms, customer: Ms }),
  /** An operator pauses the program and lets it go on. */
  Schema.Struct({ on: Schema.Literal("stop"), atMs: Ms, forMs: Ms }),
  /** The store as it is then comes back `afterMs` later; two people confirm it after `forMs`. */
  Schema.Struct({ on: Schema.Literal("restore"), atMs: Ms, afterMs: Ms, forMs: Ms })
])

export const Fault = Schema.Union([
  CallFault,
  WireFault,
  WorldFault,
  SandboxScript.CarrierFault,
  SandboxScript.BankFault
])
export type Fault = typeof Fault.Type

/** Carrier classes a run may be of; see delivery protocol 2.2. */
export const carrierClasses = ["K", "L", "V", "KL", "KV", "LV", "KLV", "N"] as const

export const SimulationPlan = Schema.Struct({
  seed: Schema.Int,
  /** How many customers the bank has. */
  customers: Positive,
  /** Where given, only these (by index) take part: what a shrunk plan keeps. */
  only: Schema.optionalKey(Schema.Array(Ms)),
  /** The first month that is decided, `YYYY-MM`. */
  firstMonth: Schema.String,
  months: Positive,
  workers: Positive,
  carrierClass: Schema.Literals(carrierClasses),
  /** How long the carrier remembers a key; without it, longer than anything takes. */
  keyWindowMs: Schema.optionalKey(Positive),
  /** How long a look-up does not show what was accepted. */
  indexLagMs: Schema.optionalKey(Positive),
  /** Days of the week on which the bank closes no books; 0 is Sunday. */
  weekend: Schema.Array(Schema.Literals([0, 1, 2, 3, 4, 5, 6])),
  /** Further dates without books, `YYYY-MM-DD`. */
  holidays: Schema.Array(Schema.String),
  faults: Schema.Array(Fault)
})
export type SimulationPlan = typeof SimulationPlan.Type

/** A fault in few words, for stories and coverage marks: `call store.mark after crash`. */
export const nameOf = (fault: Fault): string => {
  if (fault.on === "call") return `call ${fault.verb} ${fault.when} ${fault.kind}`
  return "kind" in fault ? `${fault.on} ${fault.kind}` : fault.on
}
