/** What changes what a month is decided by: corrected balances, declared closures, policies. */
import { assert } from "vitest"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { PolicyRow } from "../../ports/store/PolicyRows.ts"
import { capture, capturedPage, claimCapture, day, evidenceOf } from "./Bank.ts"
import { type Check, check, contentHash, decision, hour, month, t0 } from "./Desk.ts"
import { agree, correct, declareClosed, monthRow, queued } from "./People.ts"
import { decide, released } from "./Walk.ts"

const policy = (effectiveFrom: string, text: string): PolicyRow => ({
  effectiveFrom: CalendarMonth.parse(effectiveFrom) ?? month,
  hash: `hash of ${text}`,
  text
})

export const policyChecks: ReadonlyArray<Check> = [
  check("a policy is recorded once, and found by its hash byte for byte", function* (desk) {
    const policies = [policy("2026-10", '{"a":"₪"}'), policy("2026-12", "{}")]
    const { recordPolicies } = desk.store
    assert.deepStrictEqual(yield* recordPolicies({ nowMs: t0, policies }), {
      _tag: "Recorded",
      added: 2
    })
    assert.deepStrictEqual(yield* recordPolicies({ nowMs: t0 + 1, policies }), {
      _tag: "Recorded",
      added: 0
    })
    for (const each of policies) {
      assert.deepStrictEqual(yield* desk.store.policyRow({ hash: each.hash }), each)
      assert.isNull(yield* desk.other.policyRow({ hash: each.hash }))
    }
  }),
  check("a policy in force is never changed, and none is slipped in before it", function* (desk) {
    const first = policy("2026-10", "first")
    yield* desk.store.recordPolicies({ nowMs: t0, policies: [first] })
    yield* capture(desk, day(5), { a: 10n })
    const changed = [first, policy("2026-11", "next"), policy("2026-10", "changed")]
    const refused = yield* desk.store.recordPolicies({ nowMs: t0, policies: changed })
    assert.deepStrictEqual(refused, { _tag: "InForce", effectiveFrom: month })
    assert.isNull(yield* desk.store.policyRow({ hash: "hash of next" }), "all or none")
    const before = [first, policy("2026-09", "before")]
    const slipped = yield* desk.store.recordPolicies({ nowMs: t0, policies: before })
    assert.strictEqual(slipped._tag, "InForce")
    const coming = [first, policy("2026-11", "next")]
    const recorded = yield* desk.store.recordPolicies({ nowMs: t0, policies: coming })
    assert.deepStrictEqual(recorded, { _tag: "Recorded", added: 1 })
    const again = [first, policy("2026-11", "changed before it began")]
    const replaced = yield* desk.store.recordPolicies({ nowMs: t0, policies: again })
    assert.deepStrictEqual(replaced, { _tag: "Recorded", added: 1 })
  }),
  check("a month that is being decided is in force without any capture", function* (desk) {
    const first = policy("2026-10", "first")
    yield* desk.store.recordPolicies({ nowMs: t0, policies: [first] })
    yield* desk.store.completeMonth({ month, nowMs: t0 })
    const policies = [policy("2026-10", "changed")]
    const refused = yield* desk.store.recordPolicies({ nowMs: t0, policies })
    assert.deepStrictEqual(refused, { _tag: "InForce", effectiveFrom: month })
  }),
  check("a program that had kept none takes the first as they are", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    const policies = [policy("2026-10", "first")]
    const recorded = yield* desk.store.recordPolicies({ nowMs: t0, policies })
    assert.deepStrictEqual(recorded, { _tag: "Recorded", added: 1 })
  })
]

export const amendmentChecks: ReadonlyArray<Check> = [
  check("a corrected balance is the next revision, and the same again nothing", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    assert.deepStrictEqual(yield* correct(desk, "a", 1_500_000n), {
      _tag: "Superseded",
      queued: 0
    })
    assert.deepStrictEqual(yield* correct(desk, "a", 1_500_000n), { _tag: "Unchanged" })
    const { met, observed } = yield* evidenceOf(desk, ["a"])
    assert.deepStrictEqual([observed, met], [0b10000, 0b10000])
    yield* decide(desk, [decision("c", "NotQualified", 1, { accountIds: ["a"] })])
    const { checks } = yield* desk.store.customerMonth({ customerId: "c", month })
    assert.deepInclude(checks[0], { minorUnits: 1_500_000n, revision: 2, met: true })
  }),
  check("a correction fills a day that had no balance", function* (desk) {
    yield* capture(desk, day(4), { a: 10n })
    assert.strictEqual((yield* correct(desk, "a", 1_500_000n))._tag, "Stored")
    assert.strictEqual((yield* evidenceOf(desk, ["a"])).observed, 0b11000)
  }),
  check("an account that was never captured is not corrected", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    assert.deepStrictEqual(yield* correct(desk, "b", 1n), { _tag: "UnknownAccount" })
    assert.strictEqual((yield* evidenceOf(desk, ["b"])).observed, 0)
  }),
  check("a capture that comes after a correction supersedes it", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    yield* correct(desk, "a", 1_500_000n)
    yield* capture(desk, day(5), { a: 11n }, true)
    assert.strictEqual((yield* evidenceOf(desk, ["a"])).met, 0)
    assert.strictEqual((yield* evidenceOf(desk, ["a"])).conflict, 0)
  }),
  check("a correction settles a conflict", function* (desk) {
    const claimed = yield* claimCapture(desk, day(5))
    yield* capturedPage(desk, claimed, {}, { conflicting: ["a"] })
    assert.strictEqual((yield* evidenceOf(desk, ["a"])).conflict, 0b10000)
    assert.strictEqual((yield* correct(desk, "a", 1_500_000n))._tag, "Superseded")
    const { conflict, met } = yield* evidenceOf(desk, ["a"])
    assert.deepStrictEqual([conflict, met], [0, 0b10000])
  }),
  check("a correction of a decided month has its customers decided again", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    yield* decide(desk, [decision("c", "NotQualified", 1, { accountIds: ["a"] })])
    assert.deepStrictEqual(yield* correct(desk, "a", 11n), { _tag: "Superseded", queued: 1 })
    assert.deepStrictEqual(yield* queued(desk), ["c"])
  }),
  check("what could send after the release takes a second person", function* (desk) {
    yield* capture(desk, day(5), { "account-a": 10n })
    yield* released(desk, "a")
    const second = { _tag: "NeedsSecondPerson" } as const
    assert.deepStrictEqual(yield* correct(desk, "account-a", 1_500_000n), second)
    assert.deepStrictEqual(yield* declareClosed(desk), second)
    assert.deepStrictEqual(yield* queued(desk), [])
    const amount = { minorUnits: "1500000", met: true }
    const balance = { accountId: "account-a", businessDate: day(5), ...amount }
    assert.strictEqual(yield* agree(desk, { kind: "correct", ...balance }), "Confirmed")
    assert.deepStrictEqual(yield* queued(desk), ["a"])
    assert.strictEqual((yield* evidenceOf(desk, ["account-a"])).met, 0b10000)
    const closed = { kind: "closure", businessDate: day(6) } as const
    assert.strictEqual(yield* agree(desk, closed), "Confirmed")
    assert.lengthOf(yield* desk.store.closures({ from: null }), 1)
  }),
  check("a closure is declared once, and told with who declared it and why", function* (desk) {
    assert.deepStrictEqual(yield* declareClosed(desk), { _tag: "Declared", queued: 0 })
    assert.deepStrictEqual(yield* declareClosed(desk), { _tag: "AlreadyDeclared" })
    const closures = yield* desk.store.closures({ from: null })
    const reason = "branch flooded"
    assert.deepStrictEqual(closures, [{ businessDate: day(5), reason, by: "dana", declaredMs: t0 }])
    assert.deepStrictEqual(yield* desk.store.closures({ from: day(6) }), [])
    assert.deepStrictEqual(yield* desk.other.closures({ from: null }), [])
  }),
  check("a closure has those decided again who had no balance that day", function* (desk) {
    const known = decision("b", "NotQualified", 1, { observed: 0b10000 })
    const derived = decision("c", "NotQualified", 1, { derived: 0b10000 })
    yield* decide(desk, [decision("a", "Undetermined"), known, derived])
    assert.deepStrictEqual(yield* declareClosed(desk), { _tag: "Declared", queued: 1 })
    assert.deepStrictEqual(yield* queued(desk), ["a"])
  }),
  check("the month tells when its evidence was changed by hand", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    yield* decide(desk, [decision("a", "NotQualified")])
    assert.isNull((yield* monthRow(desk)).amendedMs)
    yield* declareClosed(desk)
    assert.strictEqual((yield* monthRow(desk)).amendedMs, t0)
  }),
  check("a re-decision before the release voids the approvals with the hash", function* (desk) {
    yield* decide(desk, [decision("a")])
    const approval = { month, nowMs: t0, required: 2 }
    yield* desk.store.approve({ ...approval, hash: contentHash, by: "dana" })
    yield* desk.store.approve({ ...approval, hash: contentHash, by: "noa" })
    const common = { nowMs: t0, month, policyHash: "p", cause: "correction" }
    yield* desk.store.recordRedecision({ ...common, decision: decision("a") })
    assert.strictEqual((yield* monthRow(desk)).contentHash, contentHash, "nothing was changed")
    const other = decision("a", "NotQualified", 2)
    yield* desk.store.recordRedecision({ ...common, decision: other })
    const { approvedBy, contentHash: renewed } = yield* monthRow(desk)
    assert.deepStrictEqual([...approvedBy], [])
    assert.notStrictEqual(renewed, contentHash)
    const page = { month, nowMs: t0, expiryMs: t0 + hour, limit: 10 }
    assert.deepStrictEqual(yield* desk.store.releasePage(page), { released: 0 })
    assert.strictEqual((yield* monthRow(desk)).status, "decided")
    const stale = yield* desk.store.approve({ ...approval, hash: contentHash, by: "dana" })
    assert.strictEqual(stale._tag, "HashMismatch")
    const fresh = { ...approval, hash: renewed ?? "" }
    assert.strictEqual(
      (yield* desk.store.approve({ ...fresh, by: "dana" }))._tag,
      "NeedsSecondPerson"
    )
    assert.strictEqual((yield* desk.store.approve({ ...fresh, by: " DANA" }))._tag, "SamePerson")
    assert.strictEqual((yield* desk.store.approve({ ...fresh, by: "noa" }))._tag, "Approved")
  })
]
