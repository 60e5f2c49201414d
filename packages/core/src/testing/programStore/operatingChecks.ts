/** Suppression, escalations, outbox, reports: what people and other systems see. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { DecisionRecord } from "../../ports/store/Decisions.ts"
import * as Dispositions from "../../report/Dispositions.ts"
import { capture, day } from "./Bank.ts"
import { hour, expiryMs, at, type Check, check, decision, type Desk, month, t0 } from "./Desk.ts"
import {
  notificationOf,
  accepted,
  decide,
  endAsLandline,
  outboxTypes,
  permanent,
  record,
  refusal,
  released,
  statesOf,
  submitting
} from "./Walk.ts"

const suppress = ({ store }: Desk, ...customerIds: ReadonlyArray<string>) =>
  store.suppress({ customerIds, reason: "OPTED_OUT", by: "sms", nowMs: t0 })

const failed = Effect.fnUntraced(function* (desk: Desk, ...customerIds: ReadonlyArray<string>) {
  const { fence } = yield* submitting(desk, ...customerIds)
  yield* record(desk, fence, t0, ...customerIds.map((id) => refusal(id, permanent)))
})

const report = (version: string, hash: string, closesMonth = false) => ({
  nowMs: t0,
  month,
  version,
  hash,
  json: `{"hash":"${hash}"}`,
  closesMonth,
  announcements: [
    { type: "ReportIssued", businessDate: null, payload: { month, version, hash } } as const
  ]
})

/** A report of a closed month that tells of so many corrections. */
const telling = (version: string, corrections: number) => ({
  ...report(version, version, true),
  json: JSON.stringify({ dataQuality: { corrections, correctionsObserved: 0 } })
})

const redecide = ({ store }: Desk, decision: DecisionRecord, nowMs = t0) =>
  store.recordRedecision({ nowMs, month, policyHash: "policy-hash", decision, cause: "check" })

/** The dispositions of the month, after the law of conservation was seen to hold. */
const disposed = Effect.fnUntraced(function* ({ store }: Desk) {
  const counts = Dispositions.of(yield* store.monthFigures({ month }))
  for (const { holds, law } of Dispositions.checks(counts)) assert.isTrue(holds, law)
  return counts
})

const openOnly = { openOnly: true, after: null, limit: 10 }

export const operatingChecks: ReadonlyArray<Check> = [
  check("who takes a list of customers is noted, and nothing else changes", function* (desk) {
    yield* desk.store.recordReport(report("final", "h1", true))
    const before = yield* desk.store.ledger({ nowMs: t0 })
    const access = { nowMs: t0, by: "dana", what: "report.annex", subject: `${month} final` }
    yield* desk.store.recordAccess(access)
    yield* desk.store.recordAccess(access)
    assert.deepStrictEqual(yield* desk.store.ledger({ nowMs: t0 }), before)
  }),
  check("a closed month whose report tells of other corrections is outdated", function* (desk) {
    const outdated = Effect.map(desk.store.ledger({ nowMs: t0 }), (seen) => [
      ...seen.outdatedReports
    ])
    yield* desk.store.recordReport(telling("final", 0))
    assert.deepStrictEqual(yield* outdated, [])
    yield* desk.store.recordReport(telling("restated-1", 1))
    assert.deepStrictEqual(yield* outdated, [month])
    yield* desk.store.recordReport(telling("restated-2", 0))
    assert.deepStrictEqual(yield* outdated, [])
  }),
  check("suppressing twice is suppressing once, and the first reason stays", function* (desk) {
    assert.deepStrictEqual(yield* suppress(desk, "a", "b"), { added: 2 })
    const again = { customerIds: ["a"], reason: "OPERATOR", by: "dana", nowMs: t0 + 1 }
    assert.deepStrictEqual(yield* desk.store.suppress(again), { added: 0 })
    const listed = yield* desk.store.suppressions({ after: null, limit: 10 })
    assert.deepStrictEqual(listed, [
      { customerId: "a", reason: "OPTED_OUT", sinceMs: t0 },
      { customerId: "b", reason: "OPTED_OUT", sinceMs: t0 }
    ])
  }),
  check("suppressions are listed page by page and can be lifted", function* (desk) {
    yield* suppress(desk, "c", "a", "b")
    const page = yield* desk.store.suppressions({ after: "a", limit: 1 })
    assert.deepStrictEqual(
      page.map(({ customerId }) => customerId),
      ["b"]
    )
    const lift = { customerIds: ["b", "nobody"], by: "dana", nowMs: t0 }
    assert.deepStrictEqual(yield* desk.store.unsuppress(lift), { removed: 1 })
    assert.lengthOf(yield* desk.store.suppressions({ after: null, limit: 10 }), 2)
  }),
  check("a message that is not marked ends with the suppression of its customer", function* (desk) {
    yield* released(desk, "a", "b")
    yield* suppress(desk, "a")
    yield* desk.store.applyTimers({ context: yield* at(t0), limit: 10 })
    assert.strictEqual(yield* statesOf(desk, "a"), "suppressed / cancelled")
    assert.strictEqual(yield* statesOf(desk, "b"), "active / pending")
  }),
  check("a suppression does not take back what the carrier has", function* (desk) {
    yield* accepted(desk, "a")
    yield* suppress(desk, "a")
    assert.strictEqual(yield* statesOf(desk, "a"), "active / accepted")
  }),
  check(
    "escalations are unique per cause while open, and told until acknowledged",
    function* (desk) {
      yield* failed(desk, "a")
      const [row] = yield* desk.store.escalations(openOnly)
      assert.deepInclude(row, { cause: "PERMANENT_FAILURE", customerId: "a", resolvedMs: null })
      assert.lengthOf(yield* desk.store.unnotifiedEscalations({ limit: 10 }), 1)
      assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).unnotifiedEscalations, 1)
      const escalationIds = [row?.escalationId ?? ""]
      yield* desk.store.escalationsNotified({ escalationIds, nowMs: t0 })
      assert.lengthOf(yield* desk.store.unnotifiedEscalations({ limit: 10 }), 0)
      assert.lengthOf(yield* desk.store.escalations(openOnly), 1)
      const found = yield* desk.store.customerMonth({ customerId: "a", month })
      assert.lengthOf(found.escalations, 1)
      const { openEscalations } = yield* desk.store.monthFigures({ month })
      assert.deepStrictEqual({ ...openEscalations }, { PERMANENT_FAILURE: 1 })
    }
  ),
  check("escalations are listed page by page", function* (desk) {
    yield* failed(desk, "a", "b", "c")
    const first = yield* desk.store.escalations({ ...openOnly, limit: 2 })
    const after = first[1]?.escalationId ?? null
    const rest = yield* desk.store.escalations({ ...openOnly, after })
    const ids = [...first, ...rest].map(({ customerId }) => customerId)
    assert.sameMembers(ids, ["a", "b", "c"])
    assert.lengthOf(ids, 3)
  }),
  check("events come in commit order, again and again until they are published", function* (desk) {
    yield* accepted(desk, "a")
    yield* desk.store.recordReport(report("provisional", "h1"))
    assert.deepStrictEqual(yield* outboxTypes(desk), ["NotificationSent", "ReportIssued"])
    const { events } = yield* desk.store.outbox({ limit: 1 })
    assert.lengthOf(events, 1)
    assert.deepStrictEqual(yield* desk.store.outbox({ limit: 1 }), { events })
    const eventIds = events.map(({ id }) => id)
    yield* desk.store.outboxPublished({ eventIds, nowMs: t0 })
    assert.deepStrictEqual(yield* outboxTypes(desk), ["ReportIssued"])
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).unpublished, 1)
  }),
  check("each event has an id of its own and names its program", function* (desk) {
    yield* failed(desk, "a", "b")
    const { events } = yield* desk.store.outbox({ limit: 100 })
    assert.lengthOf(new Set(events.map(({ id }) => id)), 4)
    for (const { program, version } of events) {
      assert.deepStrictEqual([program, version], [desk.store.program, 1])
    }
    assert.deepStrictEqual(yield* desk.other.outbox({ limit: 10 }), { events: [] })
  }),
  check("outbox rows appear with their state change and not without", function* (desk) {
    const { fence } = yield* submitting(desk, "a")
    const before = yield* outboxTypes(desk)
    yield* record(desk, fence - 1n, t0, refusal("a", permanent))
    assert.deepStrictEqual(yield* outboxTypes(desk), before)
    yield* record(desk, fence, t0, refusal("a", permanent))
    yield* record(desk, fence, t0, refusal("a", permanent))
    assert.lengthOf(yield* outboxTypes(desk), before.length + 2)
  }),
  check("a report once issued stays as it is", function* (desk) {
    yield* desk.store.recordReport(report("final", "h1"))
    yield* desk.store.recordReport(report("final", "h2"))
    const found = yield* desk.store.report({ month, version: "final" })
    assert.deepStrictEqual(found, {
      month,
      version: "final",
      hash: "h1",
      json: `{"hash":"h1"}`,
      issuedMs: t0
    })
    assert.deepStrictEqual(yield* outboxTypes(desk), ["ReportIssued"])
  }),
  check("the newest report is given where no version is named", function* (desk) {
    assert.isNull(yield* desk.store.report({ month, version: null }))
    yield* desk.store.recordReport(report("provisional", "h1"))
    yield* desk.store.recordReport({ ...report("final", "h2"), nowMs: t0 + 1 })
    assert.strictEqual((yield* desk.store.report({ month, version: null }))?.version, "final")
    assert.isNull(yield* desk.store.report({ month, version: "restated-1" }))
    const { reports } = yield* desk.store.ledger({ nowMs: t0 })
    assert.sameDeepMembers(
      [...reports],
      [
        { month, version: "provisional" },
        { month, version: "final" }
      ]
    )
  }),
  check("a final report closes the month and its captures leave the ledger", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    yield* decide(desk, [decision("a", "NotQualified")])
    yield* desk.store.recordReport(report("final", "h1", true))
    const { captures, months } = yield* desk.store.ledger({ nowMs: t0 })
    assert.deepInclude(months[0], { month, status: "closed", closedMs: t0 })
    assert.deepStrictEqual([...captures], [])
  }),
  check("figures count messages by state and hold the law of conservation", function* (desk) {
    yield* capture(desk, day(5), { a: 10n })
    const { fence } = yield* submitting(desk, "a", "b", "c")
    yield* record(desk, fence, t0 + 1, refusal("a", permanent))
    yield* record(desk, fence, t0 + 2, {
      notificationId: "notification-b",
      n: 1,
      event: { _tag: "AcceptanceSeen", n: 1, carrierMessageId: "x", via: "answer" }
    })
    const figures = yield* desk.store.monthFigures({ month })
    assert.deepStrictEqual({ ...figures.states }, { failed: 1, active: 2 })
    assert.deepStrictEqual(figures.stateReasons["failed"], { PERMANENT: 1 })
    assert.strictEqual(figures.accepted, 1)
    assert.deepInclude(figures.attempts, { total: 3, consumed: 3, segments: 3 })
    const { byState, failuresByCategory } = figures.attempts
    assert.deepStrictEqual({ ...byState }, { refused: 1, accepted: 1, submitting: 1 })
    assert.deepStrictEqual({ ...failuresByCategory }, { InvalidNumber: 1 })
    const timings = { firstAcceptedMs: t0 + 2, lastFinalMs: t0 + 1, decidedMs: t0 }
    assert.deepInclude(figures.timings, timings)
    assert.strictEqual(figures.acceptedPending, 1)
    assert.deepEqual(figures.captures, { balances: 1, finishedMs: { [day(5)]: t0 } })
    yield* disposed(desk)
  }),
  check("a message withdrawn at submission counts under its reason, once", function* (desk) {
    yield* released(desk, "a", "b")
    yield* endAsLandline(desk)
    assert.include(yield* disposed(desk), { qualified: 2, unreachable: 2 })
    const reach = { _tag: "Unreachable", reason: "LANDLINE" } as const
    const unreachable = decision("a", "Qualified", 2, { reach, notificationId: null })
    yield* redecide(desk, unreachable)
    assert.include(yield* disposed(desk), { qualified: 2, unreachable: 2 })
    yield* redecide(desk, decision("b", "NotQualified", 2))
    assert.include(yield* disposed(desk), { qualified: 1, notQualified: 1, unreachable: 1 })
  }),
  check("a customer who qualifies again too late counts as expired", function* (desk) {
    yield* released(desk, "a")
    yield* redecide(desk, decision("a", "NotQualified", 2))
    yield* redecide(desk, decision("a", "Qualified", 3), expiryMs + hour)
    assert.strictEqual((yield* notificationOf(desk, "a")).state, "withdrawn")
    assert.include(yield* disposed(desk), { qualified: 1, expired: 1 })
  }),
  check("a month with messages on their way is pending, one without is not", function* (desk) {
    const { fence } = yield* submitting(desk, "a")
    assert.deepStrictEqual([...(yield* desk.store.ledger({ nowMs: t0 })).pendingMonths], [month])
    yield* record(desk, fence, t0, refusal("a", permanent))
    assert.deepStrictEqual([...(yield* desk.store.ledger({ nowMs: t0 })).pendingMonths], [])
  })
]
