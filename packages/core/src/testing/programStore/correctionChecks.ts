/** Corrections of decided months: re-decided before the mark, observed after it. */
import { assert } from "vitest"
import type { DecisionRecord } from "../../ports/store/Decisions.ts"
import * as Dispositions from "../../report/Dispositions.ts"
import { capture, day } from "./Bank.ts"
import { type Check, check, decision, type Desk, month, t0 } from "./Desk.ts"
import {
  acceptance,
  claim,
  decide,
  evidence,
  mark,
  openCauses,
  outboxTypes,
  record,
  refusal,
  released,
  retryable,
  statesOf,
  submitting
} from "./Walk.ts"

const redecide = ({ store }: Desk, decision: DecisionRecord, ticket?: string) =>
  store.recordRedecision({
    nowMs: t0,
    month,
    policyHash: "policy-hash-2",
    decision,
    cause: "correction",
    ...(ticket === undefined ? {} : { ticket })
  })

export const correctionChecks: ReadonlyArray<Check> = [
  check("the same outcome on the same evidence changes nothing", function* (desk) {
    yield* decide(desk, [decision("a")])
    assert.deepStrictEqual(yield* redecide(desk, decision("a")), { _tag: "Unchanged" })
    const found = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.strictEqual(found.revision, 1)
  }),
  check(
    "the same outcome on other evidence is a new revision of the same message",
    function* (desk) {
      yield* decide(desk, [decision("a")])
      const outcome = yield* redecide(desk, decision("a", "Qualified", 2))
      assert.deepStrictEqual(outcome, { _tag: "Redecided" })
      const found = yield* desk.store.customerMonth({ customerId: "a", month })
      assert.strictEqual(found.revision, 2)
      assert.strictEqual(yield* statesOf(desk, "a"), "held /")
    }
  ),
  check("in a closed month the decision stands", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified")])
    yield* desk.store.recordReport({
      nowMs: t0,
      month,
      version: "final",
      hash: "hash",
      json: "{}",
      closesMonth: true,
      announcements: []
    })
    const outcome = yield* redecide(desk, decision("a", "Qualified", 2))
    assert.deepStrictEqual(outcome, { _tag: "Observed" })
    const found = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.strictEqual(found.decision?.outcome, "NotQualified")
    assert.isNull(found.notification)
  }),
  check("a correction of a shared account queues each of its customers", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    const accountIds = ["a"]
    const shared = ["c", "d"].map((id) => decision(id, "NotQualified", 1, { accountIds }))
    yield* decide(desk, shared)
    yield* capture(desk, day(5), { a: 11n }, true)
    const queued = yield* desk.store.pendingRedecisions({ limit: 10 })
    assert.sameMembers(
      queued.map(({ customerId }) => customerId),
      ["c", "d"]
    )
  }),
  check("another outcome before the release is a new revision and withdraws", function* (desk) {
    yield* decide(desk, [decision("a")])
    const outcome = yield* redecide(desk, decision("a", "NotQualified", 2))
    assert.deepStrictEqual(outcome, { _tag: "Redecided" })
    const found = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.deepInclude(found, { revision: 2, policyHash: "policy-hash-2" })
    assert.strictEqual(found.decision?.outcome, "NotQualified")
    assert.strictEqual(yield* statesOf(desk, "a"), "withdrawn /")
    const figures = yield* desk.store.monthFigures({ month })
    assert.deepInclude(figures, { qualified: 0, notQualified: 1, corrections: 1 })
    for (const { holds, law } of Dispositions.checks(Dispositions.of(figures))) {
      assert.isTrue(holds, law)
    }
  }),
  check("a released message that is not marked is withdrawn and never claimed", function* (desk) {
    yield* released(desk, "a")
    yield* redecide(desk, decision("a", "NotQualified", 2))
    assert.strictEqual(yield* statesOf(desk, "a"), "withdrawn / cancelled")
    assert.lengthOf((yield* claim(desk)).messages, 0)
  }),
  check("a correction between claim and mark stops the mark", function* (desk) {
    yield* released(desk, "a")
    const batch = yield* claim(desk)
    yield* redecide(desk, decision("a", "NotQualified", 2))
    assert.deepStrictEqual(yield* mark(desk, batch), { marked: [] })
    assert.strictEqual(yield* statesOf(desk, "a"), "withdrawn / cancelled")
  }),
  check("after the mark the decision stands and operations are told once", function* (desk) {
    yield* submitting(desk, "a")
    const outcome = yield* redecide(desk, decision("a", "NotQualified", 2))
    assert.deepStrictEqual(outcome, { _tag: "Observed" })
    yield* redecide(desk, decision("a", "NotQualified", 3))
    const found = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.strictEqual(found.decision?.outcome, "Qualified")
    assert.strictEqual(yield* statesOf(desk, "a"), "active / submitting")
    assert.deepStrictEqual(yield* openCauses(desk), ["CORRECTION_OBSERVED"])
    yield* redecide(desk, decision("a", "Undetermined", 4))
    const [item] = yield* desk.store.escalations({ openOnly: true, after: null, limit: 2 })
    assert.strictEqual(item?.detail, "decided Qualified; by the corrected balances Undetermined")
    assert.include(yield* outboxTypes(desk), "CorrectionObserved")
    assert.strictEqual((yield* desk.store.monthFigures({ month })).qualified, 1)
  }),
  check("a delivered message is not withdrawn by a correction", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, acceptance("a"))
    assert.deepStrictEqual(yield* redecide(desk, decision("a", "NotQualified", 2)), {
      _tag: "Observed"
    })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / accepted")
  }),
  check("a refused message withdrawn by a correction counts apart if it arrives", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, refusal("a", retryable))
    yield* redecide(desk, decision("a", "NotQualified", 2))
    assert.strictEqual(yield* statesOf(desk, "a"), "withdrawn / refused cancelled")
    const receipt = { state: "delivered", part: 1, parts: 1, failure: null } as const
    yield* record(desk, null, t0, acceptance("a"))
    yield* record(desk, null, t0, evidence("a", { _tag: "ReceiptSeen", n: 1, receipt }))
    const figures = yield* desk.store.monthFigures({ month })
    assert.deepInclude(figures, { qualified: 0, notQualified: 1, states: {} })
    assert.deepStrictEqual(figures.stateReasons, { withdrawn: { DELIVERED_LATE: 1 } })
    for (const { holds, law } of Dispositions.checks(Dispositions.of(figures))) {
      assert.isTrue(holds, law)
    }
  }),
  check("a customer who turns out qualified gets one held notification", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified")])
    yield* redecide(desk, decision("a", "Qualified", 2))
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
    const { pendingMonths } = yield* desk.store.ledger({ nowMs: t0 })
    assert.deepStrictEqual([...pendingMonths], [month])
  }),
  check("a message held again in a released month is told by the ledger", function* (desk) {
    yield* released(desk, "a")
    assert.deepStrictEqual([...(yield* desk.store.ledger({ nowMs: t0 })).heldMonths], [])
    yield* redecide(desk, decision("a", "NotQualified", 2))
    yield* redecide(desk, decision("a", "Qualified", 3))
    assert.deepStrictEqual([...(yield* desk.store.ledger({ nowMs: t0 })).heldMonths], [month])
  }),
  check("a withdrawn customer who qualifies again is held again", function* (desk) {
    yield* decide(desk, [decision("a")])
    yield* redecide(desk, decision("a", "NotQualified", 2))
    yield* redecide(desk, decision("a", "Qualified", 3))
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
    const found = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.strictEqual(found.revision, 3)
  }),
  check("a message withdrawn after its release is released once more", function* (desk) {
    yield* released(desk, "a")
    yield* redecide(desk, decision("a", "NotQualified", 2))
    yield* redecide(desk, decision("a", "Qualified", 3))
    const page = { month, nowMs: t0, expiryMs: t0 + 1, limit: 10 }
    assert.deepStrictEqual(yield* desk.store.releasePage(page), { released: 1 })
    assert.lengthOf((yield* claim(desk)).messages, 1)
  }),
  check("a re-decision takes its customer off the queue", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    yield* decide(desk, [decision("c", "NotQualified", 1, { accountIds: ["a"] })])
    yield* capture(desk, day(5), { a: 11n }, true)
    yield* redecide(desk, decision("c", "NotQualified", 2, { accountIds: ["a"] }))
    assert.deepStrictEqual(yield* desk.store.pendingRedecisions({ limit: 10 }), [])
  }),
  check("a correction that arrives during a re-decision stays on the queue", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    yield* decide(desk, [decision("c", "NotQualified", 1, { accountIds: ["a"] })])
    yield* capture(desk, day(5), { a: 11n }, true)
    const [queued] = yield* desk.store.pendingRedecisions({ limit: 10 })
    yield* capture(desk, day(5), { a: 12n }, true)
    yield* redecide(desk, decision("c", "NotQualified", 2), queued?.ticket)
    assert.lengthOf(yield* desk.store.pendingRedecisions({ limit: 10 }), 1)
  })
]
