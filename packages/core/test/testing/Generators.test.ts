import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as PolicyDocument from "../../src/ports/PolicyDocument.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"
import * as Generators from "../../src/testing/Generators.ts"

/** How often each answer comes among many of a generator. */
const shares = <A>(arbitrary: fc.Arbitrary<A>, key: (value: A) => string | number) => {
  const found = new Map<string | number, number>()
  const sample = fc.sample(arbitrary, { numRuns: 2_000, seed: 7 })
  for (const value of sample) found.set(key(value), (found.get(key(value)) ?? 0) + 1)
  return (of: string | number): number => (found.get(of) ?? 0) / sample.length
}

const month = CalendarMonth.of(BusinessDate.unchecked("2026-09-01"))
const threshold = 1_500_000n

/** What the rule says of a generated month. */
const decided = (balances: ReadonlyArray<Generators.DayOfMonth>): string => {
  const days = { observed: 0, met: 0, derived: 0, waived: 0, conflict: 0 }
  for (const { amounts, date } of balances) {
    const bit = MonthDays.bitOf(BusinessDate.dayOfMonth(date))
    if (amounts.length > 1) days.conflict |= bit
    if (amounts.length === 1) days.observed |= bit
    if (amounts.length === 1 && (amounts[0] ?? 0n) >= threshold) days.met |= bit
  }
  return Qualification.decide({ month, days })._tag
}

describe("the generators reach what they are for", () => {
  it("months of balances: each outcome often, and most of them decided by one day", () => {
    const share = shares(Generators.monthOfBalances(month, threshold), decided)
    for (const outcome of ["Qualified", "NotQualified", "Undetermined"]) {
      assert.isAbove(share(outcome), 0.15, outcome)
    }
  })

  it("amounts: the threshold, and the unit on either side of it", () => {
    const share = shares(Generators.amountsAround(threshold), (amount) =>
      String(amount - threshold)
    )
    for (const beside of ["-1", "0", "1"]) assert.isAbove(share(beside), 0.1)
  })

  it("days: leap years, both ends of a month, business days and closed ones", () => {
    const days = shares(Generators.months, CalendarMonth.days)
    for (const length of [28, 29, 30, 31]) assert.isAbove(days(length), 0.03)
    const ends = shares(Generators.datesIn(month), BusinessDate.dayOfMonth)
    assert.isAbove(ends(1) + ends(30), 0.2)
    const kinds = shares(
      fc.tuple(Generators.calendars, Generators.dates),
      ([calendar, date]) => calendar.rule(date).kind
    )
    assert.isAbove(Math.min(kinds("business"), kinds("closed")), 0.1)
  })

  it("receipts and notifications: every state, with attempts and without", () => {
    const states = shares(Generators.receipts, ({ state }) => state)
    assert.isAbove(Math.min(states("delivered"), states("failed"), states("unknown")), 0.05)
    const attempts = shares(Generators.notifications, ({ attempts }) => attempts.length)
    for (const count of [0, 1, 2, 3]) assert.isAbove(attempts(count), 0.1)
    const { length } = fc.sample(Generators.receiptsTwice, 5)
    assert.strictEqual(length, 5)
  })

  it("policies: every one is read without a problem", () => {
    for (const policy of fc.sample(Generators.policyObjects, { numRuns: 100, seed: 7 })) {
      const read = PolicyDocument.read(JSON.stringify(policy), month)
      assert.isTrue("hash" in read, "problems" in read ? JSON.stringify(read.problems) : "")
    }
  })
})
