/** Whole pages: their order, when they are ready, and how a bank fails to give one. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import {
  type BalancesCheck,
  check,
  closedDate,
  date,
  exact,
  hour,
  middayMs,
  totals,
  walk
} from "./Desk.ts"

const failures = [
  ["timeout", "Timeout", true],
  ["reset", "Unavailable", true],
  ["5xx", "Unavailable", true],
  ["truncated", "Unavailable", true],
  ["429", "Throttled", true],
  ["401", "Unauthorized", false],
  ["malformed", "Malformed", false]
] as const

export const pages: ReadonlyArray<BalancesCheck> = [
  check(
    "gives every account once over its pages, and control totals that agree",
    [],
    function* (desk) {
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
      const expected = totals(desk, balances.length, sumMinor)
      assert.deepStrictEqual(pages.at(-1)?.controlTotals, expected)
      assert.isNull(pages[0]?.controlTotals)
    }
  ),
  check("gives the same page when it is asked again", [], function* (desk) {
    const first = yield* desk.balances.page(date, null)
    yield* desk.balances.page(date, first.nextCursor)
    assert.deepStrictEqual(yield* desk.balances.page(date, null), first)
  }),
  check("is empty, and no failure, on a day the bank is closed", [], function* (desk) {
    const pages = yield* walk(desk, closedDate)
    assert.deepStrictEqual(pages, [
      {
        balances: [],
        problems: [],
        nextCursor: null,
        controlTotals: totals(desk, 0, 0n)
      }
    ])
  })
]

export const readiness: ReadonlyArray<BalancesCheck> = [
  check(
    "is not ready, and to be asked again, before the end of the business day",
    [],
    function* (desk) {
      const error = yield* Effect.flip(desk.balances.page(date, null))
      assert.strictEqual(error.reason, "NotReady")
      assert.isTrue(error.isRetryable)
      yield* desk.tell(middayMs + 12 * hour)
      assert.isAbove((yield* desk.balances.page(date, null)).balances.length, 0)
    },
    middayMs
  ),
  check(
    "waits for a date that is late",
    [{ on: "date", kind: "late", only: date, hours: 20 }],
    function* (desk) {
      const error = yield* Effect.flip(desk.balances.page(date, null))
      assert.strictEqual(error.reason, "NotReady")
      yield* desk.tell(middayMs + 48 * hour)
      assert.isAbove((yield* desk.balances.page(date, null)).balances.length, 0)
    },
    middayMs + 12 * hour
  ),
  check(
    "passes on control totals that do not agree",
    [{ on: "date", kind: "wrong-totals", only: date }],
    function* (desk) {
      const pages = yield* walk(desk)
      const count = pages.flatMap((page) => page.balances).length
      const found = pages.at(-1)?.controlTotals?.count
      assert.strictEqual(found, totals(desk, count + 1, 0n)?.count)
    }
  )
]

export const failing: ReadonlyArray<BalancesCheck> = [
  ...failures.map(([kind, reason, isRetryable]) =>
    check(
      `reports ${kind} as ${reason}, and never a part of a page`,
      [{ on: "balances", kind }],
      function* (desk) {
        const error = yield* Effect.flip(desk.balances.page(date, null))
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(error.isRetryable, isRetryable)
      }
    )
  ),
  check(
    "gives the page when a failure has passed",
    [{ on: "balances", kind: "5xx", times: 1 }],
    function* (desk) {
      const page = yield* desk.balances
        .page(date, null)
        .pipe(Effect.retry({ times: 2, while: (error) => error.isRetryable }))
      assert.isAtLeast(page.balances.length, 19)
    }
  ),
  check(
    "refuses a cursor that leads to itself",
    [{ on: "date", kind: "stuck-cursor", only: date }],
    function* (desk) {
      const error = yield* Effect.flip(walk(desk))
      assert.strictEqual(error.reason, "Malformed")
      assert.isFalse(error.isRetryable)
    }
  )
]
