/**
 * What every `ClosingBalances` adapter must do, checked against a bank that fails by script.
 *
 * **Source** — product rules, "Days", "Money and threshold"; fault list, bank feed B1 to B12.
 */
import type * as Effect from "effect/Effect"
import type { BalancesDesk, BalancesSetup, MakeBalances } from "./closingBalances/Desk.ts"
import { failing, pages, readiness } from "./closingBalances/pageChecks.ts"
import { rows, strangeRows } from "./closingBalances/rowChecks.ts"
import * as Contract from "./Contract.ts"

const checks: Contract.Checks<BalancesSetup, BalancesDesk> = [
  ["pages", [...pages, ...readiness]],
  ["rows", [...rows, ...strangeRows]],
  ["failures", failing]
]

/** The whole contract, as one suite. */
export const closingBalancesContract = (
  name: string,
  make: MakeBalances,
  counterpart: Contract.Counterpart = "scripted"
): void => {
  Contract.suite("ClosingBalances", name, checks, make, counterpart)
}

/** The names of the policies an adapter breaks; none for a sound one. */
export const failedClosingBalancesChecks = (
  make: MakeBalances,
  counterpart: Contract.Counterpart = "scripted"
): Effect.Effect<ReadonlyArray<string>> => Contract.failedChecks(checks, make, counterpart)
