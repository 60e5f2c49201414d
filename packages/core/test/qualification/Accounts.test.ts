import { assert, describe, it } from "vitest"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import * as Accounts from "../../src/qualification/Accounts.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"
import { date, month } from "../calendar/scenarios.ts"

const february = month("2026-02")
const filling: Accounts.Filling = {
  month: february,
  mode: "bank-days",
  closedBits: MonthDays.bitOf(7),
  thresholdMinorUnits: 1_000n
}
const every = (amount: bigint) => Array.from({ length: 28 }, () => amount)
const account = (
  accountId: string,
  minorUnits: ReadonlyArray<bigint | undefined>,
  changes: Partial<Accounts.AccountMonth> = {}
): Accounts.AccountMonth => ({
  accountId,
  primary: false,
  minorUnits,
  conflict: 0,
  before: null,
  ...changes
})
const daysOf = (set: number) =>
  Array.from({ length: 31 }, (_, index) => index + 1).filter((day) => MonthDays.has(set, day))

describe("Accounts.fill (product rules, Days: carryForward)", () => {
  it("compares every day and fills closed days with the last amount", () => {
    const amounts: Array<bigint | undefined> = every(1_000n)
    amounts[5] = 999n
    amounts[6] = undefined
    amounts[9] = undefined
    const filled = Accounts.fill(account("a", amounts), filling)
    assert.deepStrictEqual(daysOf(filled.days.derived), [7])
    assert.deepStrictEqual(daysOf(MonthDays.allDays(28) & ~filled.days.met), [6, 7, 10])
    assert.strictEqual(filled.minorUnits[6], 999n)
    assert.strictEqual(filled.minorUnits[9], undefined)
  })

  it("fills the first days from the balance before the month", () => {
    const always = { ...filling, mode: "always" } as const
    const filled = Accounts.fill(account("a", [], { before: 1_000n }), always)
    assert.strictEqual(filled.days.derived, MonthDays.allDays(28))
    assert.strictEqual(filled.days.met, MonthDays.allDays(28))
    const low = Accounts.fill(account("a", [], { before: 999n }), always)
    assert.strictEqual(low.days.met, 0)
    assert.strictEqual(Accounts.fill(account("a", []), always).days.derived, 0)
  })

  it("takes no amount of a day in conflict", () => {
    const conflict = MonthDays.bitOf(3) | MonthDays.bitOf(30)
    const filled = Accounts.fill(account("a", every(5_000n), { conflict }), filling)
    assert.deepStrictEqual(daysOf(filled.days.conflict), [3])
    assert.isFalse(MonthDays.has(MonthDays.known(filled.days), 3))
    assert.isUndefined(filled.minorUnits[2])
  })
})

describe("Accounts.primaryAccount", () => {
  it("takes the only account, else the only primary one, else none", () => {
    const [a, b] = [account("a", []), account("b", [], { primary: true })]
    assert.strictEqual(Accounts.primaryAccount([a]), a)
    assert.strictEqual(Accounts.primaryAccount([a, b]), b)
    assert.isUndefined(Accounts.primaryAccount([a, a]))
    assert.isUndefined(Accounts.primaryAccount([b, b]))
    assert.isUndefined(Accounts.primaryAccount([]))
  })
})

describe("Accounts.anyAccount", () => {
  const { notFullMonth, belowThreshold, dataIncomplete, qualified } = Qualification.Outcome

  it("takes the best outcome, the first of equals", () => {
    assert.strictEqual(Accounts.anyAccount([]), -1)
    assert.strictEqual(Accounts.anyAccount([notFullMonth]), 0)
    assert.strictEqual(Accounts.anyAccount([belowThreshold, qualified, qualified]), 1)
    assert.strictEqual(Accounts.anyAccount([notFullMonth, belowThreshold, dataIncomplete]), 2)
  })
})

describe("Accounts.sumOfAccounts", () => {
  const half = every(500n)

  it("adds the day's balances before it compares them", () => {
    const filled = Accounts.sumOfAccounts([account("a", half), account("b", half)], filling)
    assert.strictEqual(filled.days.met, MonthDays.allDays(28))
    assert.strictEqual(filled.minorUnits[0], 1_000n)
    const short = Accounts.sumOfAccounts([account("a", half), account("b", every(499n))], filling)
    assert.strictEqual(short.days.met, 0)
    assert.strictEqual(short.days.observed, MonthDays.allDays(28))
  })

  it("needs every open account's balance; a day is derived when one of them is", () => {
    const gaps: Array<bigint | undefined> = every(500n)
    gaps[6] = undefined
    gaps[9] = undefined
    const filled = Accounts.sumOfAccounts([account("a", half), account("b", gaps)], filling)
    assert.deepStrictEqual(daysOf(filled.days.derived), [7])
    assert.isTrue(MonthDays.has(filled.days.met, 7))
    assert.deepStrictEqual(daysOf(MonthDays.allDays(28) & ~MonthDays.known(filled.days)), [10])
  })

  it("marks a day in conflict when one account's is", () => {
    const conflict = MonthDays.bitOf(3)
    const accounts = [account("a", half), account("b", half, { conflict })]
    const filled = Accounts.sumOfAccounts(accounts, filling)
    assert.deepStrictEqual(daysOf(filled.days.conflict), [3])
    assert.isFalse(MonthDays.has(MonthDays.known(filled.days), 3))
  })

  it("counts an account on the days it is open, and misses days on which none is", () => {
    const opened = date("2026-02-10")
    const closed = date("2026-02-20")
    const b = account("b", half, { opened, closed })
    const filled = Accounts.sumOfAccounts([account("a", half), b], filling)
    assert.deepStrictEqual(daysOf(filled.days.met), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    assert.strictEqual(MonthDays.known(filled.days), MonthDays.allDays(28))
    const alone = Accounts.sumOfAccounts([b], filling)
    assert.deepStrictEqual(daysOf(alone.days.observed), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    assert.strictEqual(Accounts.sumOfAccounts([], filling).days.observed, 0)
  })

  it("never differs from the account alone when there is one", () => {
    const gaps: Array<bigint | undefined> = every(1_500n)
    gaps[6] = undefined
    gaps[20] = undefined
    const one = account("a", gaps, { conflict: MonthDays.bitOf(4), before: 1n })
    const alone = Accounts.fill(one, filling)
    assert.deepStrictEqual(Accounts.sumOfAccounts([one], filling), alone)
  })
})

describe("Accounts.worstDay", () => {
  it("finds the largest shortfall, the earliest of equals, waived days left out", () => {
    const amounts: Array<bigint | undefined> = every(1_000n)
    amounts[3] = 900n
    amounts[8] = 800n
    amounts[9] = 800n
    amounts[10] = undefined
    amounts[11] = 700n
    const filled = Accounts.fill(account("a", amounts), filling)
    const waived = MonthDays.bitOf(12)
    assert.deepStrictEqual<unknown>(Accounts.worstDay(filled, february, 1_000n, waived), {
      date: "2026-02-09",
      shortfallMinorUnits: 200n
    })
    assert.isUndefined(Accounts.worstDay(filled, february, 700n, 0))
  })
})
