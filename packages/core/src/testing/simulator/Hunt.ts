/**
 * Looks for a seed whose faults show a broken variant, and makes its plan small.
 *
 * **Source** — delivery protocol 2.6 (Ablations); invariant 52.
 */
import type { Variant } from "../model/Variants.ts"
import { audit, type Violation } from "./Auditor.ts"
import { type Run, run } from "./Run.ts"
import { shrink } from "./Shrink.ts"
import type { Fault, SimulationPlan } from "./SimulationPlan.ts"
import * as SwarmPlan from "./SwarmPlan.ts"

/** A variant seen to fail. */
export interface Found {
  readonly seed: number
  /** The smallest plan found, its run, and what it violates. */
  readonly plan: SimulationPlan
  readonly run: Run
  readonly violation: Violation
}

/** Short lives of few: faults strike batches, so many small runs find more than one long one. */
const options = { customers: 10, months: 2, workers: 2 }

const hour = 3_600_000

/** The plan of a seed, against a carrier of the variant's class. */
const planOf = (variant: Variant, seed: number): SimulationPlan => {
  const late = variant.carrierClass === "K-late"
  const carrierClass = late ? "K" : variant.carrierClass
  const plan = SwarmPlan.ofSeed(seed, { ...options, carrierClass })
  const held = late ? { ...plan, keyWindowMs: 2 * hour } : plan
  return variant.bounded ? held : { ...held, faults: held.faults.map(arrivingWhenever) }
}

/** A request that is late stays away for an hour longer: no settle delay outlasts it. */
const arrivingWhenever = (fault: Fault): Fault =>
  fault.on === "wire" && fault.kind === "request-late"
    ? { ...fault, forMs: fault.forMs + hour }
    : fault

/** The first seed that shows the variant, shrunk; `undefined` when none of so many does. */
export const hunt = (variant: Variant, seeds: number): Found | undefined => {
  const judge = (plan: SimulationPlan): ReadonlyArray<Violation> => audit(run(plan, variant.rules))
  for (let seed = 1; seed <= seeds; seed++) {
    const plan = planOf(variant, seed)
    if (judge(plan).length === 0) continue
    const small = shrink(plan, judge)
    const lived = run(small, variant.rules)
    const [violation] = audit(lived)
    if (violation !== undefined) return { seed, plan: small, run: lived, violation }
  }
  return undefined
}
