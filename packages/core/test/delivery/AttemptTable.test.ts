/**
 * Delivery protocol 1.1, row by row. Each case is named after its row: state + event (guard) →
 * next.
 */
import { assert, describe, it } from "vitest"
import type { Attempt } from "../../src/delivery/Attempt.ts"
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
  /** What the row of the event is afterwards; `null`: the notification is the very same object. */
  readonly then: Partial<Attempt> | null
  /** Tags of the facts, in order. */
  readonly facts: ReadonlyArray<string>
  readonly because?: Delivery.IgnoredReason
}

const V = t0 + policy.validityMs
const claimed = row({ state: "claimed" })
const amb = { ambiguous: true, firstMarkMs: t0, unknownSinceMs: clock0 } as const
const settled = { clockMs: clock0 + settle }
const withdrawn = { standing: { withdrawnReason: "CORRECTED", suppressedReason: null } }
const suppressed = { standing: { withdrawnReason: null, suppressedReason: "OPT_OUT" } }
const active = (attempt: Attempt) => notification("active", [attempt])
const n = 1

const claims: ReadonlyArray<Case> = [
  {
    name: "pending + T2 claim (due) → claimed",
    given: active(row()),
    when: { _tag: "Claimed", n },
    then: { state: "claimed" },
    facts: ["AttemptClaimed"]
  },
  {
    name: "pending + T2 claim (not due) → no row",
    given: active(row({ dueMs: t0 + 1 })),
    when: { _tag: "Claimed", n },
    then: null,
    facts: ["Ignored"],
    because: "NOT_DUE"
  },
  {
    name: "claimed + T2 claim → no row",
    given: active(claimed),
    when: { _tag: "Claimed", n },
    then: null,
    facts: ["Ignored"],
    because: "NO_TRANSITION"
  },
  {
    name: "claimed + T3 mark → submitting; S, V and the parts are set",
    given: active(claimed),
    when: { _tag: "Marked", n, validUntilMs: V, parts: 3 },
    then: { state: "submitting", firstMarkMs: t0, validUntilMs: V, parts: 3, replays: 0 },
    facts: ["AttemptMarked"]
  },
  {
    name: "claimed + T3 mark (amb) → submitting; S, V and the parts stay, one replay more",
    given: active(row({ ...amb, state: "claimed", validUntilMs: V, parts: 2 })),
    when: { _tag: "Marked", n, validUntilMs: V + hour, parts: 9 },
    in: { nowMs: t0 + hour },
    then: { state: "submitting", firstMarkMs: t0, validUntilMs: V, parts: 2, replays: 1 },
    facts: ["AttemptMarked"]
  },
  {
    name: "pending + T3 mark → no row",
    given: active(row()),
    when: { _tag: "Marked", n, validUntilMs: null, parts: 1 },
    then: null,
    facts: ["Ignored"],
    because: "NO_TRANSITION"
  },
  {
    name: "claimed + T3 mark (notification not live) → no row",
    given: notification("escalated", [claimed]),
    when: { _tag: "Marked", n, validUntilMs: null, parts: 1 },
    then: null,
    facts: ["Ignored"],
    because: "NOT_ALLOWED"
  },
  {
    name: "claimed + T3 mark with parts no message has → no row",
    given: active(claimed),
    when: { _tag: "Marked", n, validUntilMs: null, parts: 256 },
    then: null,
    facts: ["Ignored"],
    because: "MALFORMED"
  },
  {
    name: "claimed + T3 refused (amb) → unknown, settled since it became unknown",
    given: active(row({ ...amb, state: "claimed" })),
    when: { _tag: "MarkRefused", n, notBeforeMs: t0 + hour },
    in: { ...withdrawn, clockMs: clock0 + hour },
    then: { state: "unknown", ambiguous: true, unknownSinceMs: clock0, dueMs: t0 + hour },
    facts: ["AttemptUnknown"]
  },
  {
    name: "claimed + T3 refused (withdrawn) → cancelled, notification withdrawn",
    given: active(claimed),
    when: { _tag: "MarkRefused", n },
    in: { standing: { withdrawnReason: "CORRECTED", suppressedReason: "OPT_OUT" } },
    then: { state: "cancelled" },
    facts: ["AttemptCancelled", "NotificationWithdrawn"]
  },
  {
    name: "claimed + T3 refused (suppressed) → cancelled, notification suppressed",
    given: active(claimed),
    when: { _tag: "MarkRefused", n },
    in: { ...suppressed, nowMs: E },
    then: { state: "cancelled" },
    facts: ["AttemptCancelled", "NotificationSuppressed"]
  },
  {
    name: "claimed + T3 refused (expired: now + D > E) → cancelled, notification expired",
    given: active(claimed),
    when: { _tag: "MarkRefused", n },
    in: { nowMs: E - policy.requestDeadlineMs + 1 },
    then: { state: "cancelled" },
    facts: ["AttemptCancelled", "NotificationExpired"]
  },
  {
    name: "claimed + T3 refused (notification ended) → cancelled",
    given: notification("delivered", [claimed]),
    when: { _tag: "MarkRefused", n },
    then: { state: "cancelled" },
    facts: ["AttemptCancelled"]
  },
  {
    name: "claimed + T3 refused (otherwise) → pending",
    given: active(claimed),
    when: { _tag: "MarkRefused", n },
    in: { nowMs: E - policy.requestDeadlineMs },
    then: { state: "pending", dueMs: t0 },
    facts: ["AttemptReturned"]
  },
  {
    name: "claimed + T3 refused (otherwise, not before the window opens) → pending, due then",
    given: active(claimed),
    when: { _tag: "MarkRefused", n, notBeforeMs: t0 + hour },
    then: { state: "pending", dueMs: t0 + hour },
    facts: ["AttemptReturned"]
  },
  {
    name: "pending + T3 refused → no row",
    given: active(row()),
    when: { _tag: "MarkRefused", n },
    then: null,
    facts: ["Ignored"],
    because: "NO_TRANSITION"
  },
  {
    name: "claimed + lease over → pending",
    given: active(claimed),
    when: { _tag: "LeaseOver", n },
    then: { state: "pending", ambiguous: false },
    facts: ["AttemptReturned"]
  },
  {
    name: "claimed + lease over (amb) → pending, amb kept",
    given: active(row({ ...amb, state: "claimed" })),
    when: { _tag: "LeaseOver", n },
    then: { state: "pending", ambiguous: true },
    facts: ["AttemptReturned"]
  },
  {
    name: "accepted + lease over → no row",
    given: active(marked({ state: "accepted" })),
    when: { _tag: "LeaseOver", n },
    then: null,
    facts: ["Ignored"],
    because: "NO_TRANSITION"
  }
]

const seen = { _tag: "AcceptanceSeen", n, carrierMessageId: "c-1", via: "answer" } as const
const anyStates: ReadonlyArray<Attempt["state"]> = [
  "pending",
  "claimed",
  "submitting",
  "unknown",
  "refused",
  "void",
  "cancelled",
  "closed"
]

const acceptances: ReadonlyArray<Case> = [
  ...anyStates.map((state) => ({
    name: `any (${state}) + acceptance → accepted; S := coalesce(S, now)`,
    given: active(row({ state, negativeMs: t0, failure: failure() })),
    when: seen,
    in: { nowMs: t0 + minute },
    then: {
      state: "accepted" as const,
      firstMarkMs: t0 + minute,
      carrierMessageId: "c-1",
      negativeMs: null,
      failure: null
    },
    facts: ["AttemptAccepted"]
  })),
  {
    name: "any + acceptance of a marked row keeps its S",
    given: active(marked()),
    when: seen,
    in: { nowMs: t0 + minute },
    then: { state: "accepted", firstMarkMs: t0 },
    facts: ["AttemptAccepted"]
  },
  {
    name: "accepted + acceptance → no row",
    given: active(marked({ state: "accepted", carrierMessageId: "c-1" })),
    when: seen,
    then: null,
    facts: ["Ignored"],
    because: "DUPLICATE"
  },
  {
    name: "accepted + acceptance without an id → no row",
    given: active(marked({ state: "accepted", carrierMessageId: "c-1" })),
    when: { ...seen, carrierMessageId: null },
    then: null,
    facts: ["Ignored"],
    because: "DUPLICATE"
  },
  {
    name: "accepted + the carrier's id → accepted, identified",
    given: active(marked({ state: "accepted" })),
    when: seen,
    then: { state: "accepted", carrierMessageId: "c-1" },
    facts: ["AttemptIdentified"]
  },
  {
    name: "accepted + another id → the first id stays, people look",
    given: active(marked({ state: "accepted", carrierMessageId: "c-0" })),
    when: seen,
    then: null,
    facts: ["EscalationRaised"]
  }
]

const refusal = { _tag: "RefusalSeen", n, failure: failure(), stored: false } as const
const notSent = {
  _tag: "ProvenNotSent",
  n,
  code: "429",
  notBeforeMs: t0 + minute,
  stored: false
} as const
const replayed = marked({ ...amb, replays: 2, keyGeneration: 3 })

const answers: ReadonlyArray<Case> = [
  {
    name: "submitting + refusal (not amb) → refused",
    given: active(marked()),
    when: refusal,
    then: { state: "refused", negativeMs: t0, failure: failure() },
    facts: ["AttemptRefused", "AttemptAdded", "NotificationWaiting"]
  },
  {
    name: "submitting + refusal (amb, stored, K open) → refused",
    given: active(replayed),
    when: { ...refusal, stored: true },
    then: { state: "refused" },
    facts: ["AttemptRefused", "AttemptAdded", "NotificationWaiting"]
  },
  {
    name: "submitting + refusal (amb, not stored) → unknown",
    given: active(replayed),
    when: refusal,
    then: { state: "unknown", ambiguous: true },
    facts: ["AttemptUnknown"]
  },
  {
    name: "submitting + refusal (amb, stored, K closed) → unknown",
    given: active({ ...replayed, keyClosed: true }),
    when: { ...refusal, stored: true },
    then: { state: "unknown", ambiguous: true },
    facts: ["AttemptUnknown"]
  },
  {
    name: "submitting + proven not sent (not amb) → pending, next key generation, S and V cleared",
    given: active(marked()),
    when: notSent,
    then: {
      state: "pending",
      dueMs: t0 + minute,
      keyGeneration: 2,
      firstMarkMs: null,
      validUntilMs: null,
      parts: 0
    },
    facts: ["AttemptReturned"]
  },
  {
    name: "submitting + proven not sent (amb, stored, K open) → pending, amb cleared",
    given: active(replayed),
    when: { ...notSent, stored: true, notBeforeMs: null },
    then: { state: "pending", dueMs: t0, keyGeneration: 4, ambiguous: false, replays: 0 },
    facts: ["AttemptReturned"]
  },
  {
    name: "submitting + proven not sent (amb, not stored) → unknown",
    given: active(replayed),
    when: notSent,
    then: { state: "unknown", keyGeneration: 3, firstMarkMs: t0 },
    facts: ["AttemptUnknown"]
  },
  {
    name: "submitting + proven not sent of what is suppressed meanwhile → cancelled, suppressed",
    given: active(marked()),
    when: notSent,
    in: suppressed,
    then: { state: "cancelled" },
    facts: ["AttemptReturned", "AttemptCancelled", "NotificationSuppressed"]
  },
  {
    name: "submitting + proven not sent of an ended notification → cancelled",
    given: notification("delivered", [marked()]),
    when: notSent,
    then: { state: "cancelled" },
    facts: ["AttemptReturned", "AttemptCancelled"]
  },
  {
    name: "submitting + anything else → unknown, amb, since now in process time",
    given: active(marked()),
    when: { _tag: "OutcomeUnknown", n },
    then: { state: "unknown", ambiguous: true, unknownSinceMs: clock0 },
    facts: ["AttemptUnknown"]
  },
  {
    name: "submitting + lease over → unknown, amb",
    given: active(marked()),
    when: { _tag: "LeaseOver", n },
    then: { state: "unknown", ambiguous: true },
    facts: ["AttemptUnknown"]
  },
  ...[refusal, notSent, { _tag: "OutcomeUnknown", n } as const].map((when) => ({
    name: `unknown + ${when._tag} → no row`,
    given: active(unknown()),
    when,
    then: null,
    facts: ["Ignored"],
    because: "NO_TRANSITION" as const
  })),
  {
    name: "unknown + the key is lost → unknown, K closed",
    given: active(unknown()),
    when: { _tag: "KeyLost", n },
    then: { state: "unknown", keyClosed: true },
    facts: ["AttemptKeyClosed"]
  },
  {
    name: "pending + the key is lost → no row",
    given: active(row()),
    when: { _tag: "KeyLost", n },
    then: null,
    facts: ["Ignored"],
    because: "NO_TRANSITION"
  }
]

const notFound = { _tag: "NotFound", n } as const
const noLookup = { _tag: "NoLookup", n } as const
const LV = { ...settled, capabilities: carrier("LV") }
const K = { ...settled, capabilities: carrier("K") }
const over = { ...LV, nowMs: V + policy.skewMs + lag }

const reconciled: ReadonlyArray<Case> = [
  {
    name: "unknown + not found (settled, replayable, G) → pending: same key, same bytes",
    given: active(unknown()),
    when: notFound,
    in: settled,
    then: { state: "pending", ambiguous: true, keyGeneration: 1, firstMarkMs: t0 },
    facts: ["AttemptReturned"]
  },
  {
    name: "unknown + no look-up (settled, replayable, G) → pending",
    given: active(unknown({ validUntilMs: null })),
    when: noLookup,
    in: K,
    then: { state: "pending", ambiguous: true },
    facts: ["AttemptReturned"]
  },
  {
    name: "unknown + not found (not settled) → no row",
    given: active(unknown()),
    when: notFound,
    in: { clockMs: clock0 + settle - 1 },
    then: null,
    facts: ["Ignored"],
    because: "NOT_SETTLED"
  },
  {
    name: "unknown + no look-up (replayable, not settled) → no row",
    given: active(unknown({ validUntilMs: null })),
    when: noLookup,
    in: { ...K, clockMs: clock0 },
    then: null,
    facts: ["Ignored"],
    because: "NOT_SETTLED"
  },
  {
    name: "unknown + not found (replayable, its mark refused for a while) → no row",
    given: active(unknown({ dueMs: t0 + 1 })),
    when: notFound,
    in: settled,
    then: null,
    facts: ["Ignored"],
    because: "NOT_DUE"
  },
  {
    name: "unknown + not found (V open, not replayable) → no row",
    given: active(unknown()),
    when: notFound,
    in: { ...LV, nowMs: V + policy.skewMs + lag - 1 },
    then: null,
    facts: ["Ignored"],
    because: "NOT_RESOLVABLE_YET"
  },
  {
    name: "unknown + not found (V passed, not replayable) → void",
    given: active(unknown()),
    when: notFound,
    in: over,
    then: { state: "void", negativeMs: V + policy.skewMs + lag },
    facts: ["AttemptVoid", "AttemptAdded"]
  },
  {
    name: "unknown + not found (the class has no V, not replayable) → void",
    given: active(unknown({ validUntilMs: null })),
    when: notFound,
    in: { ...settled, capabilities: carrier("L") },
    then: { state: "void", negativeMs: t0 },
    facts: ["AttemptVoid", "AttemptAdded"]
  },
  {
    name: "unknown + not found (V passed, replayable but never) → void",
    given: active(unknown({ validUntilMs: null })),
    when: notFound,
    in: { ...settled, ...withdrawn, capabilities: carrier("KL") },
    then: { state: "void" },
    facts: ["AttemptVoid", "AttemptAdded", "AttemptCancelled", "NotificationWithdrawn"]
  },
  {
    name: "unknown + not found (V passed, replayable, in the hands of people) → void",
    given: notification("escalated", [unknown({ validUntilMs: null })]),
    when: notFound,
    in: { ...settled, capabilities: carrier("KL") },
    then: { state: "void" },
    facts: ["AttemptVoid"]
  },
  {
    name: "unknown + not found where nothing can be looked up → no row",
    given: active(unknown({ validUntilMs: null })),
    when: notFound,
    in: { ...settled, capabilities: carrier("N") },
    then: null,
    facts: ["Ignored"],
    because: "NOT_ALLOWED"
  },
  {
    name: "unknown + no look-up where the carrier has look-up → no row",
    given: active(unknown()),
    when: noLookup,
    in: settled,
    then: null,
    facts: ["Ignored"],
    because: "NOT_ALLOWED"
  },
  {
    name: "unknown + no look-up (not replayable, before S + 72 h) → unknown, escalated once",
    given: active(unknown({ validUntilMs: null })),
    when: noLookup,
    in: { ...settled, nowMs: t0 + 72 * hour - 1, capabilities: carrier("N") },
    then: { state: "unknown", escalated: true },
    facts: ["AttemptEscalated", "NotificationEscalated", "EscalationRaised"]
  },
  {
    name: "unknown + no look-up (escalated before) → no row",
    given: notification("escalated", [unknown({ escalated: true })]),
    when: noLookup,
    in: { ...settled, capabilities: carrier("N") },
    then: null,
    facts: ["Ignored"],
    because: "NOT_RESOLVABLE_YET"
  },
  {
    name: "unknown + no look-up (S + 72 h) → no row: it is closed instead",
    given: active(unknown()),
    when: noLookup,
    in: { ...settled, nowMs: t0 + 72 * hour, capabilities: carrier("N") },
    then: null,
    facts: ["Ignored"],
    because: "NOT_RESOLVABLE_YET"
  },
  ...[notFound, noLookup].map((when) => ({
    name: `submitting + ${when._tag} → no row`,
    given: active(marked()),
    when,
    in: when._tag === "NotFound" ? settled : K,
    then: null,
    facts: ["Ignored"],
    because: "NO_TRANSITION" as const
  }))
]

const accepted = marked({ state: "accepted" })
const timePassed = { _tag: "TimePassed" } as const
const closing = { nowMs: t0 + 72 * hour }
const delivered = { state: "delivered", part: 1, parts: 1, failure: null } as const

const closings: ReadonlyArray<Case> = [
  {
    name: "accepted + S + 72 h (no final receipt) → closed",
    given: active(accepted),
    when: timePassed,
    in: closing,
    then: { state: "closed" },
    facts: ["AttemptClosed", "NotificationUndeliverable"]
  },
  {
    name: "accepted + less than S + 72 h → no row",
    given: active(accepted),
    when: timePassed,
    in: { nowMs: t0 + 72 * hour - 1 },
    then: null,
    facts: ["Ignored"],
    because: "NOT_DUE"
  },
  {
    name: "accepted + S + 72 h (delivered) → no row",
    given: notification("delivered", [{ ...accepted, seen: [0, 64] }]),
    when: timePassed,
    in: closing,
    then: null,
    facts: ["Ignored"],
    because: "NOT_DUE"
  },
  {
    name: "unknown without look-up + S + 72 h → closed",
    given: notification("escalated", [unknown({ escalated: true })]),
    when: timePassed,
    in: { ...closing, capabilities: carrier("N") },
    then: { state: "closed" },
    facts: ["AttemptClosed", "NotificationUndeliverable"]
  },
  {
    name: "unknown with look-up + S + 72 h → no row: the look-up resolves it",
    given: active(unknown()),
    when: timePassed,
    in: closing,
    then: null,
    facts: ["Ignored"],
    because: "NOT_DUE"
  },
  {
    name: "unknown with a silent look-up + S + 72 h + grace → unknown, escalated",
    given: active(unknown()),
    when: timePassed,
    in: { nowMs: t0 + 96 * hour },
    then: { state: "unknown", escalated: true },
    facts: ["AttemptEscalated", "NotificationEscalated", "EscalationRaised"]
  },
  {
    name: "accepted + receipt → view of 1.3",
    given: active(accepted),
    when: { _tag: "ReceiptSeen", n, receipt: delivered },
    then: { state: "accepted", seen: [0, 64] },
    facts: ["ReceiptFolded", "NotificationDelivered"]
  },
  {
    name: "unknown + receipt → accepted, and view of 1.3",
    given: active(unknown()),
    when: { _tag: "ReceiptSeen", n, receipt: { ...delivered, state: "enroute" } },
    then: { state: "accepted", seen: [0, 2], ambiguous: true },
    facts: ["AttemptAccepted", "ReceiptFolded"]
  },
  {
    name: "accepted + the same receipt again → no row",
    given: notification("delivered", [{ ...accepted, seen: [0, 64] }]),
    when: { _tag: "ReceiptSeen", n, receipt: delivered },
    then: null,
    facts: ["Ignored"],
    because: "DUPLICATE"
  },
  {
    name: "accepted + receipt for a part no message has → no row",
    given: active(accepted),
    when: { _tag: "ReceiptSeen", n, receipt: { ...delivered, part: 2 } },
    then: null,
    facts: ["Ignored"],
    because: "MALFORMED"
  },
  {
    name: "no such attempt + anything → no row",
    given: active(accepted),
    when: { _tag: "LeaseOver", n: 2 },
    then: null,
    facts: ["Ignored"],
    because: "NO_SUCH_ATTEMPT"
  }
]

const tags = (facts: ReadonlyArray<Delivery.DeliveryFact>) => facts.map((fact) => fact._tag)

describe("delivery protocol 1.1, attempt", () => {
  for (const test of [...claims, ...acceptances, ...answers, ...reconciled, ...closings]) {
    it(test.name, () => {
      const after = Delivery.step(test.given, test.when, context(test.in))
      assert.deepStrictEqual(tags(after.facts), test.facts)
      if (test.then === null) assert.strictEqual(after.notification, test.given)
      else assert.deepInclude(after.notification.attempts[n - 1], test.then)
      const last = after.facts.at(-1)
      assert.strictEqual(last?._tag === "Ignored" ? last.because : undefined, test.because)
    })
  }
})
