/**
 * What every `ClosingBalances` adapter must do, checked against a bank that fails by script.
 *
 * **Source** — product rules, "Days", "Money and threshold"; fault list, bank feed B1 to B12.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as Money from "../money/Money.ts"
import type { BalancePage, ClosingBalances } from "../ports/ClosingBalances.ts"
import type { BankScript } from "./SandboxScript.ts"

/** A fresh bank and its adapter. */
export interface BalancesDesk {
  readonly balances: (typeof ClosingBalances)["Service"]
  readonly tell: (nowMs: number) => Effect.Effect<void>
}

/** Makes a bank of so many customers, in pages of `pageSize` customers. */
export type MakeBalances = (setup: {
  readonly script: BankScript
  readonly nowMs: number
  readonly customers: number
  readonly pageSize: number
}) => Effect.Effect<BalancesDesk, unknown, Scope.Scope>

/** Thursday, a business day. */
const date = BusinessDate.unchecked("2026-09-03")
/** Saturday: the bank closes no books. */
const closedDate = BusinessDate.unchecked("2026-09-05")
/** 1 October 2026, 03:00 in Jerusalem: the whole month is closed. */
const afterMonthMs = 1_790_812_800_000
/** 3 September 2026, 12:00 in Jerusalem: before the end of that business day. */
const middayMs = 1_788_426_000_000
const hour = 3_600_000

const exact = (amount: bigint | Money.MalformedAmount): bigint =>
  Money.isMalformed(amount) ? assert.fail("an amount is malformed") : amount

const walk = (desk: BalancesDesk, businessDate = date) =>
  Effect.gen(function* () {
    const pages: Array<BalancePage> = []
    let cursor: string | null = null
    do {
      const page: BalancePage = yield* desk.balances.page(businessDate, cursor)
      pages.push(page)
      cursor = page.nextCursor
    } while (cursor !== null && pages.length < 100)
    return pages
  })

const checked =
  (
    make: MakeBalances,
    script: BankScript,
    check: (desk: BalancesDesk) => Effect.Effect<void, unknown>,
    nowMs = afterMonthMs
  ) =>
  () =>
    Effect.runPromise(
      Effect.scoped(Effect.flatMap(make({ script, nowMs, customers: 50, pageSize: 20 }), check))
    )

const failures = [
  ["timeout", "Timeout", true],
  ["reset", "Unavailable", true],
  ["5xx", "Unavailable", true],
  ["truncated", "Unavailable", true],
  ["429", "Throttled", true],
  ["401", "Unauthorized", false],
  ["malformed", "Malformed", false]
] as const

/** The whole contract, as one suite. */
export const closingBalancesContract = (name: string, make: MakeBalances): void => {
  describe(`ClosingBalances contract (${name})`, () => {
    describe("pages", () => {
      pages(make)
      readiness(make)
    })
    describe("rows", () => {
      rows(make)
      strangeRows(make)
    })
    describe("failures", () => {
      failing(make)
    })
  })
}

const pages = (make: MakeBalances): void => {
  it(
    "gives every account once over its pages, and control totals that agree",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        const pages = yield* walk(desk)
        assert.lengthOf(pages, 3)
        const balances = pages.flatMap((page) => page.balances)
        assert.isAbove(balances.length, 40)
        assert.strictEqual(new Set(balances.map((row) => row.accountId)).size, balances.length)
        for (const row of balances) {
          assert.strictEqual(row.businessDate, date)
          assert.strictEqual(row.kind, "closingBooked")
        }
        const sumMinor = balances.reduce((sum, { minorUnits }) => sum + exact(minorUnits), 0n)
        assert.deepStrictEqual(pages.at(-1)?.controlTotals, { count: balances.length, sumMinor })
        assert.isNull(pages[0]?.controlTotals)
      })
    )
  )
  it(
    "gives the same page when it is asked again",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        const first = yield* desk.balances.page(date, null)
        yield* desk.balances.page(date, first.nextCursor)
        assert.deepStrictEqual(yield* desk.balances.page(date, null), first)
      })
    )
  )
  it(
    "is empty, and no failure, on a day the bank is closed",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        const pages = yield* walk(desk, closedDate)
        assert.deepStrictEqual(pages, [
          {
            balances: [],
            problems: [],
            nextCursor: null,
            controlTotals: { count: 0, sumMinor: 0n }
          }
        ])
      })
    )
  )
}

const readiness = (make: MakeBalances): void => {
  it(
    "is not ready, and to be asked again, before the end of the business day",
    checked(
      make,
      [],
      (desk) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(desk.balances.page(date, null))
          assert.strictEqual(error.reason, "NotReady")
          assert.isTrue(error.isRetryable)
          yield* desk.tell(middayMs + 12 * hour)
          assert.isAbove((yield* desk.balances.page(date, null)).balances.length, 0)
        }),
      middayMs
    )
  )
  it(
    "waits for a date that is late",
    checked(
      make,
      [{ on: "date", kind: "late", only: date, hours: 20 }],
      (desk) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(desk.balances.page(date, null))
          assert.strictEqual(error.reason, "NotReady")
          yield* desk.tell(middayMs + 48 * hour)
          assert.isAbove((yield* desk.balances.page(date, null)).balances.length, 0)
        }),
      middayMs + 12 * hour
    )
  )
  it(
    "passes on control totals that do not agree",
    checked(make, [{ on: "date", kind: "wrong-totals", only: date }], (desk) =>
      Effect.gen(function* () {
        const pages = yield* walk(desk)
        const count = pages.flatMap((page) => page.balances).length
        assert.strictEqual(pages.at(-1)?.controlTotals?.count, count + 1)
      })
    )
  )
}

const rows = (make: MakeBalances): void => {
  it(
    "keeps a row whose amount is no amount, and says so, without repeating it",
    checked(make, [{ on: "row", kind: "malformed-amount", date, nth: 10 }], (desk) =>
      Effect.gen(function* () {
        const page = yield* desk.balances.page(date, null)
        assert.deepStrictEqual(page.problems, [])
        const malformed = page.balances.filter(({ minorUnits }) => Money.isMalformed(minorUnits))
        assert.lengthOf(malformed, 1)
        assert.notInclude(JSON.stringify(malformed), "15,")
        assert.isAtLeast(page.balances.length, 20)
      })
    )
  )
  it(
    "names an amount that is a number a problem, and keeps its neighbours",
    checked(make, [{ on: "row", kind: "number-amount", date, nth: 10 }], (desk) =>
      Effect.gen(function* () {
        const page = yield* desk.balances.page(date, null)
        assert.lengthOf(page.problems, 1)
        assert.strictEqual(page.problems[0]?.code, "MALFORMED")
        const accounts = page.balances.map((row) => row.accountId)
        assert.notInclude(accounts, page.problems[0]?.accountId)
        assert.isAtLeast(accounts.length, 19)
        assert.notMatch(page.problems[0]?.message ?? "", /[0-9]/)
      })
    )
  )
}

const strangeRows = (make: MakeBalances): void => {
  it(
    "passes on a balance in another currency as it is",
    checked(make, [{ on: "row", kind: "wrong-currency", date, nth: 10 }], (desk) =>
      Effect.gen(function* () {
        const page = yield* desk.balances.page(date, null)
        assert.deepStrictEqual(page.problems, [])
        const others = page.balances.filter((row) => row.currency !== "ILS")
        assert.deepStrictEqual(
          others.map((row) => row.currency),
          ["USD"]
        )
      })
    )
  )
  for (const [kind, amounts] of [
    ["conflict", 2],
    ["repeat", 1]
  ] as const) {
    it(
      `passes on both rows of a ${kind}`,
      checked(make, [{ on: "row", kind, date, nth: 10 }], (desk) =>
        Effect.gen(function* () {
          const { balances } = yield* desk.balances.page(date, null)
          const ids = balances.map((row) => row.accountId)
          const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
          assert.lengthOf(twice, 1)
          const both = balances.filter((row) => row.accountId === twice[0])
          assert.strictEqual(new Set(both.map((row) => row.minorUnits)).size, amounts)
        })
      )
    )
  }
  it(
    "gives the corrected amount once the bank knows it",
    checked(
      make,
      [{ on: "row", kind: "correction", date, nth: 10 }],
      (desk) =>
        Effect.gen(function* () {
          const before = yield* desk.balances.page(date, null)
          yield* desk.tell(middayMs + 96 * hour)
          const after = yield* desk.balances.page(date, null)
          const changed = after.balances.filter(
            (row, index) => row.minorUnits !== before.balances[index]?.minorUnits
          )
          assert.lengthOf(changed, 1)
        }),
      middayMs + 12 * hour
    )
  )
}

const failing = (make: MakeBalances): void => {
  for (const [kind, reason, isRetryable] of failures) {
    it(
      `reports ${kind} as ${reason}, and never a part of a page`,
      checked(make, [{ on: "balances", kind }], (desk) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(desk.balances.page(date, null))
          assert.strictEqual(error.reason, reason)
          assert.strictEqual(error.isRetryable, isRetryable)
        })
      )
    )
  }
  it(
    "gives the page when a failure has passed",
    checked(make, [{ on: "balances", kind: "5xx", times: 1 }], (desk) =>
      Effect.gen(function* () {
        const page = yield* desk.balances
          .page(date, null)
          .pipe(Effect.retry({ times: 2, while: (error) => error.isRetryable }))
        assert.isAtLeast(page.balances.length, 19)
      })
    )
  )
  it(
    "refuses a cursor that leads to itself",
    checked(make, [{ on: "date", kind: "stuck-cursor", only: date }], (desk) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(walk(desk))
        assert.strictEqual(error.reason, "Malformed")
        assert.isFalse(error.isRetryable)
      })
    )
  )
}
