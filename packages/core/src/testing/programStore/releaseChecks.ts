/** Approval and release of a decided month. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import { type Check, check, contentHash, decision, type Desk, expiryMs, month, t0 } from "./Desk.ts"
import { monthRow } from "./People.ts"
import { claim, decide, notificationOf, qualifyAgain, release, statesOf } from "./Walk.ts"

import { mixed } from "./decisionChecks.ts"

const approve = ({ store }: Desk, by: string, required = 2, hash = contentHash) =>
  store.approve({ month, hash, by, nowMs: t0, required })

const releasePage = ({ store }: Desk, limit = 100) =>
  store.releasePage({ month, nowMs: t0, expiryMs, limit })

const statusOf = Effect.fnUntraced(function* ({ store }: Desk) {
  const { months } = yield* store.ledger({ nowMs: t0 })
  return months.find((row) => row.month === month)?.status
})

export const releaseChecks: ReadonlyArray<Check> = [
  check("an undecided month cannot be approved", function* (desk) {
    yield* desk.store.completeMonth({ month, nowMs: t0 })
    assert.deepStrictEqual(yield* approve(desk, "dana"), { _tag: "NotDecided" })
  }),
  check("an approval must name the content hash", function* (desk) {
    yield* decide(desk, mixed)
    const outcome = yield* approve(desk, "dana", 1, "another hash")
    assert.deepStrictEqual(outcome, { _tag: "HashMismatch", contentHash })
    assert.deepStrictEqual(yield* releasePage(desk), { released: 0 })
  }),
  check("the same person cannot approve twice", function* (desk) {
    yield* decide(desk, mixed)
    assert.deepStrictEqual(yield* approve(desk, "dana"), { _tag: "NeedsSecondPerson" })
    assert.deepStrictEqual(yield* approve(desk, "dana"), { _tag: "SamePerson" })
    assert.deepStrictEqual(yield* releasePage(desk), { released: 0 })
  }),
  check(
    "a second person completes the approval, and repeating it changes nothing",
    function* (desk) {
      const row = yield* decide(desk, mixed)
      assert.deepStrictEqual(row.approvedBy, [])
      yield* approve(desk, "dana")
      assert.deepStrictEqual(yield* approve(desk, "uri"), { _tag: "Approved" })
      assert.deepStrictEqual(yield* approve(desk, "uri"), { _tag: "Approved" })
      const { months } = yield* desk.store.ledger({ nowMs: t0 })
      assert.deepStrictEqual([...(months[0]?.approvedBy ?? [])], ["dana", "uri"])
    }
  ),
  check("nothing is released before the approval", function* (desk) {
    yield* decide(desk, mixed)
    assert.deepStrictEqual(yield* releasePage(desk), { released: 0 })
    assert.strictEqual(yield* statusOf(desk), "decided")
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
    assert.lengthOf((yield* claim(desk)).messages, 0)
  }),
  check("a month is released page by page, and is released when nothing is held", function* (desk) {
    yield* decide(desk, [decision("a"), decision("b"), decision("c")])
    yield* approve(desk, "dana", 1)
    assert.deepStrictEqual(yield* releasePage(desk, 2), { released: 2 })
    assert.strictEqual(yield* statusOf(desk), "decided")
    assert.deepStrictEqual(yield* releasePage(desk, 2), { released: 1 })
    assert.deepStrictEqual(yield* releasePage(desk, 2), { released: 0 })
    assert.strictEqual(yield* statusOf(desk), "released")
    assert.deepInclude(yield* notificationOf(desk, "a"), { state: "active", expiryMs })
  }),
  check("a withdrawn message is not released", function* (desk) {
    yield* decide(desk, [decision("a"), decision("b")])
    yield* desk.store.recordRedecision({
      nowMs: t0,
      month,
      policyHash: "policy-hash",
      decision: decision("b", "NotQualified", 2),
      cause: "correction"
    })
    const { contentHash: renewed } = yield* monthRow(desk)
    yield* approve(desk, "dana", 1, renewed ?? "")
    assert.deepStrictEqual(yield* releasePage(desk), { released: 1 })
    assert.strictEqual(yield* statesOf(desk, "b"), "withdrawn /")
  }),
  check(
    "a further qualification before the release replaces the hash and its approvals",
    function* (desk) {
      yield* decide(desk, [decision("a")])
      yield* approve(desk, "dana", 1)
      const again = yield* qualifyAgain(desk)
      const input = { run: again.run, nowMs: t0, month, announcements: [] }
      const row = yield* desk.store.finishQualification({ ...input, contentHash: "another" })
      assert.deepInclude(row, { status: "decided", contentHash: "another", approvedBy: [] })
      assert.deepStrictEqual(yield* releasePage(desk), { released: 0 })
    }
  ),
  check("a released month cannot be approved again", function* (desk) {
    yield* decide(desk, mixed)
    yield* release(desk)
    assert.deepStrictEqual(yield* approve(desk, "uri"), { _tag: "AlreadyReleased" })
  })
]
