/** Decisions of a month and the notifications they make. */
import { assert } from "vitest"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Instant from "../../calendar/Instant.ts"
import * as Dispositions from "../../report/Dispositions.ts"
import { type Check, check, contentHash, decision, month, notificationIdOf, t0 } from "./Desk.ts"
import { submitting, decide, outboxTypes, qualifyAgain, statesOf } from "./Walk.ts"

const unreachable = decision("u", "Qualified", 1, {
  reach: { _tag: "Unreachable", reason: "LANDLINE" },
  notificationId: null
})

export const mixed = [
  decision("a"),
  unreachable,
  decision("n", "NotQualified"),
  decision("d", "Undetermined")
]

export const decisionChecks: ReadonlyArray<Check> = [
  check("a decided month counts every customer under one outcome", function* (desk) {
    const row = yield* decide(desk, mixed)
    assert.deepInclude(row, { status: "decided", contentHash, decidedMs: t0 })
    const counts = { population: 4, qualified: 2, notQualified: 1, undetermined: 1 }
    assert.deepInclude(row, counts)
  }),
  check("only a qualified and reachable customer gets a held notification", function* (desk) {
    yield* decide(desk, mixed)
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
    for (const customerId of ["u", "n", "d"]) {
      const { notification } = yield* desk.store.customerMonth({ customerId, month })
      assert.isNull(notification, customerId)
    }
  }),
  check("a decision is shown as it was recorded", function* (desk) {
    const given = decision("a", "NotQualified", 7, {
      reasons: [{ code: "BELOW_THRESHOLD", dates: [] }],
      observed: 0x7fff_ffff,
      met: 1,
      derived: 2,
      waived: 4,
      accountIds: ["x", "y"],
      opened: CalendarMonth.first(month),
      closed: CalendarMonth.last(month)
    })
    yield* decide(desk, [given])
    const found = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.deepInclude(found, { revision: 1, decidedMs: t0, policyHash: "policy-hash" })
    assert.deepStrictEqual(
      { ...found.decision, evidenceHash: Array.from(found.decision?.evidenceHash ?? []) },
      { ...given, evidenceHash: Array.from(given.evidenceHash) }
    )
  }),
  check("an unknown customer has no decision, no balance and no message", function* (desk) {
    const found = yield* desk.store.customerMonth({ customerId: "nobody", month })
    assert.deepInclude(found, { decision: null, revision: 0, notification: null })
    assert.deepStrictEqual(found.checks, [])
  }),
  check(
    "the month is complete before it is decided, and completing it again is nothing",
    function* (desk) {
      const complete = yield* desk.store.completeMonth({ month, nowMs: t0 })
      assert.strictEqual(complete.status, "complete")
      yield* decide(desk, [decision("a")])
      const again = yield* desk.store.completeMonth({ month, nowMs: t0 })
      assert.strictEqual(again.status, "decided")
    }
  ),
  check("the announcement of a decided month goes out with it, once", function* (desk) {
    const run = yield* desk.store.claimRun({
      kind: "qualify",
      key: month,
      again: false,
      leaseMs: 60_000,
      nowMs: t0,
      correlationId: "correlation"
    })
    if (run._tag !== "Claimed") return assert.fail("not claimed")
    const { runId } = run.run
    const counts = { population: 0, totalQualified: 0, notQualified: 0, undetermined: 0 }
    const payload = { runId, month, ...counts, hash: contentHash }
    const announcements = [
      { type: "QualificationCalculated", businessDate: null, payload } as const
    ]
    const input = { run: run.run, nowMs: t0, month, contentHash, announcements }
    yield* desk.store.finishQualification(input)
    yield* desk.store.finishQualification(input)
    const { events } = yield* desk.store.outbox({ limit: 10 })
    assert.lengthOf(events, 1)
    assert.deepInclude(events[0], {
      payload,
      program: desk.store.program,
      occurredAt: Instant.toIso(t0)
    })
    assert.strictEqual(events[0]?.correlationId, "correlation")
  }),
  check("a page of decisions recorded again changes nothing", function* (desk) {
    const claimed = yield* desk.store.claimRun({
      kind: "qualify",
      key: month,
      again: false,
      leaseMs: 60_000,
      nowMs: t0,
      correlationId: "qualify"
    })
    if (claimed._tag !== "Claimed") return assert.fail("not claimed")
    const page = {
      run: claimed.run,
      nowMs: t0,
      leaseMs: 60_000,
      month,
      policyHash: "policy-hash",
      page: 0,
      decisions: [decision("a"), decision("b", "NotQualified")],
      nextCursor: "next"
    }
    yield* desk.store.recordDecisions(page)
    assert.deepStrictEqual(yield* desk.store.recordDecisions(page), { _tag: "Recorded" })
    yield* desk.store.recordDecisions({ ...page, page: 1 })
    const found = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.strictEqual(found.revision, 1)
    const finish = { run: page.run, nowMs: t0, month, contentHash, announcements: [] }
    assert.strictEqual((yield* desk.store.finishQualification(finish)).population, 2)
  }),
  check("a further run after the mark changes neither decision nor hash", function* (desk) {
    yield* submitting(desk, "a")
    const again = yield* qualifyAgain(desk)
    const input = { run: again.run, nowMs: t0, month }
    yield* desk.store.recordDecisions({
      ...input,
      leaseMs: 60_000,
      policyHash: "policy-hash",
      page: again.page,
      decisions: [decision("a", "NotQualified", 2)],
      nextCursor: null
    })
    const row = yield* desk.store.finishQualification({
      ...input,
      contentHash: "another",
      announcements: []
    })
    assert.deepInclude(row, { status: "released", contentHash, qualified: 1 })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / submitting")
  }),
  check("a customer has one notification per month, whatever happens", function* (desk) {
    yield* decide(desk, [decision("a")])
    const record = { nowMs: t0, month, policyHash: "p", cause: "correction" }
    yield* desk.store.recordRedecision({ ...record, decision: decision("a", "Qualified", 2) })
    const second = decision("a", "Qualified", 3, { notificationId: "another-id" })
    yield* desk.store.recordRedecision({ ...record, decision: second })
    const { notification } = yield* desk.store.customerMonth({ customerId: "a", month })
    assert.strictEqual(notification?.notificationId, notificationIdOf("a"))
    const { states } = yield* desk.store.monthFigures({ month })
    assert.deepStrictEqual({ ...states }, { held: 1 })
  }),
  check("each qualified customer is in exactly one disposition", function* (desk) {
    const excluded = decision("x", "Qualified", 1, {
      reach: { _tag: "Excluded", reason: "DECEASED" },
      notificationId: null
    })
    yield* decide(desk, [...mixed, excluded])
    const figures = yield* desk.store.monthFigures({ month })
    assert.deepStrictEqual({ ...figures.unreachable }, { LANDLINE: 1 })
    assert.deepStrictEqual({ ...figures.excluded }, { DECEASED: 1 })
    const counts = Dispositions.of(figures)
    assert.deepInclude(counts, { unreachable: 1, excluded: 1, pending: 1 })
    for (const { holds, law } of Dispositions.checks(counts)) assert.isTrue(holds, law)
  }),
  check("a decision run that is stale announces nothing", function* (desk) {
    yield* decide(desk, mixed)
    const before = yield* outboxTypes(desk)
    yield* desk.store.finishQualification({
      run: { runId: "unknown", fence: 1n },
      nowMs: t0,
      month,
      contentHash: "another",
      announcements: [
        {
          type: "ReportIssued",
          businessDate: null,
          payload: { month, version: "final", hash: "h" }
        }
      ]
    })
    assert.deepStrictEqual(yield* outboxTypes(desk), before)
    const { months } = yield* desk.store.ledger({ nowMs: t0 })
    assert.strictEqual(months[0]?.contentHash, contentHash)
  })
]
