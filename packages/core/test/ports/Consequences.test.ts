import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Attempt from "../../src/delivery/Attempt.ts"
import type { DeliveryFact } from "../../src/delivery/DeliveryFact.ts"
import type { NotificationState } from "../../src/delivery/Notification.ts"
import * as Consequences from "../../src/ports/store/Consequences.ts"
import type { NotificationRow } from "../../src/ports/store/Deliveries.ts"

const month = CalendarMonth.parse("2026-10") ?? assert.fail("no month")

const row = (
  state: NotificationState,
  ...attempts: ReadonlyArray<Attempt.Attempt>
): NotificationRow => ({
  notificationId: "notification",
  customerId: "customer",
  month,
  notification: { state, reason: null, expiryMs: null, attempts }
})

const first = { ...Attempt.pending(1, 0), state: "refused" } as const
const failure = { category: "InvalidNumber", disposition: "permanent", code: "E" } as const

const of = (row: NotificationRow, ...facts: ReadonlyArray<DeliveryFact>) =>
  Consequences.ofFacts(row, facts, (n) => `reference-${n}`)

describe("consequences of facts", () => {
  it("are none for facts nobody outside hears about", () => {
    const none = { announcements: [], raised: [], resolved: [] }
    assert.deepStrictEqual(of(row("held")), none)
    assert.deepStrictEqual(of(row("active"), { _tag: "AttemptClaimed", n: 1 }), none)
  })

  it("announce an acceptance without a carrier id by an empty reference", () => {
    const fact = { _tag: "AttemptAccepted", n: 1, atMs: 1, carrierMessageId: null } as const
    const { announcements } = of(row("active", first), { ...fact, via: "receipt" })
    assert.deepStrictEqual(announcements[0]?.payload, {
      customerId: "customer",
      month,
      smsId: "reference-1",
      attempt: 1,
      carrierReference: ""
    })
  })

  it("name the failure of the last attempt that was not cancelled", () => {
    const cancelled = { ...Attempt.pending(2, 0), state: "cancelled" } as const
    const failed = row("failed", { ...first, failure }, cancelled)
    const { announcements } = of(failed, { _tag: "NotificationFailed", reason: "PERMANENT" })
    const expected = { smsId: "reference-1", status: "failed", category: "InvalidNumber" }
    assert.deepInclude(announcements[0]?.payload, expected)
  })

  it("announce the end of a message without attempts", () => {
    const { announcements } = of(row("undeliverable"), { _tag: "NotificationUndeliverable" })
    const expected = { smsId: "", status: "undeliverable", category: null, late: false }
    assert.deepInclude(announcements[0]?.payload, expected)
  })

  it("raise each cause once", () => {
    const raised = { _tag: "EscalationRaised", cause: "UNRESOLVABLE", n: 1 } as const
    assert.deepStrictEqual(of(row("escalated"), raised, raised).raised, ["UNRESOLVABLE"])
  })

  it("resolve only the causes that offer the action", () => {
    const by = ["dana", "uri"] as const
    const decided = (action: "resend" | "close") =>
      of(row("escalated"), { _tag: "EscalationResolved", action, by }).resolved
    assert.deepStrictEqual(decided("resend"), ["UNRESOLVABLE", "LOOKUP_SILENT"])
    assert.deepStrictEqual(decided("close"), ["UNRESOLVABLE", "LOOKUP_SILENT", "ROWS_EXHAUSTED"])
  })
})

describe("matching a receipt: delivery protocol 1.3", () => {
  const a = { notificationId: "a", n: 1 }
  const b = { notificationId: "b", n: 1 }
  const cases = [
    ["neither name is known", undefined, [], "Orphan"],
    ["the reference is known", a, [], "Matched"],
    ["both names agree", a, [a], "Matched"],
    ["the id names several, the reference among them", a, [b, a], "Matched"],
    ["reference and id disagree", a, [b], "Disagreement"],
    ["another attempt of the same message", a, [{ ...a, n: 2 }], "Disagreement"],
    ["only the id is known", undefined, [b], "Matched"],
    ["the id names several", undefined, [a, b], "Disagreement"]
  ] as const
  for (const [title, byReference, byCarrierId, expected] of cases) {
    it(`is ${expected} where ${title}`, () => {
      assert.strictEqual(Consequences.matchReceipt(byReference, byCarrierId)._tag, expected)
    })
  }
})

describe("events of a receipt", () => {
  const receipt = { state: "enroute", part: 1, parts: null, failure: null } as const
  const report = { reference: "r", carrierMessageId: "c", receipt, digest: "d" }
  const accepted = { ...first, state: "accepted", carrierMessageId: "c" } as const
  const tags = (attempt: Attempt.Attempt, carrierMessageId: string | null = "c") =>
    Consequences.receiptEvents(attempt, { ...report, carrierMessageId }).map(({ _tag }) => _tag)

  it("are the receipt alone where the acceptance is known", () => {
    assert.deepStrictEqual(tags(accepted), ["ReceiptSeen"])
    assert.deepStrictEqual(tags(accepted, null), ["ReceiptSeen"])
  })

  it("are the acceptance first where it tells something new", () => {
    assert.deepStrictEqual(tags(accepted, "another"), ["AcceptanceSeen", "ReceiptSeen"])
    assert.deepStrictEqual(tags({ ...first, state: "unknown" }), ["AcceptanceSeen", "ReceiptSeen"])
  })
})

describe("the fence on an attempt", () => {
  const claimed = { ...first, state: "claimed" } as const
  it("outlives the mark and nothing else", () => {
    assert.isTrue(Consequences.keepsFence(claimed, { ...first, state: "submitting" }))
    assert.isTrue(Consequences.keepsFence(claimed, { ...claimed, keyClosed: true }))
    assert.isFalse(Consequences.keepsFence(claimed, { ...first, state: "pending" }))
    assert.isFalse(Consequences.keepsFence(claimed, undefined))
  })

  it("is asked for by every negative or neutral event, and by no positive one", () => {
    assert.isTrue(Consequences.needsFence({ _tag: "NotFound", n: 1 }))
    assert.isTrue(Consequences.needsFence({ _tag: "Claimed", n: 1 }))
    assert.isFalse(Consequences.needsFence({ _tag: "TimePassed" }))
    const seen = { _tag: "AcceptanceSeen", n: 1, carrierMessageId: null, via: "answer" } as const
    assert.isFalse(Consequences.needsFence(seen))
  })
})

describe("what was decided about the customer since", () => {
  const live = { state: "active", reason: null, expiryMs: null } as const
  const seen = (state: "delivered" | "failed") =>
    ({
      _tag: "ReceiptSeen",
      n: 1,
      receipt: { state, part: 1, parts: null, failure: null }
    }) as const
  const accepted = { _tag: "AcceptanceSeen", n: 1, carrierMessageId: "a", via: "answer" } as const

  it("is not needed for good news about a message nobody called dead", () => {
    const notification = { ...live, attempts: [{ ...first, seen: [2] }] }
    assert.isFalse(Consequences.needsStanding(notification, accepted))
    assert.isFalse(Consequences.needsStanding(notification, seen("delivered")))
  })

  // Caught: rows that have seen a negative receipt taken for good ones.
  it("is needed for bad news, for good news after it, and for any other event", () => {
    const notification = { ...live, attempts: [first] }
    assert.isTrue(Consequences.needsStanding(notification, seen("failed")))
    assert.isTrue(Consequences.needsStanding(notification, { _tag: "TimePassed" }))
    const dead = { ...live, attempts: [{ ...first, seen: [32] }] }
    assert.isTrue(Consequences.needsStanding(dead, accepted))
    assert.isTrue(Consequences.needsStanding(dead, seen("delivered")))
  })
})

describe("issues", () => {
  it("are announced once per code and date, with their number", () => {
    const issue = {
      code: "STALE",
      severity: "issue",
      businessDate: CalendarMonth.first(month),
      accountId: null,
      customerId: null,
      detail: "row 1"
    } as const
    const undated = { ...issue, businessDate: null }
    const events = Consequences.issuesRaised([issue, undated, { ...issue, detail: "row 2" }])
    assert.deepStrictEqual(
      events.map(({ businessDate, payload }) => [
        businessDate,
        "count" in payload && payload.count
      ]),
      [
        [CalendarMonth.first(month), 2],
        [null, 1]
      ]
    )
    assert.notStrictEqual(Consequences.issueKey(issue), Consequences.issueKey(undated))
  })
})

describe("a row that could not be marked", () => {
  // Caught: a retry that waits for a look-up, claimed and given back at every scan of an outage.
  it("is claimed again after a scan, a retry after some minutes", () => {
    const context = Consequences.commandContext(1_000_000, 0)
    assert.strictEqual(Consequences.markAgainMs(context, 1), 1_000_000 + 15_000)
    assert.strictEqual(Consequences.markAgainMs(context, 2), 1_000_000 + 300_000)
  })
})

describe("the age of a contact permission", () => {
  it("is counted in process time, and a clock ahead of ours makes it no older than now", () => {
    const context = Consequences.commandContext(1_000_000, 500)
    assert.strictEqual(Consequences.contactAskedMs(440, context), 1_000_000 - 60)
    assert.strictEqual(Consequences.contactAskedMs(900, context), 1_000_000)
  })
})
