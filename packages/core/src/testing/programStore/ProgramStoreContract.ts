/**
 * The contract of `ProgramStore`: what every store must keep, whatever it is made of. An adapter's
 * test is one call; differences are declared, never left out.
 *
 * **Source** — architecture, Ports; delivery protocol part 1 and the invariants of part 3.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { describe, it } from "vitest"
import { ProgramStore } from "../../ports/ProgramStore.ts"
import { amendmentChecks, policyChecks } from "./amendmentChecks.ts"
import { anomalyChecks } from "./anomalyChecks.ts"
import { captureChecks } from "./captureChecks.ts"
import { circuitChecks } from "./circuitChecks.ts"
import { concurrencyChecks } from "./concurrencyChecks.ts"
import { correctionChecks } from "./correctionChecks.ts"
import { customerChecks } from "./customerChecks.ts"
import { decisionChecks } from "./decisionChecks.ts"
import type { Check, Desk } from "./Desk.ts"
import { evidenceChecks } from "./evidenceChecks.ts"
import { operatingChecks } from "./operatingChecks.ts"
import { outcomeChecks } from "./outcomeChecks.ts"
import { grantChecks, proposalChecks, waiverChecks } from "./peopleChecks.ts"
import { releaseChecks } from "./releaseChecks.ts"
import { resolutionChecks } from "./resolutionChecks.ts"
import { runChecks } from "./runChecks.ts"
import { submitChecks } from "./submitChecks.ts"
import { trackChecks } from "./trackChecks.ts"

/** Builds the store of one program; called twice per check, each time with a fresh name. */
export type MakeStore = (program: string) => Layer.Layer<ProgramStore, unknown>

/**
 * What a store declares about itself.
 *
 * - `clock`: `test` where its leases follow Effect's Clock alone, `real` where a database has a
 *   clock of its own
 * - `leaseMs`: with a real clock, a lease short enough to wait for and long enough for a few verbs;
 *   250 ms unless told
 */
export interface StoreCapabilities {
  readonly clock: "test" | "real"
  readonly leaseMs?: number
}

/** The checks by stage, in the order of the stages. */
export const programStoreChecks: ReadonlyArray<readonly [stage: string, ReadonlyArray<Check>]> = [
  ["runs", runChecks],
  ["captures", captureChecks],
  ["evidence", evidenceChecks],
  ["anomalies", anomalyChecks],
  ["decisions", decisionChecks],
  ["release", releaseChecks],
  ["corrections", correctionChecks],
  ["proposals", proposalChecks],
  ["resolutions", resolutionChecks],
  ["waivers", waiverChecks],
  ["grants", grantChecks],
  ["amendments", amendmentChecks],
  ["policies", policyChecks],
  ["submission", submitChecks],
  ["circuit", circuitChecks],
  ["outcomes", outcomeChecks],
  ["tracking", trackChecks],
  ["operating", operatingChecks],
  ["customers", customerChecks],
  ["concurrency", concurrencyChecks]
]

let programs = 0

/** Runs one check on fresh programs; fails where the store breaks the policy. */
export const runCheck = (
  check: Check,
  makeStore: MakeStore,
  { clock, leaseMs = 250 }: StoreCapabilities
): Effect.Effect<void, unknown> => {
  const service = (program: string) =>
    Layer.build(Layer.fresh(makeStore(program))).pipe(
      Effect.map((context) => Context.get(context, ProgramStore))
    )
  const checked = Effect.gen(function* () {
    programs++
    const desk: Desk = {
      store: yield* service(`contract-${programs}`),
      other: yield* service(`contract-${programs}-other`),
      wait: clock === "test" ? TestClock.adjust : Effect.sleep,
      leaseMs: clock === "test" ? 60_000 : leaseMs
    }
    yield* check.run(desk)
  }).pipe(Effect.scoped)
  return clock === "test" ? Effect.provide(checked, TestClock.layer()) : checked
}

/** The names of the checks that a store fails, for tests of the contract itself. */
export const failedChecks = Effect.fnUntraced(function* (
  makeStore: MakeStore,
  capabilities: StoreCapabilities
) {
  const failed: Array<string> = []
  for (const [, checks] of programStoreChecks) {
    for (const check of checks) {
      const exit = yield* Effect.exit(runCheck(check, makeStore, capabilities))
      if (Exit.isFailure(exit)) failed.push(check.name)
    }
  }
  return failed
})

/** The whole contract as a suite: one test per policy. */
export const programStoreContract = (
  name: string,
  makeStore: MakeStore,
  capabilities: StoreCapabilities
): void => {
  describe(`ProgramStore contract (${name})`, () => {
    for (const [stage, checks] of programStoreChecks) {
      describe(`at the stage of ${stage}`, () => {
        for (const check of checks) {
          it(`policy: ${check.name}`, () =>
            Effect.runPromise(runCheck(check, makeStore, capabilities)))
        }
      })
    }
  })
}
