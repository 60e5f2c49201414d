/**
 * What a decision says of itself, value by value: causes, codes and instants that a store writes
 * down and people read. The tables' tests name the facts, this one reads them.
 */
import { assert, describe, it } from "vitest"
import { resendDecided } from "../../src/delivery/Attempt.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import type { Notification } from "../../src/delivery/Notification.ts"
import {
  carrier,
  clock0,
  context,
  E,
  hour,
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
  readonly facts: ReadonlyArray<Delivery.DeliveryFact>
}

const n = 1
const claimed = row({ state: "claimed" })
const accepted = marked({ state: "accepted" })
const active = (...attempts: Notification["attempts"]) => notification("active", attempts)
const withdrawn = { standing: { withdrawnReason: "CORRECTED", suppressedReason: null } }
const receipt = (state: "enroute" | "delivered" | "failed", part = 1, parts = 1) =>
  ({ state, part, parts, failure: null }) as const
const expired = { nowMs: E - policy.requestDeadlineMs + 1 }
const ignored = (event: Delivery.DeliveryEvent["_tag"], because: Delivery.IgnoredReason, at = n) =>
  [{ _tag: "Ignored", event, n: event === "TimePassed" ? null : at, because }] as const

const cases: ReadonlyArray<Case> = [
  // Caught: rows that go back without saying why.
  {
    name: "a claim whose lease is over goes back as due as it was",
    given: active({ ...claimed, dueMs: t0 - hour }),
    when: { _tag: "LeaseOver", n },
    facts: [{ _tag: "AttemptReturned", n, dueMs: t0 - hour, cause: "LEASE_OVER", code: null }]
  },
  {
    name: "a refused mark goes back, due when asking again makes sense",
    given: active(claimed),
    when: { _tag: "MarkRefused", n, notBeforeMs: t0 + hour },
    facts: [{ _tag: "AttemptReturned", n, dueMs: t0 + hour, cause: "MARK_REFUSED", code: null }]
  },
  {
    // Caught: a mark refused in time that makes the row due earlier than it was.
    name: "a refused mark makes no row due earlier",
    given: active({ ...claimed, dueMs: t0 - minute }),
    when: { _tag: "MarkRefused", n, notBeforeMs: t0 - hour },
    facts: [{ _tag: "AttemptReturned", n, dueMs: t0 - minute, cause: "MARK_REFUSED", code: null }]
  },
  {
    name: "what the carrier did not take keeps the carrier's code",
    given: active(marked()),
    when: { _tag: "ProvenNotSent", n, code: "429", notBeforeMs: t0 - hour, stored: false },
    facts: [{ _tag: "AttemptReturned", n, dueMs: t0, cause: "NOT_SENT", code: "429" }]
  },
  {
    name: "a replay is due now",
    given: active(unknown()),
    when: { _tag: "NotFound", n },
    in: { nowMs: t0 + minute, clockMs: clock0 + settle },
    facts: [{ _tag: "AttemptReturned", n, dueMs: t0 + minute, cause: "REPLAY", code: null }]
  },
  // Caught: an acceptance by receipt told as one by an answer.
  {
    name: "a receipt of a message nobody knew to be accepted is its acceptance",
    given: active(unknown()),
    when: { _tag: "ReceiptSeen", n, receipt: receipt("enroute") },
    facts: [
      { _tag: "AttemptAccepted", n, atMs: t0, carrierMessageId: null, via: "receipt" },
      { _tag: "ReceiptFolded", n, atMs: t0, receipt: receipt("enroute"), outcome: "open" }
    ]
  },
  {
    name: "two ids of one message are told to people",
    given: active({ ...accepted, carrierMessageId: "c-0" }),
    when: { _tag: "AcceptanceSeen", n, carrierMessageId: "c-1", via: "answer" },
    facts: [{ _tag: "EscalationRaised", cause: "CONFLICTING_CARRIER_ID", n }]
  },
  {
    name: "a look-up that stayed silent is told to people",
    given: active(unknown()),
    when: { _tag: "TimePassed" },
    in: { nowMs: t0 + 96 * hour },
    facts: [
      { _tag: "AttemptEscalated", n },
      { _tag: "NotificationEscalated", cause: "LOOKUP_SILENT" },
      { _tag: "EscalationRaised", cause: "LOOKUP_SILENT", n }
    ]
  },
  {
    // Caught: a second attempt taken for delivered by the first one's later receipts.
    name: "a weaker receipt after the delivery is no second delivery",
    given: notification("delivered", [{ ...accepted, seen: [0, 64] }]),
    when: { _tag: "ReceiptSeen", n, receipt: receipt("enroute") },
    facts: [
      { _tag: "ReceiptFolded", n, atMs: t0, receipt: receipt("enroute"), outcome: "delivered" }
    ]
  },
  {
    // Caught: an acceptance that cancels what is cancelled already.
    name: "an earlier acceptance leaves a cancelled row alone",
    given: active(marked({ state: "void" }), row({ n: 2, state: "cancelled" })),
    when: { _tag: "AcceptanceSeen", n, carrierMessageId: null, via: "lookup" },
    facts: [{ _tag: "AttemptAccepted", n, atMs: t0, carrierMessageId: null, via: "lookup" }]
  },
  {
    // Caught: a row that is given up without a code that lets the next one pass.
    name: "what two people give up says so",
    given: notification("escalated", [unknown({ validUntilMs: null, escalated: true })]),
    when: { _tag: "Resolved", action: "resend", by: ["dana", "omer"] },
    in: { capabilities: carrier("N") },
    facts: [
      { _tag: "EscalationResolved", action: "resend", by: ["dana", "omer"] },
      {
        _tag: "AttemptClosed",
        n,
        failure: { category: "Undeliverable", disposition: "unknown", code: resendDecided }
      },
      { _tag: "AttemptAdded", n: 2, dueMs: t0 + 6 * hour, restored: null },
      { _tag: "NotificationWaiting", dueMs: t0 + 6 * hour }
    ]
  },
  {
    // Caught: a key that only silence can lose.
    name: "a key is lost while its first answer is awaited",
    given: active(marked()),
    when: { _tag: "KeyLost", n },
    facts: [{ _tag: "AttemptKeyClosed", n }]
  },
  {
    name: "a key is lost once",
    given: active(unknown({ keyClosed: true })),
    when: { _tag: "KeyLost", n },
    facts: ignored("KeyLost", "NO_TRANSITION")
  },
  // Caught: messages of no part, or of half a part.
  ...[0, 1.5, 256].map((parts) => ({
    name: `no message has ${parts} parts`,
    given: active(claimed),
    when: { _tag: "Marked", n, validUntilMs: null, parts } as const,
    facts: ignored("Marked", "MALFORMED")
  })),
  {
    name: "a message may have 255 parts",
    given: active(claimed),
    when: { _tag: "Marked", n, validUntilMs: null, parts: 255 },
    facts: [{ _tag: "AttemptMarked", n, atMs: t0, validUntilMs: null, parts: 255 }]
  },
  // Caught: time that withdraws; it only expires and closes.
  {
    name: "time alone withdraws nothing before E",
    given: active(row()),
    when: { _tag: "TimePassed" },
    in: withdrawn,
    facts: ignored("TimePassed", "NOT_DUE")
  },
  {
    name: "time alone withdraws nothing that has no E yet",
    given: notification("held", [], { expiryMs: null }),
    when: { _tag: "TimePassed" },
    in: withdrawn,
    facts: ignored("TimePassed", "NOT_DUE")
  },
  {
    // Caught: an end state that expires.
    name: "a mark refused past E of a notification that has ended cancels the row alone",
    given: notification("delivered", [claimed]),
    when: { _tag: "MarkRefused", n },
    in: expired,
    facts: [{ _tag: "AttemptCancelled", n }]
  }
]

/** **Source** — delivery protocol 1.1, 1.2. */
describe("delivery facts", () => {
  for (const test of cases) {
    it(test.name, () => {
      const facts = Delivery.decide(test.given, test.when, context(test.in))
      assert.deepStrictEqual(facts, test.facts)
    })
  }
})
