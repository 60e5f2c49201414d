/** Rows a bank should not have sent: none is lost, none is repeated in a message. */
import { assert } from "vitest"
import * as Money from "../../money/Money.ts"
import { type BalancesCheck, check, date, hour, middayMs } from "./Desk.ts"

export const rows: ReadonlyArray<BalancesCheck> = [
  check(
    "keeps a row whose amount is no amount, and says so, without repeating it",
    [{ on: "row", kind: "malformed-amount", date, nth: 10 }],
    function* (desk) {
      const page = yield* desk.balances.page(date, null)
      assert.deepStrictEqual(page.problems, [])
      const malformed = page.balances.filter(({ minorUnits }) => Money.isMalformed(minorUnits))
      assert.lengthOf(malformed, 1)
      assert.notInclude(JSON.stringify(malformed), "15,")
      assert.isAtLeast(page.balances.length, 20)
    }
  ),
  check(
    "names an amount that is a number a problem, and keeps its neighbours",
    [{ on: "row", kind: "number-amount", date, nth: 10 }],
    function* (desk) {
      const page = yield* desk.balances.page(date, null)
      assert.lengthOf(page.problems, 1)
      assert.strictEqual(page.problems[0]?.code, "MALFORMED")
      const accounts = page.balances.map((row) => row.accountId)
      assert.notInclude(accounts, page.problems[0]?.accountId)
      assert.isAtLeast(accounts.length, 19)
      assert.notMatch(page.problems[0]?.message ?? "", /[0-9]/)
    }
  )
]

export const strangeRows: ReadonlyArray<BalancesCheck> = [
  check(
    "passes on a balance in another currency as it is",
    [{ on: "row", kind: "wrong-currency", date, nth: 10 }],
    function* (desk) {
      const page = yield* desk.balances.page(date, null)
      assert.deepStrictEqual(page.problems, [])
      const others = page.balances.filter((row) => row.currency !== "ILS")
      assert.deepStrictEqual(
        others.map((row) => row.currency),
        ["USD"]
      )
    }
  ),
  ...(
    [
      ["conflict", 2],
      ["repeat", 1]
    ] as const
  ).map(([kind, amounts]) =>
    check(
      `passes on both rows of a ${kind}`,
      [{ on: "row", kind, date, nth: 10 }],
      function* (desk) {
        const { balances } = yield* desk.balances.page(date, null)
        const ids = balances.map((row) => row.accountId)
        const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
        assert.lengthOf(twice, 1)
        const both = balances.filter((row) => row.accountId === twice[0])
        assert.strictEqual(new Set(both.map((row) => row.minorUnits)).size, amounts)
      }
    )
  ),
  check(
    "gives the corrected amount once the bank knows it",
    [{ on: "row", kind: "correction", date, nth: 10 }],
    function* (desk) {
      const before = yield* desk.balances.page(date, null)
      yield* desk.tell(middayMs + 96 * hour)
      const after = yield* desk.balances.page(date, null)
      const changed = after.balances.filter(
        (row, index) => row.minorUnits !== before.balances[index]?.minorUnits
      )
      assert.lengthOf(changed, 1)
    },
    middayMs + 12 * hour
  )
]
