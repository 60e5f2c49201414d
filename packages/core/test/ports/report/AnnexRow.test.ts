import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../../src/calendar/CalendarMonth.ts"
import * as AnnexRow from "../../../src/ports/report/AnnexRow.ts"
import type { MonthCustomer } from "../../../src/ports/store/Reports.ts"

const month = CalendarMonth.parse("2026-09") ?? assert.fail("no month")
const third = { from: CalendarMonth.dateAt(month, 3), to: CalendarMonth.dateAt(month, 3) }

const customer = (over: Partial<MonthCustomer> = {}): MonthCustomer => ({
  customerId: "C-1",
  outcome: "Qualified",
  reasons: [{ code: "MET_EVERY_DAY", dates: [third] }],
  reach: { _tag: "Reachable" },
  observed: 0x3fff_ffff,
  met: 0x3fff_ffff,
  derived: 0,
  waived: 0,
  message: { state: "delivered", reason: null },
  ...over
})

const row = (over: Partial<MonthCustomer> = {}) => AnnexRow.of(month, customer(over))

describe("a row of the annex", () => {
  it("holds no shortfall: with the threshold, it would be a balance", () => {
    const worst = { date: third.from, shortfallMinorUnits: 123_456n }
    const below = row({
      outcome: "NotQualified",
      reasons: [{ code: "BELOW_THRESHOLD", dates: [third], worst }],
      reach: null,
      message: null,
      met: 0x3fff_fffb
    })
    assert.deepStrictEqual(below, {
      customerId: "C-1",
      outcome: "NotQualified",
      firstReason: "BELOW_THRESHOLD",
      dates: [third],
      daysMet: 29,
      daysRequired: 30,
      disposition: null,
      dispositionReason: null
    })
  })

  it("counts the required days that met, derived ones with them, waived and unknown ones not", () => {
    const days = { observed: 0b0111, derived: 0b1000, met: 0b1_1101, waived: 0b0001 }
    assert.deepInclude(row(days), { daysMet: 2, daysRequired: 29 })
  })

  it("names no dates of a qualified customer, who met every one", () => {
    assert.deepStrictEqual(row().dates, [])
  })

  it("says why the customer is there: the message first, else how it cannot be reached", () => {
    const reach = { _tag: "Unreachable", reason: "NO_PHONE" } as const
    const why = (over: Partial<MonthCustomer>) => row(over).dispositionReason
    assert.isNull(why({}))
    assert.strictEqual(why({ message: { state: "failed", reason: "EXHAUSTED" } }), "EXHAUSTED")
    assert.strictEqual(why({ reach, message: null }), "NO_PHONE")
    const withdrawn = (reason: string) => ({ message: { state: "withdrawn", reason } as const })
    assert.strictEqual(why(withdrawn("unreachable:VOIP")), "VOIP")
    // Withdrawn with an earlier decision: the reason of the one in force.
    assert.strictEqual(why({ ...withdrawn("NOT_QUALIFIED"), reach }), "NO_PHONE")
    assert.isNull(why(withdrawn("NOT_QUALIFIED")))
  })

  it("of a customer who is not qualified never says where a message is", () => {
    const late = { message: { state: "delivered", reason: "LATE" } as const }
    const granted = row({ ...late, outcome: "NotQualified", reach: null })
    assert.isNull(granted.disposition)
    assert.isNull(granted.dispositionReason)
  })
})
