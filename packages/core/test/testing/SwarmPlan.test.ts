import { assert, describe, it } from "vitest"
import { nameOf } from "../../src/testing/simulator/SimulationPlan.ts"
import * as SwarmPlan from "../../src/testing/simulator/SwarmPlan.ts"

const plansOf = (seeds: number, options: SwarmPlan.SwarmOptions = SwarmPlan.defaults) =>
  Array.from({ length: seeds }, (_, index) => SwarmPlan.ofSeed(index + 1, options))

describe("the plans of many seeds", () => {
  // Caught: a kind left out of the list that coverage asks for; a kind of the list never drawn.
  it("hold every kind of fault that coverage asks for, and no other", () => {
    const drawn = new Set(plansOf(600).flatMap(({ faults }) => faults.map(nameOf)))
    assert.deepStrictEqual([...drawn].toSorted(), [...SwarmPlan.faultNames].toSorted())
  })

  // Caught: short lives struck where only long ones get to; no variant without a fence was found.
  it("strike short lives of few while there is something to strike", () => {
    const short = { customers: 10, months: 2, workers: 2 }
    const numbers = plansOf(100, short)
      .flatMap(({ faults }) => faults)
      .flatMap((fault) => (fault.on === "message" && fault.nth ? [fault.nth] : []))
    assert.isAtMost(Math.max(...numbers), short.customers * short.months)
  })
})
