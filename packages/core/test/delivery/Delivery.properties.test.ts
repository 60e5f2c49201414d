import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as Attempt from "../../src/delivery/Attempt.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import { guard } from "../../src/delivery/MarkGuard.ts"
import * as Notification from "../../src/delivery/Notification.ts"
import * as RetryPolicy from "../../src/delivery/RetryPolicy.ts"
import * as Consequences from "../../src/ports/store/Consequences.ts"
import { carrier, classes, clock0, failure, granted, hour, minute, policy, t0 } from "./carriers.ts"

/** **Source** — delivery protocol 1.1, 1.2; invariants 15, 24 to 26, 30, 34. */
describe("for every carrier class and every history of events", () => {
  // Caught: `noRetryReason` without its `consumed` condition.
  // Caught: `replaceVoid` with `n > maxRows`.
  it("never has more than three consumed attempts or five rows, nor adds one beyond them", () => {
    fc.assert(
      fc.property(histories(honest), (history) => {
        replay(history, (_, { notification, facts }) => {
          const consumed = Notification.consumed(notification)
          const isAdding = facts.some((fact) => fact._tag === "AttemptAdded")
          assert.isAtMost(consumed + (isAdding ? 1 : 0), policy.maxConsumed)
          assert.isAtMost(notification.attempts.length, policy.maxRows)
        })
      })
    )
  })

  // Caught: `addNext` with `+ 2`.
  it("always numbers its rows from 1 without a gap", () => {
    fc.assert(
      fc.property(histories(anything), (history) => {
        replay(history, (before, { notification, facts }) => {
          notification.attempts.forEach((row, i) => assert.strictEqual(row.n, i + 1))
          for (const fact of facts) {
            if (fact._tag === "AttemptAdded") assert.isAtMost(fact.n, before.attempts.length + 1)
          }
        })
      })
    )
  })

  // Caught: `withdraw` allowed in every state.
  // Caught: `concludeClosed` without its state condition.
  it("never leaves an end state, except for delivered, for failed after undeliverable, for held after withdrawn", () => {
    fc.assert(
      fc.property(histories(anything), (history) => {
        replay(history, (before, { notification: after }, event) => {
          if (!Notification.isTerminal(before.state) || before.state === after.state) return
          const allowed =
            (after.state === "delivered" && event._tag === "ReceiptSeen") ||
            (before.state === "undeliverable" && after.state === "failed") ||
            (before.state === "withdrawn" && after.state === "held")
          assert.isTrue(allowed, `${before.state} + ${event._tag} → ${after.state}`)
        })
      })
    )
  })

  // Caught: `returned` wiping the row after a refused mark and a lease over as well.
  // Caught: `speaksForAll` true for answers that are not stored.
  it("never clears an ambiguity, except by the stored proof that nothing was sent", () => {
    fc.assert(
      fc.property(histories(anything), (history) => {
        replay(history, (before, { notification: after }, event) => {
          for (const row of before.attempts) {
            if (!row.ambiguous || after.attempts[row.n - 1]?.ambiguous === true) continue
            assert.isTrue(event._tag === "ProvenNotSent" && event.stored)
          }
        })
      })
    )
  })

  // Caught: `retryDueMs` without the retry gap.
  it("never marks two consumed attempts less than six hours apart", () => {
    fc.assert(
      fc.property(histories(honest), (history) => {
        replay(history, (_, { notification }) => {
          const marks = notification.attempts.flatMap((row) =>
            Attempt.isConsumed(row) && row.firstMarkMs !== null ? [row.firstMarkMs] : []
          )
          for (let i = 1; i < marks.length; i++) {
            assert.isAtLeast((marks[i] ?? 0) - (marks[i - 1] ?? 0), policy.retryGapMs)
          }
        })
      })
    )
  })

  // Caught: `withAttempt` copying every row.
  it("keeps the identity of every attempt whose values did not change, and only of those", () => {
    fc.assert(
      fc.property(histories(anything), (history) => {
        replay(history, (before, { notification: after }) => {
          for (const row of before.attempts) {
            const now = after.attempts[row.n - 1]
            if (now === row) continue
            assert.notDeepEqual(now, row)
          }
        })
      })
    )
  })

  // Caught: `emit` putting facts in front.
  it("always gives facts that alone make the state", () => {
    fc.assert(
      fc.property(histories(anything), (history) => {
        replay(history, (before, { notification: after, facts }) => {
          assert.deepStrictEqual(facts.reduce(Delivery.evolve, before), after)
        })
      })
    )
  })

  // Caught: `endLease` answering `NO_TRANSITION` after its change.
  it("always ignores exactly the events that change nothing, and says so once", () => {
    fc.assert(
      fc.property(histories(anything), (history) => {
        replay(history, (before, { notification: after, facts }) => {
          const ignored = facts.filter((fact) => fact._tag === "Ignored").length
          if (ignored > 0) {
            assert.strictEqual(after, before)
            assert.strictEqual(facts.length, 1)
          } else if (facts.every((fact) => fact._tag !== "EscalationRaised")) {
            assert.notStrictEqual(after, before)
          }
        })
      })
    )
  })

  // Caught: `expiryTimerMs` without `+ 1`.
  // Caught: `passTime` with `nowMs <= timer`.
  it("always changes something at its next timer and never before it", () => {
    fc.assert(
      fc.property(histories(anything), (history) => {
        replay(history, (_, { notification }) => {
          const { capabilities } = history
          const timer = Notification.nextTimerMs(notification, policy, capabilities)
          const at = (nowMs: number) =>
            Delivery.step(
              notification,
              { _tag: "TimePassed" },
              { nowMs, clockMs: clock0, policy, capabilities }
            ).notification
          if (timer === null) assert.strictEqual(at(t0 + 100_000 * hour), notification)
          else {
            assert.strictEqual(at(timer - 1), notification)
            assert.notStrictEqual(at(timer), notification)
          }
        })
      })
    )
  })

  // Caught: `passTime` without its escalation of a silent look-up.
  it("always ends, or is in the hands of people, when the carrier falls silent and time goes on", () => {
    fc.assert(
      fc.property(histories(honest), (history) => {
        const { notification, nowMs } = replay(history)
        const { state } = goSilent(notification, nowMs, history.capabilities)
        assert.isTrue(Notification.isTerminal(state) || state === "escalated" || state === "held")
      })
    )
  })
})

/** **Source** — delivery protocol 2.4, rule 1; invariant 24. */
describe("for every stale worker", () => {
  // Caught: `loseOutcome` for `unknown` rows as well.
  it("never changes an attempt that is not submitting by a negative or neutral answer", () => {
    fc.assert(
      fc.property(histories(anything), fc.constantFrom(...stale), (history, event) => {
        const { notification, nowMs } = replay(history)
        for (const row of notification.attempts) {
          if (row.state === "submitting") continue
          const context = { nowMs, clockMs: clock0, policy, capabilities: history.capabilities }
          const after = Delivery.step(notification, { ...event, n: row.n }, context)
          assert.strictEqual(after.notification, notification)
        }
      })
    )
  })
})

/** **Source** — delivery protocol 1.2 (not never). */
describe("for every store that has not read what was decided about a customer since", () => {
  const unread: Delivery.Standing = {
    get withdrawnReason() {
      return assert.fail("the qualification was asked for")
    },
    get suppressedReason() {
      return assert.fail("the suppression was asked for")
    }
  }

  // Caught: negative receipts taken for good news.
  it("never asks for it in a run of events that are said not to need it", () => {
    fc.assert(
      fc.property(histories(honest), fc.array(news, { maxLength: 6 }), (history, run) => {
        const { notification: before, nowMs } = replay(history)
        const { capabilities } = history
        const context = { nowMs, clockMs: clock0, policy, capabilities, standing: unread }
        let notification = before
        for (const template of run) {
          for (const { n } of before.attempts) {
            const event = { ...template, n }
            if (Consequences.needsStanding(before, event)) continue
            notification = Delivery.step(notification, event, context).notification
          }
        }
      })
    )
  })
})

interface History {
  readonly capabilities: ReturnType<typeof carrier>
  readonly events: ReadonlyArray<Happening>
}
interface Happening {
  readonly event: Delivery.DeliveryEvent
  readonly afterMs: number
  /** How far back from the latest row the event's attempt lies. */
  readonly back: number
  /** Skip what the mark guard or a carrier with honest evidence would never do. */
  readonly honest: boolean
}

const stale: ReadonlyArray<Extract<Delivery.DeliveryEvent, { readonly n: number }>> = [
  { _tag: "OutcomeUnknown", n: 1 },
  { _tag: "RefusalSeen", n: 1, failure: failure(), stored: true },
  { _tag: "ProvenNotSent", n: 1, code: "429", notBeforeMs: null, stored: true }
]

type Check = (
  before: Notification.Notification,
  after: Delivery.Step,
  event: Delivery.DeliveryEvent
) => void

/** Runs a history; every event meets `check` with the state before it. */
const replay = (history: History, check?: Check) => {
  let notification: Notification.Notification = Notification.held
  let nowMs = t0
  let clockMs = clock0
  for (const { event: template, afterMs, back, honest } of history.events) {
    nowMs += afterMs
    clockMs += afterMs
    const n = Math.max(1, notification.attempts.length - back)
    const event = "n" in template ? { ...template, n } : template
    const context = { nowMs, clockMs, policy, capabilities: history.capabilities }
    if (honest && !isHonest(notification, event, context)) continue
    const after = Delivery.step(notification, event, context)
    check?.(notification, after, event)
    notification = after.notification
  }
  return { notification, nowMs }
}

/** The mark guard holds, and a carrier accepts only what was sent and not taken back. */
const isHonest = (
  notification: Notification.Notification,
  event: Delivery.DeliveryEvent,
  context: Delivery.DeliveryContext
): boolean => {
  if (event._tag === "Marked") {
    return guard(notification, event.n, context, granted(context.nowMs)) === undefined
  }
  if (event._tag !== "AcceptanceSeen" && event._tag !== "ReceiptSeen") return true
  const state = Notification.attemptAt(notification, event.n)?.state
  return state === "submitting" || state === "unknown" || state === "accepted"
}

/** Workers go on claiming, nothing is ever answered, and business time passes timer by timer. */
const goSilent = (
  from: Notification.Notification,
  fromMs: number,
  capabilities: ReturnType<typeof carrier>
): Notification.Notification => {
  let notification = from
  let nowMs = fromMs
  for (let round = 0; round < 200; round++) {
    const context = { nowMs, clockMs: clock0 + nowMs, policy, capabilities }
    const apply = (event: Delivery.DeliveryEvent) => {
      notification = Delivery.step(notification, event, context).notification
    }
    for (const { n } of notification.attempts) {
      apply({ _tag: "LeaseOver", n })
      apply({ _tag: "Claimed", n })
      apply({ _tag: "MarkRefused", n })
      apply({ _tag: "NoLookup", n })
    }
    apply({ _tag: "TimePassed" })
    const next = Notification.nextTimerMs(notification, policy, capabilities)
    nowMs = next === null ? nowMs + hour : Math.max(nowMs, next)
  }
  return notification
}

const capabilities = fc.constantFrom(...classes).map((name) => carrier(name))

const receipt = fc.record({
  state: fc.constantFrom("accepted", "enroute", "unknown", "expired", "failed", "delivered"),
  part: fc.constantFrom(1, 1, 2),
  parts: fc.constantFrom(null, 2, 2),
  failure: fc.constantFrom(null, failure(), failure({ disposition: "permanent" }))
})

/** What a carrier tells of a message it has. */
const news = fc.oneof(
  fc.record({
    _tag: fc.constant("AcceptanceSeen" as const),
    n: fc.constant(1),
    carrierMessageId: fc.constantFrom(null, "a", "b"),
    via: fc.constant("receipt" as const)
  }),
  fc.record({ _tag: fc.constant("ReceiptSeen" as const), n: fc.constant(1), receipt })
)

/** Weighted towards the way of a message, so that histories get far; `n` is set in the replay. */
const event: fc.Arbitrary<Delivery.DeliveryEvent> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ _tag: "Released", expiryMs: t0 + 200 * hour } as const) },
  { weight: 12, arbitrary: fc.constant({ _tag: "Claimed", n: 1 } as const) },
  {
    weight: 12,
    arbitrary: fc.record({
      _tag: fc.constant("Marked" as const),
      n: fc.constant(1),
      validUntilMs: fc.constant(null),
      parts: fc.constantFrom(1, 2)
    })
  },
  { weight: 1, arbitrary: fc.constant({ _tag: "MarkRefused", n: 1 } as const) },
  { weight: 1, arbitrary: fc.constant({ _tag: "LeaseOver", n: 1 } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant("AcceptanceSeen" as const),
      n: fc.constant(1),
      carrierMessageId: fc.constantFrom(null, "a", "b"),
      via: fc.constant("answer" as const)
    })
  },
  {
    weight: 6,
    arbitrary: fc.record({
      _tag: fc.constant("RefusalSeen" as const),
      n: fc.constant(1),
      failure: fc.constantFrom(failure(), failure(), failure({ disposition: "fix" })),
      stored: fc.boolean()
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant("ProvenNotSent" as const),
      n: fc.constant(1),
      code: fc.constant("429"),
      notBeforeMs: fc.constant(null),
      stored: fc.boolean()
    })
  },
  { weight: 4, arbitrary: fc.constant({ _tag: "OutcomeUnknown", n: 1 } as const) },
  { weight: 1, arbitrary: fc.constant({ _tag: "KeyLost", n: 1 } as const) },
  { weight: 8, arbitrary: fc.constant({ _tag: "NotFound", n: 1 } as const) },
  { weight: 4, arbitrary: fc.constant({ _tag: "NoLookup", n: 1 } as const) },
  {
    weight: 6,
    arbitrary: receipt.map((seen) => ({ _tag: "ReceiptSeen", n: 1, receipt: seen }) as const)
  },
  { weight: 2, arbitrary: fc.constant({ _tag: "TimePassed" } as const) },
  { weight: 1, arbitrary: fc.constant({ _tag: "Withdrawn", reason: "CORRECTED" } as const) },
  { weight: 1, arbitrary: fc.constant({ _tag: "Suppressed", reason: "OPT_OUT" } as const) },
  { weight: 1, arbitrary: fc.constant({ _tag: "QualifiedAgain" } as const) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("resend", "close")
      .map((action) => ({ _tag: "Resolved", action, by: ["dana", "omer"] }) as const)
  }
)

const happening = (isHonestOnly: boolean): fc.Arbitrary<Happening> =>
  fc.record({
    event,
    afterMs: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, 1000) },
      { weight: 3, arbitrary: fc.constantFrom(3 * minute, 6 * hour) },
      { weight: 1, arbitrary: fc.constantFrom(20 * hour, 73 * hour) }
    ),
    back: fc.constantFrom(0, 0, 0, 0, 0, 1, 2),
    honest: fc.constant(isHonestOnly)
  })

const anything = happening(false)
const honest = happening(true)

/** Every history begins with its release; most of the rest follows a message on its way. */
const histories = (each: fc.Arbitrary<Happening>): fc.Arbitrary<History> =>
  fc.record({
    capabilities,
    events: fc.oneof(
      { weight: 1, arbitrary: fc.array(each, { maxLength: 60, size: "max" }) },
      {
        weight: 3,
        arbitrary: fc.tuple(released, ways(each)).map(([first, rest]) => [first, ...rest])
      }
    )
  })

const simple = (event: Delivery.DeliveryEvent, afterMs = 0): Happening => ({
  event,
  afterMs,
  back: 0,
  honest: true
})

const released = fc.constant(simple({ _tag: "Released", expiryMs: t0 + 200 * hour }))

const claimed = (afterMs = 0) => simple({ _tag: "Claimed", n: 1 }, afterMs)
const marked = simple({ _tag: "Marked", n: 1, validUntilMs: null, parts: 1 })
const lost = simple({ _tag: "OutcomeUnknown", n: 1 })
const askedFor = [
  simple({ _tag: "NotFound", n: 1 }, 3 * minute),
  simple({ _tag: "NoLookup", n: 1 }, minute)
]
const days = simple({ _tag: "TimePassed" }, 73 * hour)
const notSent = (stored: boolean) =>
  simple({ _tag: "ProvenNotSent", n: 1, code: "429", notBeforeMs: null, stored })

/** The ends a marked attempt can come to. */
const ends: ReadonlyArray<ReadonlyArray<Happening>> = [
  [simple({ _tag: "RefusalSeen", n: 1, failure: failure(), stored: false })],
  [lost, ...askedFor],
  [lost, ...askedFor, simple({ _tag: "Resolved", action: "resend", by: ["dana", "omer"] })],
  [lost, ...askedFor, simple({ _tag: "Resolved", action: "close", by: ["dana", "omer"] }), days],
  [simple({ _tag: "AcceptanceSeen", n: 1, carrierMessageId: "a", via: "answer" }), days],
  [lost, ...askedFor, claimed(), simple({ _tag: "LeaseOver", n: 1 })],
  [lost, ...askedFor, claimed(), marked, notSent(false)],
  [lost, ...askedFor, claimed(), marked, notSent(true)]
]

/** Claim, mark, an end of the attempt, and the wait before the next; now and then anything. */
const turn = (each: fc.Arbitrary<Happening>, end: fc.Arbitrary<ReadonlyArray<Happening>>) =>
  fc
    .tuple(fc.constantFrom(3 * minute, 7 * hour), end, fc.array(each, { maxLength: 2 }))
    .map(([waitMs, last, extra]) => [claimed(waitMs), marked, ...last, ...extra])

/** Half of the histories take the same way again and again, so that the limits are reached. */
const ways = (each: fc.Arbitrary<Happening>): fc.Arbitrary<ReadonlyArray<Happening>> => {
  const mixed = fc.array(turn(each, fc.constantFrom(...ends)), { maxLength: 7, size: "max" })
  const same = fc.constantFrom(...ends).chain((end) =>
    fc.array(turn(fc.oneof(fc.constant(claimed()), each), fc.constant(end)), {
      minLength: 6,
      maxLength: 12
    })
  )
  return fc.oneof(mixed, same).map((turns) => turns.flat())
}

/** **Source** — delivery protocol, part 1 (Constants, Timing). */
describe("for every retry policy fragment", () => {
  // Caught: `problem` without `VALIDITY_EXCEEDS_RETRY_GAP`.
  it("never accepts one under which an attempt outlives the gap to the next", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (gap, life) => {
        const fragment = { ...policy, retryGapMs: gap * hour, validityMs: life * hour }
        const outlives = fragment.validityMs + fragment.skewMs > fragment.retryGapMs
        assert.strictEqual(RetryPolicy.problem(fragment) !== undefined, outlives)
      })
    )
  })
})
