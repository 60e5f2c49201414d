/** Days that come late to a table of the bank's own, and corrections of it. */
import { assert, describe, it } from "vitest"
import { month, sandbox } from "./Host.ts"
import {
  codeOf,
  customers,
  cutOff,
  first,
  late,
  monthEnd,
  outcomeOf,
  reading,
  wholeTable,
  without
} from "./OwnTable.ts"

describe("the completeness gate over a bank's own table", () => {
  // Caught: `planReadMonth` due at every tick; the survey's instant not looked at.
  it("waits for a missing day, looks again later, and decides once it is there", async () => {
    const table = await wholeTable()
    without(table, late.businessDate)
    await using tidemark = await reading(sandbox({ customers }), table)
    const now = monthEnd
    const { done, nextWakeAt } = await tidemark.tick({ now })
    assert.deepEqual(done, [])
    assert.isAbove(Date.parse(nextWakeAt), Date.parse(now))
    const { length } = table.asked
    await tidemark.tick({ now })
    assert.strictEqual(table.asked.length, length, "nothing is asked before it is time")
    table.write({ ...late, revision: 1 })
    const again = "2026-10-01T23:30:00.000Z"
    const { done: then } = await tidemark.tick({ now: again, roles: ["capture", "qualify"] })
    assert.deepEqual(then, [{ work: "qualify", subject: month, count: customers }])
    assert.strictEqual(await outcomeOf(tidemark), "Qualified held")
  })

  it("decides at the cut-off what is there, and late data by a redecision", async () => {
    const table = await wholeTable()
    without(table, late.businessDate)
    await using tidemark = await reading(sandbox({ customers }), table)
    await tidemark.tick({ now: cutOff, roles: ["qualify"] })
    assert.strictEqual(await outcomeOf(tidemark), "Undetermined no message")
    table.write({ ...late, revision: 1 })
    assert.strictEqual(await tidemark.redecide(month, [first], { now: cutOff }), 1)
    assert.strictEqual(await outcomeOf(tidemark), "Qualified held")
    assert.strictEqual(await tidemark.redecide(month, [first], { now: cutOff }), 0)
  })
})

describe("a correction in a bank's own table", () => {
  const corrected = { ...late, amount: "1.00", revision: 2 }

  // Caught: an older revision taken for the one in force.
  it("before the month is decided is simply read", async () => {
    const table = await wholeTable()
    await using tidemark = await reading(sandbox({ customers }), table)
    table.write(corrected)
    assert.strictEqual(await tidemark.redecide(month, [first], { now: monthEnd }), 0)
    await tidemark.tick({ now: monthEnd, roles: ["qualify"] })
    assert.strictEqual(await outcomeOf(tidemark), "NotQualified no message")
  })

  it("before the mark withdraws the message, after it people are told", async () => {
    const table = await wholeTable()
    const told: Array<string> = []
    const host = sandbox({ customers })
    await using tidemark = await reading(host, table, {
      operations: (notices) => told.push(...notices.map(({ cause }) => cause))
    })
    await tidemark.tick({ now: monthEnd, roles: ["qualify"] })
    assert.strictEqual(await outcomeOf(tidemark), "Qualified held")
    table.write(corrected)
    assert.strictEqual(await tidemark.redecide(month, [first], { now: monthEnd }), 1)
    assert.strictEqual(await outcomeOf(tidemark), "NotQualified withdrawn")
    const now = "2026-10-01T07:00:00.000Z"
    host.tell(now)
    await tidemark.tick({ now })
    const second = "C-0000002"
    const before = await outcomeOf(tidemark, second)
    assert.match(before, /^Qualified (?:active|delivered)$/)
    table.write({ ...corrected, accountId: "A-0000002-1" })
    assert.strictEqual(await tidemark.redecide(month, [second], { now }), 1)
    assert.strictEqual(await outcomeOf(tidemark, second), before)
    await tidemark.tick({ now })
    assert.include(told, "CORRECTION_OBSERVED")
  })

  // Caught: a month being decided taken for an open one, and the correction lost.
  it("while the month is being decided is asked for again, not lost", async () => {
    const host = sandbox({ customers, pageSize: 20 })
    const table = await wholeTable()
    const reached = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    await using tidemark = await reading(host, table, {
      customers: {
        ...host.customers,
        active: async (of, cursor, signal) => {
          if (cursor !== null) {
            reached.resolve()
            await gate.promise
          }
          return host.customers.active(of, cursor, signal)
        }
      }
    })
    // At the cut-off nothing is surveyed: the first page is decided, the second is waited for.
    const ticking = tidemark.tick({ now: cutOff, roles: ["qualify"] })
    await reached.promise
    table.write(corrected)
    const call = tidemark.redecide(month, [first], { now: cutOff })
    assert.strictEqual(await codeOf(call), "RefusedError.BeingDecided")
    gate.resolve()
    await ticking
    assert.strictEqual(await outcomeOf(tidemark), "Qualified held")
    assert.strictEqual(await tidemark.redecide(month, [first], { now: cutOff }), 1)
    assert.strictEqual(await outcomeOf(tidemark), "NotQualified withdrawn")
  })
})
