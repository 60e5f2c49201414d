/**
 * Delivery protocol 1.2, row by row. Each case is named after its row: state + event (guard) →
 * next.
 */
import { assert, describe, it } from "vitest"
import * as Attempt from "../../src/delivery/Attempt.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import type { Notification } from "../../src/delivery/Notification.ts"
import {
  carrier,
  clock0,
  context,
  E,
  failure,
  hour,
  lag,
  marked,
  minute,
  notification,
  policy,
  row,
  settle,
  t0,
  unknown
} from "./carriers.ts"

interface Case {
  readonly name: string
  readonly given: Notification
  readonly when: Delivery.DeliveryEvent
  readonly in?: Partial<Delivery.DeliveryContext>
  /** State, then the reason where there is one. */
  readonly then: readonly [Notification["state"], (string | null)?]
  /** The states of all rows afterwards. */
  readonly rows: ReadonlyArray<Attempt.Attempt["state"]>
  readonly because?: Delivery.IgnoredReason
  /** When the last row is due. */
  readonly due?: number
  readonly raised?: string
}

const V = t0 + policy.validityMs
const late = E - policy.requestDeadlineMs + 1
const withdrawn = { standing: { withdrawnReason: "CORRECTED", suppressedReason: null } }
const suppressed = { standing: { withdrawnReason: null, suppressedReason: "OPT_OUT" } }
const release = { _tag: "Released", expiryMs: E + hour } as const
const timePassed = { _tag: "TimePassed" } as const
const refused = marked({ state: "refused", negativeMs: t0, failure: failure() })
const accepted = marked({ state: "accepted" })
const failed = marked({ state: "accepted", seen: [0, 32], negativeMs: t0, failure: failure() })
const voided = marked({ state: "void", ambiguous: true, negativeMs: V })
const receipt = (state: "delivered" | "failed", n = 1, part = 1, parts = 1) =>
  ({
    _tag: "ReceiptSeen",
    n,
    receipt: { state, part, parts, failure: state === "failed" ? failure() : null }
  }) as const
const two = ["dana", "omer"] as const
const rows = (count: number, last: Attempt.Attempt) => [
  ...Array.from({ length: count - 1 }, (_, i) => ({ ...voided, n: i + 1 })),
  { ...last, n: count }
]

const commands: ReadonlyArray<Case> = [
  {
    name: "held + release (revision current) → active, first attempt pending",
    given: notification("held", [], { expiryMs: null }),
    when: release,
    then: ["active"],
    rows: ["pending"],
    due: t0
  },
  {
    name: "held + release (revision superseded) → no row",
    given: notification("held", [], { expiryMs: null }),
    when: release,
    in: withdrawn,
    then: ["held"],
    rows: [],
    because: "NOT_ALLOWED"
  },
  {
    name: "active + release → no row",
    given: notification("active", [row()]),
    when: release,
    then: ["active"],
    rows: ["pending"],
    because: "NO_TRANSITION"
  },
  ...(["held", "active", "waiting"] as const).flatMap((state) => {
    const attempts = state === "held" ? [] : [row()]
    const after = state === "held" ? [] : (["cancelled"] as const)
    return [
      {
        name: `${state} + withdrawal (unmarked) → withdrawn, row cancelled`,
        given: notification(state, attempts),
        when: { _tag: "Withdrawn", reason: "CORRECTED" } as const,
        then: ["withdrawn", "CORRECTED"] as const,
        rows: after
      },
      {
        name: `${state} + suppression (unmarked) → suppressed, row cancelled`,
        given: notification(state, attempts),
        when: { _tag: "Suppressed", reason: "OPT_OUT" } as const,
        then: ["suppressed", "OPT_OUT"] as const,
        rows: after
      },
      {
        name: `${state} + expiry (unmarked, none failed) → expired, row cancelled`,
        given: notification(state, attempts),
        when: timePassed,
        in: { nowMs: late },
        then: ["expired", "EXPIRED"] as const,
        rows: after
      }
    ]
  }),
  {
    name: "active + withdrawal (marked) → no row",
    given: notification("active", [marked()]),
    when: { _tag: "Withdrawn", reason: "CORRECTED" },
    then: ["active"],
    rows: ["submitting"],
    because: "NO_TRANSITION"
  },
  {
    name: "active + suppression (amb, pending again) → no row",
    given: notification("active", [unknown({ state: "pending" })]),
    when: { _tag: "Suppressed", reason: "OPT_OUT" },
    then: ["active"],
    rows: ["pending"],
    because: "NO_TRANSITION"
  },
  {
    name: "active + expiry one instant early → no row",
    given: notification("active", [row()]),
    when: timePassed,
    in: { nowMs: late - 1 },
    then: ["active"],
    rows: ["pending"],
    because: "NOT_DUE"
  },
  {
    name: "active + expiry of a row withdrawn while it was marked → withdrawn",
    given: notification("active", [row()]),
    when: timePassed,
    in: { ...withdrawn, nowMs: late },
    then: ["withdrawn", "CORRECTED"],
    rows: ["cancelled"]
  },
  {
    name: "waiting + expiry (an attempt has failed) → failed (EXPIRED), escalate, row cancelled",
    given: notification("waiting", [refused, row({ n: 2 })]),
    when: timePassed,
    in: { nowMs: late },
    then: ["failed", "EXPIRED"],
    rows: ["refused", "cancelled"],
    raised: "EXPIRED_AFTER_FAILURE"
  },
  {
    name: "withdrawn + qualified again (before E) → held",
    given: notification("withdrawn", [row({ state: "cancelled" })]),
    when: { _tag: "QualifiedAgain" },
    then: ["held"],
    rows: ["cancelled"]
  },
  {
    name: "withdrawn + qualified again (past E) → no row",
    given: notification("withdrawn", []),
    when: { _tag: "QualifiedAgain" },
    in: { nowMs: late },
    then: ["withdrawn"],
    rows: [],
    because: "NOT_ALLOWED"
  },
  {
    name: "suppressed + qualified again → no row",
    given: notification("suppressed", []),
    when: { _tag: "QualifiedAgain" },
    then: ["suppressed"],
    rows: [],
    because: "NO_TRANSITION"
  },
  {
    name: "held again + release → active; the cancelled row is used again, E stays",
    given: notification("held", [row({ state: "cancelled" })]),
    when: release,
    then: ["active"],
    rows: ["pending"],
    due: t0
  }
]

const deliveries: ReadonlyArray<Case> = [
  ...(["active", "waiting", "escalated"] as const).map((state) => ({
    name: `${state} + delivered → delivered; amb rows → unknown, unmarked → cancelled`,
    given: notification(state, [
      accepted,
      unknown({ n: 2, state: "claimed" }),
      row({ n: 3, state: "claimed" })
    ]),
    when: receipt("delivered"),
    then: ["delivered"] as const,
    rows: ["accepted", "unknown", "cancelled"] as const
  })),
  ...(["failed", "undeliverable", "withdrawn", "suppressed", "expired"] as const).map((state) => ({
    name: `${state} + late delivered → delivered`,
    given: notification(state, [marked({ state: "closed" })]),
    when: receipt("delivered"),
    then: ["delivered"] as const,
    rows: ["accepted"] as const
  })),
  {
    name: "delivered + a second attempt delivered → delivered, people look",
    given: notification("delivered", [
      { ...accepted, seen: [0, 64] },
      { ...accepted, n: 2 }
    ]),
    when: receipt("delivered", 2),
    then: ["delivered"],
    rows: ["accepted", "accepted"],
    raised: "DUPLICATE_DELIVERY"
  }
]

const notFound = (n: number) => ({ _tag: "NotFound", n }) as const
const over = { nowMs: V + minute + lag, clockMs: clock0 + settle }

const failures: ReadonlyArray<Case> = [
  {
    name: "active + void (rows < 5) → active, row n + 1 without the 6 h",
    given: notification("active", [unknown()]),
    when: notFound(1),
    in: over,
    then: ["active"],
    rows: ["void", "pending"],
    due: V + minute + lag
  },
  {
    name: "active + void (rows = 5) → escalated",
    given: notification("active", rows(5, unknown())),
    when: notFound(5),
    in: over,
    then: ["escalated", "ROWS_EXHAUSTED"],
    rows: ["void", "void", "void", "void", "void"],
    raised: "ROWS_EXHAUSTED"
  },
  {
    name: "active + void of a row that is not current → no change",
    given: notification("active", [unknown(), marked({ n: 2 })]),
    when: notFound(1),
    in: over,
    then: ["active"],
    rows: ["void", "submitting"]
  },
  {
    name: "active + failed (retryable) → waiting, due at R = S + 6 h",
    given: notification("active", [accepted]),
    when: receipt("failed"),
    then: ["waiting"],
    rows: ["accepted", "pending"],
    due: t0 + 6 * hour
  },
  {
    name: "active + failed (retryable, late) → waiting, due at R = F",
    given: notification("active", [accepted]),
    when: receipt("failed"),
    in: { nowMs: t0 + 9 * hour },
    then: ["waiting"],
    rows: ["accepted", "pending"],
    due: t0 + 9 * hour
  },
  {
    name: "escalated + failed (retryable) → waiting",
    given: notification("escalated", [accepted]),
    when: receipt("failed"),
    then: ["waiting"],
    rows: ["accepted", "pending"]
  },
  {
    name: "active + refused (consumed = 3) → failed, escalate",
    given: notification("active", [refused, { ...refused, n: 2 }, marked({ n: 3 })]),
    when: { _tag: "RefusalSeen", n: 3, failure: failure(), stored: false },
    then: ["failed", "EXHAUSTED"],
    rows: ["refused", "refused", "refused"],
    raised: "RETRIES_EXHAUSTED"
  },
  {
    name: "active + failed (rows = 5) → failed, escalate",
    given: notification("active", rows(5, accepted)),
    when: receipt("failed", 5),
    then: ["failed", "EXHAUSTED"],
    rows: ["void", "void", "void", "void", "accepted"],
    raised: "RETRIES_EXHAUSTED"
  },
  ...(
    [
      ["permanent", "PERMANENT", "PERMANENT_FAILURE"],
      ["fix", "FIX", "FIX_NEEDED"],
      ["unknown", "UNPROVEN", "PERMANENT_FAILURE"]
    ] as const
  ).map(([disposition, reason, raised]) => ({
    name: `active + refused (${disposition}) → failed, escalate`,
    given: notification("active", [marked()]),
    when: {
      _tag: "RefusalSeen",
      n: 1,
      failure: failure({ disposition }),
      stored: false
    } as const,
    then: ["failed", reason] as const,
    rows: ["refused"] as const,
    raised
  })),
  {
    name: "active + failed (never: suppressed) → failed, escalate",
    given: notification("active", [accepted]),
    when: receipt("failed"),
    in: suppressed,
    then: ["failed", "BARRED"],
    rows: ["accepted"],
    raised: "RETRY_BARRED"
  },
  {
    name: "active + failed (partial) → failed, escalate",
    given: notification("active", [marked({ state: "accepted", parts: 2, seen: [0, 64, 0] })]),
    when: receipt("failed", 1, 2, 2),
    then: ["failed", "PARTIAL"],
    rows: ["accepted"],
    raised: "PARTIAL_DELIVERY"
  },
  {
    name: "waiting + a part of the failed attempt delivered → failed (PARTIAL), retry cancelled",
    given: notification("waiting", [
      marked({ state: "accepted", parts: 2, seen: [0, 32, 32], failure: failure() }),
      row({ n: 2 })
    ]),
    when: receipt("delivered", 1, 1, 2),
    then: ["failed", "PARTIAL"],
    rows: ["accepted", "cancelled"],
    raised: "PARTIAL_DELIVERY"
  },
  {
    // Caught: a look at whether the row is the current one instead of at what arrived of it.
    name: "waiting + failed of an earlier row, whole → no change",
    given: notification("waiting", [accepted, { ...refused, n: 2 }, row({ n: 3 })]),
    when: receipt("failed"),
    then: ["waiting"],
    rows: ["accepted", "refused", "pending"]
  },
  {
    // Caught: a second message on top of half of the first, until E.
    name: "active + a part of an earlier row delivered → failed (PARTIAL), the next cancelled",
    given: notification("active", [
      marked({ state: "accepted", parts: 2, seen: [0, 32, 0] }),
      { ...voided, n: 2 },
      row({ n: 3 })
    ]),
    when: receipt("delivered", 1, 2, 2),
    then: ["failed", "PARTIAL"],
    rows: ["accepted", "void", "cancelled"],
    raised: "PARTIAL_DELIVERY"
  },
  {
    // Caught: a failure while a later request may be on the wire.
    name: "waiting + a part of an earlier row delivered, the current row amb → no change",
    given: notification("waiting", [
      marked({ state: "accepted", parts: 2, seen: [0, 32, 0] }),
      unknown({ n: 2, state: "pending" })
    ]),
    when: receipt("delivered", 1, 2, 2),
    then: ["waiting"],
    rows: ["accepted", "pending"]
  },
  {
    // Caught: an end state left for another.
    name: "suppressed + a part of an earlier row delivered → no change",
    given: notification("suppressed", [
      marked({ state: "accepted", parts: 2, seen: [0, 32, 0] }),
      row({ n: 2, state: "cancelled" }),
      { ...voided, n: 3 },
      row({ n: 4, state: "cancelled" })
    ]),
    when: receipt("delivered", 1, 2, 2),
    then: ["suppressed"],
    rows: ["accepted", "cancelled", "void", "cancelled"]
  },
  {
    name: "active + failed of a row that is not current → no change",
    given: notification("active", [accepted, marked({ n: 2 })]),
    when: receipt("failed"),
    then: ["active"],
    rows: ["accepted", "submitting"]
  },
  {
    name: "undeliverable + late failed (current row) → failed, no retry",
    given: notification("undeliverable", [marked({ state: "closed" })]),
    when: receipt("failed"),
    then: ["failed", "LATE_FAILURE"],
    rows: ["accepted"]
  },
  {
    name: "failed + failed → no change",
    given: notification("failed", [accepted]),
    when: receipt("failed"),
    then: ["failed"],
    rows: ["accepted"]
  }
]

const claimed2 = row({ n: 2, state: "claimed" })
const acceptance = (n: number) =>
  ({ _tag: "AcceptanceSeen", n, carrierMessageId: "c", via: "lookup" }) as const

const turns: ReadonlyArray<Case> = [
  {
    name: "waiting + T3 → active",
    given: notification("waiting", [refused, claimed2]),
    when: { _tag: "Marked", n: 2, validUntilMs: null, parts: 1 },
    then: ["active"],
    rows: ["refused", "submitting"]
  },
  {
    name: "waiting + acceptance of the current row → active",
    given: notification("waiting", [refused, claimed2]),
    when: acceptance(2),
    then: ["active"],
    rows: ["refused", "accepted"]
  },
  {
    name: "waiting + an earlier void row turns out accepted → active, later rows cancelled",
    given: notification("waiting", [voided, claimed2]),
    when: acceptance(1),
    then: ["active"],
    rows: ["accepted", "cancelled"]
  },
  {
    name: "waiting + an earlier row turns out accepted, the later one is amb → waiting",
    given: notification("waiting", [voided, unknown({ n: 2, state: "pending" })]),
    when: acceptance(1),
    then: ["waiting"],
    rows: ["accepted", "pending"]
  },
  {
    name: "waiting + an earlier row turns out accepted behind a refused one → its successor stays",
    given: notification("waiting", [voided, { ...refused, n: 2 }, row({ n: 3 })]),
    when: acceptance(1),
    then: ["waiting"],
    rows: ["accepted", "refused", "pending"]
  },
  {
    name: "active + acceptance of an earlier row, the last one cancelled → active, cancelled stays",
    given: notification("active", [voided, claimed2, row({ n: 3, state: "cancelled" })]),
    when: acceptance(1),
    then: ["active"],
    rows: ["accepted", "cancelled", "cancelled"]
  },
  {
    name: "active + a silent look-up of a row that is not current → no row",
    given: notification("active", [unknown(), marked({ n: 2 })]),
    when: timePassed,
    in: { nowMs: t0 + 97 * hour },
    then: ["active"],
    rows: ["unknown", "submitting"],
    because: "NOT_DUE"
  },
  {
    name: "delivered + cannot be resolved by asking → no change but the row's own mark",
    given: notification("delivered", [accepted, unknown({ n: 2 })]),
    when: { _tag: "NoLookup", n: 2 },
    in: { capabilities: carrier("N") },
    then: ["delivered"],
    rows: ["accepted", "unknown"]
  },
  {
    name: "active + failed after a reopening → waiting, the cancelled row is used again",
    given: notification("active", [accepted, row({ n: 2, state: "cancelled" })]),
    when: receipt("failed"),
    then: ["waiting"],
    rows: ["accepted", "pending"],
    due: t0 + 6 * hour
  },
  {
    name: "active + current row closed → undeliverable",
    given: notification("active", [accepted]),
    when: timePassed,
    in: { nowMs: t0 + 72 * hour },
    then: ["undeliverable"],
    rows: ["closed"]
  },
  {
    name: "active + a row closed that is not current → no change",
    given: notification("active", [accepted, marked({ n: 2, firstMarkMs: t0 + hour })]),
    when: timePassed,
    in: { nowMs: t0 + 72 * hour },
    then: ["active"],
    rows: ["closed", "submitting"]
  },
  {
    name: "failed + its row closed → no change",
    given: notification("failed", [unknown({ escalated: true })]),
    when: timePassed,
    in: { nowMs: t0 + 72 * hour, capabilities: carrier("N") },
    then: ["failed"],
    rows: ["closed"]
  },
  {
    name: "active + cannot be resolved by asking → escalated",
    given: notification("active", [unknown({ validUntilMs: null })]),
    when: { _tag: "NoLookup", n: 1 },
    in: { capabilities: carrier("N") },
    then: ["escalated", "UNRESOLVABLE"],
    rows: ["unknown"],
    raised: "UNRESOLVABLE"
  }
]

const escalated = notification("escalated", [unknown({ validUntilMs: null, escalated: true })])
const resend = { _tag: "Resolved", action: "resend", by: two } as const
const close = { _tag: "Resolved", action: "close", by: two } as const
const N = { capabilities: carrier("N") }

const decisions: ReadonlyArray<Case> = [
  {
    name: "escalated + two people close → failed (CLOSED)",
    given: escalated,
    when: close,
    then: ["failed", "CLOSED"],
    rows: ["unknown"]
  },
  {
    name: "escalated + two people: next row → the unknown row is given up, row n + 1 at R",
    given: escalated,
    when: resend,
    in: N,
    then: ["waiting"],
    rows: ["closed", "pending"],
    due: t0 + 6 * hour
  },
  {
    name: "escalated over a void row + two people: next row → row n + 1",
    given: notification("escalated", [voided]),
    when: resend,
    then: ["waiting"],
    rows: ["void", "pending"]
  },
  {
    name: "escalated + one person twice → no row",
    given: escalated,
    when: { ...resend, by: ["dana", "Dana "] },
    then: ["escalated"],
    rows: ["unknown"],
    because: "SAME_PERSON"
  },
  {
    name: "active + two people → no row",
    given: notification("active", [unknown()]),
    when: close,
    then: ["active"],
    rows: ["unknown"],
    because: "NO_TRANSITION"
  },
  ...(
    [
      ["is accepted", notification("escalated", [accepted]), {}],
      ["is the fifth", notification("escalated", rows(5, unknown())), {}],
      ["is the third consumed", notification("escalated", [refused, refused, unknown()]), {}],
      ["may not be sent any more", escalated, suppressed],
      ["is missing", notification("escalated", []), {}]
    ] as const
  ).map(([why, given, over]) => ({
    name: `escalated + two people: next row (the current row ${why}) → no row`,
    given,
    when: resend,
    in: over,
    then: ["escalated"] as const,
    rows: given.attempts.map((attempt) => attempt.state),
    because: "NOT_ALLOWED" as const
  }))
]

const quarantine = { quarantine: { sinceMs: t0 - hour } }

const restores: ReadonlyArray<Case> = [
  {
    // Caught: a notification that stays escalated over a row nobody asked people about.
    name: "1.4: escalated + two people: next row, under a quarantine → active, the row unknown",
    given: escalated,
    when: resend,
    in: { ...N, ...quarantine },
    then: ["active"],
    rows: ["closed", "unknown"]
  },
  {
    name: "1.4: held + release under a quarantine → active, the first row unknown",
    given: notification("held", [], { expiryMs: null }),
    when: release,
    in: quarantine,
    then: ["active"],
    rows: ["unknown"]
  },
  {
    name: "1.4: active + void under a quarantine → the next row is unknown as well",
    given: notification("active", [unknown({ keyClosed: true })]),
    when: notFound(1),
    in: { ...over, ...quarantine },
    then: ["active"],
    rows: ["void", "unknown"]
  },
  {
    name: "1.4: undeliverable + late failed under a quarantine → no change: a later one may live",
    given: notification("undeliverable", [marked({ state: "closed" })]),
    when: receipt("failed"),
    in: quarantine,
    then: ["undeliverable"],
    rows: ["accepted"]
  },
  {
    name: "1.4: active + failed under a quarantine, never → active: the next row is only asked for",
    given: notification("active", [accepted]),
    when: receipt("failed"),
    in: { ...suppressed, ...quarantine },
    then: ["active"],
    rows: ["accepted", "unknown"]
  }
]

describe("delivery protocol 1.2, notification", () => {
  const all = [commands, deliveries, failures, turns, decisions, restores].flat()
  for (const test of all) {
    it(test.name, () => {
      const { notification: after, facts } = Delivery.step(test.given, test.when, context(test.in))
      assert.strictEqual(after.state, test.then[0])
      if (test.then[1] !== undefined) assert.strictEqual(after.reason, test.then[1])
      assert.deepStrictEqual(
        after.attempts.map((attempt) => attempt.state),
        test.rows
      )
      if (test.due !== undefined) assert.strictEqual(after.attempts.at(-1)?.dueMs, test.due)
      const raised = facts.find((fact) => fact._tag === "EscalationRaised")
      assert.strictEqual(raised?.cause, test.raised)
      const last = facts.at(-1)
      assert.strictEqual(last?._tag === "Ignored" ? last.because : undefined, test.because)
      if (test.because !== undefined) assert.strictEqual(after, test.given)
    })
  }

  it("1.2: a late delivery is recorded as late, one in time is not", () => {
    const tags = (state: Notification["state"]) =>
      Delivery.decide(notification(state, [accepted]), receipt("delivered"), context()).map(
        (fact) => fact._tag
      )
    assert.include(tags("undeliverable"), "LateDelivery")
    assert.notInclude(tags("active"), "LateDelivery")
  })

  it("1.2: E is fixed by the first release", () => {
    const again = notification("held", [row({ state: "cancelled" })])
    assert.strictEqual(Delivery.step(again, release, context()).notification.expiryMs, E)
    const first = notification("held", [], { expiryMs: null })
    assert.strictEqual(Delivery.step(first, release, context()).notification.expiryMs, E + hour)
  })

  it("1.4: a row added under a quarantine has S of the restore, V the maximum, K closed", () => {
    const first = notification("held", [], { expiryMs: null })
    const { notification: after } = Delivery.step(first, release, context(quarantine))
    assert.deepInclude(after.attempts[0], {
      ambiguous: true,
      keyClosed: true,
      firstMarkMs: t0 - hour,
      validUntilMs: t0 - hour + policy.validityMs,
      unknownSinceMs: clock0
    })
  })

  it("1.2: a row given up by two people is closed with their decision as its code", () => {
    const { notification: after } = Delivery.step(escalated, resend, context(N))
    const given = after.attempts[0]
    assert.strictEqual(given !== undefined && Attempt.isGivenUp(given), true)
  })

  it("1.3: a part called both delivered and dead is counted as a contradiction", () => {
    const facts = Delivery.decide(
      notification("waiting", [failed, row({ n: 2 })]),
      receipt("delivered"),
      context()
    ).map((fact) => fact._tag)
    assert.deepStrictEqual(facts, [
      "ReceiptFolded",
      "ContradictoryReceipt",
      "AttemptCancelled",
      "NotificationDelivered"
    ])
  })
})
