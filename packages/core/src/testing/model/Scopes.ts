/**
 * What is explored, and what is promised of it: per class and pause model, and the exceptions the
 * protocol admits.
 *
 * **Source** — delivery protocol 1.2 (admitted exceptions), 2.6 (Guarantee per class).
 */
import type { Exploration, Violation } from "./Exploration.ts"
import { faultKinds } from "./Exploration.ts"
import { type ModelClass, modelClasses } from "./ModelCarriers.ts"

/** Every violation, for classes whose promise ends where pauses exceed the settle delay. */
export interface Exception {
  readonly carrierClass: ModelClass
  readonly bounded: boolean
  /** Where the carrier calls a message dead and delivers it all the same. */
  readonly lies: boolean
  readonly because: string
}

const late =
  "a request that arrives later than the settle delay: the look-up had said no, or the key was " +
  "forgotten"
const lie = "the carrier says failed and delivers all the same, and neither V nor a look-up tells"

const late3: ReadonlyArray<ModelClass> = ["L", "KL", "K-late"]
const lied4: ReadonlyArray<ModelClass> = ["N", "K", "K-late", "KV"]

/** The admitted exceptions: combinations that promise nothing, and why. */
export const exceptions: ReadonlyArray<Exception> = [
  ...late3.map((carrierClass) => ({ carrierClass, bounded: false, lies: false, because: late })),
  ...lied4.flatMap((carrierClass) =>
    [true, false].map((bounded) => ({ carrierClass, bounded, lies: true, because: lie }))
  )
]

/** Whether a class promises anything at all under this pause model. */
export const isAdmitted = (carrierClass: ModelClass, bounded: boolean, lies: boolean): boolean =>
  exceptions.some(
    (one) => one.carrierClass === carrierClass && one.bounded === bounded && (lies || !one.lies)
  )

/** Everything of one class within a budget of faults; without a lying carrier. */
export const scope = (
  carrierClass: ModelClass,
  faults: number,
  bounded: boolean,
  maxStates = 12_000_000
): Exploration => ({
  carrierClass,
  faults,
  bounded,
  kinds: faultKinds.filter((kind) => kind !== "false negative receipt"),
  refusals: true,
  untilEscalated: false,
  maxStates
})

/** What must hold entirely: every class with bounded pauses, and without where it is promised. */
export const safeScopes = (faults: number): ReadonlyArray<Exploration> =>
  [true, false].flatMap((bounded) =>
    modelClasses
      .filter((name) => !isAdmitted(name, bounded, false))
      .map((name) => scope(name, faults, bounded))
  )

/** What an exploration may never show. */
export const violations: ReadonlyArray<Violation> = [
  "two acceptances under one reference",
  "two live messages",
  "marked after the opt-out",
  "marked after the expiry",
  "silent loss",
  "untruthful status",
  "livelock",
  "unbounded writes"
]
