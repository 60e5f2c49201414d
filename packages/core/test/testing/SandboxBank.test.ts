import { assert, describe, it } from "vitest"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Bank from "../../src/testing/SandboxBank.ts"
import * as People from "../../src/testing/SandboxPeople.ts"

const monthOf = (text: string) => CalendarMonth.parse(text) ?? assert.fail(text)

const september = monthOf("2026-09")

const make = (change: Partial<Bank.BankOptions> = {}) =>
  Bank.make({ ...Bank.defaults, customers: 2000, months: [september], ...change })

/**
 * The rule in its plainest form, by itself: every calendar day at or above, closed days carried.
 * `null` is a customer who was not there all month.
 */
const qualifies = (bank: Bank.Bank, index: number, month: CalendarMonth.CalendarMonth) => {
  const life = Bank.lifeOf(bank, index)
  if (CalendarMonth.dates(month).some((date) => !Bank.isOpen(life, date))) return null
  return CalendarMonth.dates(month).every((date) => {
    const { calendar, thresholdMinor } = bank.options
    const isOpen = BankCalendar.isBusinessDay(calendar, date)
    const source = isOpen ? date : BankCalendar.previousBusinessDay(calendar, date)
    return source !== undefined && Bank.balanceMinor(bank, index, source) >= thresholdMinor
  })
}

describe("SandboxBank", () => {
  // Months that begin on a closed day inherit a balance of the month before.
  for (const text of ["2026-09", "2026-08", "2026-11", "2027-02", "2027-05"]) {
    it(`lets 55 to 65 in a hundred qualify in ${text}`, () => {
      const month = monthOf(text)
      const bank = make({ months: [month] })
      let qualified = 0
      for (let index = 0; index < 2000; index++) if (qualifies(bank, index, month)) qualified++
      assert.isAtLeast(qualified, 1100)
      assert.isAtMost(qualified, 1300)
    })
  }

  it("has every story, each told by its balances", () => {
    const bank = make()
    const seen = new Map<string, Array<number>>()
    for (let index = 0; index < 2000; index++) {
      const story = Bank.storyOf(bank, index, september)
      const failing = CalendarMonth.dates(september).filter(
        (date) =>
          BankCalendar.isBusinessDay(bank.options.calendar, date) &&
          Bank.balanceMinor(bank, index, date) < bank.options.thresholdMinor
      ).length
      seen.set(story, [...(seen.get(story) ?? []), failing])
    }
    const range = (story: string) => {
      const failing = seen.get(story) ?? []
      return [Math.min(...failing), Math.max(...failing)]
    }
    assert.deepStrictEqual(range("keeper"), [0, 0])
    assert.deepStrictEqual(range("exact"), [0, 0])
    assert.deepStrictEqual(range("oneBadDay"), [1, 1])
    assert.deepStrictEqual(range("dipBeforeClosedDay"), [1, 1])
    assert.strictEqual(range("overdraft")[1], 3)
    assert.isAbove(range("below")[0] ?? 0, 15)
    assert.isAbove(range("drained")[1] ?? 0, 10)
  })

  it("has balances of exactly the threshold, one minor unit below it, and below zero", () => {
    const bank = make()
    const counts = { exact: 0, oneBelow: 0, negative: 0 }
    for (let index = 0; index < 2000; index++) {
      for (const date of CalendarMonth.dates(september)) {
        const minor = Bank.balanceMinor(bank, index, date)
        assert.isTrue(Number.isSafeInteger(minor))
        if (minor === 1_500_000) counts.exact++
        if (minor === 1_499_999) counts.oneBelow++
        if (minor < 0) counts.negative++
      }
    }
    assert.isAbove(counts.exact, 50)
    assert.isAbove(counts.oneBelow, 20)
    assert.isAbove(counts.negative, 100)
  })

  it("tells the same of the same seed in any order, and otherwise of another", () => {
    const [first, again, other] = [make(), make(), make({ seed: 2 })]
    const dates = CalendarMonth.dates(september)
    const forward = dates.map((date) => Bank.balanceMinor(first, 77, date))
    const backward = dates.toReversed().map((date) => Bank.balanceMinor(again, 77, date))
    assert.deepStrictEqual(backward.toReversed(), forward)
    const others = dates.map((date) => Bank.balanceMinor(other, 77, date))
    assert.notDeepEqual(others, forward)
  })

  it("gives every customer a mobile number of their own that is valid by plan", () => {
    const numbers = new Set<string>()
    for (let index = 0; index < 150_000; index++) numbers.add(People.mobileOf(index))
    assert.strictEqual(numbers.size, 150_000)
    for (const index of [0, 1, 99_999, 100_000, 1_099_999, 1_100_000, 2_099_999]) {
      const check = Msisdn.check(People.mobileOf(index), null)
      assert.isTrue(check.reachable, People.mobileOf(index))
      assert.strictEqual(check.type, "MOBILE")
    }
  })

  it("writes numbers as banks do, some absent, some landlines, some none at all", () => {
    const bank = make()
    const reasons = new Map<string, number>()
    for (let index = 0; index < 2000; index++) {
      const { phone } = People.contactOf(bank, index)
      const { reason } = Msisdn.check(phone ?? "", "IL")
      reasons.set(reason ?? "reachable", (reasons.get(reason ?? "reachable") ?? 0) + 1)
    }
    assert.deepStrictEqual([...reasons.keys()].toSorted(), [
      "INVALID",
      "LANDLINE",
      "NO_PHONE",
      "reachable"
    ])
    assert.isAbove(reasons.get("reachable") ?? 0, 1800)
  })

  it("has customers of four languages, and some whom nobody may contact", () => {
    const bank = make()
    const languages = new Set<string>()
    const kinds = new Set<string>()
    for (let index = 0; index < 2000; index++) {
      languages.add(People.contactOf(bank, index).language ?? "none")
      const permission = People.permissionOf(bank, index)
      kinds.add(permission.mayContact ? `consent ${permission.consentKnown}` : permission.kind)
    }
    assert.deepStrictEqual([...languages].toSorted(), ["ar", "en", "he", "none", "ru"])
    assert.deepStrictEqual([...kinds].toSorted(), [
      "consent false",
      "consent true",
      "excluded",
      "suppressed"
    ])
  })

  it("knows its own ids and no others", () => {
    const bank = make()
    assert.strictEqual(Bank.indexOf(bank, Bank.customerId(1999)), 1999)
    for (const id of ["C-0002001", "C-0000000", "C-1", "c-0000001", "", "A-0000001-1"]) {
      assert.isUndefined(Bank.indexOf(bank, id))
    }
  })
})
