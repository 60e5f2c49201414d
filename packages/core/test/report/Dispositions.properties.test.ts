import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Dispositions from "../../src/report/Dispositions.ts"
import { customersOfMonth } from "../../src/testing/generators/Reports.ts"
import { figuresOf } from "./counted.ts"

/**
 * **Source** — design, Dispositions: population = qualified + notQualified + undetermined; each
 * qualified customer-month in exactly one summand; `accepted` is none; invariant 18
 */
describe("for every month, counted customer by customer", () => {
  // Caught: `waiting` left out of pending; a message withdrawn as `excluded:…` counted as
  // unreachable; suppressed and failed exchanged.
  it("always counts under each disposition exactly the customers who are in it", () => {
    fc.assert(
      fc.property(customersOfMonth, (customers) => {
        const counts = Dispositions.of(figuresOf(customers))
        const found = customers.map(Dispositions.ofCustomer)
        for (const name of Dispositions.summands) {
          assert.strictEqual(counts[name], found.filter((each) => each === name).length, name)
        }
      }),
      { numRuns: 500 }
    )
  })

  // Caught: `accepted` made a summand; undetermined left out of the population.
  it("always holds both laws, and never counts a customer who does not qualify", () => {
    fc.assert(
      fc.property(customersOfMonth, fc.nat(100), (customers, accepted) => {
        const counts = Dispositions.of({ ...figuresOf(customers), accepted })
        const [population, qualified] = Dispositions.checks(counts)
        assert.deepInclude(population, { left: customers.length, holds: true })
        const all = customers.filter(({ outcome }) => outcome === "Qualified").length
        assert.deepInclude(qualified, { left: all, right: all, holds: true })
        for (const customer of customers) {
          const disposition = Dispositions.ofCustomer(customer)
          assert.strictEqual(disposition === null, customer.outcome !== "Qualified")
        }
      }),
      { numRuns: 500 }
    )
  })

  // Caught: `holds` true when the sides differ by less than two.
  it("never holds when any one count is one too many or too few", () => {
    fc.assert(
      fc.property(customersOfMonth, miscount, (customers, { name, by }) => {
        const counts = Dispositions.of(figuresOf(customers))
        const wrong = Dispositions.checks({ ...counts, [name]: counts[name] + by })
        assert.isTrue(wrong.some(({ holds }) => !holds))
        for (const { left, right, holds } of wrong) assert.strictEqual(holds, left === right)
      }),
      { numRuns: 500 }
    )
  })
})

const miscount = fc.record({
  name: fc.constantFrom(
    ...Dispositions.summands,
    "population" as const,
    "qualified" as const,
    "notQualified" as const,
    "undetermined" as const
  ),
  by: fc.constantFrom(-1, 1)
})
