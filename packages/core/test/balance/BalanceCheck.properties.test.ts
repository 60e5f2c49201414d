import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as BalanceCheck from "../../src/balance/BalanceCheck.ts"
import { defaultBalancePolicy } from "../../src/balance/BalancePolicy.ts"
import type { CapturedRow } from "../../src/balance/ClosingBalance.ts"
import { date } from "../calendar/scenarios.ts"

const businessDate = date("2026-09-15")
const threshold = defaultBalancePolicy.thresholdMinorUnits
const context = { businessDate }
const check = (rows: ReadonlyArray<CapturedRow>) =>
  BalanceCheck.checkPage(rows, defaultBalancePolicy, context)

/** **Source** — product rules, "Money and threshold", "Days" and "Data quality"; §3.1. */
describe("BalanceCheck", () => {
  describe("for every amount and every threshold", () => {
    // Caught: `>` for `>=` in `meets`; the shortfall of an overdraft without its sign.
    it("always meets exactly when nothing is short, and is the shortfall below otherwise", () => {
      fc.assert(
        fc.property(amount, near, (threshold, off) => {
          const balance = threshold + off
          const short = BalanceCheck.shortfall(balance, threshold)
          assert.strictEqual(BalanceCheck.meets(balance, threshold), off >= 0n)
          assert.strictEqual(short, off < 0n ? -off : 0n)
        }),
        { numRuns: 1_000 }
      )
    })
  })

  describe("for every page and every rows of another kind, currency or date among its rows", () => {
    // Caught: the kind not looked at; the currency looked at only where it is no code; a stale
    // row compared; a row of another kind that makes a conflict.
    it("never lets them change a verdict, and always refuses each of them by its name", () => {
      fc.assert(
        fc.property(rows, fc.array(foreign, { maxLength: 6 }), fc.nat(12), (rows, others, at) => {
          const mixed = [...rows.slice(0, at), ...others.map(({ row }) => row), ...rows.slice(at)]
          const [page, alone] = [check(mixed), check(rows)]
          assert.deepStrictEqual(verdictsOf(page), verdictsOf(alone))
          assert.strictEqual(page.met, alone.met)
          const refused = page.issues
            .filter(({ row = -1 }) => row >= Math.min(at, rows.length))
            .slice(0, others.length)
          assert.deepStrictEqual(
            refused.map(({ code }) => code),
            others.map(({ code }) => code)
          )
        }),
        { numRuns: 1_000 }
      )
    })
  })

  describe("for every row with several things wrong", () => {
    // Caught: the currency judged before the kind; a malformed amount judged first; a date of
    // tomorrow called stale; an account judged last.
    it("always says the first in the documented order, and says no amount", () => {
      fc.assert(
        fc.property(fc.subarray([...faults]), (wrong) => {
          const row: CapturedRow = Object.assign({}, right, ...wrong.map(({ change }) => change))
          const context = { businessDate, accounts: new Set(["known"]) }
          const page = BalanceCheck.checkPage([row], defaultBalancePolicy, context)
          const [first] = wrong
          assert.deepStrictEqual(
            page.issues.map(({ code }) => code),
            first === undefined ? [] : [first.code]
          )
          assert.notInclude(JSON.stringify(page.issues), "7654321")
        })
      )
    })
  })

  describe("for every run of pages, cut anywhere", () => {
    // Caught: a repeat left out of the totals, in one page or of a conflict on another page; the
    // amount of a refused row left out; the amounts of a conflict after its second left out.
    it("always adds up to the count and sum of the rows that came", () => {
      fc.assert(
        fc.property(rows, cuts, (rows, cuts) => {
          const pages = run(rows, cuts)
          const sum = rows.reduce<bigint>(
            (sum, { minorUnits }) => (typeof minorUnits === "bigint" ? sum + minorUnits : sum),
            0n
          )
          assert.strictEqual(
            pages.reduce((count, page) => count + page.rows, 0),
            rows.length
          )
          assert.strictEqual(
            pages.reduce((total, page) => total + page.sumMinorUnits, 0n),
            sum
          )
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: an implausible amount flagged as the first of its account and page alone; a conflict
    // of three amounts over three pages called resolved.
    it("never finds other checks to raise, nor other verdicts, than over one page", () => {
      fc.assert(
        fc.property(rows, cuts, (rows, cuts) => {
          const [pages, whole] = [run(rows, cuts), check(rows)]
          assert.deepStrictEqual(raised(pages), raised([whole]))
          const verdicts = pages.flatMap((page) => [...verdictsOf(page)])
          assert.deepStrictEqual(new Map(verdicts), verdictsOf(whole))
        }),
        { numRuns: 1_000 }
      )
    })
  })
})

/** **Source** — product rules, "Days" (conflict) and "Data quality"; fault list, B4 and B5. */
describe("BalanceCheck over pages", () => {
  describe("for every page of rows, good and bad, few accounts and few amounts", () => {
    // Caught: an account in conflict still counted as met; the second of three amounts taken as
    // a new account; a refused row that also gives a verdict; `>` for `>=` at the threshold.
    it("always gives the verdicts of a plain grouping of the rows", () => {
      fc.assert(
        fc.property(rows, (rows) => {
          const page = check(rows)
          const found = page.accountIds.map((id, index) => [id, page.verdicts[index]] as const)
          assert.deepStrictEqual(new Map(found), grouped(rows))
          assert.strictEqual(found.length, grouped(rows).size)
          assert.strictEqual(page.met, found.filter(([, verdict]) => verdict === "met").length)
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: a refusal that ends the loop.
    it("never loses a row: each is stored, refused, a repeat or part of a conflict", () => {
      fc.assert(
        fc.property(rows, (rows) => {
          const page = check(rows)
          const refused = page.issues.filter(
            ({ code }) => code !== "CONFLICT" && code !== "IMPLAUSIBLE_AMOUNT"
          )
          const good = rows.filter(isGood).length
          assert.strictEqual(refused.length, rows.length - good)
          assert.strictEqual(page.rows, rows.length)
          assert.isAtMost(page.accountIds.length, good)
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: the last amount of an account taken for the verdict.
    it("never depends on the order of the rows", () => {
      fc.assert(
        fc.property(rows, fc.infiniteStream(fc.nat()), (rows, keys) => {
          const keyed = rows.map((row) => ({ row, key: keys.next().value ?? 0 }))
          const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ row }) => row)
          assert.deepStrictEqual(verdictsOf(check(shuffled)), verdictsOf(check(rows)))
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: `earlier` left out of the comparison; `null` taken for an amount.
    it("always finds over two pages what it finds over one", () => {
      fc.assert(
        fc.property(rows, fc.nat(12), (rows, at) => {
          const [first, second] = [check(rows.slice(0, at)), rows.slice(at)]
          const earlier = new Map(
            first.accountIds.map((id, index) => [
              id,
              first.verdicts[index] === "conflict" ? null : (first.minorUnits[index] ?? null)
            ])
          )
          const then = BalanceCheck.checkPage(second, defaultBalancePolicy, { ...context, earlier })
          const together = new Map([...verdictsOf(first), ...verdictsOf(then)])
          assert.deepStrictEqual(together, verdictsOf(check(rows)))
        }),
        { numRuns: 1_000 }
      )
    })
  })
})

/** The pages of one run, each knowing what those before it stored. */
function run(rows: ReadonlyArray<CapturedRow>, cuts: ReadonlyArray<number>) {
  const earlier = new Map<string, bigint | null>()
  const ends = [...cuts, rows.length].toSorted((one, other) => one - other)
  let from = 0
  return ends.map((to) => {
    const page = BalanceCheck.checkPage(rows.slice(from, to), defaultBalancePolicy, {
      ...context,
      earlier
    })
    from = to
    for (const [index, id] of page.accountIds.entries()) {
      const amount = page.verdicts[index] === "conflict" ? null : page.minorUnits[index]
      earlier.set(id, amount ?? null)
    }
    return page
  })
}

/** Which checks were raised for which accounts: rows are numbered by the page. */
function raised(pages: ReadonlyArray<BalanceCheck.CheckedPage>) {
  const issues = pages.flatMap((page) => page.issues)
  return new Set(issues.map(({ accountId, code }) => `${code} ${accountId}`))
}

function verdictsOf(page: BalanceCheck.CheckedPage) {
  return new Map(page.accountIds.map((id, index) => [id, page.verdicts[index]]))
}

function isGood(row: CapturedRow) {
  const { minorUnits } = row
  return (
    row.currency === "ILS" && row.businessDate === businessDate && typeof minorUnits === "bigint"
  )
}

function grouped(rows: ReadonlyArray<CapturedRow>) {
  const amounts = new Map<string, Set<unknown>>()
  for (const row of rows.filter(isGood)) {
    amounts.set(row.accountId, (amounts.get(row.accountId) ?? new Set()).add(row.minorUnits))
  }
  return new Map(
    [...amounts].map(([id, seen]) => {
      if (seen.size > 1) return [id, "conflict"] as const
      const [only] = seen
      return [id, typeof only === "bigint" && only >= threshold ? "met" : "notMet"] as const
    })
  )
}

const row: fc.Arbitrary<CapturedRow> = fc.record({
  accountId: fc.constantFrom("a", "b", "c", "d"),
  businessDate: fc.oneof(
    { weight: 12, arbitrary: fc.constant<string>(businessDate) },
    { weight: 1, arbitrary: fc.constantFrom("2026-09-14", "2026-09-16", "yesterday") }
  ),
  minorUnits: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(threshold, threshold, threshold - 1n, 10n ** 12n) },
    {
      weight: 1,
      arbitrary: fc.constant({ _tag: "MalformedAmount" as const, reason: "Empty" as const })
    }
  ),
  currency: fc.oneof(
    { weight: 12, arbitrary: fc.constant("ILS") },
    { weight: 1, arbitrary: fc.constantFrom("USD", "") }
  ),
  kind: fc.constant("closingBooked" as const)
})

const rows = fc.array(row, { maxLength: 12, size: "max" })
const cuts = fc.array(fc.nat(12), { maxLength: 3 })

const amount = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n })
const near = fc.oneof(
  fc.constantFrom(-1n, 0n, 1n),
  fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n })
)

const right: CapturedRow = {
  accountId: "known",
  businessDate,
  minorUnits: 7_654_321n,
  currency: "ILS",
  kind: "closingBooked"
}

/** What can be wrong with a row, in the order in which it is to be said. */
const faults = [
  { code: "UNKNOWN_ACCOUNT", change: { accountId: "stranger" } },
  { code: "STALE_DATE", change: { businessDate: "2026-09-14" } },
  { code: "WRONG_KIND", change: { kind: "interimBooked" } },
  { code: "WRONG_CURRENCY", change: { currency: "USD" } },
  {
    code: "MALFORMED_AMOUNT",
    change: { minorUnits: { _tag: "MalformedAmount", reason: "Empty" } }
  }
] as const

const foreign = fc
  .tuple(
    fc.constantFrom("a", "b", "c", "d"),
    fc.constantFrom(
      { code: "WRONG_KIND", change: { kind: "closingAvailable" } } as const,
      { code: "WRONG_KIND", change: { kind: "openingBooked" } } as const,
      { code: "WRONG_CURRENCY", change: { currency: "EUR" } } as const,
      { code: "WRONG_CURRENCY", change: { currency: "" } } as const,
      { code: "STALE_DATE", change: { businessDate: "2025-09-15" } } as const,
      { code: "FUTURE_DATE", change: { businessDate: "2026-09-16" } } as const,
      { code: "MALFORMED_DATE", change: { businessDate: "2026-02-30" } } as const
    )
  )
  .map(([accountId, { change, code }]) => ({
    code,
    row: { ...right, accountId, minorUnits: threshold - 1n, ...change }
  }))
