/**
 * The contract of a store that can be put back to an earlier day: what it does until two people
 * have confirmed it, and after. Beside it stands a witness that is not put back.
 *
 * **Source** — delivery protocol 1.4; fault D3.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { describe, it } from "vitest"
import { ProgramStore } from "../../ports/ProgramStore.ts"
import type { Desk } from "./Desk.ts"
import type { StoreCapabilities } from "./ProgramStoreContract.ts"
import { quarantineChecks } from "./quarantineChecks.ts"
import type { RestoreCheck, RestoreDesk } from "./RestoreDesk.ts"
import { restoreChecks } from "./restoreChecks.ts"

const checks = [...restoreChecks, ...quarantineChecks]

/** A store with its witness, and a way to keep a copy of the one and not of the other. */
export interface RestorableStore {
  /** The store as it is now; opened for each life and closed after it. */
  readonly store: Layer.Layer<ProgramStore, unknown>
  /** Keeps a copy of the store, while it is closed. */
  readonly backUp: Effect.Effect<void, unknown>
  /** Puts the copy back in the store's place, while it is closed. */
  readonly restore: Effect.Effect<void, unknown>
}

/** Makes an empty store of a program; called once per check, with a fresh name. */
export type MakeRestorable = (
  program: string
) => Effect.Effect<RestorableStore, unknown, Scope.Scope>

let programs = 0

const runCheck = (
  check: RestoreCheck,
  make: MakeRestorable,
  { clock, leaseMs = 250 }: StoreCapabilities
): Effect.Effect<void, unknown> => {
  const checked = Effect.gen(function* () {
    programs++
    const { backUp, restore, store } = yield* make(`restore-${programs}`)
    const wait = clock === "test" ? TestClock.adjust : Effect.sleep
    const desk: RestoreDesk = {
      backUp,
      restore,
      live: (body) =>
        Effect.gen(function* () {
          const context = yield* Layer.build(Layer.fresh(store))
          const opened = Context.get(context, ProgramStore)
          const life: Desk = {
            store: opened,
            other: opened,
            wait,
            leaseMs: clock === "test" ? 60_000 : leaseMs
          }
          return yield* body(life)
        }).pipe(Effect.scoped)
    }
    yield* check.run(desk)
  }).pipe(Effect.scoped)
  return clock === "test" ? Effect.provide(checked, TestClock.layer()) : checked
}

/** The names of the checks that a store fails, for tests of the contract itself. */
export const failedRestoreChecks = Effect.fnUntraced(function* (
  make: MakeRestorable,
  capabilities: StoreCapabilities
) {
  const failed: Array<string> = []
  for (const check of checks) {
    const exit = yield* Effect.exit(runCheck(check, make, capabilities))
    if (Exit.isFailure(exit)) failed.push(check.name)
  }
  return failed
})

/** The whole contract as a suite: one test per policy. */
export const restoreContract = (
  name: string,
  make: MakeRestorable,
  capabilities: StoreCapabilities
): void => {
  describe(`ProgramStore contract, restores (${name})`, () => {
    for (const check of checks) {
      it(`policy: ${check.name}`, () => Effect.runPromise(runCheck(check, make, capabilities)))
    }
  })
}
