/** Delivery protocol 1.1, G, condition by condition, in the order in which they are asked. */
import { assert, describe, it } from "vitest"
import type { Attempt } from "../../src/delivery/Attempt.ts"
import { resendDecided } from "../../src/delivery/Attempt.ts"
import type { DeliveryContext } from "../../src/delivery/Delivery.ts"
import { guard, type GuardFailure, type MarkFacts } from "../../src/delivery/MarkGuard.ts"
import type { Notification } from "../../src/delivery/Notification.ts"
import {
  carrier,
  clock0,
  context,
  E,
  failure,
  granted,
  hour,
  lag,
  marked,
  minute,
  notification,
  policy,
  row,
  t0
} from "./carriers.ts"

const claimed = row({ state: "claimed" })
const second = row({ n: 2, state: "claimed" })
const V = t0 + policy.validityMs
const dead: Attempt = marked({ state: "refused", negativeMs: t0, failure: failure() })
/** Late enough for R over `dead`. */
const R = t0 + 6 * hour
const later = { nowMs: R }
const standing = { withdrawnReason: null, suppressedReason: null }

interface Case {
  readonly name: string
  readonly given?: Notification
  readonly n?: number
  readonly in?: Partial<DeliveryContext>
  readonly facts?: Partial<MarkFacts>
  readonly then: GuardFailure | undefined
}

const failedEarly = marked({
  state: "accepted",
  validUntilMs: null,
  seen: [32],
  negativeMs: t0 + minute
})
const before = (attempt: Attempt) => notification("waiting", [attempt, second])
const K = { capabilities: carrier("K") }
const amb = { ambiguous: true, firstMarkMs: t0, unknownSinceMs: clock0 } as const

const cases: ReadonlyArray<Case> = [
  { name: "everything holds", then: undefined },
  { name: "no such attempt", n: 2, then: "NOT_CLAIMED" },
  { name: "not claimed", given: notification("active", [row()]), then: "NOT_CLAIMED" },
  { name: "not released", given: notification("held", [claimed]), then: "NOT_RELEASED" },
  {
    name: "revision superseded",
    in: { standing: { ...standing, withdrawnReason: "CORRECTED" } },
    then: "REVISION_SUPERSEDED"
  },
  { name: "now + D = E", in: { nowMs: E - policy.requestDeadlineMs }, then: undefined },
  { name: "now + D > E", in: { nowMs: E - policy.requestDeadlineMs + 1 }, then: "EXPIRED" },
  { name: "the window is closed", facts: { windowClosesMs: null }, then: "OUTSIDE_WINDOW" },
  { name: "the window closes now", facts: { windowClosesMs: t0 }, then: "OUTSIDE_WINDOW" },
  { name: "no permission", facts: { contactAskedMs: null }, then: "NOT_CONTACTABLE" },
  { name: "permission 60 s old", facts: { contactAskedMs: t0 - minute }, then: undefined },
  {
    name: "permission older than 60 s",
    facts: { contactAskedMs: t0 - minute - 1 },
    then: "NOT_CONTACTABLE"
  },
  { name: "permission of tomorrow", facts: { contactAskedMs: t0 + 1 }, then: "NOT_CONTACTABLE" },
  { name: "paused or killed", facts: { paused: true }, then: "PAUSED" },
  {
    name: "suppressed or erased",
    in: { standing: { ...standing, suppressedReason: "ERASED" } },
    then: "SUPPRESSED"
  },
  { name: "circuit open", facts: { circuitAllows: false }, then: "CIRCUIT_OPEN" },
  {
    name: "database incarnation not confirmed",
    facts: { incarnationConfirmed: false },
    then: "INCARNATION_UNCONFIRMED"
  },
  { name: "ended", given: notification("delivered", [claimed]), then: "NOTIFICATION_ENDED" },
  { name: "escalated", given: notification("escalated", [claimed]), then: "NOTIFICATION_ENDED" },
  {
    name: "amb and replayable",
    given: notification("active", [{ ...claimed, ...amb }]),
    in: K,
    then: undefined
  },
  {
    name: "amb, and the carrier knows no keys",
    given: notification("active", [{ ...claimed, ...amb }]),
    in: { capabilities: carrier("LV") },
    then: "NOT_REPLAYABLE"
  },
  {
    name: "amb, replays at the cap",
    given: notification("active", [{ ...claimed, ...amb, replays: policy.replayCap }]),
    in: K,
    then: "NOT_REPLAYABLE"
  },
  {
    name: "amb, V closer than D",
    given: notification("active", [{ ...claimed, ...amb, validUntilMs: t0 + 30_000 }]),
    in: { nowMs: t0 + 1 },
    then: "NOT_REPLAYABLE"
  },
  {
    name: "amb, S + 72 h",
    given: notification("active", [{ ...claimed, ...amb }]),
    in: { ...K, nowMs: t0 + 72 * hour },
    then: "NOT_REPLAYABLE"
  },
  {
    name: "amb, the key's window less lease and margin is over",
    given: notification("active", [{ ...claimed, ...amb }]),
    in: { capabilities: carrier("K", hour), nowMs: t0 + hour - 130_000 },
    then: "NOT_REPLAYABLE"
  },
  {
    name: "amb, one instant inside the key's window",
    given: notification("active", [{ ...claimed, ...amb }]),
    in: { capabilities: carrier("K", hour), nowMs: t0 + hour - 130_001 },
    then: undefined
  },
  {
    name: "not due",
    given: notification("active", [{ ...claimed, dueMs: t0 + 1 }]),
    then: "NOT_DUE"
  },
  { name: "n > 1, the first refused, at R", given: before(dead), n: 2, in: later, then: undefined },
  {
    name: "n > 1, one instant before R",
    given: before(dead),
    n: 2,
    in: { nowMs: R - 1 },
    then: "NOT_DUE"
  },
  {
    name: "n > 1, an earlier attempt delivered",
    given: before(marked({ state: "accepted", seen: [64] })),
    n: 2,
    in: later,
    then: "EARLIER_DELIVERED"
  },
  ...(
    [
      ["accepted", marked({ state: "accepted" })],
      ["unknown", marked({ state: "unknown", ambiguous: true })],
      ["closed by time", marked({ state: "closed" })],
      ["partly delivered", marked({ state: "accepted", parts: 2, seen: [0, 64, 32] })]
    ] as const
  ).map(([name, earlier]) => ({
    name: `n > 1, an earlier attempt ${name}`,
    given: before(earlier),
    n: 2,
    in: later,
    then: "EARLIER_OPEN" as const
  })),
  {
    name: "n > 1, an earlier attempt failed by receipt",
    given: before(marked({ state: "accepted", seen: [32], negativeMs: t0 })),
    n: 2,
    in: later,
    then: undefined
  },
  {
    name: "n > 1, an earlier attempt given up by two people needs no look-up",
    given: before(marked({ state: "closed", failure: failure({ code: resendDecided }) })),
    n: 2,
    in: later,
    facts: { earlierAskedMs: null },
    then: undefined
  },
  {
    name: "n > 1, all earlier rows cancelled",
    given: before(row({ state: "cancelled" })),
    n: 2,
    facts: { earlierReceiptsFolded: false, earlierAskedMs: null },
    then: undefined
  },
  {
    name: "n > 1, receipts not folded",
    given: before(dead),
    n: 2,
    in: later,
    facts: { earlierReceiptsFolded: false },
    then: "EARLIER_RECEIPTS_UNFOLDED"
  },
  {
    name: "n > 1, never looked up",
    given: before(dead),
    n: 2,
    in: later,
    facts: { earlierAskedMs: null },
    then: "EARLIER_NOT_LOOKED_UP"
  },
  {
    name: "n > 1, looked up before V by the carrier's clock",
    given: before(dead),
    n: 2,
    in: later,
    facts: { earlierAskedMs: V + policy.skewMs + lag - 1 },
    then: "EARLIER_NOT_LOOKED_UP"
  },
  {
    name: "n > 1, looked up right after V",
    given: before(dead),
    n: 2,
    in: later,
    facts: { earlierAskedMs: V + policy.skewMs + lag },
    then: undefined
  },
  {
    name: "n > 1, without V looked up before the negative",
    given: before({ ...dead, validUntilMs: null, negativeMs: t0 + minute }),
    n: 2,
    in: { ...later, capabilities: carrier("L") },
    facts: { earlierAskedMs: t0 },
    then: "EARLIER_NOT_LOOKED_UP"
  },
  {
    // Caught: "not found" so soon after the acceptance that the look-up could not show it.
    name: "n > 1, without V looked up before it shows what failed",
    given: before(failedEarly),
    n: 2,
    in: { ...later, capabilities: carrier("L") },
    facts: { earlierAskedMs: t0 + minute + lag - 1 },
    then: "EARLIER_NOT_LOOKED_UP"
  },
  {
    name: "n > 1, without V looked up once it shows what failed",
    given: before(failedEarly),
    n: 2,
    in: { ...later, capabilities: carrier("L") },
    facts: { earlierAskedMs: t0 + minute + lag },
    then: undefined
  },
  {
    name: "n > 1, the carrier has no look-up",
    given: before({ ...dead, validUntilMs: null }),
    n: 2,
    in: { ...later, capabilities: carrier("K") },
    facts: { earlierAskedMs: null },
    then: undefined
  },
  {
    // Caught: a look at one earlier attempt instead of all.
    name: "n > 2, one of two earlier attempts delivered",
    given: notification("waiting", [
      dead,
      marked({ n: 2, state: "accepted", seen: [64] }),
      row({ n: 3, state: "claimed" })
    ]),
    n: 3,
    in: later,
    then: "EARLIER_DELIVERED"
  },
  {
    // Caught: a void attempt that counts against the three; one that bars every later mark.
    name: "n > 3, all earlier attempts void",
    given: notification("active", [
      ...[1, 2, 3].map((n) => marked({ n, state: "void", ambiguous: true, negativeMs: t0 })),
      row({ n: 4, state: "claimed" })
    ]),
    n: 4,
    in: later,
    then: undefined
  },
  {
    // Caught: a look-up that has to come after one V of two.
    name: "n > 2, looked up after the V of the first only",
    given: notification("waiting", [
      dead,
      { ...dead, n: 2, validUntilMs: V + hour },
      row({ n: 3, state: "claimed" })
    ]),
    n: 3,
    in: { nowMs: R + hour },
    facts: { earlierAskedMs: V + policy.skewMs + lag },
    then: "EARLIER_NOT_LOOKED_UP"
  },
  {
    // Caught: a missing answer taken for the instant 0.
    name: "no permission within a minute of the epoch",
    in: { nowMs: 30_000 },
    facts: { contactAskedMs: null },
    then: "NOT_CONTACTABLE"
  },
  {
    // Caught: a closed window taken for one that closes at the instant 0.
    name: "the window is closed before the epoch",
    in: { nowMs: -1 },
    facts: { windowClosesMs: null },
    then: "OUTSIDE_WINDOW"
  },
  {
    name: "n > 3 consumed",
    given: notification("waiting", [
      dead,
      { ...dead, n: 2 },
      { ...dead, n: 3 },
      row({ n: 4, state: "claimed" })
    ]),
    n: 4,
    in: later,
    then: "NO_ATTEMPT_LEFT"
  }
]

describe("delivery protocol 1.1, G", () => {
  for (const test of cases) {
    it(`${test.name} → ${test.then ?? "may be marked"}`, () => {
      const given = test.given ?? notification("active", [claimed])
      const at = context(test.in)
      const facts = { ...granted(at.nowMs), ...test.facts }
      assert.strictEqual(guard(given, test.n ?? 1, at, facts), test.then)
    })
  }

  it("names the first condition that fails, in the order of the page", () => {
    const at = context({
      nowMs: E,
      standing: { withdrawnReason: "CORRECTED", suppressedReason: "OPT_OUT" }
    })
    const none = {
      ...granted(),
      windowClosesMs: null,
      contactAskedMs: null,
      paused: true,
      circuitAllows: false,
      incarnationConfirmed: false
    }
    const order: Array<GuardFailure | undefined> = []
    const ended = notification("delivered", [claimed])
    order.push(guard(ended, 1, at, none))
    const current = { ...at, standing: { ...standing, suppressedReason: "OPT_OUT" } }
    order.push(guard(ended, 1, current, none))
    const inTime = { ...current, nowMs: t0 }
    order.push(guard(ended, 1, inTime, none))
    const open = { ...none, windowClosesMs: t0 + hour }
    order.push(guard(ended, 1, inTime, open))
    const asked = { ...open, contactAskedMs: t0 }
    order.push(guard(ended, 1, inTime, asked))
    const running = { ...asked, paused: false }
    order.push(guard(ended, 1, inTime, running))
    const wanted = { ...inTime, standing }
    order.push(guard(ended, 1, wanted, running))
    order.push(guard(ended, 1, wanted, { ...running, circuitAllows: true }))
    order.push(guard(ended, 1, wanted, granted()))
    assert.deepStrictEqual(order, [
      "REVISION_SUPERSEDED",
      "EXPIRED",
      "OUTSIDE_WINDOW",
      "NOT_CONTACTABLE",
      "PAUSED",
      "SUPPRESSED",
      "CIRCUIT_OPEN",
      "INCARNATION_UNCONFIRMED",
      "NOTIFICATION_ENDED"
    ])
  })
})
