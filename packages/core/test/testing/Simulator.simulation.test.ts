/**
 * The real workflows through whole years of faults, judged by the bank's books and the carrier's
 * own log. A few years here; `npm run sim` lives as many as it is asked to.
 *
 * **Source** — simulation, level 2; invariants 5 to 7, 13 to 23, 34, 43 and 50 of the delivery
 * protocol.
 */
import { assert, describe, it } from "vitest"
import * as Auditor from "../../src/testing/simulator/Auditor.ts"
import { run } from "../../src/testing/simulator/Run.ts"
import * as SwarmPlan from "../../src/testing/simulator/SwarmPlan.ts"

const options = { ...SwarmPlan.defaults, customers: 12, months: 3 }
const patienceMs = 120_000

describe("for every plan of faults", () => {
  it(
    "always closes each month with the bank's verdicts, nobody lost and nobody written to twice",
    { timeout: patienceMs },
    () => {
      for (let seed = 1; seed <= 6; seed++) {
        const lived = run(SwarmPlan.ofSeed(seed, options))
        assert.deepStrictEqual([...Auditor.audit(lived)], [], `seed ${seed}`)
        assert.isAbove(lived.departures.length, 0)
      }
    }
  )

  // Caught: the jitter of a retry drawn from the process's own randomness.
  it("always lives the same year again (invariant 50)", { timeout: patienceMs }, () => {
    const plan = SwarmPlan.ofSeed(7, options)
    const first = run(plan)
    assert.strictEqual(run(plan).traceHash, first.traceHash)
    assert.notStrictEqual(run(SwarmPlan.ofSeed(8, options)).traceHash, first.traceHash)
  })
})
