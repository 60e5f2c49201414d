/** The month's evidence, read from the ledger. */
import { assert } from "vitest"
import * as Effect from "effect/Effect"
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import { ledgerHash } from "../../ports/store/LedgerHash.ts"
import { capture, day, evidenceOf } from "./Bank.ts"
import { type Check, check, hour, month, t0, threshold } from "./Desk.ts"

const before = CalendarMonth.last(CalendarMonth.previous(month))

export const evidenceChecks: ReadonlyArray<Check> = [
  check("exactly the threshold is met and one unit below is not", function* (desk) {
    yield* capture(desk, day(1), { a: threshold })
    yield* capture(desk, day(2), { a: threshold - 1n })
    assert.deepInclude(yield* evidenceOf(desk, ["a"]), { observed: 0b11, met: 0b01 })
  }),
  check("the last day of a month is its highest bit", function* (desk) {
    yield* capture(desk, CalendarMonth.last(month), { a: threshold })
    assert.strictEqual((yield* evidenceOf(desk, ["a"])).observed, 1 << 30)
  }),
  check("the worst day is the lowest, the earliest of equals", function* (desk) {
    yield* capture(desk, day(1), { a: 30n })
    yield* capture(desk, day(3), { a: 20n })
    yield* capture(desk, day(2), { a: 20n })
    const { worst } = yield* evidenceOf(desk, ["a"])
    assert.deepStrictEqual(worst, { day: 2, minorUnits: 20n })
  }),
  check("the last balance before the month is carried into it", function* (desk) {
    assert.strictEqual((yield* evidenceOf(desk, ["a"])).before, null)
    yield* capture(desk, before, { a: threshold, b: 1n })
    assert.strictEqual((yield* evidenceOf(desk, ["a"])).before, true)
    assert.strictEqual((yield* evidenceOf(desk, ["b"])).before, false)
  }),
  check(
    "the newest balance before the month counts, however late it was captured",
    function* (desk) {
      const longBefore = CalendarMonth.previous(CalendarMonth.previous(month))
      yield* capture(desk, CalendarMonth.first(longBefore), { a: threshold })
      yield* capture(desk, before, { a: 1n })
      yield* capture(desk, CalendarMonth.first(CalendarMonth.previous(month)), { a: threshold })
      yield* capture(desk, CalendarMonth.last(longBefore), { a: threshold })
      assert.strictEqual((yield* evidenceOf(desk, ["a"])).before, false)
    }
  ),
  ...[["a"], ["a", "b"]].map((accountIds) =>
    check(
      `a balance older than the day that is carried is none: ${accountIds.length} accounts`,
      function* (desk) {
        const carriesFrom = BusinessDate.addDays(before, -1)
        yield* capture(desk, BusinessDate.addDays(before, -2), { a: threshold, b: threshold })
        const ask = () =>
          Effect.map(
            desk.store.monthEvidence({
              month,
              thresholdMinor: threshold,
              combine: "sumOfAccounts",
              carriesFrom,
              customers: [{ customerId: "c", accountIds }]
            }),
            ([found]) => found?.before
          )
        assert.strictEqual(yield* ask(), null)
        yield* capture(desk, carriesFrom, { a: threshold, b: threshold })
        assert.strictEqual(yield* ask(), true)
      }
    )
  ),
  check("balances of other months are no days of this one", function* (desk) {
    yield* capture(desk, before, { a: threshold })
    yield* capture(desk, CalendarMonth.first(CalendarMonth.next(month)), { a: threshold })
    assert.strictEqual((yield* evidenceOf(desk, ["a"])).observed, 0)
  }),
  check("any account: one that meets is enough, else all must be known", function* (desk) {
    yield* capture(desk, day(1), { a: threshold })
    yield* capture(desk, day(2), { a: 1n })
    yield* capture(desk, day(3), { a: 1n, b: threshold })
    yield* capture(desk, day(4), { a: 1n, b: 2n })
    const evidence = yield* evidenceOf(desk, ["a", "b"], "anyAccount")
    assert.deepInclude(evidence, { observed: 0b1101, met: 0b0101 })
  }),
  check("sum of accounts: every account must be known", function* (desk) {
    yield* capture(desk, day(1), { a: threshold })
    yield* capture(desk, day(2), { a: threshold - 1n, b: 1n })
    yield* capture(desk, day(3), { a: threshold, b: -1n })
    const evidence = yield* evidenceOf(desk, ["a", "b"], "sumOfAccounts")
    assert.deepInclude(evidence, { observed: 0b110, met: 0b010 })
  }),
  check("answers for every customer asked, in the order asked", function* (desk) {
    yield* capture(desk, day(1), { a: threshold })
    const evidence = yield* desk.store.monthEvidence({
      month,
      thresholdMinor: threshold,
      combine: "primaryAccount",
      customers: [
        { customerId: "z", accountIds: ["nobody"] },
        { customerId: "c", accountIds: ["a"] }
      ]
    })
    assert.deepStrictEqual(
      evidence.map(({ customerId, observed }) => [customerId, observed]),
      [
        ["z", 0],
        ["c", 1]
      ]
    )
  }),
  check("the ledger hash is that of the balances in force", function* (desk) {
    yield* capture(desk, before, { a: 5n })
    yield* capture(desk, day(2), { b: 7n, a: 6n })
    yield* capture(desk, day(2), { a: 8n }, true)
    const expected = ledgerHash([
      { accountId: "b", balances: [{ day: 2, minorUnits: 7n, revision: 1 }] },
      {
        accountId: "a",
        balances: [
          { day: 0, minorUnits: 5n, revision: 1 },
          { day: 2, minorUnits: 8n, revision: 2 }
        ]
      }
    ])
    const found = yield* evidenceOf(desk, ["a", "b"], "sumOfAccounts")
    assert.deepStrictEqual(Array.from(found.ledgerHash), Array.from(expected))
  }),
  ...[["a"], ["a", "b"]].map((accountIds) =>
    check(
      `tells the evidence of an earlier instant after a correction: ${accountIds.length} accounts`,
      function* (desk) {
        yield* capture(desk, before, { a: threshold, b: 0n })
        yield* capture(desk, day(1), { a: threshold, b: 0n })
        const ask = (asOfMs?: number) => evidenceOf(desk, accountIds, "sumOfAccounts", asOfMs)
        const then = yield* ask()
        for (const businessDate of [before, day(1)]) {
          const amount = { accountId: "a", businessDate, minorUnits: 1n, met: false }
          const by = { reason: "typing error", by: "dana", nowMs: t0 + hour }
          yield* desk.store.correctBalance({ ...amount, ...by })
        }
        const now = yield* ask()
        assert.deepInclude(now, { met: 0, before: false })
        assert.notDeepEqual(now.ledgerHash, then.ledgerHash)
        assert.deepStrictEqual(yield* ask(t0 + hour - 1), then)
        assert.deepStrictEqual(yield* ask(t0 + hour), now)
        assert.deepInclude(yield* ask(t0 - 1), { observed: 0, before: null, worst: null })
      }
    )
  ),
  check("programs do not see each other's balances", function* (desk) {
    yield* capture(desk, day(1), { a: threshold })
    const [found] = yield* desk.other.monthEvidence({
      month,
      thresholdMinor: threshold,
      combine: "primaryAccount",
      customers: [{ customerId: "c", accountIds: ["a"] }]
    })
    assert.strictEqual(found?.observed, 0)
  })
]
