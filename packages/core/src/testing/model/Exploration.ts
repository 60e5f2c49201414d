/**
 * What one exploration covers, and what every move of the model needs.
 *
 * **Source** — delivery protocol 2.6; fault list, delivery faults.
 */
import type { ModelClass } from "./ModelCarriers.ts"
import type { Notifications, Standing } from "./Notifications.ts"
import type { ModelRules } from "./Rules.ts"
import type { World } from "./World.ts"

/**
 * Everything that can befall a month, each as often as the budget allows; a restore, an opt-out and
 * the expiry once. `outage`: time passes while somebody had something to do.
 */
export const faultKinds = [
  "crash after claim",
  "crash after mark",
  "crash in flight",
  "crash before record",
  "reconciler dies",
  "request lost",
  "slow answer",
  "answer lost",
  "5xx after acceptance",
  "connect refused",
  "throttled",
  "lease over, worker alive",
  "restore",
  "outage",
  "opt-out",
  "expiry",
  "false negative receipt"
] as const

export type FaultKind = (typeof faultKinds)[number]

export interface Exploration {
  readonly carrierClass: ModelClass
  /** Faults of any kind, in any order. */
  readonly faults: number
  /** A request reaches the carrier before the settle delay is over, or never. */
  readonly bounded: boolean
  /** The faults that may happen. */
  readonly kinds: ReadonlyArray<FaultKind>
  /** The carrier may refuse a message, or report that it failed. */
  readonly refusals: boolean
  /** Stop at an escalation, and count every accepted message as reported in the end. */
  readonly untilEscalated: boolean
  /** Gives up beyond so many states: the exploration is then not complete. */
  readonly maxStates: number
}

/**
 * `progress` happens before time passes; `late` in the end, but time may pass before; `idle` is
 * progress that writes nothing; `maybe` and a fault need not happen.
 */
export const Kind = { progress: 0, maybe: 1, fault: 2, late: 3, idle: 4 } as const

/** What a move of the model did, for traces. */
export const Did = {
  claim: 0,
  mark: 1,
  send: 2,
  tooLate: 3,
  record: 4,
  ask: 5,
  resolve: 6,
  accept: 7,
  refuse: 8,
  replayAnswer: 9,
  arriveExpired: 10,
  forget: 11,
  delivered: 12,
  failed: 13,
  leaseOver: 14,
  timePassed: 15,
  wait: 16,
  timeout: 17,
  /** A fault: its index in `faultKinds` is added. */
  fault: 18
} as const

export type Emit = (did: number, n: number, kind: number, to: World) => void

/** One exploration under way. */
export interface Model {
  readonly exploration: Exploration
  readonly rules: ModelRules
  readonly notifications: Notifications
  /** Whether this fault may still happen. */
  readonly may: (world: World, fault: FaultKind) => boolean
  /** Steps until a look-up shows what was accepted. */
  readonly lagSteps: number
  readonly violate: (what: Violation, did: number, n: number) => void
}

/** What must never happen. */
export type Violation =
  | "two acceptances under one reference"
  | "two live messages"
  | "marked after the opt-out"
  | "marked after the expiry"
  | "silent loss"
  | "untruthful status"
  | "livelock"
  | "unbounded writes"

/** What decides beside the notification; `askedAgo` for answers that come late. */
export const standingOf = (world: World, askedAgo = 0): Standing => ({
  askedAgo,
  suppressed: world.suppressed,
  quarantine: world.restored === 1 ? world.sinceRestore : -1
})
