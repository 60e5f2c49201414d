/**
 * The broken protocols: the production rules with one of them removed, each with the violation that
 * must then be found, and two changes that must stay harmless. A model that does not see them is no
 * model.
 *
 * **Source** — delivery protocol 2.6 (Ablations); invariant 52.
 */
import * as Delivery from "../../delivery/Delivery.ts"
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import type { Attempt } from "../../delivery/Attempt.ts"
import { guard } from "../../delivery/MarkGuard.ts"
import type { Notification } from "../../delivery/Notification.ts"
import * as Reconcile from "../../delivery/Reconcile.ts"
import type { Violation } from "./Exploration.ts"
import { clockMs, type ModelClass, nowMs } from "./ModelCarriers.ts"
import { type ModelRules, rules, type Silence } from "./Rules.ts"

/** One rule removed, for one carrier class. */
export interface Variant {
  readonly name: string
  readonly removed: string
  readonly carrierClass: ModelClass
  /** What must be found; `null` for a control, which must stay safe. */
  readonly expected: Violation | null
  /** How many faults show it; controls are held to two. */
  readonly faults: number
  /** Whether requests keep to the settle delay. */
  readonly bounded: boolean
  readonly rules: ModelRules
}

/** The notification with one attempt seen otherwise. */
const seenAs = (
  notification: Notification,
  n: number,
  change: (row: Attempt) => Attempt
): Notification => ({
  ...notification,
  attempts: notification.attempts.map((row) => (row.n === n ? change(row) : row))
})

/** `step` that sees the attempt of an event otherwise; where nothing follows, nothing changed. */
const stepSeeing =
  (
    of: (event: DeliveryEvent) => boolean,
    change: (row: Attempt) => Attempt,
    context: (given: Delivery.DeliveryContext) => Delivery.DeliveryContext = (given) => given
  ): typeof Delivery.step =>
  (notification, event, given) => {
    if (!("n" in event) || !of(event)) return Delivery.step(notification, event, given)
    const seen = seenAs(notification, event.n, change)
    const after = Delivery.step(seen, event, context(given))
    return after.notification === seen ? { notification, facts: after.facts } : after
  }

const freshKey: ModelRules = { ...rules, keyOf: (row) => row.keyGeneration + row.replays }

const notSent = (n: number): DeliveryEvent => ({
  _tag: "ProvenNotSent",
  n,
  code: "TIMEOUT",
  notBeforeMs: null,
  stored: true
})

const isProof = (event: DeliveryEvent): boolean =>
  event._tag === "ProvenNotSent" || event._tag === "RefusalSeen"

/** A silence of this kind is taken for proof, whatever went before it. */
const readAsNotSent = (these: ReadonlyArray<Silence>): ModelRules => ({
  ...rules,
  read: (n, silence) => (these.includes(silence) ? notSent(n) : { _tag: "OutcomeUnknown", n }),
  step: stepSeeing(
    (event) => event._tag === "ProvenNotSent" && event.code === "TIMEOUT",
    (row) => ({ ...row, ambiguous: false })
  )
})

const settledLongAgo = (row: Attempt): Attempt =>
  row.unknownSinceMs === null ? row : { ...row, unknownSinceMs: clockMs - 1_000 * 3_600_000 }

const isAnswer = (event: DeliveryEvent): boolean =>
  event._tag === "NotFound" || event._tag === "NoLookup"

const noSettle: ModelRules = {
  ...rules,
  step: stepSeeing(isAnswer, settledLongAgo),
  reconcile: (notification, row, context) =>
    Reconcile.reconcile(notification, settledLongAgo(row), context)
}

const indexAtOnce = (context: Delivery.DeliveryContext): Delivery.DeliveryContext => ({
  ...context,
  capabilities: {
    ...context.capabilities,
    lookup: { by: "clientReference", readAfterWriteMs: 0 }
  }
})

const noWaitForIndex: ModelRules = {
  ...rules,
  step: stepSeeing(isAnswer, (row) => row, indexAtOnce),
  reconcile: (notification, row, context) =>
    Reconcile.reconcile(notification, row, indexAtOnce(context)),
  guard: (notification, n, context, facts) => guard(notification, n, indexAtOnce(context), facts)
}

/** Writes by attempt alone: neither who holds it nor what became of it since is asked. */
const overwritten = ({ _tag }: DeliveryEvent): Attempt["state"] | undefined => {
  if (_tag === "Marked") return "claimed"
  const isNegative = _tag === "RefusalSeen" || _tag === "ProvenNotSent"
  return isNegative || _tag === "OutcomeUnknown" ? "submitting" : undefined
}

const asClaimed = (row: Attempt): Attempt => ({ ...row, state: "claimed", dueMs: nowMs })

const noFence: ModelRules = {
  ...rules,
  needsFence: () => false,
  marksUnderFence: false,
  guard: (notification, n, context, facts) =>
    guard(seenAs(notification, n, asClaimed), n, context, facts),
  step: (notification, event, context) => {
    const state = overwritten(event)
    return state === undefined
      ? Delivery.step(notification, event, context)
      : stepSeeing(
          () => true,
          (row) => ({ ...row, state })
        )(notification, event, context)
  }
}

const notSticky: ModelRules = {
  ...rules,
  step: stepSeeing(isProof, (row) => ({ ...row, ambiguous: false }))
}

/** An unknown outcome goes back to pending at once, under the same key. */
const sameKeyAtOnce: ModelRules = {
  ...rules,
  step: (notification, event, context) => {
    const after = Delivery.step(notification, event, context)
    if (event._tag !== "OutcomeUnknown" || after.notification === notification) return after
    const { n } = event
    const fact = {
      _tag: "AttemptReturned",
      n,
      dueMs: context.nowMs,
      cause: "REPLAY",
      code: null
    } as const
    return {
      notification: Delivery.evolve(after.notification, fact),
      facts: [...after.facts, fact]
    }
  }
}

const variant =
  (removed: string, made: ModelRules) =>
  (
    name: string,
    carrierClass: ModelClass,
    expected: Violation | null,
    faults: number,
    bounded = true
  ): Variant => ({ name, removed, carrierClass, expected, faults, bounded, rules: made })

const twice = "two acceptances under one reference"
const live = "two live messages"

const onFreshKey = variant("a replay keeps its key", freshKey)
const onTimeout = variant(
  "a time-out is unknown, not failed",
  readAsNotSent(["timeout", "answer lost"])
)
const on5xx = variant("an error 5xx is unknown, not unsent", readAsNotSent(["5xx"]))
const onSettle = variant("the settle delay before a not-found counts", noSettle)
const onIndex = variant("the wait for the carrier's index", noWaitForIndex)
const onFence = variant("the fence on every write", noFence)
const onSticky = variant("ambiguity is sticky", notSticky)
const control = variant("mark apart from claim (control)", { ...rules, marksApart: false })
const control2 = variant("the wait before a replay under the same key (control)", sameKeyAtOnce)

/**
 * V1 to V12 in the order of the ablation table, then the two controls. V9 and V12 need a request
 * that comes late: with bounded pauses the deadline, and a key that is asked for only after a
 * look-up, stand in for the rule.
 */
export const variants: ReadonlyArray<Variant> = [
  onFreshKey("V1", "K", twice, 1),
  onTimeout("V2", "L", twice, 1),
  onTimeout("V3", "N", twice, 1),
  on5xx("V4", "L", twice, 1),
  on5xx("V5", "N", twice, 1),
  onSettle("V6", "L", live, 1),
  onIndex("V7", "L", live, 1),
  onFence("V8", "L", "untruthful status", 2),
  onFence("V9", "N", twice, 1, false),
  onFence("V10", "K", "untruthful status", 2),
  onSticky("V11", "K-late", twice, 2),
  onSticky("V12", "KLV", twice, 2, false),
  control("C1", "N", null, 2),
  control2("C2", "K", null, 2)
]
