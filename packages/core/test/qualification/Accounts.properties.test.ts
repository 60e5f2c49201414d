import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Accounts from "../../src/qualification/Accounts.ts"
import { month } from "../calendar/scenarios.ts"

const february = month("2026-02")
const filling = {
  month: february,
  closedBits: MonthDays.bitOf(7) | MonthDays.bitOf(14),
  thresholdMinorUnits: 1_000n
}

/** **Source** — product rules, "Days": primaryAccount, anyAccount, sumOfAccounts. */
describe("Accounts", () => {
  describe("for every month of amounts, and every mode", () => {
    // Caught: the amount before the month ignored; a derived amount not carried on.
    it("always fills the days that MonthDays.carryForward fills, with the same verdicts", () => {
      fc.assert(
        fc.property(account, fc.nat(0x0fff_ffff), mode, (account, closedBits, mode) => {
          const filled = Accounts.fill(account, { ...filling, closedBits, mode })
          const { before, conflict } = account
          let [observed, met] = [0, 0]
          for (const [index, amount] of account.minorUnits.entries()) {
            if (amount === undefined || MonthDays.has(conflict, index + 1)) continue
            observed |= MonthDays.bitOf(index + 1)
            if (amount >= 1_000n) met |= MonthDays.bitOf(index + 1)
          }
          const captured = { ...MonthDays.none, observed, met, conflict }
          const verdict = before === null ? null : before >= 1_000n
          const carried = MonthDays.carryForward(mode, captured, february, closedBits, verdict)
          assert.deepStrictEqual(filled.days, carried)
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: a sum that starts from the threshold; the days of the account before it is opened
    // counted; a derived day of a sum taken as observed.
    it("never makes a difference between a single account and the sum of it", () => {
      fc.assert(
        fc.property(account, mode, (account, mode) => {
          const alone = Accounts.fill(account, { ...filling, mode })
          assert.deepStrictEqual(Accounts.sumOfAccounts([account], { ...filling, mode }), alone)
          assert.strictEqual(Accounts.primaryAccount([account]), account)
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: the last account's conflict alone; `known === open` counted over the first two.
    it("never depends on the order in which accounts are added", () => {
      fc.assert(
        fc.property(fc.array(account, { minLength: 2, maxLength: 3 }), mode, (accounts, mode) => {
          const given = { ...filling, mode }
          const forwards = Accounts.sumOfAccounts(accounts, given)
          assert.deepStrictEqual(Accounts.sumOfAccounts(accounts.toReversed(), given), forwards)
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: an account without a balance counted as zero in a sum.
    it("never knows a day of a sum that one open account does not know", () => {
      fc.assert(
        fc.property(fc.array(account, { minLength: 1, maxLength: 3 }), mode, (accounts, mode) => {
          const given = { ...filling, mode }
          const sum = MonthDays.known(Accounts.sumOfAccounts(accounts, given).days)
          const each = accounts.map((one) => MonthDays.known(Accounts.fill(one, given).days))
          assert.strictEqual(
            sum,
            each.reduce((all, known) => all & known)
          )
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: a waived day named; the latest of two equal days; a day above the threshold.
    it("always names as worst the earliest of the lowest required days below", () => {
      fc.assert(
        fc.property(account, mode, fc.nat(0x0fff_ffff), (account, mode, noise) => {
          const waived = noise & (noise >>> 5)
          const filled = Accounts.fill(account, { ...filling, mode })
          const below = CalendarMonth.dates(february)
            .map((date, index) => ({ date, amount: filled.minorUnits[index], day: index + 1 }))
            .flatMap(({ amount, date, day }) =>
              amount === undefined || amount >= 1_000n || MonthDays.has(waived, day)
                ? []
                : [{ date, shortfallMinorUnits: 1_000n - amount }]
            )
          const most = below.map((day) => day.shortfallMinorUnits)
          const worst = Accounts.worstDay(filled, february, 1_000n, waived)
          assert.deepStrictEqual(
            worst,
            below.find((day) => most.every((other) => day.shortfallMinorUnits >= other))
          )
        }),
        { numRuns: 1_000 }
      )
    })
  })
})

const mode = fc.constantFrom("none" as const, "bank-days" as const, "always" as const)
const amounts = fc.array(fc.constantFrom(undefined, 999n, 1_000n, 1_001n, -5n, 400n), {
  minLength: 28,
  maxLength: 28
})

const account: fc.Arbitrary<Accounts.AccountMonth> = fc
  .record({
    minorUnits: amounts,
    noise: fc.nat(0x0fff_ffff),
    before: fc.constantFrom(null, 999n, 1_000n)
  })
  .map(({ before, minorUnits, noise }) => ({
    accountId: "a",
    primary: true,
    minorUnits,
    conflict: noise & (noise >>> 3) & (noise >>> 7),
    before
  }))
