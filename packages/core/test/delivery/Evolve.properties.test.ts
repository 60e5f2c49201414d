import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Delivery from "../../src/delivery/Delivery.ts"
import type { DeliveryFact } from "../../src/delivery/DeliveryFact.ts"
import { evolve } from "../../src/delivery/Evolve.ts"
import * as Notification from "../../src/delivery/Notification.ts"
import { carrier, classes, clock0, failure, hour, minute, policy, t0 } from "./carriers.ts"

/** **Source** — delivery protocol 1.1, 1.2 (facts make the state). */
describe("for every history of events", () => {
  // Caught: `Draft.emit` that applies an `AttemptVoid` and does not record it.
  it("always finds the state again from the stored facts alone, from any point on", () => {
    fc.assert(
      fc.property(events, fc.constantFrom(...classes), fc.nat(), (history, carrierClass, cut) => {
        const states: Array<Notification.Notification> = [Notification.held]
        const facts: Array<ReadonlyArray<DeliveryFact>> = []
        let nowMs = t0
        for (const { afterMs, event } of history) {
          nowMs += afterMs
          const before = states.at(-1) ?? Notification.held
          const n = Math.max(1, before.attempts.length)
          const step = Delivery.step(before, "n" in event ? { ...event, n } : event, {
            nowMs,
            clockMs: clock0 + nowMs,
            policy,
            capabilities: carrier(carrierClass)
          })
          states.push(step.notification)
          facts.push(step.facts)
        }
        const from = cut % states.length
        const tail = stored(facts.slice(from).flat())
        assert.deepStrictEqual(
          tail.reduce(evolve, states[from] ?? Notification.held),
          states.at(-1)
        )
      })
    )
  })
})

/** **Source** — delivery protocol 1.1, 1.2. */
describe("for every notification and fact", () => {
  // Caught: `withAttempt` taking the row at `n` instead of `n - 1`; every row copied.
  it("always changes the one attempt it speaks of, and no other value", () => {
    fc.assert(
      fc.property(notifications, attemptFacts, (before, fact) => {
        const after = evolve(before, fact)
        assert.deepInclude(after, {
          state: before.state,
          reason: before.reason,
          expiryMs: before.expiryMs
        })
        const isNew = fact._tag === "AttemptAdded" && fact.n === before.attempts.length + 1
        assert.lengthOf(after.attempts, before.attempts.length + (isNew ? 1 : 0))
        after.attempts.forEach((row, index) => {
          assert.strictEqual(row.n, index + 1)
          if (row.n !== fact.n) assert.strictEqual(row, before.attempts[index])
        })
        if (before.attempts[fact.n - 1] === undefined && !isNew) assert.strictEqual(after, before)
      })
    )
  })

  // Caught: `returned` that clears the ambiguity of a replay; `NOT_SENT` that keeps the
  // generation.
  it("never clears an ambiguity or turns a key back, except by proof that nothing was sent", () => {
    fc.assert(
      fc.property(notifications, attemptFacts, (before, fact) => {
        const [was, is] = [before, evolve(before, fact)].map((each) => each.attempts[fact.n - 1])
        if (was === undefined || is === undefined) return
        const proof = fact._tag === "AttemptReturned" && fact.cause === "NOT_SENT"
        assert.strictEqual(is.keyGeneration, was.keyGeneration + (proof ? 1 : 0))
        if (proof) assert.isFalse(is.ambiguous || is.keyClosed)
        else assert.isTrue(is.ambiguous || !was.ambiguous)
        if (was.keyClosed && !proof) assert.isTrue(is.keyClosed)
      })
    )
  })

  // Caught: `to` with `attempts: []`; `NotificationActivated` that forgets the first expiry.
  it("never touches an attempt, nor forgets an expiry, by a fact about the notification", () => {
    fc.assert(
      fc.property(notifications, notificationFacts, (before, fact) => {
        const after = evolve(before, fact)
        assert.strictEqual(after.attempts, before.attempts)
        const released = fact._tag === "NotificationActivated" ? fact.expiryMs : null
        assert.strictEqual(after.expiryMs, released ?? before.expiryMs)
      })
    )
  })

  // Caught: `Ignored` that gives a copy.
  it("always gives the same object where the fact is only told", () => {
    fc.assert(
      fc.property(notifications, toldFacts, (before, fact) => {
        assert.strictEqual(evolve(before, fact), before)
      })
    )
  })
})

/** As a store gives them back. */
const stored = (facts: ReadonlyArray<DeliveryFact>): ReadonlyArray<DeliveryFact> =>
  JSON.parse(JSON.stringify(facts)) as ReadonlyArray<DeliveryFact>

const n = fc.integer({ min: 1, max: 4 })
const atMs = fc.integer({ min: t0, max: t0 + 100 * hour })

const receipt = fc.record({
  state: fc.constantFrom("accepted", "enroute", "unknown", "expired", "failed", "delivered"),
  part: fc.constantFrom(1, 2),
  parts: fc.constantFrom(null, 2),
  failure: fc.constantFrom(null, failure())
})

type AttemptFact = Extract<DeliveryFact, { readonly _tag: `Attempt${string}` | "ReceiptFolded" }>

const restored = fc.constantFrom(null, { sinceMs: t0, validUntilMs: null, sinceClockMs: clock0 })

/** Every fact about an attempt; added and marked ones often, so that there are rows to change. */
const attemptFacts: fc.Arbitrary<AttemptFact> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant("AttemptAdded" as const),
      n,
      dueMs: atMs,
      restored
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("AttemptMarked" as const),
      n,
      atMs,
      validUntilMs: fc.constant(null),
      parts: fc.constantFrom(1, 2)
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("AttemptUnknown" as const),
      n,
      sinceClockMs: fc.constant(clock0),
      dueMs: fc.constantFrom(null, t0)
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("AttemptReturned" as const),
      n,
      dueMs: atMs,
      cause: fc.constantFrom("LEASE_OVER", "MARK_REFUSED", "NOT_SENT", "REPLAY"),
      code: fc.constantFrom(null, "429")
    })
  },
  fc.record({
    _tag: fc.constant("AttemptAccepted" as const),
    n,
    atMs,
    carrierMessageId: fc.constantFrom(null, "a"),
    via: fc.constant("answer" as const)
  }),
  fc.record({
    _tag: fc.constant("AttemptRefused" as const),
    n,
    atMs,
    failure: fc.constant(failure())
  }),
  fc.record({ _tag: fc.constant("AttemptVoid" as const), n, atMs }),
  fc.record({
    _tag: fc.constant("AttemptClosed" as const),
    n,
    failure: fc.constantFrom(null, failure())
  }),
  fc.record({
    _tag: fc.constant("AttemptIdentified" as const),
    n,
    carrierMessageId: fc.constant("b")
  }),
  fc.record({
    _tag: fc.constant("ReceiptFolded" as const),
    n,
    atMs,
    receipt,
    outcome: fc.constantFrom("open", "failed", "partial", "delivered")
  }),
  fc
    .tuple(
      fc.constantFrom("AttemptClaimed", "AttemptCancelled", "AttemptEscalated", "AttemptKeyClosed"),
      n
    )
    .map(([_tag, row]) => ({ _tag, n: row }) as const)
)

const notificationFacts: fc.Arbitrary<DeliveryFact> = fc.oneof(
  fc.constantFrom<DeliveryFact>(
    { _tag: "NotificationHeld" },
    { _tag: "NotificationWaiting", dueMs: t0 },
    { _tag: "NotificationDelivered", n: 1 },
    { _tag: "NotificationFailed", reason: "EXHAUSTED" },
    { _tag: "NotificationUndeliverable" },
    { _tag: "NotificationWithdrawn", reason: "CORRECTED" },
    { _tag: "NotificationSuppressed", reason: "OPT_OUT" },
    { _tag: "NotificationExpired" },
    { _tag: "NotificationEscalated", cause: "UNRESOLVABLE" }
  ),
  fc.record({
    _tag: fc.constant("NotificationActivated" as const),
    expiryMs: fc.oneof(fc.constant(null), atMs)
  })
)

const toldFacts = fc.constantFrom<DeliveryFact>(
  { _tag: "EscalationRaised", cause: "UNRESOLVABLE", n: 1 },
  { _tag: "EscalationResolved", action: "close", by: ["dana", "omer"] },
  { _tag: "LateDelivery", n: 1, from: "undeliverable" },
  { _tag: "ContradictoryReceipt", n: 1 },
  { _tag: "Ignored", event: "Claimed", n: 1, because: "NOT_DUE" }
)

/** Notifications as facts make them, one to three rows in most. */
const notifications: fc.Arbitrary<Notification.Notification> = fc
  .tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.array(fc.oneof(attemptFacts, notificationFacts), { maxLength: 12 })
  )
  .map(([rows, facts]) => {
    const added = Array.from({ length: rows }, (_, index): DeliveryFact => ({
      _tag: "AttemptAdded",
      n: index + 1,
      dueMs: t0,
      restored: null
    }))
    return [...added, ...facts].reduce(evolve, Notification.held)
  })

const turn = (
  ...kinds: ReadonlyArray<Delivery.DeliveryEvent>
): ReadonlyArray<Delivery.DeliveryEvent> => kinds
const marked: Delivery.DeliveryEvent = { _tag: "Marked", n: 1, validUntilMs: null, parts: 1 }
const claimed: Delivery.DeliveryEvent = { _tag: "Claimed", n: 1 }

/** The ways a message takes, event by event; most of them end a row and open the next. */
const ways = fc.constantFrom(
  turn({ _tag: "Released", expiryMs: t0 + 200 * hour }),
  turn(claimed, marked, { _tag: "RefusalSeen", n: 1, failure: failure(), stored: false }),
  turn(claimed, marked, { _tag: "OutcomeUnknown", n: 1 }, { _tag: "NotFound", n: 1 }),
  turn(claimed, marked, {
    _tag: "ProvenNotSent",
    n: 1,
    code: "429",
    notBeforeMs: null,
    stored: true
  }),
  turn(claimed, marked, {
    _tag: "AcceptanceSeen",
    n: 1,
    carrierMessageId: "a",
    via: "answer"
  }),
  turn({
    _tag: "ReceiptSeen",
    n: 1,
    receipt: { state: "failed", part: 1, parts: null, failure: failure() }
  }),
  turn({ _tag: "TimePassed" }),
  turn({ _tag: "Withdrawn", reason: "CORRECTED" }, { _tag: "QualifiedAgain" }),
  turn({ _tag: "Suppressed", reason: "OPT_OUT" }),
  turn({ _tag: "Resolved", action: "resend", by: ["dana", "omer"] })
)

const events = fc
  .array(fc.tuple(ways, fc.constantFrom(0, 3 * minute, 7 * hour, 73 * hour)), { maxLength: 14 })
  .map((all) => [
    { event: { _tag: "Released", expiryMs: t0 + 200 * hour } as const, afterMs: 0 },
    ...all.flatMap(([way, afterMs]) =>
      way.map((event, index) => ({ event, afterMs: index === 0 ? afterMs : minute }))
    )
  ])
