/**
 * A simulator that does not see a broken protocol is worth nothing: rules are taken out, and seeds
 * must show it. `npm run break -- --all` hunts every variant.
 *
 * **Source** — delivery protocol 2.6 (Ablations); invariant 52.
 */
import { assert, describe, it } from "vitest"
import { variants } from "../../src/testing/model/Variants.ts"
import { hunt } from "../../src/testing/simulator/Hunt.ts"
import { story } from "../../src/testing/simulator/Story.ts"

const patienceMs = 120_000

describe("for a rule taken out of the protocol", () => {
  for (const name of ["V1", "V2", "V4"]) {
    it(`${name}: always a seed shows it, by few faults`, { timeout: patienceMs }, () => {
      const variant = variants.find((each) => each.name === name) ?? assert.fail(name)
      const found = hunt(variant, 40) ?? assert.fail("no seed shows it")
      assert.strictEqual(found.violation.what, "accepted twice")
      assert.isAtMost(found.plan.faults.length, 3)
      assert.isAtMost(found.plan.only?.length ?? found.plan.customers, 2)
      const told = story(found.run, found.violation.customer)
      assert.isAtLeast(told.filter((line) => line.includes("the carrier accepts")).length, 2)
    })
  }
})
