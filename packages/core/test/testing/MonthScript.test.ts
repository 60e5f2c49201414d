import { assert, describe, it } from "vitest"
import * as Faults from "../../src/testing/Faults.ts"
import * as MonthScript from "../../src/testing/MonthScript.ts"

const month = "2026-09"
const dana: MonthScript.GivenCustomer = {
  customerId: "C-1",
  phone: "050-234-5678",
  firstName: "דנה",
  language: "he",
  balance: "15000.00"
}

describe("given customers and balances, when the program ticks, then the dispositions", () => {
  it("is one message delivered to who met every day, and none to who missed one", async () => {
    await using scripted = await MonthScript.given({
      month,
      customers: [
        dana,
        { ...dana, customerId: "C-2", except: { "2026-09-14": "14999.99" } },
        { ...dana, customerId: "C-3", phone: null },
        { ...dana, customerId: "C-4", openedOn: "2026-09-02" },
        { ...dana, customerId: "C-5", mayContact: { mayContact: false, reason: "ASKED_US" } },
        { ...dana, customerId: "C-6", except: { "2026-09-14": null } }
      ]
    })
    await scripted.ticksTo("2026-09-30T06:00:00.000Z")
    assert.deepStrictEqual(scripted.submitted(), [])
    await scripted.ticksTo("2026-10-20T06:00:00.000Z")
    const found = await scripted.dispositions()
    assert.deepInclude(found, {
      population: 6,
      qualified: 3,
      notQualified: 2,
      undetermined: 1,
      delivered: 1,
      unreachable: 1,
      suppressed: 1,
      pending: 0
    })
    assert.deepStrictEqual(
      scripted.submitted().map(({ to }) => to),
      ["+972502345678"]
    )
    assert.include(scripted.submitted()[0]?.text, "דנה")
    const explained = await scripted.tidemark.explain("C-2", month)
    assert.strictEqual(explained?.outcome, "NotQualified")
  })

  it("is the same when the carrier loses answers: nobody gets a message twice", async () => {
    const faults = Faults.either(
      Faults.nth("submit", 1, "lose"),
      Faults.seeded(7, 0.2, ["fail", "lose"])
    )
    let lost = 0
    const gone = () => new Error(`the connection is gone, the ${++lost}. time`)
    await using scripted = await MonthScript.given({
      month,
      customers: [dana, { ...dana, customerId: "C-2", phone: "052-234-5678" }],
      replace: ({ carrier }) => ({ carrier: Faults.host(carrier, faults, gone) })
    })
    await scripted.ticksTo("2026-10-20T06:00:00.000Z")
    assert.deepInclude(await scripted.dispositions(), { qualified: 2, delivered: 2 })
    assert.isAbove(lost, 1)
    assert.strictEqual(scripted.duplicates(), 0)
  })

  it("may be any month, also one after a day the bank was closed, under another policy", async () => {
    await using scripted = await MonthScript.given({
      month: "2026-11",
      customers: [{ ...dana, balance: "500.00" }],
      policy: { balance: { threshold: "500.00" } }
    })
    await scripted.ticksTo("2026-12-20T06:00:00.000Z")
    assert.deepInclude(await scripted.dispositions(), { qualified: 1, delivered: 1 })
  })

  it("says which month it cannot read", async () => {
    const error = await MonthScript.given({ month: "2026-13", customers: [] }).then(
      () => null,
      (cause: unknown) => cause
    )
    assert.instanceOf(error, RangeError)
  })
})
