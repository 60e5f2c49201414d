/**
 * The real workflows through whole years of faults, judged by the bank's books and the carrier's
 * own log. A few years here; `npm run sim` lives as many as it is asked to.
 *
 * **Source** — simulation, level 2; invariants 5 to 7, 13 to 23, 34, 43 and 50 of the delivery
 * protocol.
 */
import { assert, describe, it } from "vitest"
import * as Auditor from "../../src/testing/simulator/Auditor.ts"
import { rules } from "../../src/testing/model/Rules.ts"
import { run } from "../../src/testing/simulator/Run.ts"
import type { SimulationPlan } from "../../src/testing/simulator/SimulationPlan.ts"
import * as SwarmPlan from "../../src/testing/simulator/SwarmPlan.ts"

const options = { ...SwarmPlan.defaults, customers: 12, months: 3 }
const patienceMs = 120_000

describe("for every plan of faults", () => {
  it(
    "always closes each month with the bank's verdicts, nobody lost and nobody written to twice",
    { timeout: patienceMs },
    () => {
      let requests = 0
      for (let seed = 1; seed <= 6; seed++) {
        const lived = run(SwarmPlan.ofSeed(seed, options))
        assert.deepStrictEqual([...Auditor.audit(lived)], [], `seed ${seed}`)
        requests += lived.departures.length
      }
      assert.isAbove(requests, 20)
    }
  )

  // Caught: a closed day after a missing first business day that took the balance of the month
  // before (decision 0015). Shrunk plans of the campaign of 5,000 years.
  it("never calls a customer not qualified by a day nobody knows", () => {
    const shrunk = { customers: 20, months: 1, workers: 1, weekend: [6], holidays: [] } as const
    const missing = (date: string, nth: number) =>
      [{ on: "row", kind: "missing", date, nth }] as const
    const plans: ReadonlyArray<SimulationPlan> = [
      {
        ...shrunk,
        seed: 3370,
        firstMonth: "2090-09",
        carrierClass: "KL",
        faults: missing("2090-09-01", 5),
        only: [4]
      },
      {
        ...shrunk,
        seed: 4300,
        firstMonth: "2043-05",
        carrierClass: "L",
        faults: missing("2043-05-01", 20),
        only: [19]
      }
    ]
    for (const plan of plans) assert.deepStrictEqual([...Auditor.audit(run(plan))], [])
  })

  // Caught: the jitter of a retry drawn from the process's own randomness.
  it("always lives the same year again (invariant 50)", { timeout: patienceMs }, () => {
    const plan = SwarmPlan.ofSeed(7, options)
    const first = run(plan)
    assert.strictEqual(run(plan).traceHash, first.traceHash)
    assert.notStrictEqual(run(SwarmPlan.ofSeed(8, options)).traceHash, first.traceHash)
  })
})

const hour = 3_600_000

/** A month whose store is put back by up to two days while its messages move. */
const restoring = (seed: number): SimulationPlan => {
  const plan = SwarmPlan.ofSeed(seed, { ...options, customers: 10, months: 1, restores: false })
  const monthEndMs = 46 * 24 * hour
  const restore = {
    on: "restore",
    atMs: monthEndMs + ((seed * 37) % 48) * (hour / 2),
    afterMs: (1 + (seed % 40)) * hour,
    forMs: (seed % 11) * 60_000
  } as const
  return { ...plan, faults: [...plan.faults, restore] }
}

/** The same month with no other fault. */
const alone = (seed: number): SimulationPlan => {
  const plan = restoring(seed)
  return { ...plan, faults: plan.faults.filter(({ on }) => on === "restore") }
}

/** **Source** — delivery protocol 1.4; invariant 14. */
describe("for every backup that is put back", () => {
  it(
    "never sends before two people confirm it, and never again what it has forgotten",
    { timeout: patienceMs },
    () => {
      let restores = 0
      for (let seed = 1; seed <= 20; seed++) {
        const lived = run(restoring(seed))
        assert.deepStrictEqual([...Auditor.audit(lived)], [], `seed ${seed}`)
        restores += lived.restores.length
      }
      assert.isAbove(restores, 12)
    }
  )

  // Caught: a quarantine that asks nobody; one that sends what nobody can answer for.
  it("asks the carrier where it can be asked, and people where it cannot", () => {
    const statesOf = (carrierClass: SimulationPlan["carrierClass"]) => {
      const states = new Set<string>()
      for (let seed = 1; seed <= 6; seed++) {
        const { ask, months, store } = run({ ...alone(seed), carrierClass })
        for (const month of months) {
          const figures = ask(store.monthFigures({ month }))
          for (const state of Object.keys(figures.states)) states.add(state)
        }
      }
      return states
    }
    assert.isFalse(statesOf("L").has("escalated"))
    assert.isTrue(statesOf("K").has("escalated"))
  })

  // Caught: rows that stay as the backup has them.
  it("sees a store that believes its backup", { timeout: patienceMs }, () => {
    const broken = {
      ...rules,
      quarantine: (notification: Parameters<typeof rules.quarantine>[0]) => ({
        notification,
        facts: []
      })
    }
    const found = new Set<string>()
    for (let seed = 1; seed <= 20; seed++) {
      for (const { what } of Auditor.audit(run(alone(seed), broken))) found.add(what)
    }
    assert.include([...found], "accepted twice")
    assert.include([...found], "sent again after a restore")
  })
})
