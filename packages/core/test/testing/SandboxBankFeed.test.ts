import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Bank from "../../src/testing/SandboxBank.ts"
import * as Feed from "../../src/testing/SandboxBankFeed.ts"
import type * as Script from "../../src/testing/SandboxScript.ts"

const september = CalendarMonth.parse("2026-09") ?? assert.fail("no month")
const date = "2026-09-03"
const afterMonthMs = 1_790_812_800_000

const bank = (script: Script.BankScript = [], customers = 40) =>
  Bank.make({ ...Bank.defaults, customers, months: [september], pageSize: 15, script })

const pages = (bank: Bank.Bank, nowMs = afterMonthMs) => {
  const answers: Array<Feed.BalancesAnswer> = []
  for (let cursor: string | null = null; ;) {
    const reply = Feed.balances(bank, date, cursor, nowMs)
    if (reply._tag !== "Answer") return assert.fail(reply._tag)
    answers.push(reply.body)
    cursor = reply.body.nextCursor
    if (cursor === null) return answers
  }
}

const items = (answers: ReadonlyArray<Feed.BalancesAnswer>) => answers.flatMap(({ items }) => items)

describe("SandboxBankFeed", () => {
  it("counts in its totals the row the feed has lost", () => {
    const whole = pages(bank())
    const lost = pages(bank([{ on: "row", kind: "missing", date, nth: 4 }]))
    assert.lengthOf(items(lost), items(whole).length - 1)
    assert.deepStrictEqual(lost.at(-1)?.controlTotals, whole.at(-1)?.controlTotals)
  })

  it("is empty for everyone on a date that fails silently", () => {
    const [answer] = pages(bank([{ on: "date", kind: "empty", only: date }]))
    assert.deepStrictEqual(answer?.items, [])
    assert.deepStrictEqual(answer?.controlTotals, { count: 0, sum: "0.00" })
    assert.isNull(answer?.nextCursor)
  })

  it("has no row of an account before it is opened nor from the day it is closed", () => {
    const many = bank([], 1000)
    const known = new Set(items(pages(many)).map(({ accountId }) => accountId))
    let closed = 0
    for (let index = 0; index < 1000; index++) {
      const life = Bank.lifeOf(many, index)
      const isOpen = !(
        (life.openedOn !== null && life.openedOn > date) ||
        (life.closedOn !== null && life.closedOn <= date)
      )
      assert.strictEqual(known.has(Bank.accountId(index, 1)), isOpen)
      if (!isOpen) closed++
    }
    assert.isAbove(closed, 5)
  })

  it("gives the same rows and totals to whoever asks, whatever was asked before", () => {
    const asked = bank()
    for (const other of ["2026-09-10", "2026-08-31", "2026-09-09"]) {
      Feed.balances(asked, other, null, afterMonthMs)
    }
    assert.deepStrictEqual(pages(asked), pages(bank()))
  })

  it("refuses a date, a month and a cursor that are none", () => {
    const codes = [
      Feed.balances(bank(), "2026-02-30", null, afterMonthMs),
      Feed.balances(bank(), date, "40", afterMonthMs),
      Feed.balances(bank(), date, "-1", afterMonthMs),
      Feed.balances(bank(), date, "x", afterMonthMs),
      Feed.customers(bank(), "2026-13", null),
      Feed.customers(bank(), "2026-09", "99")
    ].map((reply) => (reply._tag === "Status" ? reply.status : reply._tag))
    assert.deepStrictEqual(codes, [400, 400, 400, 400, 400, 400])
  })
})
