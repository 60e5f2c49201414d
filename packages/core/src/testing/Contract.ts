/**
 * A port's contract as values: named policies, each with the world it is set up in. One call makes
 * a
 * suite of them; another tells which of them a layer breaks.
 *
 * **Source** — architecture, Ports ("a contract suite any adapter passes by one call").
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { describe, it } from "vitest"

/**
 * Who stands behind the port. `scripted` misbehaves and keeps business time as it is told, so every
 * policy can be checked. `honest` does neither: only what it must keep of itself is checked.
 */
export type Counterpart = "scripted" | "honest"

/**
 * One policy of a port; its run fails by a defect (an assertion) or by an error nobody expected.
 */
export interface Check<Setup, Desk> {
  readonly name: string
  readonly setup: Setup
  /** Who must stand behind the port for the check to mean anything. */
  readonly needs: Counterpart
  readonly run: (desk: Desk) => Effect.Effect<void, unknown>
}

/** Makes a fresh counterpart and the layer under test in front of it, for one check. */
export type Make<Setup, Desk> = (setup: Setup) => Effect.Effect<Desk, unknown, Scope.Scope>

/** The checks by what they are about. */
export type Checks<Setup, Desk> = ReadonlyArray<
  readonly [about: string, checks: ReadonlyArray<Check<Setup, Desk>>]
>

/** The body of a check. */
export type Body<Desk> = (desk: Desk) => Generator<Effect.Effect<unknown, unknown>, void, never>

const meaningful =
  (counterpart: Counterpart) =>
  ({ needs }: { readonly needs: Counterpart }) =>
    counterpart === "scripted" || needs === "honest"

const runCheck = <Setup, Desk>(
  check: Check<Setup, Desk>,
  make: Make<Setup, Desk>
): Effect.Effect<void, unknown> => Effect.scoped(Effect.flatMap(make(check.setup), check.run))

/** The names of the checks a layer breaks, in their order: for scripts, and tests of a contract. */
export const failedChecks = <Setup, Desk>(
  checks: Checks<Setup, Desk>,
  make: Make<Setup, Desk>,
  counterpart: Counterpart
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const failed: Array<string> = []
    for (const check of checks.flatMap(([, each]) => each).filter(meaningful(counterpart))) {
      if (Exit.isFailure(yield* Effect.exit(runCheck(check, make)))) failed.push(check.name)
    }
    return failed
  })

/** The whole contract as a suite: one test per policy. */
export const suite = <Setup, Desk>(
  port: string,
  name: string,
  checks: Checks<Setup, Desk>,
  make: Make<Setup, Desk>,
  counterpart: Counterpart
): void => {
  describe(`${port} contract (${name})`, () => {
    for (const [about, each] of checks) {
      const meant = each.filter(meaningful(counterpart))
      if (meant.length === 0) continue
      describe(`on ${about}`, () => {
        for (const check of meant) {
          it(`policy: ${check.name}`, () => Effect.runPromise(runCheck(check, make)))
        }
      })
    }
  })
}
