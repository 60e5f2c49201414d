/** Balances that are strange for their own account, as every store finds them. */
import { assert } from "vitest"
import { isAnomaly } from "../../balance/Anomaly.ts"
import { type DataQualityLimits, defaultBalancePolicy } from "../../balance/BalancePolicy.ts"
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Seeded from "../Seeded.ts"
import { type Balances, capture, capturedPage, claimCapture, day } from "./Bank.ts"
import { type Check, check, month, t0 } from "./Desk.ts"

const before = CalendarMonth.previous(month)
const past = (day: number): BusinessDate => CalendarMonth.dateAt(before, day)
const limits: DataQualityLimits = {
  ...defaultBalancePolicy.limits,
  anomalyMinimumHistory: 3,
  anomalyDeviations: 2
}
const most = 999_999_999_999_999_999n

/** By account: the balances of days 1 … of the month before. */
const history: Readonly<Record<string, ReadonlyArray<bigint>>> = {
  even: [100n, 100n, 100n, 100n],
  spread: [40n, 10n, 30n, 20n],
  rich: [100_000n, 100_000n, 100_000n],
  debt: [-100_000n, -100_000n, -100_000n],
  young: [100n, 100n],
  wide: [-most, -most, -most]
}

/** By account: the balances of days 1 … of the month, `true` where they are strange. */
const balances: Readonly<Record<string, ReadonlyArray<readonly [bigint, boolean]>>> = {
  even: [
    [102n, false],
    [103n, true],
    [97n, true]
  ],
  spread: [
    [40n, false],
    [41n, true],
    [-1n, true]
  ],
  rich: [
    [102_000n, false],
    [102_001n, true],
    [97_999n, true]
  ],
  debt: [
    [-102_000n, false],
    [-102_001n, true],
    [0n, true]
  ],
  young: [[most, false]],
  wide: [[most, true]],
  new: [[most, false]]
}

const onDay = <A>(
  rows: Readonly<Record<string, ReadonlyArray<A>>>,
  index: number,
  amountOf: (value: A) => bigint
): Balances =>
  Object.fromEntries(
    Object.entries(rows).flatMap(([account, values]) => {
      const value = values[index]
      return value === undefined ? [] : [[account, amountOf(value)] as const]
    })
  )

const random = (account: number, at: number): bigint =>
  BigInt(Seeded.below(8, account, at) * Seeded.below(40, account, at + 100)) - 40n

export const anomalyChecks: ReadonlyArray<Check> = [
  check("a balance is strange beyond the limit, never at it", function* (desk) {
    for (let at = 0; at < 4; at++)
      yield* capture(
        desk,
        past(at + 1),
        onDay(history, at, (x) => x)
      )
    for (let at = 0; at < 3; at++) {
      yield* capture(
        desk,
        day(at + 1),
        onDay(balances, at, ([amount]) => amount)
      )
    }
    const accountIds = ["wide", ...Object.keys(balances).filter((id) => id !== "wide"), "unknown"]
    const expected = accountIds.flatMap((accountId) =>
      (balances[accountId] ?? []).flatMap(([, strange], at) =>
        strange ? [{ accountId, businessDate: day(at + 1) }] : []
      )
    )
    const { store } = desk
    assert.deepStrictEqual(yield* store.anomalies({ month, accountIds, limits }), expected)
  }),
  check("strange balances are those of the rule, whatever the history", function* (desk) {
    const accounts = Array.from({ length: 40 }, (_, account) => account)
    const amountsAt = (at: number): Balances =>
      Object.fromEntries(accounts.map((account) => [`r${account}`, random(account, at)] as const))
    for (let at = 0; at < 6; at++) yield* capture(desk, past(at + 1), amountsAt(at))
    for (let at = 6; at < 10; at++) yield* capture(desk, day(at - 5), amountsAt(at))
    const expected = accounts.flatMap((account) => {
      const known = [0, 1, 2, 3, 4, 5].map((at) => random(account, at))
      return [6, 7, 8, 9].flatMap((at) =>
        isAnomaly(random(account, at), known, limits)
          ? [{ accountId: `r${account}`, businessDate: day(at - 5) }]
          : []
      )
    })
    assert.isAbove(expected.length, 5)
    const accountIds = accounts.map((account) => `r${account}`)
    assert.deepStrictEqual(yield* desk.store.anomalies({ month, accountIds, limits }), expected)
  }),
  check("superseded balances and conflicts are neither strange nor history", function* (desk) {
    for (const on of [1, 2, 3]) yield* capture(desk, past(on), { a: 100n, b: 100n })
    yield* capture(desk, past(3), { a: 5_000n, b: 100n }, true)
    yield* capture(desk, day(1), { a: 9_000n, b: 9_000n })
    yield* capture(desk, day(1), { a: 9_000n, b: 100n }, true)
    const claim = yield* claimCapture(desk, past(2), true)
    yield* capturedPage(desk, claim, { b: 100n }, { conflicting: ["a"] })
    yield* desk.store.finishCapture({
      run: claim.run,
      nowMs: t0,
      businessDate: past(2),
      issues: []
    })
    const asked = { month, accountIds: ["a", "b"], limits }
    assert.deepStrictEqual(yield* desk.store.anomalies(asked), [])
    const fewer = { ...asked, limits: { ...limits, anomalyMinimumHistory: 2 } }
    assert.deepStrictEqual(yield* desk.store.anomalies(fewer), [
      { accountId: "a", businessDate: day(1) }
    ])
  })
]
