/** Captures: balances, revisions, conflicts and issues. */
import { assert } from "vitest"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { CapturedPageResult, StaleRun } from "../../ports/store/Captures.ts"
import { capture, capturedPage, claimCapture, day, evidenceOf, issue } from "./Bank.ts"
import { type Check, check, decision, month, t0 } from "./Desk.ts"
import { decide, outboxTypes } from "./Walk.ts"

const recorded = (result: CapturedPageResult | StaleRun) =>
  result._tag === "Recorded" ? result : assert.fail("the run is stale")

const nothing = { stored: 0, unchanged: 0, superseded: 0, conflicts: 0 }

/** The largest amount the product knows, in minor units. */
const largest = 999_999_999_999_999_999n

export const captureChecks: ReadonlyArray<Check> = [
  check("stores the first balance of each account and date", function* (desk) {
    const claim = yield* claimCapture(desk, day(5))
    const result = recorded(yield* capturedPage(desk, claim, { a: 10n, b: 20n }))
    assert.deepInclude(result, { ...nothing, stored: 2 })
  }),
  check("the same amount again changes nothing", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    const claim = yield* claimCapture(desk, day(5), true)
    const result = recorded(yield* capturedPage(desk, claim, { a: 10n }))
    assert.deepInclude(result, { ...nothing, unchanged: 1 })
  }),
  check("keeps the earlier revision when a later run brings another amount", function* (desk) {
    yield* decide(desk, [decision("c", "NotQualified", 1, { accountIds: ["a"] })])
    yield* capture(desk, day(5), { a: 10n })
    const claim = yield* claimCapture(desk, day(5), true)
    const result = recorded(yield* capturedPage(desk, claim, { a: 11n }))
    assert.deepInclude(result, { ...nothing, superseded: 1 })
    const { checks } = yield* desk.store.customerMonth({ customerId: "c", month })
    assert.deepStrictEqual(
      checks.map(({ minorUnits, revision }) => ({ minorUnits, revision })),
      [{ minorUnits: 11n, revision: 2 }]
    )
  }),
  check("two amounts in one run are a conflict and the day is missing", function* (desk) {
    const claim = yield* claimCapture(desk, day(5))
    yield* capturedPage(desk, claim, { a: 10n }, { cursor: "next" })
    const result = recorded(yield* capturedPage(desk, claim, { a: 11n }, { page: 1 }))
    assert.deepInclude(result, { ...nothing, conflicts: 1 })
    const evidence = yield* evidenceOf(desk, ["a"])
    assert.deepInclude(evidence, { observed: 0, met: 0, conflict: 1 << 4, worst: null })
    const third = recorded(yield* capturedPage(desk, claim, { a: 12n }, { page: 2 }))
    assert.deepInclude(third, { ...nothing, unchanged: 1 })
  }),
  check("two amounts in one page are a conflict and no balance", function* (desk) {
    const claim = yield* claimCapture(desk, day(5))
    const result = recorded(yield* capturedPage(desk, claim, { b: 1n }, { conflicting: ["a"] }))
    assert.deepInclude(result, { ...nothing, stored: 1, conflicts: 1 })
    assert.deepInclude(yield* evidenceOf(desk, ["a"]), { observed: 0, conflict: 1 << 4 })
  }),
  // Caught: a page that meets one known account in a date's first run, lost whole.
  check("a page that shares an account with an earlier one keeps all its others", function* (desk) {
    const claim = yield* claimCapture(desk, day(5))
    yield* capturedPage(desk, claim, { a: 10n, b: 20n }, { cursor: "next" })
    const second = { b: 20n, c: 30n, a: 11n, d: 40n }
    const result = recorded(yield* capturedPage(desk, claim, second, { page: 1 }))
    assert.deepInclude(result, { ...nothing, stored: 2, unchanged: 1, conflicts: 1 })
    const observed: Array<number> = []
    for (const account of ["a", "b", "c", "d"]) {
      observed.push((yield* evidenceOf(desk, [account])).observed)
    }
    assert.deepStrictEqual(observed, [0, 1 << 4, 1 << 4, 1 << 4])
  }),
  check("a later run settles a conflict", function* (desk) {
    const claim = yield* claimCapture(desk, day(5))
    yield* capturedPage(desk, claim, {}, { conflicting: ["a"] })
    yield* desk.store.finishCapture({
      run: claim.run,
      nowMs: t0,
      businessDate: day(5),
      issues: []
    })
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).captures[0]?.count, 0)
    yield* capture(desk, day(5), { a: 10n }, true)
    assert.deepInclude(yield* evidenceOf(desk, ["a"]), { observed: 1 << 4, conflict: 0 })
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).captures[0]?.count, 1)
  }),
  check("negative and the largest amounts are kept to the last unit", function* (desk) {
    yield* capture(desk, day(5), { a: -largest, b: largest })
    const low = yield* evidenceOf(desk, ["a"])
    const high = yield* evidenceOf(desk, ["b"])
    assert.deepStrictEqual(low.worst, { day: 5, minorUnits: -largest })
    assert.deepStrictEqual(high.worst, { day: 5, minorUnits: largest })
  }),
  check("a page recorded again under the same number counts once", function* (desk) {
    const claim = yield* claimCapture(desk, day(5))
    yield* capturedPage(desk, claim, { a: 10n }, { cursor: "next" })
    const again = recorded(yield* capturedPage(desk, claim, { a: 10n }, { cursor: "next" }))
    assert.deepInclude(again, { ...nothing, unchanged: 1 })
  }),
  check("totals count the balances in force, conflicts apart", function* (desk) {
    const claim = yield* claimCapture(desk, day(5))
    const page = { a: 10n, b: 2_000_000n }
    yield* capturedPage(desk, claim, page, { conflicting: ["c"], issues: [issue("MALFORMED")] })
    const { runId } = claim.run
    const totals = yield* desk.store.captureTotals({ runId, businessDate: day(5) })
    const expected = { count: 2, sumMinor: 2_000_010n, met: 1, conflicts: 1, issues: 1 }
    assert.deepInclude(totals, { ...expected, comparable: 0, previous: null })
  }),
  check("totals compare with the last captured date before", function* (desk) {
    yield* capture(desk, day(3), { a: 10n, b: 2_000_000n })
    const claim = yield* claimCapture(desk, day(5))
    yield* capturedPage(desk, claim, { a: 10n, b: 20n, c: 30n })
    const { runId } = claim.run
    const totals = yield* desk.store.captureTotals({ runId, businessDate: day(5) })
    assert.deepInclude(totals, { comparable: 2, unchangedFromDayBefore: 1 })
    assert.deepStrictEqual(totals.previous, { captured: 2, met: 1 })
  }),
  check("a page is announced once, and only where asked", function* (desk) {
    const claim = yield* claimCapture(desk, day(5))
    yield* capturedPage(desk, claim, { a: 10n }, { cursor: "next" })
    assert.deepStrictEqual(yield* outboxTypes(desk), [])
    yield* capturedPage(desk, claim, { b: 10n }, { page: 1, announce: true })
    assert.deepStrictEqual(yield* outboxTypes(desk), ["BalanceVerified"])
  }),
  check("issues are counted in their month and announced by code", function* (desk) {
    yield* desk.store.raiseIssues({
      nowMs: t0,
      issues: [issue("STALE", "one"), issue("STALE", "two"), issue("EMPTY")]
    })
    const { issues } = yield* desk.store.monthFigures({ month })
    assert.deepStrictEqual({ ...issues }, { STALE: 2, EMPTY: 1 })
    assert.lengthOf(yield* outboxTypes(desk), 2)
  }),
  check("raising an issue again changes nothing", function* (desk) {
    yield* desk.store.raiseIssues({ nowMs: t0, issues: [issue("STALE")] })
    yield* desk.store.raiseIssues({ nowMs: t0 + 1, issues: [issue("STALE")] })
    const { issues } = yield* desk.store.monthFigures({ month })
    assert.deepStrictEqual({ ...issues }, { STALE: 1 })
    assert.lengthOf(yield* outboxTypes(desk), 1)
  }),
  check("the ledger shows the newest capture of each date with its balances", function* (desk) {
    yield* capture(desk, day(4), { a: 10n })
    yield* capture(desk, day(5), { a: 10n })
    yield* capture(desk, day(5), { a: 11n, b: 1n }, true)
    const { captures } = yield* desk.store.ledger({ nowMs: t0 })
    assert.deepStrictEqual(
      captures.map(({ businessDate, count, sequence }) => [businessDate, sequence, count]),
      [
        [day(4), 1, 1],
        [day(5), 2, 2]
      ]
    )
  }),
  check("a correction of a decided month queues the customer once", function* (desk) {
    yield* capture(desk, day(5), { a: 10n, b: 10n })
    yield* decide(desk, [decision("c", "NotQualified", 1, { accountIds: ["a", "b"] })])
    yield* capture(desk, day(5), { a: 11n, b: 12n }, true)
    const queued = yield* desk.store.pendingRedecisions({ limit: 10 })
    assert.deepStrictEqual(
      queued.map(({ customerId, month }) => ({ customerId, month })),
      [{ customerId: "c", month }]
    )
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).redecisions, 1)
  }),
  check("a correction of an undecided month queues nobody", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    yield* capture(desk, day(5), { a: 11n }, true)
    assert.deepStrictEqual(yield* desk.store.pendingRedecisions({ limit: 10 }), [])
  }),
  check(
    "a correction of the last day before a decided month queues its customers",
    function* (desk) {
      const before = CalendarMonth.last(CalendarMonth.previous(month))
      yield* capture(desk, before, { a: 10n })
      yield* decide(desk, [decision("c", "NotQualified", 1, { accountIds: ["a"] })])
      yield* capture(desk, before, { a: 11n }, true)
      const queued = yield* desk.store.pendingRedecisions({ limit: 10 })
      assert.deepStrictEqual(
        queued.map(({ customerId }) => customerId),
        ["c"]
      )
    }
  )
]
