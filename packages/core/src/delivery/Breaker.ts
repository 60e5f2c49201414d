/**
 * The circuit breaker of a carrier account: after failures in a row nothing is marked for a while,
 * then one message at a time is tried.
 *
 * Workers share the row, so each transition names the version it was decided on: a store writes it
 * only where that version still stands. Of two workers that would both probe, one does.
 *
 * **Source** — delivery protocol 1.1 (G: the breaker is closed, or this is the one probe, by
 * compare-and-set); original architecture §8.1 (5 failures, 30 s); invariant 32.
 */

/** Counts and durations of a breaker. */
export interface BreakerPolicy {
  /** Failures in a row that open it. */
  readonly failures: number
  /** How long it stays open, and how long a probe may take, in process time. */
  readonly openMs: number
}

/** **Source** — original architecture §8.1. */
export const defaults: BreakerPolicy = { failures: 5, openMs: 30_000 }

/**
 * - `closed`: marks pass; `failures` counts those in a row
 * - `open`: none pass until `untilMs`
 * - `half-open`: one probe is under way, and given up at `untilMs`
 */
export interface Breaker {
  readonly state: "closed" | "open" | "half-open"
  /** Those in a row; 0 only while closed. */
  readonly failures: number
  /** Process time; `null` while closed, and only then. */
  readonly untilMs: number | null
  /** One more with each transition. */
  readonly version: number
}

export const closed: Breaker = { state: "closed", failures: 0, untilMs: null, version: 0 }

/** Write `next` where `expected` is still the version; otherwise somebody else was first. */
export interface Change {
  readonly expected: number
  readonly next: Breaker
}

const change = (from: Breaker, to: Omit<Breaker, "version">): Change => ({
  expected: from.version,
  next: { ...to, version: from.version + 1 }
})

/** Whether a mark may pass: freely, as the one probe once its change is written, or not. */
export type Passage =
  | { readonly _tag: "Free" }
  | { readonly _tag: "Probe"; readonly change: Change }
  | { readonly _tag: "Refused"; readonly untilMs: number }

/**
 * Whether a message may be marked at `clockMs`.
 *
 * **Outcomes, first match wins**
 * 1. `Free` — closed
 * 2. `Refused` — open, or a probe under way, until that instant
 * 3. `Probe` — the wait is over: the caller that writes the change may mark one message
 *
 * **Source** — delivery protocol 1.1 (G).
 */
export const passage = (breaker: Breaker, clockMs: number, policy: BreakerPolicy): Passage => {
  if (breaker.untilMs === null) return { _tag: "Free" }
  if (clockMs < breaker.untilMs) return { _tag: "Refused", untilMs: breaker.untilMs }
  const { failures } = breaker
  const untilMs = clockMs + policy.openMs
  return { _tag: "Probe", change: change(breaker, { state: "half-open", failures, untilMs }) }
}

/**
 * What an answer of the carrier does: any answer that speaks of the message closes the breaker.
 * `undefined` where nothing changes.
 *
 * **Source** — delivery protocol 1.1 (G); invariant 32.
 */
export const onAnswer = (breaker: Breaker): Change | undefined =>
  breaker.failures === 0
    ? undefined
    : change(breaker, { state: "closed", failures: 0, untilMs: null })

/**
 * What a silence or an error 5xx does: the last of a row of failures opens the breaker, and a
 * failed probe opens it again. `undefined` while it is open: nothing was to be sent then.
 *
 * **Source** — delivery protocol 1.1 (G); fault C3.
 */
export const onFailure = (
  breaker: Breaker,
  clockMs: number,
  policy: BreakerPolicy
): Change | undefined => {
  if (breaker.state === "open") return undefined
  const failures = breaker.failures + 1
  return breaker.state === "half-open" || failures >= policy.failures
    ? change(breaker, { state: "open", failures, untilMs: clockMs + policy.openMs })
    : change(breaker, { state: "closed", failures, untilMs: null })
}
